"""Refunds: to a card at once, to a bank account some days later, and failed ones."""

from __future__ import annotations

from typing import Final

import stripe

from app.rehearsal.stripe import balance, disputes, lists, money, shapes
from app.rehearsal.stripe.balance import Movement
from app.rehearsal.stripe.book import Book
from app.rehearsal.stripe.refusals import (
    Json,
    NotOfferedError,
    RefusedError,
    invalid,
    missing,
    not_rehearsed,
)

URL: Final = "/v1/refunds"
_UNDERSTOOD: Final = frozenset(
    {"amount", "charge", "expand", "metadata", "payment_intent", "reason", "reverse_transfer"}
)
_NOT_IN_REFUNDS: Final = (
    "description",
    "failure_balance_transaction",
    "failure_reason",
    "instructions_email",
    "next_action",
    "pending_reason",
    "presentment_details",
)
_TRANSFER_BY_CURRENCY: Final = {
    "aud": "au_bank_transfer",
    "eur": "eu_bank_transfer",
    "gbp": "gb_bank_transfer",
    "usd": "us_bank_transfer",
}


def create(book: Book, params: Json) -> Json:
    """POST /v1/refunds."""
    for name in sorted(params.keys() - _UNDERSTOOD):
        raise not_rehearsed(name)
    charge = _refundable_charge(book, params)
    amount = _amount(charge, params)
    is_card = charge["payment_method_details"]["type"] == "card"
    refund = book.add(
        shapes.blank(stripe.Refund, *_NOT_IN_REFUNDS)
        | {
            "id": book.new_id("re" if is_card else "pyr"),
            "object": "refund",
            "amount": amount,
            "charge": charge["id"],
            "created": book.seconds(),
            "currency": charge["currency"],
            "destination_details": _destination(charge["currency"], is_card=is_card),
            "metadata": dict(params.get("metadata") or {}),
            "payment_intent": charge["payment_intent"],
            "payment_method": charge["payment_method"],
            "reason": params.get("reason"),
            "status": "succeeded" if is_card else "pending",
        }
    )
    refund["balance_transaction"] = _move(book, charge, refund, -amount)
    before = _give_back(charge, amount)
    book.emit("refund.created", refund)
    book.emit("charge.refunded", charge, before)
    if is_card:
        _show_reference(book, refund)
    else:
        book.later(
            book.now() + book.pace.refund_clears_after, lambda: _clear_if_pending(book, refund)
        )
    return refund


def retrieve(book: Book, _params: Json, id_: str) -> Json:
    """GET /v1/refunds/{id}."""
    return book.get("refund", id_)


def list_all(book: Book, params: Json) -> Json:
    """GET /v1/refunds."""
    return lists.page(book, "refund", params, URL, fields=("charge", "payment_intent"))


def of_charge(book: Book, charge: Json) -> Json:
    """Give a charge's refunds, as it shows them when they are expanded."""
    wanted = [refund for refund in book.all("refund") if refund["charge"] == charge["id"]]
    return lists.listed(wanted, {}, f"/v1/charges/{charge['id']}/refunds")


def fail(book: Book, refund_id: str) -> None:
    """Let the customer's bank send a refund back: the money is ours again."""
    refund = book.get("refund", refund_id)
    if refund["status"] not in {"pending", "succeeded"}:
        raise NotOfferedError(f"This refund has already {refund['status']}.")
    charge = book.get("charge", refund["charge"])
    before = {"status": refund["status"]}
    refund.update(status="failed", failure_reason="unknown")
    refund["failure_balance_transaction"] = _move(
        book, charge, refund, refund["amount"], is_failure=True
    )
    undone = _give_back(charge, -refund["amount"])
    book.emit("refund.updated", refund, before)
    book.emit("charge.refund.updated", refund, before)
    book.emit("refund.failed", refund)
    book.emit("charge.updated", charge, undone)


def _refundable_charge(book: Book, params: Json) -> Json:
    if "payment_intent" not in params and "charge" not in params:
        raise missing("payment_intent")
    if "payment_intent" in params and "charge" in params:
        raise invalid(
            "You may only specify one of these parameters: charge, payment_intent.",
            "payment_intent",
            "parameters_exclusive",
        )
    if "payment_intent" in params:
        intent = book.get("payment_intent", params["payment_intent"], "payment_intent")
        if intent["status"] != "succeeded":
            raise RefusedError(
                f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund.",
                param="payment_intent",
            )
        charge = book.get("charge", intent["latest_charge"])
    else:
        charge = book.get("charge", params["charge"], "charge")
        if charge["status"] != "succeeded" or not charge["captured"]:
            raise RefusedError(
                f"Charge {charge['id']} has not been captured or did not succeed, and cannot be "
                "refunded.",
                param="charge",
            )
    if disputes.holds(book, charge):
        raise RefusedError(
            f"Charge {charge['id']} has been charged back; cannot issue a refund.",
            code="charge_disputed",
        )
    if params.get("reverse_transfer"):
        raise RefusedError(
            "Cannot reverse the transfer: this charge was not made with `transfer_data`.",
            param="reverse_transfer",
        )
    return charge


def _amount(charge: Json, params: Json) -> int:
    rest = charge["amount"] - charge["amount_refunded"]
    if rest == 0:
        raise RefusedError(
            f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded"
        )
    amount: int = params.get("amount", rest)
    if amount < 1:
        raise invalid("Invalid positive integer", "amount", "parameter_invalid_integer")
    if amount > rest:
        raise RefusedError(
            f"Refund amount ({money.shown(amount, charge['currency'])}) is greater than unrefunded "
            f"amount on charge ({money.shown(rest, charge['currency'])})",
            param="amount",
        )
    return amount


def _destination(currency: str, *, is_card: bool) -> Json | None:
    if is_card:
        card = {
            "reference_status": "pending",
            "reference_type": "acquirer_reference_number",
            "type": "refund",
        }
        return {"type": "card", "card": card}
    transfer = _TRANSFER_BY_CURRENCY.get(currency)
    if transfer is None:
        return None
    return {"type": transfer, transfer: {"reference": None, "reference_status": "pending"}}


def _move(book: Book, charge: Json, refund: Json, amount: int, *, is_failure: bool = False) -> str:
    is_card = charge["payment_method_details"]["type"] == "card"
    if is_failure:
        type_ = "refund_failure" if is_card else "payment_failure_refund"
    else:
        type_ = "refund" if is_card else "payment_refund"
    transaction = balance.post(
        book,
        Movement(
            type=type_,
            amount=amount,
            currency=charge["currency"],
            source=refund["id"],
            description="REFUND FAILURE" if is_failure else "REFUND FOR CHARGE",
        ),
    )
    id_: str = transaction["id"]
    return id_


def _give_back(charge: Json, amount: int) -> Json:
    """Count what was refunded, and give what the charge showed before."""
    before = {"amount_refunded": charge["amount_refunded"], "refunded": charge["refunded"]}
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    return before


def _show_reference(book: Book, refund: Json) -> None:
    """Tell by which number the customer's bank knows the refund."""
    card = refund["destination_details"]["card"]
    card.update(reference=book.new_id("arn", 20)[4:], reference_status="available")
    before = {"destination_details": {"card": {"reference_status": "pending"}}}
    book.emit("refund.updated", refund, before)
    book.emit("charge.refund.updated", refund, before)


def _clear_if_pending(book: Book, refund: Json) -> None:
    if refund["status"] != "pending":
        return
    refund["status"] = "succeeded"
    book.emit("refund.updated", refund, {"status": "pending"})
    book.emit("charge.refund.updated", refund, {"status": "pending"})
