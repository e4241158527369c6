from __future__ import annotations

import json
from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Literal, NewType, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from app.domain.currencies import CURRENCIES
from app.domain.effects import Assign, Effect, Unassign
from app.domain.events import EffectFailed, Event
from app.domain.ids import TicketId, UserId
from app.domain.money import Money
from app.domain.tickets.ticket import Ticket
from app.store import effects, events
from app.store import tickets as ticket_rows
from app.store.codec import Codec, UnreadableError
from tests.store.rows import thread

Name = NewType("Name", str)


@dataclass(frozen=True, slots=True)
class Cat:
    name: Name


@dataclass(frozen=True, slots=True)
class Dog:
    name: Name


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    pet: Cat | Dog | None
    pets: tuple[Cat | Dog, ...] = ()
    numbers: frozenset[int] = frozenset()
    since: timedelta = timedelta()
    opened: date | None = None


HOUSES: Codec[House] = Codec("house", House)


@pytest.mark.parametrize(
    "house",
    [
        House(pet=None),
        House(pet=Cat(Name("Tom"))),
        House(pet=Dog(Name("Tom")), pets=(Cat(Name("a")), Dog(Name("b")))),
        House(pet=None, numbers=frozenset({3, 1}), since=timedelta(microseconds=-7)),
        House(pet=Cat(Name("\0 \ud800 é 🦊")), opened=date(2026, 2, 28)),
    ],
)
def test_a_value_comes_back_as_it_was(house: House) -> None:
    kind, document = HOUSES.dump(house)
    assert kind == "House"
    assert document.isascii()
    assert "\0" not in document
    assert HOUSES.load(kind, document) == house


def test_what_may_be_several_things_says_which_it_is() -> None:
    assert json.loads(HOUSES.dump(House(pet=Dog(Name("Rex"))))[1])["pet"] == {
        "@": "Dog",
        "name": "Rex",
    }


def test_orders_with_the_same_fields_are_not_taken_for_each_other() -> None:
    asked = {"ticket": TicketId("t"), "thread": thread(), "user": UserId(7), "login": "ada", "n": 1}
    for order in (Assign(**asked), Unassign(**asked)):  # type: ignore[arg-type]  # as they are
        failed = EffectFailed(effect=order, reason="no", is_certain=True)
        assert events.CODEC.load(*events.CODEC.dump(failed)) == failed


def test_instants_keep_their_moment() -> None:
    @dataclass(frozen=True)
    class At:
        at: datetime

    moment = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=timezone(timedelta(hours=2)))
    codec: Codec[At] = Codec("moment", At)
    assert codec.load(*codec.dump(At(moment))).at == moment


def test_what_another_version_wrote_is_read_as_far_as_it_is_known() -> None:
    newer = '{"pet":null,"colour":"red"}'
    assert HOUSES.load("House", newer) == House(pet=None)


@pytest.mark.parametrize(
    ("kind", "document"),
    [
        ("Castle", "{}"),
        ("House", "{}"),
        ("House", "not JSON"),
        ("House", "[]"),
        ("House", '{"pet": {"@": "Wolf", "name": "x"}}'),
        ("House", '{"pet": {"name": "x"}}'),
        ("House", '{"pet": null, "since": "long"}'),
    ],
)
def test_what_cannot_be_read_is_one_clear_error_that_quotes_nothing(
    kind: str, document: str
) -> None:
    with pytest.raises(UnreadableError) as unreadable:
        HOUSES.load(kind, document)
    assert kind in str(unreadable.value)
    assert "Wolf" not in str(unreadable.value)


def test_a_type_without_a_rule_is_refused_when_it_is_first_used() -> None:
    @dataclass(frozen=True)
    class Odd:
        value: complex

    with pytest.raises(TypeError, match="complex"):
        Codec("odd", Odd).dump(Odd(1j))


def values(hint: Any) -> st.SearchStrategy[Any]:
    """Make any value that a field of the domain's may hold."""
    if isinstance(hint, NewType):
        return values(hint.__supertype__)
    origin, parts = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return st.one_of(*map(values, parts))
    if origin is Literal:
        return st.sampled_from(parts)
    if origin is tuple and parts[-1] is Ellipsis:
        return st.lists(values(parts[0]), max_size=2).map(tuple)
    if origin is tuple:
        return st.tuples(*map(values, parts))
    if isinstance(hint, type) and issubclass(hint, Enum):
        return st.sampled_from(hint)
    if hint is Money:
        return st.builds(Money, st.integers(-(10**12), 10**12), st.sampled_from(list(CURRENCIES)))
    if is_dataclass(hint):
        return st.deferred(lambda: instances(hint))
    return {
        str: st.text(max_size=5),
        int: st.integers(1, 50),
        bool: st.booleans(),
        bytes: st.binary(max_size=5),
        datetime: st.datetimes(timezones=st.just(UTC)),
        timedelta: st.timedeltas(),
        NoneType: st.none(),
    }[hint]


def instances(cls: Any) -> st.SearchStrategy[Any]:
    hints = get_type_hints(cls)
    needed = [f for f in fields(cls) if f.default is MISSING and f.default_factory is MISSING]
    optional = [f for f in fields(cls) if f not in needed]
    made = {f.name: values(hints[f.name]) for f in needed}
    extra = {f.name: values(hints[f.name]) for f in optional}
    return st.fixed_dictionaries(made, optional=extra).map(lambda found: cls(**found))


@pytest.mark.parametrize(
    ("codec", "cls"),
    [
        *((events.CODEC, each) for each in get_args(Event)),
        *((effects.CODEC, each) for each in get_args(Effect)),
        (ticket_rows.CODEC, Ticket),
    ],
    ids=lambda each: getattr(each, "__name__", ""),
)
@given(data=st.data())
@settings(
    max_examples=5,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    database=None,
    phases=[Phase.explicit, Phase.generate],  # a whole ticket takes minutes to shrink
)
def test_every_word_of_the_vocabulary_survives_being_stored(
    codec: Codec[Any], cls: type, data: st.DataObject
) -> None:
    value = data.draw(instances(cls))
    assert codec.load(*codec.dump(value)) == value
