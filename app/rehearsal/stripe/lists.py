"""Lists as Stripe pages them: newest first, by cursor, with ranges of `created`."""

from __future__ import annotations

from collections.abc import Callable
from itertools import takewhile
from typing import Final

from app.rehearsal.stripe.book import Book
from app.rehearsal.stripe.refusals import Json, invalid

LIMIT_DEFAULT: Final = 10
LIMIT_MAX: Final = 100

_RANGES: Final[dict[str, Callable[[int, int], bool]]] = {
    "gt": lambda created, bound: created > bound,
    "gte": lambda created, bound: created >= bound,
    "lt": lambda created, bound: created < bound,
    "lte": lambda created, bound: created <= bound,
}


def page(
    book: Book,
    kind: str,
    params: Json,
    url: str,
    *,
    fields: tuple[str, ...] = (),
    is_wanted: Callable[[Json], bool] = lambda _: True,
) -> Json:
    """Give one page of what the book keeps of a kind.

    `fields` are those that a request may filter by equality.
    """
    wanted = [
        item
        for item in book.all(kind)
        if is_wanted(item)
        and all(item[field] == params[field] for field in fields if field in params)
        and _is_in_range(item, params)
    ]
    return listed(wanted, params, url, cursor_exists=lambda id_: book.get(kind, id_))


def listed(
    items: list[Json],
    params: Json,
    url: str,
    *,
    cursor_exists: Callable[[str], object] = lambda _: None,
) -> Json:
    """Cut one page out of all that was asked for; a cursor that names nothing is refused."""
    limit = _limit(params)
    if "starting_after" in params and "ending_before" in params:
        raise invalid(
            "You cannot parameterize both starting_after and ending_before.", "starting_after"
        )
    if "ending_before" in params:
        cursor = params["ending_before"]
        cursor_exists(cursor)
        newer = list(takewhile(lambda item: item["id"] != cursor, items))
        return _list(newer[-limit:], has_more=len(newer) > limit, url=url)
    if "starting_after" in params:
        cursor = params["starting_after"]
        cursor_exists(cursor)
        ids = [item["id"] for item in items]
        items = items[ids.index(cursor) + 1 :] if cursor in ids else []
    return _list(items[:limit], has_more=len(items) > limit, url=url)


def _list(data: list[Json], *, has_more: bool, url: str) -> Json:
    return {"object": "list", "data": data, "has_more": has_more, "url": url}


def _limit(params: Json) -> int:
    limit: int = params.get("limit", LIMIT_DEFAULT)
    if not 1 <= limit <= LIMIT_MAX:
        raise invalid(
            f"Invalid integer: limit must be between 1 and {LIMIT_MAX}.",
            "limit",
            "parameter_invalid_integer",
        )
    return limit


def _is_in_range(item: Json, params: Json) -> bool:
    asked = params.get("created")
    if asked is None:
        return True
    if isinstance(asked, int):
        return bool(item["created"] == asked)
    return all(_RANGES[name](item["created"], bound) for name, bound in asked.items())
