"""Domain dataclasses to JSON text and back.

A row says what it holds by the name of the class. Wherever a field may hold several classes, the
name stands in the JSON too (under ``@``): two orders can have the same fields (assign, unassign),
so what something is must never be guessed from its shape. That is why pydantic does not do this.

What was written by another version stays readable: unknown fields are skipped, missing ones get
their default. The text is plain ASCII, so that a database refuses no character from outside.
"""

from __future__ import annotations

import base64
import json
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from functools import cache
from typing import Any, Generic, NewType, TypeVar, get_args, get_origin, get_type_hints

from app.domain.errors import MainstayError

T = TypeVar("T")
Convert = Callable[[Any], Any]

TAG = "@"
_MICROSECOND = timedelta(microseconds=1)


class UnreadableError(MainstayError):
    """A stored text is not what this version of the product can read."""


class Codec(Generic[T]):
    """Writes and reads the members of one vocabulary: the events, the effects, or tickets alone."""

    def __init__(self, what: str, *members: type[T]) -> None:
        self._what = what
        self._members: dict[str, Any] = {member.__name__: member for member in members}

    def dump(self, value: T) -> tuple[str, str]:
        """Give the name of what it is, and its JSON."""
        kind = type(value).__name__
        encode, _ = _of_class(self._members[kind])
        return kind, json.dumps(encode(value), separators=(",", ":"))

    def load(self, kind: str, document: str) -> T:
        """Make it again; raises ``UnreadableError``, whose text has nothing of the document."""
        member = self._members.get(kind)
        if member is None:
            raise UnreadableError(f"no {self._what} of this version is called {kind[:80]!r}")
        _, decode = _of_class(member)
        try:
            value: T = decode(json.loads(document))
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise UnreadableError(f"a stored {kind} cannot be read") from error
        return value


@cache
def _of_class(cls: Any) -> tuple[Convert, Convert]:
    """Give the two conversions of a dataclass, whose own name is not written."""
    hints = get_type_hints(cls)
    own = [field for field in fields(cls) if field.init]
    codecs = [(field.name, *_of(hints[field.name])) for field in own]
    needed = [f.name for f in own if f.default is MISSING and f.default_factory is MISSING]

    def encode(value: Any) -> dict[str, Any]:
        return {name: to_json(getattr(value, name)) for name, to_json, _ in codecs}

    def decode(document: Mapping[str, Any]) -> Any:
        values = {
            name: from_json(document[name]) for name, _, from_json in codecs if name in document
        }
        for name in needed:
            if name not in values:
                raise KeyError(name)
        return cls(**values)

    return encode, decode


def _of(hint: Any) -> tuple[Convert, Convert]:
    """Give the two conversions of any type that the domain uses in its fields."""
    if isinstance(hint, NewType):
        return _of(hint.__supertype__)
    origin, parts = get_origin(hint), get_args(hint)
    if origin in (typing.Union, types.UnionType):
        return _of_union(parts)
    if origin is tuple:
        return _of_tuple(parts)
    if origin is frozenset:
        return _of_set(parts[0])
    if origin is typing.Literal:
        return _of_literal(parts)
    if isinstance(hint, type) and is_dataclass(hint):
        return _of_class(hint)
    if hint in _SCALARS:
        return _SCALARS[hint]
    if isinstance(hint, type) and issubclass(hint, Enum):
        return _value, hint
    raise TypeError(f"the codec has no rule for {hint!r}")


def _of_union(parts: tuple[Any, ...]) -> tuple[Convert, Convert]:
    """Leave an optional value plain; of several classes let each carry its name."""
    some = [part for part in parts if part is not types.NoneType]
    if len(some) == 1:
        to_json, from_json = _of(some[0])
    elif all(is_dataclass(part) for part in some):
        to_json, from_json = _of_tagged(some)
    else:
        raise TypeError(f"the codec cannot tell the members of {parts!r} apart")
    if len(some) == len(parts):
        return to_json, from_json
    return (
        lambda value: None if value is None else to_json(value),
        lambda found: None if found is None else from_json(found),
    )


def _of_tagged(classes: list[type]) -> tuple[Convert, Convert]:
    codecs = {cls.__name__: _of_class(cls) for cls in classes}

    def encode(value: Any) -> dict[str, Any]:
        kind = type(value).__name__
        return {TAG: kind, **codecs[kind][0](value)}

    def decode(found: Mapping[str, Any]) -> Any:
        return codecs[found[TAG]][1](found)

    return encode, decode


def _of_tuple(parts: tuple[Any, ...]) -> tuple[Convert, Convert]:
    if len(parts) == 2 and parts[1] is Ellipsis:
        to_json, from_json = _of(parts[0])
        return (
            lambda value: [to_json(each) for each in value],
            lambda found: tuple(from_json(each) for each in found),
        )
    codecs = [_of(part) for part in parts]
    return (
        lambda value: [to(each) for (to, _), each in zip(codecs, value, strict=True)],
        lambda found: tuple(of(each) for (_, of), each in zip(codecs, found, strict=True)),
    )


def _of_set(part: Any) -> tuple[Convert, Convert]:
    to_json, from_json = _of(part)
    return (
        lambda value: sorted(to_json(each) for each in value),
        lambda found: frozenset(from_json(each) for each in found),
    )


def _of_literal(parts: tuple[Any, ...]) -> tuple[Convert, Convert]:
    known = {_value(part): part for part in parts}
    return _value, known.__getitem__


def _value(value: Any) -> Any:
    return value.value if isinstance(value, Enum) else value


def _same(value: Any) -> Any:
    return value


_SCALARS: dict[Any, tuple[Convert, Convert]] = {
    str: (_same, _same),
    int: (_same, _same),
    bool: (_same, _same),
    float: (_same, _same),
    bytes: (lambda value: base64.b64encode(value).decode(), base64.b64decode),
    datetime: (datetime.isoformat, datetime.fromisoformat),
    date: (date.isoformat, date.fromisoformat),
    timedelta: (
        lambda value: value // _MICROSECOND,
        lambda found: found * _MICROSECOND,
    ),
}
