"""Events, as they can be asked for when a webhook was missed."""

from __future__ import annotations

from datetime import timedelta
from fnmatch import fnmatchcase
from typing import Final

from app.rehearsal.stripe import lists
from app.rehearsal.stripe.book import Book
from app.rehearsal.stripe.refusals import Json, invalid, no_such

URL: Final = "/v1/events"
KEPT_FOR: Final = timedelta(days=30)
TYPES_MAX: Final = 20


def retrieve(book: Book, _params: Json, id_: str) -> Json:
    """GET /v1/events/{id}."""
    event = book.get("event", id_)
    if not _is_kept(book, event):
        raise no_such("event", id_)
    return _shown(book, event)


def list_all(book: Book, params: Json) -> Json:
    """GET /v1/events."""
    if "type" in params and "types" in params:
        raise invalid("You may not specify both `type` and `types`.", "types")
    if len(params.get("types", ())) > TYPES_MAX:
        raise invalid(f"You may specify at most {TYPES_MAX} types.", "types")
    patterns = params.get("types") or [params.get("type", "*")]
    found = lists.page(
        book,
        "event",
        params,
        URL,
        is_wanted=lambda event: (
            _is_kept(book, event)
            and any(fnmatchcase(event["type"], pattern) for pattern in patterns)
            and params.get("delivery_success") in {None, not book.is_undelivered(event["id"])}
        ),
    )
    return found | {"data": [_shown(book, event) for event in found["data"]]}


def _is_kept(book: Book, event: Json) -> bool:
    return bool(event["created"] > (book.now() - KEPT_FOR).timestamp())


def _shown(book: Book, event: Json) -> Json:
    return event | {"pending_webhooks": int(book.is_undelivered(event["id"]))}
