"""Answers against the library's own classes.

Each object has every field that it must have and no other, and each value is of the type that
`stripe` declares. The library itself parses whatever comes, so a wrong answer is noticed only here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache
from types import NoneType, UnionType
from typing import Any, Final, ForwardRef, Literal, Union, get_args, get_origin

import stripe
from stripe._stripe_object import UntypedStripeObject  # the library exports it under no other name

from app.rehearsal.stripe.refusals import Json

KINDS: Final[Mapping[str, type[stripe.StripeObject]]] = {
    "account": stripe.Account,
    "balance": stripe.Balance,
    "balance_transaction": stripe.BalanceTransaction,
    "charge": stripe.Charge,
    "checkout.session": stripe.checkout.Session,
    "dispute": stripe.Dispute,
    "event": stripe.Event,
    "item": stripe.LineItem,
    "payment_intent": stripe.PaymentIntent,
    "payment_method": stripe.PaymentMethod,
    "radar.early_fraud_warning": stripe.radar.EarlyFraudWarning,
    "refund": stripe.Refund,
    "transfer": stripe.Transfer,
    "transfer_reversal": stripe.TransferReversal,
    "webhook_endpoint": stripe.WebhookEndpoint,
}
"""What we keep: the `object` field → the library's class."""

_BY_NAME: Final[Mapping[str, Any]] = {
    kind.__name__: kind for kind in (*KINDS.values(), stripe.Price)
}
# The library finds each of its names anew, by an import: too slow for what is asked so often.
_OBJECT: Final = stripe.StripeObject
_LIST: Final = stripe.ListObject
_LIST_FIELDS: Final = frozenset({"object", "data", "has_more", "url"})


def blank(kind: type[stripe.StripeObject], *absent: str) -> Json:
    """Begin an object: every field that may be null is null, but for those that are absent."""
    return {
        name: None
        for name, hint in _fields(kind).items()
        if NoneType in _members(hint) and name != "deleted" and name not in absent
    }


def defects(answer: Json) -> list[str]:
    """Say what is wrong with an object, or with a list of objects."""
    if answer.get("object") == "list":
        return [f"list: {fault}" for fault in _list_defects(answer, Any)]
    kind = KINDS.get(str(answer.get("object")))
    if kind is None:
        return [f"unknown object: {answer.get('object')}"]
    return [f"{answer['object']}: {fault}" for fault in _object_defects(answer, kind)]


def can_expand(owner: Json, field: str) -> bool:
    """Tell whether this field of an object holds an id that can be expanded."""
    kind = KINDS.get(str(owner.get("object")))
    members = _members(_fields(kind).get(field)) if kind is not None else ()
    return str in members and any(isinstance(member, ForwardRef) for member in members)


def _fields(kind: Any) -> Mapping[str, Any]:
    return _kept_fields(kind)


@cache
def _kept_fields(kind: Any) -> Mapping[str, Any]:
    return {
        name: hint
        for name, hint in kind.__annotations__.items()
        if not str(hint).startswith("typing.ClassVar")
    }


@cache
def _members(hint: Any) -> tuple[Any, ...]:
    return get_args(hint) if get_origin(hint) in {Union, UnionType} else (hint,)


def _object_defects(value: Any, kind: type[stripe.StripeObject]) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{value!r} is no object"
        return
    fields = _fields(kind)
    for name in sorted(value.keys() - fields.keys()):
        yield f"{name} is no field"
    for name, hint in fields.items():
        if name in value:
            for fault in _value_defects(value[name], hint):
                yield f"{name}: {fault}"
        elif NoneType not in _members(hint):
            yield f"{name} is missing"


def _value_defects(value: Any, hint: Any) -> list[str]:
    """Say what is wrong with a value: nothing, if any member of a union takes it."""
    members = _members(hint)
    if any(get_origin(member) is Literal for member in members):
        # Literal[...] | str is how the library writes an enumeration that may grow one day.
        members = tuple(member for member in members if member is not str)
    shortest: list[str] | None = None
    for member in members:
        found = list(_member_defects(value, member))
        if not found:
            return []
        if shortest is None or len(found) < len(shortest):
            shortest = found
    return shortest or []


def _member_defects(value: Any, member: Any) -> Iterator[str]:
    if isinstance(member, ForwardRef):
        name = member.__forward_arg__
        member = _BY_NAME.get(name)
        if member is None:
            yield f"{value!r} cannot be a {name}: we keep none"
            return
    origin = get_origin(member)
    if origin is Literal:
        if value not in get_args(member):
            yield f"{value!r} is none of {get_args(member)[:8]}"
    elif origin is list:
        yield from _each_defects(value, get_args(member)[0])
    elif origin is _LIST:
        yield from _list_defects(value, get_args(member)[0])
    elif origin is UntypedStripeObject or origin is dict:
        if not isinstance(value, dict):
            yield f"{value!r} is no object"
    elif isinstance(member, type) and issubclass(member, _OBJECT):
        yield from _object_defects(value, member)
    elif not _is_scalar(value, member):
        yield f"{value!r} is no {getattr(member, '__name__', member)}"


def _is_scalar(value: Any, kind: Any) -> bool:
    if kind is NoneType:
        return value is None
    if kind is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    if kind is int:
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, str if kind is Decimal else kind)


def _each_defects(values: Any, of: Any) -> Iterator[str]:
    if not isinstance(values, list):
        yield f"{values!r} is no array"
        return
    for position, value in enumerate(values):
        for fault in _value_defects(value, of):
            yield f"[{position}]: {fault}"


def _list_defects(value: Any, of: Any) -> Iterator[str]:
    if not isinstance(value, dict) or value.keys() != _LIST_FIELDS or value["object"] != "list":
        yield "is no list object"
        return
    if of is Any:
        for position, item in enumerate(value["data"]):
            for fault in defects(item):
                yield f"[{position}]: {fault}"
    else:
        yield from _each_defects(value["data"], of)
