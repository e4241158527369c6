"""Transfers to connected accounts, and what comes back of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Final, cast

import stripe

from app.rehearsal.stripe import balance, lists, money, shapes
from app.rehearsal.stripe.balance import Movement
from app.rehearsal.stripe.book import Book
from app.rehearsal.stripe.refusals import Json, RefusedError, invalid, missing, no_such

URL: Final = "/v1/transfers"


def create(book: Book, params: Json) -> Json:
    """POST /v1/transfers."""
    amount, currency = params.get("amount"), params["currency"]
    if amount is None:
        raise missing("amount")
    if amount < 1:
        raise invalid("Invalid positive integer", "amount", "parameter_invalid_integer")
    money.check_currency(currency, "currency")
    if not _exists(book, params["destination"]):
        raise no_such("destination", params["destination"], "destination")
    source = params.get("source_transaction")
    charge = None if source is None else _source(book, source, amount, currency)
    if charge is None and amount > balance.available(book, currency):
        raise RefusedError(
            "You have insufficient available funds in your Stripe account. Try adding funds "
            "directly to your available balance.",
            code="balance_insufficient",
        )
    id_ = book.new_id("tr")
    transfer = book.add(
        shapes.blank(stripe.Transfer)
        | {
            "id": id_,
            "object": "transfer",
            "amount": amount,
            "amount_reversed": 0,
            "created": book.seconds(),
            "currency": currency,
            "description": params.get("description"),
            "destination": params["destination"],
            "destination_payment": book.new_id("py"),
            "livemode": False,
            "metadata": dict(params.get("metadata", {})),
            "reversals": lists.listed([], {}, f"{URL}/{id_}/reversals"),
            "reversed": False,
            "source_transaction": source,
            "source_type": params.get("source_type", "card"),
            "transfer_group": _group(params, charge),
        }
    )
    transaction = balance.post(
        book,
        Movement(
            type="transfer",
            amount=-amount,
            currency=currency,
            source=id_,
            available_after=_available_after(book, charge),
        ),
    )
    transfer["balance_transaction"] = transaction["id"]
    book.emit("transfer.created", transfer)
    return transfer


def retrieve(book: Book, _params: Json, id_: str) -> Json:
    """GET /v1/transfers/{id}."""
    return book.get("transfer", id_, "transfer")


def list_all(book: Book, params: Json) -> Json:
    """GET /v1/transfers."""
    return lists.page(book, "transfer", params, URL, fields=("destination", "transfer_group"))


def reverse(book: Book, params: Json, id_: str) -> Json:
    """POST /v1/transfers/{id}/reversals: take back all that is left, or a part of it."""
    transfer = book.get("transfer", id_, "transfer")
    rest = transfer["amount"] - transfer["amount_reversed"]
    if rest == 0:
        raise RefusedError(f"Transfer {id_} is already fully reversed.")
    amount = params.get("amount", rest)
    if amount < 1:
        raise invalid("Invalid positive integer", "amount", "parameter_invalid_integer")
    if amount > rest:
        raise RefusedError(
            f"Reversal amount ({money.shown(amount, transfer['currency'])}) is greater than "
            f"unreversed amount on transfer ({money.shown(rest, transfer['currency'])})",
            param="amount",
        )
    reversal = book.add(
        shapes.blank(stripe.TransferReversal)
        | {
            "id": book.new_id("trr"),
            "object": "transfer_reversal",
            "amount": amount,
            "created": book.seconds(),
            "currency": transfer["currency"],
            "metadata": dict(params.get("metadata") or {}),
            "transfer": id_,
        }
    )
    transaction = balance.post(
        book,
        Movement(
            type="transfer_refund",
            amount=amount,
            currency=transfer["currency"],
            source=reversal["id"],
        ),
    )
    reversal["balance_transaction"] = transaction["id"]
    transfer["amount_reversed"] += amount
    transfer["reversed"] = transfer["amount_reversed"] == transfer["amount"]
    transfer["reversals"] = lists.listed(_reversals(book, id_), {}, f"{URL}/{id_}/reversals")
    book.emit("transfer.reversed", transfer)
    return reversal


def retrieve_reversal(book: Book, _params: Json, id_: str, reversal_id: str) -> Json:
    """GET /v1/transfers/{id}/reversals/{reversal}."""
    reversal = book.get("transfer_reversal", reversal_id)
    if reversal["transfer"] != id_:
        raise no_such("transfer reversal", reversal_id)
    return reversal


def list_reversals(book: Book, params: Json, id_: str) -> Json:
    """GET /v1/transfers/{id}/reversals."""
    book.get("transfer", id_, "transfer")
    return lists.listed(_reversals(book, id_), params, f"{URL}/{id_}/reversals")


def _reversals(book: Book, id_: str) -> list[Json]:
    return [reversal for reversal in book.all("transfer_reversal") if reversal["transfer"] == id_]


def _exists(book: Book, account_id: str) -> bool:
    return any(
        account["id"] == account_id and account["type"] != "standard"
        for account in book.all("account")
    )


def _source(book: Book, id_: str, amount: int, currency: str) -> Json:
    """Give the charge that pays for a transfer, if enough of it is left."""
    charge = book.get("charge", id_, "source_transaction")
    if charge["status"] != "succeeded" or not charge["captured"]:
        raise RefusedError(
            f"The charge {id_} has not succeeded, and cannot be the source of a transfer.",
            param="source_transaction",
        )
    if charge["currency"] != currency:
        raise RefusedError(
            f"The currency of source_transaction's balance transaction ({charge['currency']}) must "
            f"be the same as the transfer currency ({currency})",
            param="currency",
        )
    used = sum(
        transfer["amount"]
        for transfer in book.all("transfer")
        if transfer["source_transaction"] == id_
    )
    if used + amount > charge["amount_captured"]:
        raise RefusedError(
            "Transfers using this transaction as a source must not exceed the source amount of "
            f"{money.shown(charge['amount_captured'], currency)}. (There is already a transfer "
            f"using this source, amounting to {money.shown(used, currency)}.)",
            param="amount",
        )
    return charge


def _group(params: Json, charge: Json | None) -> str | None:
    """Give the group that was asked for, else the charge's own, else a new one by the charge."""
    if "transfer_group" in params or charge is None:
        return cast("str | None", params.get("transfer_group"))
    if charge["transfer_group"] is None:
        charge["transfer_group"] = f"group_{charge['payment_intent']}"
    return cast("str", charge["transfer_group"])


def _available_after(book: Book, charge: Json | None) -> timedelta:
    """Tell for how long the money of a charge is still on its way, and its transfer with it."""
    if charge is None or charge["balance_transaction"] is None:
        return balance.AT_ONCE
    funds = book.get("balance_transaction", charge["balance_transaction"])
    return max(balance.AT_ONCE, timedelta(seconds=funds["available_on"] - book.seconds()))
