"""Balance transactions: every movement of the account's money, and what they add up to."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import stripe

from app.rehearsal.stripe import lists, shapes
from app.rehearsal.stripe.book import Book
from app.rehearsal.stripe.refusals import Json

AT_ONCE: Final = timedelta(0)
CHARGE_AVAILABLE_AFTER: Final = timedelta(days=2)

REPORTING_CATEGORY: Final = {
    "charge": "charge",
    "payment": "charge",
    "refund": "refund",
    "payment_refund": "refund",
    "refund_failure": "refund_failure",
    "payment_failure_refund": "refund_failure",
    "transfer": "transfer",
    "transfer_refund": "transfer_reversal",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """What moves: an amount with its sign, the fee on it, and the object that it comes from."""

    type: str
    amount: int
    currency: str
    source: str
    fee: int = 0
    available_after: timedelta = AT_ONCE
    reporting_category: str = ""
    description: str | None = None


def post(book: Book, movement: Movement) -> Json:
    """Post a movement of money; it is available when its day has come."""
    fee_details = [
        {
            "amount": movement.fee,
            "application": None,
            "currency": movement.currency,
            "description": "Stripe processing fees",
            "type": "stripe_fee",
        }
    ]
    is_pending = movement.available_after > AT_ONCE
    available_at = book.now() + movement.available_after
    transaction = book.add(
        shapes.blank(stripe.BalanceTransaction)
        | {
            "id": book.new_id("txn"),
            "object": "balance_transaction",
            "amount": movement.amount,
            "available_on": int(available_at.timestamp()),
            "balance_type": "payments",
            "created": book.seconds(),
            "currency": movement.currency,
            "description": movement.description,
            "fee": movement.fee,
            "fee_details": fee_details if movement.fee else [],
            "net": movement.amount - movement.fee,
            "reporting_category": movement.reporting_category or REPORTING_CATEGORY[movement.type],
            "source": movement.source,
            "status": "pending" if is_pending else "available",
            "type": movement.type,
        }
    )
    if is_pending:
        book.later(available_at, lambda: transaction.update(status="available"))
    return transaction


def retrieve(book: Book, _params: Json, id_: str) -> Json:
    """GET /v1/balance_transactions/{id}."""
    return book.get("balance_transaction", id_)


def list_all(book: Book, params: Json) -> Json:
    """GET /v1/balance_transactions."""
    return lists.page(
        book,
        "balance_transaction",
        params,
        "/v1/balance_transactions",
        fields=("currency", "source", "type"),
        is_wanted=lambda _: "payout" not in params,  # nothing is ever paid out here
    )


def available(book: Book, currency: str) -> int:
    """Give what can be transferred now."""
    return _sums(book, "available")[currency]


def balance(book: Book, _params: Json) -> Json:
    """GET /v1/balance."""
    return {
        "object": "balance",
        "available": _amounts(book, "available"),
        "livemode": False,
        "pending": _amounts(book, "pending"),
    }


def _sums(book: Book, status: str) -> defaultdict[str, int]:
    sums: defaultdict[str, int] = defaultdict(int, {book.currency: 0})
    for transaction in book.all("balance_transaction"):
        if transaction["status"] == status:
            sums[transaction["currency"]] += transaction["net"]
    return sums


def _amounts(book: Book, status: str) -> list[Json]:
    return [
        {"amount": amount, "currency": currency, "source_types": {"card": amount}}
        for currency, amount in sorted(_sums(book, status).items())
    ]
