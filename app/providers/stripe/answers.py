"""What Stripe's objects say, in the domain's words; pure, and the pair of ``perform.py``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Final

from app.domain.currencies import CURRENCIES
from app.domain.errors import Ambiguous, Refused
from app.domain.events import (
    BalanceMove,
    DisputeRead,
    DisputeStatus,
    PaymentRead,
    PaymentStatus,
    RefundRead,
    RefundStatus,
    WarningRead,
)
from app.domain.ids import TicketId
from app.domain.money import Money

Json = dict[str, Any]
"""One of Stripe's objects."""

_TICKET: Final = re.compile(r"[0-9a-f]{32}")
_NUMBER: Final = re.compile(r"[0-9]{1,6}")

_PAYMENT_STATUS: Final = {
    "requires_payment_method": PaymentStatus.UNPAID,
    "requires_confirmation": PaymentStatus.UNPAID,
    "requires_action": PaymentStatus.UNPAID,
    # We never ask for a capture by hand: were there one, nothing would have been taken yet.
    "requires_capture": PaymentStatus.UNPAID,
    "processing": PaymentStatus.PROCESSING,
    "succeeded": PaymentStatus.SUCCEEDED,
    "canceled": PaymentStatus.CANCELLED,
}
_REFUND_STATUS: Final = {
    "pending": RefundStatus.PENDING,
    "requires_action": RefundStatus.PENDING,
    "succeeded": RefundStatus.SUCCEEDED,
    "failed": RefundStatus.FAILED,
    "canceled": RefundStatus.FAILED,
}
_DISPUTE_STATUS: Final = {
    "warning_needs_response": DisputeStatus.INQUIRY,
    "warning_under_review": DisputeStatus.INQUIRY,
    "warning_closed": DisputeStatus.CLOSED,
    "needs_response": DisputeStatus.OPEN,
    "under_review": DisputeStatus.OPEN,
    "won": DisputeStatus.WON,
    "lost": DisputeStatus.LOST,
}


@contextmanager
def understanding() -> Iterator[None]:
    """Take an answer of another shape than Stripe's for one that we did not get."""
    try:
        yield
    except (KeyError, IndexError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise Ambiguous("Stripe's answer was not one that we understand.") from error


def payment_read(intent: Json, now: datetime) -> PaymentRead:
    """Read a PaymentIntent whose charge and balance transactions are expanded."""
    with understanding():
        status = _PAYMENT_STATUS[intent["status"]]
        is_paid = status is PaymentStatus.SUCCEEDED
        amount = intent["amount_received" if is_paid else "amount"]
        charge = intent["latest_charge"] or {}
        metadata = intent["metadata"] or {}
        return PaymentRead(
            intent=intent["id"],
            status=status,
            amount=_money(amount, intent["currency"]),
            ticket=_ticket(intent),
            plan=metadata.get("plan", ""),
            charge=charge.get("id", ""),
            succeeded_at=_succeeded_at(charge, now) if is_paid else None,
            move=_move(charge.get("balance_transaction")),
            returned=_move(charge.get("failure_balance_transaction")),
            checkout=int(n) if _NUMBER.fullmatch(n := metadata.get("n", "")) else 0,
        )


def refund_read(refund: Json) -> RefundRead:
    """Read a refund whose balance transactions are expanded."""
    with understanding():
        transaction = refund["balance_transaction"]
        dated = transaction if isinstance(transaction, dict) else refund
        return RefundRead(
            refund=refund["id"],
            intent=refund["payment_intent"] or "",
            status=_REFUND_STATUS[refund["status"]],
            amount=_money(refund["amount"], refund["currency"]),
            occurred_at=instant(dated["created"]),
            move=_move(transaction),
            # Only a refund that failed has this field at all.
            returned=_move(refund.get("failure_balance_transaction")),
        )


def dispute_read(dispute: Json) -> DisputeRead:
    """Read a dispute whose payment is expanded; its balance transactions are part of it."""
    with understanding():
        intent = dispute["payment_intent"]
        moves = tuple(filter(None, (_move(each) for each in dispute["balance_transactions"])))
        answer_by = (dispute["evidence_details"] or {}).get("due_by")
        return DisputeRead(
            dispute=dispute["id"],
            intent=intent["id"],
            status=_dispute_status(dispute["status"], moves),
            ticket=_ticket(intent),
            amount=_money(dispute["amount"], dispute["currency"]),
            moves=moves,
            answer_by=instant(answer_by) if answer_by else None,
        )


def _dispute_status(status: str, moves: tuple[BalanceMove, ...]) -> DisputeStatus:
    """Read how far a dispute is; one that was prevented has paid the customer, or asked nothing."""
    if status == "prevented":
        is_paid = sum(each.amount.amount for each in moves) < 0
        return DisputeStatus.LOST if is_paid else DisputeStatus.CLOSED
    return _DISPUTE_STATUS[status]


def warning_read(warning: Json) -> WarningRead:
    """Read a bank's warning of fraud whose payment is expanded."""
    with understanding():
        intent = warning["payment_intent"]
        return WarningRead(warning=warning["id"], intent=intent["id"], ticket=_ticket(intent))


def _ticket(intent: Json) -> TicketId | None:
    """Give the ticket that our own metadata of a payment names."""
    ticket = (intent["metadata"] or {}).get("ticket_id", "")
    return TicketId(ticket) if _TICKET.fullmatch(ticket) else None


def is_alive(refund: Json) -> bool:
    """Say whether a refund gives money back, or may still do so."""
    return _REFUND_STATUS[refund["status"]] is not RefundStatus.FAILED


def instant(seconds: int) -> datetime:
    """Read an instant as Stripe writes it."""
    return datetime.fromtimestamp(seconds, tz=UTC)


def _succeeded_at(charge: Json, now: datetime) -> datetime:
    """Say when the money was taken.

    A card is charged when its charge is made. The charge of a bank debit, and its balance
    transaction, are made days before it is known to have succeeded, and nothing in them says when
    that was: it was just before we were told.
    """
    details = charge.get("payment_method_details") or {}
    return instant(charge["created"]) if details.get("type") == "card" else now


def _move(transaction: object) -> BalanceMove | None:
    """Read a balance transaction; there is none until Stripe has made it."""
    if not isinstance(transaction, dict):
        return None
    currency = transaction["currency"]
    return BalanceMove(
        id=transaction["id"],
        amount=_money(transaction["amount"], currency),
        fee=_money(transaction["fee"], currency),
        at=instant(transaction["created"]),
    )


def _money(amount: int, currency: str) -> Money:
    if currency not in CURRENCIES:
        raise Refused(f"This is in {currency}, in which nothing is sold here.", is_certain=False)
    return Money(int(amount), currency)
