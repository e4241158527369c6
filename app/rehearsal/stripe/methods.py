"""How people pay here: by card at once, or by bank debit some days later."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import stripe

from app.rehearsal.stripe import shapes
from app.rehearsal.stripe.book import Book
from app.rehearsal.stripe.refusals import Json

DEBIT_BY_CURRENCY: Final = {
    "aud": "au_becs_debit",
    "cad": "acss_debit",
    "eur": "sepa_debit",
    "gbp": "bacs_debit",
    "usd": "us_bank_account",
}
"""The bank debit that Checkout offers by itself; other currencies have none."""

_CLASS_BY_DEBIT: Final = {
    "acss_debit": "AcssDebit",
    "au_becs_debit": "AuBecsDebit",
    "bacs_debit": "BacsDebit",
    "sepa_debit": "SepaDebit",
    "us_bank_account": "UsBankAccount",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Payer:
    """Who pays: what a person types into the form."""

    name: str = "Casey Customer"
    email: str = "casey@example.com"
    country: str = "US"
    postal_code: str = "94110"

    @property
    def address(self) -> Json:
        """The address as far as a checkout asks for it."""
        return {
            "city": None,
            "country": self.country,
            "line1": None,
            "line2": None,
            "postal_code": self.postal_code,
            "state": None,
        }

    @property
    def billing_details(self) -> Json:
        """The payer as charges and payment methods show him."""
        return {
            "address": self.address,
            "email": self.email,
            "name": self.name,
            "phone": None,
            "tax_id": None,
        }


def offered(currency: str) -> list[str]:
    """Give the payment methods that are activated and compatible with a currency."""
    debit = DEBIT_BY_CURRENCY.get(currency)
    return ["card"] if debit is None else ["card", debit]


def debit_among(method_types: list[str]) -> str | None:
    """Give the bank debit among these payment methods."""
    return next((name for name in method_types if name in _CLASS_BY_DEBIT), None)


def keep(book: Book, type_: str, payer: Payer) -> Json:
    """Keep the payment method that somebody has just typed in."""
    return book.add(
        {
            "id": book.new_id("pm"),
            "object": "payment_method",
            "allow_redisplay": "limited",
            "billing_details": payer.billing_details,
            "created": book.seconds(),
            "customer": None,
            "livemode": False,
            "metadata": {},
            "type": type_,
            type_: _card_method() if type_ == "card" else _debit(stripe.PaymentMethod, type_),
        }
    )


def charge_details(type_: str, *, capture_before: int | None = None) -> Json:
    """Give a charge's `payment_method_details`."""
    if type_ != "card":
        return {"type": type_, type_: _debit(stripe.Charge.PaymentMethodDetails, type_)}
    return {"type": "card", "card": _charged_card(capture_before)}


def _card_method() -> Json:
    return {
        "brand": "visa",
        "checks": _checks(),
        "country": "US",
        "display_brand": "visa",
        "exp_month": 12,
        "exp_year": 2034,
        "fingerprint": "Xt5EWLLDS7FJjR1c",
        "funding": "credit",
        "generated_from": None,
        "last4": "4242",
        "networks": {"available": ["visa"], "preferred": None},
        "regulated_status": "unregulated",
        "three_d_secure_usage": {"supported": True},
        "wallet": None,
    }


def _charged_card(capture_before: int | None) -> Json:
    card: Json = {
        "brand": "visa",
        "checks": _checks(),
        "country": "US",
        "exp_month": 12,
        "exp_year": 2034,
        "fingerprint": "Xt5EWLLDS7FJjR1c",
        "funding": "credit",
        "installments": None,
        "last4": "4242",
        "mandate": None,
        "network": "visa",
        "network_transaction_id": "104102978678771",
        "regulated_status": "unregulated",
        "three_d_secure": None,
        "wallet": None,
    }
    return card if capture_before is None else card | {"capture_before": capture_before}


def _checks() -> Json:
    return {
        "address_line1_check": None,
        "address_postal_code_check": "pass",
        "cvc_check": "pass",
    }


def _debit(owner: Any, type_: str) -> Json:
    kind: type[stripe.StripeObject] = getattr(owner, _CLASS_BY_DEBIT[type_])
    return shapes.blank(kind, "expected_debit_date", "mandate") | {
        "fingerprint": "FFDMA0jJbXuMqJqW",
        "last4": "6789",
    }
