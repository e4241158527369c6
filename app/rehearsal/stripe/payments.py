"""PaymentIntents and their charges: created, paid, declined, captured, cancelled."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import stripe

from app.rehearsal.stripe import balance, lists, methods, money, shapes
from app.rehearsal.stripe.balance import Movement
from app.rehearsal.stripe.book import Book
from app.rehearsal.stripe.methods import Payer
from app.rehearsal.stripe.refusals import Json, RefusedError, not_rehearsed, wrong_state

AUTHORISATION_LASTS: Final = timedelta(days=7)
CANCELLABLE: Final = (
    "requires_payment_method",
    "requires_capture",
    "requires_confirmation",
    "requires_action",
)
DECLINED: Final = "Your card was declined."
DEBIT_RETURNED: Final = "The customer's bank account has insufficient funds to cover this payment."

_NOT_IN_CHARGES: Final = (
    "authorization_code",
    "level3",
    "presentment_details",
    "radar_options",
    "refunds",
    "transfer",
)
_NOT_IN_INTENTS: Final = (
    "allowed_payment_method_types",
    "excluded_payment_method_types",
    "hooks",
    "managed_payments",
    "payment_details",
    "payment_record",
    "presentment_details",
)
_FROM_DATA: Final = (
    "description",
    "receipt_email",
    "statement_descriptor",
    "statement_descriptor_suffix",
    "transfer_group",
)


def new_intent(book: Book, amount: int, currency: str, data: Json, method_types: list[str]) -> Json:
    """Open a PaymentIntent; `data` are the parameters that Checkout passes on."""
    id_ = book.new_id("pi")
    intent = book.add(
        shapes.blank(stripe.PaymentIntent, *_NOT_IN_INTENTS)
        | {
            "id": id_,
            "object": "payment_intent",
            "amount": amount,
            "amount_capturable": 0,
            "amount_details": {"tip": {}},
            "amount_received": 0,
            "capture_method": data.get("capture_method", "automatic_async"),
            "client_secret": book.new_id(f"{id_}_secret"),
            "confirmation_method": "automatic",
            "created": book.seconds(),
            "currency": currency,
            "livemode": False,
            "metadata": dict(data.get("metadata", {})),
            "payment_method_options": {},
            "payment_method_types": method_types,
            "status": "requires_payment_method",
        }
        | {name: data[name] for name in _FROM_DATA if name in data}
    )
    book.emit("payment_intent.created", intent)
    return intent


def pay_by_card(book: Book, intent: Json, payer: Payer) -> None:
    """Take a card: the money is charged, or only authorised if capture is manual."""
    is_captured = intent["capture_method"] != "manual"
    method = methods.keep(book, "card", payer)
    charge = _charge(book, intent, method, "succeeded", is_captured=is_captured)
    intent.update(payment_method=method["id"], last_payment_error=None)
    book.emit("charge.succeeded", charge)
    if is_captured:
        _succeed(book, intent, charge)
        return
    intent.update(status="requires_capture", amount_capturable=intent["amount"])
    book.emit("payment_intent.amount_capturable_updated", intent)
    book.later(book.now() + AUTHORISATION_LASTS, lambda: _lapse(book, intent))


def decline(book: Book, intent: Json, payer: Payer) -> None:
    """Refuse a card: the PaymentIntent waits for another one."""
    method = methods.keep(book, "card", payer)
    charge = _charge(book, intent, method, "failed", is_captured=False)
    _fail(book, intent, charge, method, DECLINED, code="card_declined")


def start_debit(book: Book, intent: Json, type_: str, payer: Payer) -> None:
    """Begin a bank debit: whether the bank pays is known only days later."""
    method = methods.keep(book, type_, payer)
    charge = _charge(book, intent, method, "pending", is_captured=True)
    intent.update(status="processing", payment_method=method["id"], last_payment_error=None)
    book.emit("charge.pending", charge)
    book.emit("payment_intent.processing", intent)


def settle_debit(book: Book, intent: Json, *, succeeds: bool) -> None:
    """Hear from the bank."""
    charge = book.get("charge", intent["latest_charge"])
    if not succeeds:
        method = book.get("payment_method", intent["payment_method"])
        code = "payment_intent_payment_attempt_failed"
        _fail(book, intent, charge, method, DEBIT_RETURNED, code=code)
        return
    charge.update(status="succeeded", paid=True)
    book.emit("charge.succeeded", charge)
    _succeed(book, intent, charge)


def capture(book: Book, intent: Json, amount: int) -> None:
    """Charge what was authorised, or a part of it; the rest is given back."""
    charge = book.get("charge", intent["latest_charge"])
    rest = intent["amount"] - amount
    charge.update(captured=True, amount_captured=amount, amount_refunded=rest)
    book.emit("charge.captured", charge)
    _succeed(book, intent, charge)


def cancel(book: Book, intent: Json, reason: str | None) -> None:
    """End a PaymentIntent that took no money; an authorisation is given back."""
    if intent["status"] == "requires_capture":
        charge = book.get("charge", intent["latest_charge"])
        charge.update(amount_refunded=charge["amount"], refunded=True)
        name = "charge.expired" if reason == "automatic" else "charge.refunded"
        book.emit(name, charge)
    intent.update(
        status="canceled",
        amount_capturable=0,
        canceled_at=book.seconds(),
        cancellation_reason=reason,
    )
    book.emit("payment_intent.canceled", intent)


def _lapse(book: Book, intent: Json) -> None:
    if intent["status"] == "requires_capture":
        cancel(book, intent, "automatic")


def _succeed(book: Book, intent: Json, charge: Json) -> None:
    intent.update(
        status="succeeded",
        amount_capturable=0,
        amount_received=charge["amount_captured"],
    )
    book.emit("payment_intent.succeeded", intent)
    if book.pace.funds_delay:
        book.later(book.now() + book.pace.funds_delay, lambda: _fund(book, charge))
    else:
        _fund(book, charge)


def _fund(book: Book, charge: Json) -> None:
    amount, currency = charge["amount_captured"], charge["currency"]
    is_card = charge["payment_method_details"]["type"] == "card"
    transaction = balance.post(
        book,
        Movement(
            type="charge" if is_card else "payment",
            amount=amount,
            currency=currency,
            source=charge["id"],
            fee=(money.card_fee if is_card else money.debit_fee)(amount, currency),
            available_after=balance.CHARGE_AVAILABLE_AFTER,
            description=charge["description"],
        ),
    )
    charge["balance_transaction"] = transaction["id"]
    book.emit("charge.updated", charge, {"balance_transaction": None})


def _fail(book: Book, intent: Json, charge: Json, method: Json, message: str, *, code: str) -> None:
    is_card = method["type"] == "card"
    failure_code = "card_declined" if is_card else "insufficient_funds"
    charge.update(status="failed", paid=False, failure_code=failure_code, failure_message=message)
    charge.update(captured=False, amount_captured=0)
    error: Json = {
        "charge": charge["id"],
        "code": code,
        "doc_url": f"https://stripe.com/docs/error-codes/{code.replace('_', '-')}",
        "message": message,
        "payment_method": method,
        "type": "card_error" if is_card else "invalid_request_error",
    }
    if is_card:
        error["decline_code"] = "generic_decline"
    intent.update(status="requires_payment_method", payment_method=None, last_payment_error=error)
    book.emit("charge.failed", charge)
    book.emit("payment_intent.payment_failed", intent)


def _charge(book: Book, intent: Json, method: Json, status: str, *, is_captured: bool) -> Json:
    type_ = method["type"]
    is_hold = status == "succeeded" and not is_captured
    lasts_until = int((book.now() + AUTHORISATION_LASTS).timestamp())
    suffix = intent["statement_descriptor_suffix"]
    charge = book.add(
        shapes.blank(stripe.Charge, *_NOT_IN_CHARGES)
        | {
            "id": book.new_id("ch" if type_ == "card" else "py"),
            "object": "charge",
            "amount": intent["amount"],
            "amount_captured": intent["amount"] if is_captured else 0,
            "amount_refunded": 0,
            "billing_details": method["billing_details"],
            "calculated_statement_descriptor": f"REHEARSAL* {suffix}" if suffix else "REHEARSAL",
            "captured": is_captured,
            "created": book.seconds(),
            "currency": intent["currency"],
            "description": intent["description"],
            "disputed": False,
            "fraud_details": {},
            "livemode": False,
            "metadata": dict(intent["metadata"]),
            "outcome": _outcome(status),
            "paid": status == "succeeded",
            "payment_intent": intent["id"],
            "payment_method": method["id"],
            "payment_method_details": methods.charge_details(
                type_, capture_before=lasts_until if is_hold else None
            ),
            "receipt_email": intent["receipt_email"],
            "refunded": False,
            "statement_descriptor": intent["statement_descriptor"],
            "statement_descriptor_suffix": suffix,
            "status": status,
            "transfer_group": intent["transfer_group"],
        }
    )
    intent["latest_charge"] = charge["id"]
    return charge


def _outcome(status: str) -> Json:
    is_failed = status == "failed"
    return {
        "advice_code": "try_again_later" if is_failed else None,
        "network_advice_code": None,
        "network_decline_code": "01" if is_failed else None,
        "network_status": "declined_by_network" if is_failed else "approved_by_network",
        "reason": "generic_decline" if is_failed else None,
        "risk_level": "normal",
        "risk_score": 12,
        "seller_message": "The bank did not return any further details with this decline."
        if is_failed
        else "Payment complete.",
        "type": "issuer_declined" if is_failed else "authorized",
    }


def retrieve_intent(book: Book, _params: Json, id_: str) -> Json:
    """GET /v1/payment_intents/{id}."""
    return book.get("payment_intent", id_, "intent")


def list_intents(book: Book, params: Json) -> Json:
    """GET /v1/payment_intents."""
    fields = ("customer", "customer_account")
    return lists.page(book, "payment_intent", params, "/v1/payment_intents", fields=fields)


def retrieve_charge(book: Book, _params: Json, id_: str) -> Json:
    """GET /v1/charges/{id}."""
    return book.get("charge", id_)


def list_charges(book: Book, params: Json) -> Json:
    """GET /v1/charges."""
    fields = ("customer", "payment_intent", "transfer_group")
    return lists.page(book, "charge", params, "/v1/charges", fields=fields)


def capture_intent(book: Book, params: Json, id_: str) -> Json:
    """POST /v1/payment_intents/{id}/capture."""
    for name in params.keys() - {"amount_to_capture", "expand", "metadata", "final_capture"}:
        raise not_rehearsed(name)
    intent = book.get("payment_intent", id_, "intent")
    if intent["status"] != "requires_capture":
        raise wrong_state(
            "This PaymentIntent could not be captured because it has a status of "
            f"{intent['status']}. Only a PaymentIntent with one of the following statuses may be "
            "captured: requires_capture.",
            intent,
        )
    asked: int | None = params.get("amount_to_capture")
    amount = intent["amount_capturable"] if asked is None else asked
    if not 1 <= amount <= intent["amount_capturable"]:
        raise RefusedError(
            f"The remaining amount to capture for this PaymentIntent is "
            f"{intent['amount_capturable']}, but you requested to capture {amount}.",
            code="amount_too_large" if amount > 0 else "parameter_invalid_integer",
            param="amount_to_capture",
        )
    intent["metadata"] |= params.get("metadata") or {}
    capture(book, intent, amount)
    return intent


def cancel_intent(book: Book, params: Json, id_: str) -> Json:
    """POST /v1/payment_intents/{id}/cancel."""
    intent = book.get("payment_intent", id_, "intent")
    if intent["status"] not in CANCELLABLE:
        raise wrong_state(
            f"You cannot cancel this PaymentIntent because it has a status of {intent['status']}. "
            "Only a PaymentIntent with one of the following statuses may be canceled: "
            f"{', '.join(CANCELLABLE)}.",
            intent,
        )
    if any(
        session["payment_intent"] == id_ and session["status"] == "open"
        for session in book.all("checkout.session")
    ):
        raise wrong_state(
            "You cannot cancel this PaymentIntent while its Checkout Session is open. Expire the "
            "Checkout Session instead.",
            intent,
        )
    cancel(book, intent, params.get("cancellation_reason"))
    return intent
