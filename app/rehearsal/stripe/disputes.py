"""Disputes: the customer's bank takes the money back, until the case is closed."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import stripe

from app.rehearsal.stripe import balance, lists, money, shapes
from app.rehearsal.stripe.balance import Movement
from app.rehearsal.stripe.book import Book
from app.rehearsal.stripe.refusals import Json, NotOfferedError, RefusedError

URL: Final = "/v1/disputes"
EVIDENCE_DUE_AFTER: Final = timedelta(days=9)
_INQUIRY: Final = frozenset({"warning_needs_response", "warning_under_review"})
_OPEN: Final = _INQUIRY | {"needs_response", "under_review"}


def open_(
    book: Book, charge: Json, reason: str, *, amount: int | None = None, is_inquiry: bool = False
) -> Json:
    """Let the customer dispute a payment at his bank: the money and a fee are withdrawn.

    It is what was not refunded, or another amount: banks do not always know of a refund. For an
    inquiry nothing is withdrawn.
    """
    if charge["status"] != "succeeded" or charge["disputed"]:
        raise NotOfferedError("Only a payment that succeeded can be disputed, and only once.")
    dispute = book.add(
        shapes.blank(stripe.Dispute, "intended_submission_method", "network_reason_code")
        | {
            "id": book.new_id("du"),
            "object": "dispute",
            "amount": charge["amount"] - charge["amount_refunded"] if amount is None else amount,
            "balance_transactions": [],
            "charge": charge["id"],
            "created": book.seconds(),
            "currency": charge["currency"],
            "enhanced_eligibility_types": [],
            "evidence": shapes.blank(stripe.Dispute.Evidence, "appeal") | {"enhanced_evidence": {}},
            "evidence_details": {
                "due_by": int((book.now() + EVIDENCE_DUE_AFTER).timestamp()),
                "enhanced_eligibility": {},
                "has_evidence": False,
                "past_due": False,
                "submission_count": 0,
                "submission_method": "not_submitted",
            },
            "is_charge_refundable": False,
            "livemode": False,
            "metadata": {},
            "payment_intent": charge["payment_intent"],
            "payment_method_details": _how_it_was_paid(charge),
            "reason": reason,
            "status": "warning_needs_response" if is_inquiry else "needs_response",
        }
    )
    charge["disputed"] = True
    book.emit("charge.dispute.created", dispute)
    if not is_inquiry:
        _move(book, dispute, -dispute["amount"], fee=money.dispute_fee(dispute["currency"]))
        book.emit("charge.dispute.funds_withdrawn", dispute)
    book.emit("charge.updated", charge, {"disputed": False})
    return dispute


def close(book: Book, dispute_id: str, *, is_won: bool) -> None:
    """Let the bank decide; what was won comes back, without the fee."""
    dispute = book.get("dispute", dispute_id)
    if dispute["status"] not in _OPEN:
        raise NotOfferedError(f"This dispute is already {dispute['status']}.")
    before = {"status": dispute["status"]}
    is_inquiry = dispute["status"] in _INQUIRY
    if is_inquiry and not is_won:
        raise NotOfferedError("An inquiry is not lost: it becomes a dispute, or is closed.")
    dispute["status"] = "warning_closed" if is_inquiry else "won" if is_won else "lost"
    if is_won and not is_inquiry:
        _move(book, dispute, dispute["amount"], fee=0)
        book.emit("charge.dispute.funds_reinstated", dispute)
    book.emit("charge.dispute.updated", dispute, before)
    book.emit("charge.dispute.closed", dispute)


def holds(book: Book, charge: Json) -> bool:
    """Tell whether a dispute keeps a charge from being refunded."""
    return any(
        dispute["charge"] == charge["id"]
        and dispute["status"] in {"needs_response", "under_review", "lost"}
        for dispute in book.all("dispute")
    )


def retrieve(book: Book, _params: Json, id_: str) -> Json:
    """GET /v1/disputes/{id}."""
    return book.get("dispute", id_)


def list_all(book: Book, params: Json) -> Json:
    """GET /v1/disputes."""
    return lists.page(book, "dispute", params, URL, fields=("charge", "payment_intent"))


def update(book: Book, params: Json, id_: str) -> Json:
    """POST /v1/disputes/{id}: put down evidence, and submit it unless told not to."""
    dispute = _still_open(book, id_)
    before = {"status": dispute["status"]}
    evidence = params.get("evidence", {})
    dispute["evidence"] |= evidence
    dispute["metadata"] |= params.get("metadata") or {}
    if evidence:
        dispute["evidence_details"]["has_evidence"] = True
    if params.get("submit", True) and dispute["evidence_details"]["has_evidence"]:
        dispute["status"] = "under_review"
        dispute["evidence_details"]["submission_count"] += 1
        dispute["evidence_details"]["submission_method"] = "manual"
    book.emit("charge.dispute.updated", dispute, before)
    return dispute


def close_as_lost(book: Book, _params: Json, id_: str) -> Json:
    """POST /v1/disputes/{id}/close: give in."""
    dispute = _still_open(book, id_)
    close(book, id_, is_won=False)
    return dispute


def _still_open(book: Book, id_: str) -> Json:
    dispute = book.get("dispute", id_)
    if dispute["status"] not in _OPEN:
        raise RefusedError(f"This dispute is already {dispute['status']}.")
    return dispute


def _move(book: Book, dispute: Json, amount: int, *, fee: int) -> None:
    is_reversal = amount > 0
    transaction = balance.post(
        book,
        Movement(
            type="adjustment",
            amount=amount,
            currency=dispute["currency"],
            source=dispute["id"],
            fee=fee,
            reporting_category="dispute_reversal" if is_reversal else "dispute",
            description=f"Chargeback {'reversal' if is_reversal else 'withdrawal'}",
        ),
    )
    dispute["balance_transactions"].append(transaction)


def _how_it_was_paid(charge: Json) -> Json | None:
    if charge["payment_method_details"]["type"] != "card":
        return None
    card = {
        "brand": "visa",
        "case_type": "chargeback",
        "network": "visa",
        "network_reason_code": "10.4",
    }
    return {"type": "card", "card": card}
