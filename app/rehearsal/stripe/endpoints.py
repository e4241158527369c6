"""The account's webhook endpoints: to which address which events go, and their secrets."""

from __future__ import annotations

from typing import Final

import stripe

from app.rehearsal.stripe import lists
from app.rehearsal.stripe.book import Book
from app.rehearsal.stripe.refusals import Json, RefusedError, invalid

KIND: Final = "webhook_endpoint"
ENDPOINTS_MAX: Final = 16
"""Stripe allows no more for one account."""


def open_endpoint(book: Book) -> Json:
    """Register the endpoint of an account that was set up by hand; its address may move."""
    return book.add(
        _endpoint(book) | {"enabled_events": ["*"], "api_version": stripe.api_version, "url": ""}
    )


def create(book: Book, params: Json) -> Json:
    """POST /v1/webhook_endpoints: the only answer that shows the secret."""
    if not params["url"].startswith(("http://", "https://")):
        raise invalid("Invalid URL: An explicit scheme (such as https) must be provided.", "url")
    if len(book.all(KIND)) >= ENDPOINTS_MAX:
        raise RefusedError(f"You have reached the maximum of {ENDPOINTS_MAX} webhook endpoints.")
    made = book.add(_endpoint(book) | {name: params[name] for name in params if name != "expand"})
    book.endpoint_secrets[made["id"]] = book.new_id("whsec", 32)
    return made | {"secret": book.endpoint_secrets[made["id"]]}


def update(book: Book, params: Json, id_: str) -> Json:
    """POST /v1/webhook_endpoints/{id}."""
    found = book.get(KIND, id_)
    if "disabled" in params:
        found["status"] = "disabled" if params["disabled"] else "enabled"
    found |= {name: params[name] for name in ("enabled_events", "url") if name in params}
    return _shown(book, found)


def delete(book: Book, _params: Json, id_: str) -> Json:
    """DELETE /v1/webhook_endpoints/{id}."""
    book.get(KIND, id_)
    book.remove(KIND, id_)
    return {"id": id_, "object": KIND, "deleted": True}


def retrieve(book: Book, _params: Json, id_: str) -> Json:
    """GET /v1/webhook_endpoints/{id}."""
    return _shown(book, book.get(KIND, id_))


def list_all(book: Book, params: Json) -> Json:
    """GET /v1/webhook_endpoints."""
    found = lists.page(book, KIND, params, "/v1/webhook_endpoints")
    return found | {"data": [_shown(book, item) for item in found["data"]]}


def wants(endpoint: Json, event: Json) -> bool:
    """Whether an event is sent to an endpoint."""
    kinds = endpoint["enabled_events"]
    return endpoint["status"] == "enabled" and ("*" in kinds or event["type"] in kinds)


def _endpoint(book: Book) -> Json:
    return {
        "id": book.new_id("we"),
        "object": KIND,
        "api_version": None,
        "application": None,
        "created": book.seconds(),
        "description": None,
        "livemode": False,
        "metadata": {},
        "status": "enabled",
    }


def _shown(book: Book, endpoint: Json) -> Json:
    return endpoint | {"url": endpoint["url"] or book.webhook_url()}
