"""Accounts: the platform itself, and those that are connected to it."""

from __future__ import annotations

from typing import Final

import stripe

from app.rehearsal.stripe import lists, shapes
from app.rehearsal.stripe.book import Book
from app.rehearsal.stripe.refusals import Json

_NOT_IN_ACCOUNTS: Final = (
    "company",
    "external_accounts",
    "future_requirements",
    "groups",
    "individual",
    "requirements",
    "tos_acceptance",
)


def open_platform(book: Book, name: str, country: str) -> Json:
    """Open the account that the key belongs to."""
    return book.add(
        _account(book, country)
        | {
            "business_profile": shapes.blank(stripe.Account.BusinessProfile) | {"name": name},
            "capabilities": {"card_payments": "active", "transfers": "active"},
            "type": "standard",
        }
    )


def connect(book: Book, email: str, country: str) -> Json:
    """Open a connected account that may receive transfers."""
    return book.add(
        _account(book, country)
        | {
            "capabilities": {"transfers": "active"},
            "charges_enabled": False,
            "controller": {
                "fees": {"payer": "application"},
                "is_controller": True,
                "losses": {"payments": "application"},
                "requirement_collection": "stripe",
                "stripe_dashboard": {"type": "express"},
                "type": "application",
            },
            "email": email,
            "type": "express",
        }
    )


def retrieve_current(book: Book, _params: Json) -> Json:
    """GET /v1/account."""
    return next(account for account in book.all("account") if account["type"] == "standard")


def retrieve(book: Book, _params: Json, id_: str) -> Json:
    """GET /v1/accounts/{id}."""
    return book.get("account", id_, "account")


def list_all(book: Book, params: Json) -> Json:
    """GET /v1/accounts: the connected ones."""
    return lists.page(
        book,
        "account",
        params,
        "/v1/accounts",
        is_wanted=lambda account: account["type"] != "standard",
    )


def _account(book: Book, country: str) -> Json:
    return shapes.blank(stripe.Account, *_NOT_IN_ACCOUNTS) | {
        "id": book.new_id("acct", 16),
        "object": "account",
        "charges_enabled": True,
        "controller": {"type": "account"},
        "country": country,
        "created": book.seconds(),
        "default_currency": book.currency,
        "details_submitted": True,
        "metadata": {},
        "payouts_enabled": True,
    }
