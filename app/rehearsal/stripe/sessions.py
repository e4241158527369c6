"""Checkout Sessions as the API shows them: created, listed, expired."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final
from urllib.parse import urlsplit

import stripe

from app.rehearsal.stripe import lists, methods, money, payments, shapes
from app.rehearsal.stripe.book import Book, Order
from app.rehearsal.stripe.refusals import (
    Json,
    RefusedError,
    invalid,
    missing,
    no_such,
    not_rehearsed,
)

URL: Final = "/v1/checkout/sessions"
LASTS_MIN: Final = timedelta(minutes=30)
LASTS_MAX: Final = timedelta(hours=24)
REFERENCE_CHARS_MAX: Final = 200
SUFFIX_CHARS_MAX: Final = 22
LINE_ITEMS_MAX: Final = 100

_EMAIL: Final = re.compile(r"^[^@\s]+@[^@\s]+\.[^@\s]+$")
_SUFFIX: Final = re.compile(r"^(?=.*[A-Za-z])[^<>\\'\"*]+$")

_FILTERS: Final = ("allowed", "excluded")
_SHOWN_AS_SENT: Final = (
    "allow_promotion_codes",
    "allowed_payment_method_types",
    "billing_address_collection",
    "cancel_url",
    "client_reference_id",
    "customer_creation",
    "customer_email",
    "excluded_payment_method_types",
    "integration_identifier",
    "locale",
    "origin_context",
    "submit_type",
    "success_url",
)
_UNDERSTOOD: Final = {
    *_SHOWN_AS_SENT, "adaptive_pricing", "automatic_tax", "currency", "expand", "expires_at",
    "invoice_creation", "line_items", "metadata", "mode", "payment_intent_data",
    "phone_number_collection", "tax_id_collection", "ui_mode",
}  # fmt: skip
_UNDERSTOOD_OF_INTENTS: Final = {
    "capture_method", "description", "metadata", "receipt_email", "setup_future_usage",
    "statement_descriptor", "statement_descriptor_suffix", "transfer_group",
}  # fmt: skip
_NOT_IN_SESSIONS: Final = (
    "allowed_payment_method_types",
    "excluded_payment_method_types",
    "line_items",
    "name_collection",
    "presentment_details",
    "redirect_on_completion",
    "return_url",
    "tax_id_collection",
)


def create(book: Book, params: Json) -> Json:
    """POST /v1/checkout/sessions."""
    _check(book, params)
    lines = _lines(book, params)
    currency = lines[0]["currency"]
    total = sum(line["amount_total"] for line in lines)
    money.check_amount(total, currency, "line_items")
    id_ = book.new_id("cs_test", 58)
    expires_at = params.get("expires_at", book.seconds() + int(LASTS_MAX.total_seconds()))
    session = book.add(
        shapes.blank(stripe.checkout.Session, *_NOT_IN_SESSIONS)
        | {
            "id": id_,
            "object": "checkout.session",
            "adaptive_pricing": params.get("adaptive_pricing", {"enabled": True}),
            "amount_subtotal": total,
            "amount_total": total,
            "automatic_tax": _automatic_tax(params),
            "created": book.seconds(),
            "currency": currency,
            "custom_fields": [],
            "custom_text": shapes.blank(stripe.checkout.Session.CustomText),
            "customer_creation": "if_required",
            "discounts": [],
            "expires_at": expires_at,
            "invoice_creation": _invoice_creation(params),
            "livemode": False,
            "metadata": dict(params.get("metadata", {})),
            "mode": params["mode"],
            "payment_method_collection": "if_required",
            "payment_method_options": {},
            "payment_method_types": _method_types(params, currency),
            "payment_status": "unpaid",
            "phone_number_collection": params.get("phone_number_collection", {"enabled": False}),
            "shipping_options": [],
            "status": "open",
            "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
            "ui_mode": "hosted_page",
            "url": f"{book.url}/c/pay/{id_}",
        }
        | _tax_id_collection(params)
        | {name: params[name] for name in _SHOWN_AS_SENT if name in params}
    )
    book.orders[id_] = Order(lines=lines, intent_data=params.get("payment_intent_data", {}))
    book.later(datetime.fromtimestamp(expires_at, UTC), lambda: _expire_if_open(book, session))
    return session


def retrieve(book: Book, _params: Json, id_: str) -> Json:
    """GET /v1/checkout/sessions/{id}."""
    return book.get("checkout.session", id_, "session")


def list_all(book: Book, params: Json) -> Json:
    """GET /v1/checkout/sessions."""
    email = params.get("customer_details", {}).get("email")
    return lists.page(
        book,
        "checkout.session",
        params,
        URL,
        fields=("customer", "payment_intent", "payment_link", "status", "subscription"),
        is_wanted=lambda session: (
            email is None or (session["customer_details"] or {}).get("email") == email
        ),
    )


def line_items(book: Book, params: Json, id_: str) -> Json:
    """GET /v1/checkout/sessions/{id}/line_items."""
    book.get("checkout.session", id_, "session")
    return lists.listed(book.orders[id_].lines, params, f"{URL}/{id_}/line_items")


def expire(book: Book, _params: Json, id_: str) -> Json:
    """POST /v1/checkout/sessions/{id}/expire."""
    session = book.get("checkout.session", id_, "session")
    if session["status"] != "open":
        raise RefusedError(
            'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout '
            f"Session has a status of {session['status']}."
        )
    _expire_if_open(book, session)
    return session


def _expire_if_open(book: Book, session: Json) -> None:
    if session["status"] != "open":
        return
    session.update(status="expired", url=None)
    book.emit("checkout.session.expired", session)
    if session["payment_intent"] is not None:
        intent = book.get("payment_intent", session["payment_intent"])
        payments.cancel(book, intent, "expired")


def _check(book: Book, params: Json) -> None:
    for name in sorted(params.keys() - _UNDERSTOOD):
        raise not_rehearsed(name)
    for name in ("mode", "line_items", "success_url"):
        if not params.get(name):
            raise missing(name)
    if params["mode"] != "payment":
        raise not_rehearsed("mode")
    if params.get("ui_mode", "hosted_page") != "hosted_page":
        raise not_rehearsed("ui_mode")
    if len(params["line_items"]) > LINE_ITEMS_MAX:
        raise invalid(f"You can pass at most {LINE_ITEMS_MAX} line items.", "line_items")
    for name in ("success_url", "cancel_url"):
        _check_url(params.get(name), name)
    if len(params.get("client_reference_id", "")) > REFERENCE_CHARS_MAX:
        raise invalid(
            f"Invalid string: client_reference_id must be at most {REFERENCE_CHARS_MAX} characters",
            "client_reference_id",
        )
    _check_email(params.get("customer_email"), "customer_email")
    _check_expiry(book, params)
    _check_intent_data(params.get("payment_intent_data", {}))


def _check_url(url: str | None, param: str) -> None:
    if url is None:
        return
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise invalid("Not a valid URL", param, "url_invalid")


def _check_email(email: str | None, param: str) -> None:
    if email is not None and not _EMAIL.match(email):
        raise invalid(f"Invalid email address: {email}", param, "email_invalid")


def _check_expiry(book: Book, params: Json) -> None:
    lasts = timedelta(seconds=params.get("expires_at", book.seconds() + 3600) - book.seconds())
    if lasts < LASTS_MIN:
        raise invalid(
            "The `expires_at` timestamp must be at least 30 minutes from Checkout Session "
            "creation.",
            "expires_at",
        )
    if lasts > LASTS_MAX:
        raise invalid(
            "The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.",
            "expires_at",
        )


def _check_intent_data(data: Json) -> None:
    for name in sorted(data.keys() - _UNDERSTOOD_OF_INTENTS):
        raise not_rehearsed(f"payment_intent_data[{name}]")
    _check_email(data.get("receipt_email"), "payment_intent_data[receipt_email]")
    suffix = data.get("statement_descriptor_suffix")
    if suffix is not None and (len(suffix) > SUFFIX_CHARS_MAX or not _SUFFIX.match(suffix)):
        raise invalid(
            f"The statement descriptor suffix must be at most {SUFFIX_CHARS_MAX} characters, "
            "contain at least one letter, and none of < > \\ ' \" *",
            "payment_intent_data[statement_descriptor_suffix]",
        )


def _lines(book: Book, params: Json) -> list[Json]:
    """Price every line; all of them are in one currency, that of the session."""
    lines = [_line(book, item, index) for index, item in enumerate(params["line_items"])]
    currency = params.get("currency", lines[0]["currency"])
    for index, line in enumerate(lines):
        if line["currency"] != currency:
            raise invalid(
                f"All prices must have the same currency; this Checkout Session is in {currency}.",
                f"line_items[{index}][price_data][currency]",
            )
    return lines


def _line(book: Book, item: Json, index: int) -> Json:
    param = f"line_items[{index}]"
    for name in sorted(item.keys() - {"price", "price_data", "quantity", "tax_rates"}):
        raise not_rehearsed(f"{param}[{name}]")
    if ("price" in item) == ("price_data" in item):
        raise invalid("You must specify either `price` or `price_data` for each line item.", param)
    if "price" in item:
        raise no_such("price", item["price"], f"{param}[price]")
    if item.get("tax_rates"):
        raise no_such("tax rate", item["tax_rates"][0], f"{param}[tax_rates][0]")
    if item.get("quantity", 0) < 1:
        raise missing(f"{param}[quantity]")
    price = _price(book, item["price_data"], f"{param}[price_data]")
    amount = money.times(Decimal(price["unit_amount_decimal"]), item["quantity"])
    return {
        "id": book.new_id("li"),
        "object": "item",
        "adjustable_quantity": None,
        "amount_discount": 0,
        "amount_subtotal": amount,
        "amount_tax": 0,
        "amount_total": amount,
        "currency": price["currency"],
        "description": item["price_data"]["product_data"]["name"],
        "metadata": {},
        "price": price,
        "quantity": item["quantity"],
    }


def _price(book: Book, data: Json, param: str) -> Json:
    if "product" in data:
        raise no_such("product", data["product"], f"{param}[product]")
    if "product_data" not in data:
        raise missing(f"{param}[product_data]")
    if "recurring" in data:
        raise not_rehearsed(f"{param}[recurring]")
    if ("unit_amount" in data) == ("unit_amount_decimal" in data):
        raise missing(f"{param}[unit_amount]")
    money.check_currency(data["currency"], f"{param}[currency]")
    exact = Decimal(data["unit_amount"] if "unit_amount" in data else data["unit_amount_decimal"])
    if exact < 0:
        raise invalid(
            "Invalid non-negative integer", f"{param}[unit_amount]", "parameter_invalid_integer"
        )
    return {
        "id": book.new_id("price"),
        "object": "price",
        "active": False,
        "billing_scheme": "per_unit",
        "created": book.seconds(),
        "currency": data["currency"],
        "custom_unit_amount": None,
        "livemode": False,
        "lookup_key": None,
        "metadata": {},
        "nickname": None,
        "product": book.new_id("prod", 14),
        "recurring": None,
        "tax_behavior": data.get("tax_behavior", "unspecified"),
        "tiers_mode": None,
        "transform_quantity": None,
        "type": "one_time",
        "unit_amount": int(exact) if exact == int(exact) else None,
        "unit_amount_decimal": str(exact),
    }


def _method_types(params: Json, currency: str) -> list[str]:
    """Choose the payment methods: since `endive` a request can only narrow what is offered."""
    allowed, excluded = (params.get(f"{which}_payment_method_types") for which in _FILTERS)
    if allowed is not None and excluded is not None:
        raise invalid(
            "You may only specify one of these parameters: allowed_payment_method_types, "
            "excluded_payment_method_types.",
            "allowed_payment_method_types",
            "parameters_exclusive",
        )
    chosen = [
        name
        for name in methods.offered(currency)
        if name not in (excluded or ()) and (allowed is None or name in allowed)
    ]
    if not chosen:
        raise invalid(
            "No valid payment method types for this Checkout Session. Please ensure that you have "
            f"activated payment methods compatible with your chosen currency ({currency}).",
            f"{_FILTERS[0] if allowed is not None else _FILTERS[1]}_payment_method_types",
        )
    return chosen


def _automatic_tax(params: Json) -> Json:
    """No registration for any tax: where tax is computed, it is nothing."""
    asked: Json = params.get("automatic_tax", {"enabled": False})
    if not asked["enabled"]:
        return {"enabled": False, "liability": None, "provider": None, "status": None}
    return {
        "enabled": True,
        "liability": {"type": "self"},
        "provider": "stripe",
        "status": "requires_location_inputs",
    }


def _invoice_creation(params: Json) -> Json:
    asked: Json = params.get("invoice_creation", {"enabled": False})
    data = shapes.blank(stripe.checkout.Session.InvoiceCreation.InvoiceData)
    return {
        "enabled": asked["enabled"],
        "invoice_data": data | {"metadata": {}} | asked.get("invoice_data", {}),
    }


def _tax_id_collection(params: Json) -> Json:
    asked: Json | None = params.get("tax_id_collection")
    return {} if asked is None else {"tax_id_collection": {"required": "never"} | asked}
