"""Early fraud warnings: a card's bank says that a payment may not be its cardholder's."""

from __future__ import annotations

from typing import Final

from app.rehearsal.stripe import lists
from app.rehearsal.stripe.book import Book
from app.rehearsal.stripe.refusals import Json, NotOfferedError

KIND: Final = "radar.early_fraud_warning"
URL: Final = "/v1/radar/early_fraud_warnings"


def give(book: Book, charge: Json) -> Json:
    """Let a bank warn of a payment; no money moves."""
    if charge["status"] != "succeeded" or charge["payment_method_details"]["type"] != "card":
        raise NotOfferedError("Banks warn only of a payment by card that succeeded.")
    warning = book.add(
        {
            "id": book.new_id("issfr"),
            "object": KIND,
            "actionable": not charge["disputed"] and not charge["refunded"],
            "charge": charge["id"],
            "created": book.seconds(),
            "fraud_type": "unauthorized_use_of_card",
            "livemode": False,
            "payment_intent": charge["payment_intent"],
        }
    )
    book.emit("radar.early_fraud_warning.created", warning)
    return warning


def retrieve(book: Book, _params: Json, id_: str) -> Json:
    """GET /v1/radar/early_fraud_warnings/{id}."""
    return book.get(KIND, id_)


def list_all(book: Book, params: Json) -> Json:
    """GET /v1/radar/early_fraud_warnings."""
    return lists.page(book, KIND, params, URL, fields=("charge", "payment_intent"))
