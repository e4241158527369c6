"""`expand[]=payment_intent.latest_charge`: ids turn into the objects that they name."""

from __future__ import annotations

import copy
from typing import Final

from app.rehearsal.stripe import lists, refunds, sessions, shapes
from app.rehearsal.stripe.book import Book
from app.rehearsal.stripe.refusals import Json, RefusedError, invalid

DEPTH_MAX: Final = 4


def expanded(book: Book, answer: Json, paths: list[str]) -> Json:
    """Give a copy of an answer with these paths expanded."""
    answer = copy.deepcopy(answer)
    for path in paths:
        steps = path.split(".")
        if len(steps) > DEPTH_MAX:
            raise invalid(
                f"You cannot expand more than {DEPTH_MAX} levels of a property.", "expand"
            )
        _expand(book, answer, steps, path)
    return answer


def _expand(book: Book, owner: Json, steps: list[str], path: str) -> None:
    if not steps:
        return
    field, rest = steps[0], steps[1:]
    if owner.get("object") == "list":
        if field != "data" or not rest:
            raise _cannot(path)
        for item in owner["data"]:
            _expand(book, item, rest, path)
        return
    if (owner.get("object"), field) == ("checkout.session", "line_items"):
        lines = copy.deepcopy(book.orders[owner["id"]].lines)
        owner[field] = lists.listed(lines, {}, f"{sessions.URL}/{owner['id']}/line_items")
    elif (owner.get("object"), field) == ("charge", "refunds"):
        owner[field] = copy.deepcopy(refunds.of_charge(book, owner))
    elif isinstance(owner.get(field), str) and shapes.can_expand(owner, field):
        owner[field] = _named(book, owner[field], path)
    elif not shapes.can_expand(owner, field) and not (rest and isinstance(owner.get(field), dict)):
        raise _cannot(path)
    if isinstance(owner.get(field), dict):
        _expand(book, owner[field], rest, path)


def _named(book: Book, id_: str, path: str) -> Json:
    found = book.find(id_)
    if found is None:
        raise RefusedError(
            f"The rehearsal's Stripe keeps no object {id_} ({path}).", param="expand"
        )
    return copy.deepcopy(found)


def _cannot(path: str) -> RefusedError:
    return invalid(f"This property cannot be expanded ({path}).", "expand")
