"""The published schema is the generated one, and says of every example what the parser says."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from app.domain.currencies import CURRENCIES
from app.domain.policy import Fault, Faults, SupportPolicy, parse, support_schema
from app.domain.policy.kinds import WRONG, Reading
from app.domain.policy.prices import Price, price_rules
from app.domain.policy.syntax import START, Scalar
from app.schemas import main

SCHEMAS: Final = Path(__file__).parents[2] / "schemas"
EXAMPLES: Final = sorted((SCHEMAS / "examples").glob("*.yml"))
GOOD: Final = [path for path in EXAMPLES if path.name.startswith("good-")]
BAD: Final = [path for path in EXAMPLES if path.name.startswith("bad-")]
SETTLED: Final = ("usd", "jpy")


class Unknowable(NamedTuple):
    """Why a JSON Schema cannot know a fault, and how the parser tells it."""

    why: str
    told: str
    """A pattern that begins what the parser says."""


UNKNOWABLE: Final = {
    "bad-anchor.yml": Unknowable("a schema sees what an anchor became", "Anchors "),
    "bad-currency-not-settled.yml": Unknowable(
        "only the operator knows what is settled", "This operator does not settle in "
    ),
    "bad-directive.yml": Unknowable("a schema sees no directives", "A directive "),
    "bad-helper-twice.yml": Unknowable(
        "a schema cannot compare the logins of two helpers", "login .* stands here twice"
    ),
    "bad-hours-never-open.yml": Unknowable("a schema cannot compare two times", ".* never opens"),
    "bad-hours-over-midnight.yml": Unknowable(
        "a schema cannot compare two times", ".* ends before it begins"
    ),
    "bad-merge.yml": Unknowable("a schema sees what was merged", "Merge keys "),
    "bad-plan-twice.yml": Unknowable(
        "a schema cannot compare the ids of two plans", "id .* stands here twice"
    ),
    "bad-price-as-a-power.yml": Unknowable(
        "a schema sees a number, however it is written", 'price cannot be "[0-9.]+e'
    ),
    "bad-price-too-fine.yml": Unknowable(
        "a hundredth is no exact number where schemas are checked", "A price in .* decimals"
    ),
    "bad-price-with-point-in-yen.yml": Unknowable(
        "for a schema 4900.0 is a whole number", "A price in .* has no decimals"
    ),
    "bad-tickets-with-point.yml": Unknowable(
        "for a schema 3.0 is an integer", r'\w+ is "[0-9]+\.0+", and a whole number '
    ),
    "bad-tickets-with-zero-before.yml": Unknowable(
        "a schema sees a number, however it is written", r'\w+ is "0[0-9]+", and a whole number '
    ),
    "bad-version-with-point.yml": Unknowable(
        "for a schema 1.0 is an integer", r'version is "(?:1\.0+|0+1)"'
    ),
}
"""All that a JSON Schema cannot know, by the example that shows it."""


def ecma_pattern(_: Any, pattern: str, value: object, __: Any) -> Any:
    """Match as ECMAScript does: for Python, a dollar also stands before a last line break."""
    if isinstance(value, str) and not re.search(pattern.replace("$", r"\Z"), value):
        yield ValidationError(f"{value!r} does not match {pattern}")


Validator = extend(Draft7Validator, {"pattern": ecma_pattern})  # type: ignore[no-untyped-call]  # as its stub has it
VALIDATOR: Final = Validator(support_schema())
PRICES: Final = Validator(
    {
        "properties": {"plans": {"items": {"properties": {"price": Price().schema()}}}},
        "allOf": price_rules("usd"),
    }
)


def schema_accepts(text: str) -> bool:
    try:
        document = YAML(typ="safe", pure=True).load(text)
    except YAMLError:
        return False
    return bool(VALIDATOR.is_valid(document))


def named(path: Path) -> str:
    return path.stem


def test_there_are_enough_examples() -> None:
    assert len(GOOD) >= 6
    assert len(BAD) >= 15
    assert {*GOOD, *BAD} == {*EXAMPLES}


def test_the_published_schema_is_the_generated_one(tmp_path: Path) -> None:
    main(tmp_path)
    generated = {path.name: path.read_text("utf-8") for path in tmp_path.iterdir()}
    published = {path.name: path.read_text("utf-8") for path in SCHEMAS.glob("*.json")}
    assert published == generated, "run: python -m app schemas"


def test_the_schema_is_a_schema() -> None:
    Draft7Validator.check_schema(support_schema())


@pytest.mark.parametrize("path", GOOD, ids=named)
def test_both_take_a_good_example(path: Path) -> None:
    text = path.read_text("utf-8")
    assert isinstance(parse(text, currencies_settled=SETTLED), SupportPolicy)
    assert schema_accepts(text)


@pytest.mark.parametrize("path", BAD, ids=named)
def test_a_bad_example_has_the_one_fault_that_stands_on_its_top(path: Path) -> None:
    text = path.read_text("utf-8")
    answer = parse(text, currencies_settled=SETTLED)
    assert isinstance(answer, Faults)
    assert [f"#! {fault}" for fault in answer.faults] == text.splitlines()[:1]


@pytest.mark.parametrize("path", BAD, ids=named)
def test_the_schema_refuses_a_bad_example_if_a_schema_can(path: Path) -> None:
    assert schema_accepts(path.read_text("utf-8")) == (path.name in UNKNOWABLE)


def test_every_key_is_explained() -> None:
    def check(schema: dict[str, Any]) -> None:
        for name, described in schema.get("properties", {}).items():
            assert re.fullmatch("[A-Z].{9,90}[.]", described["description"]), name
            check(described)
            check(described.get("items", {}))

    check(support_schema())


@pytest.mark.parametrize("name", UNKNOWABLE)
def test_what_a_schema_cannot_know_is_told_as_it_is_listed(name: str) -> None:
    answer = parse((SCHEMAS / "examples" / name).read_text("utf-8"), currencies_settled=SETTLED)
    assert isinstance(answer, Faults)
    assert re.match(UNKNOWABLE[name].told, answer.faults[0].reason)


WHOLES: Final = (0, 1, 2, 3, 4, 9, 10, 14, 15, 49, 50, 174, 175, 99_999, 100_000, 999_999, 10**6)
FRACTIONS: Final = ("", ".0", ".00", ".01", ".1", ".29", ".3", ".49", ".5", ".50", ".99", ".990")
# One currency of each kind.
KINDS: Final = {
    (each.exponent, each.decimals, each.charge_minor_min): code for code, each in CURRENCIES.items()
}


@pytest.mark.parametrize("currency", KINDS.values())
def test_both_know_the_prices_of_a_currency(currency: str) -> None:
    texts = [f"{whole}{fraction}" for whole in WHOLES for fraction in FRACTIONS]
    for text in (*texts, "00", "00.49", "00.5", "0175", "00000175", "000000175", "1.", ".5"):
        plan = {"id": "question", "price": text}
        document = {"version": 1, "currency": currency, "plans": [plan]}
        reading = Reading(currencies_settled=(), platform_bp=0, currency=currency)
        is_taken = Price().read(Scalar(text, is_plain=False, place=START), "price", reading)
        assert PRICES.is_valid(document) == (is_taken is not WRONG), text


# Files that nobody here wrote: what the schema takes and what the parser takes is the same.


def spelled(number: str) -> str:
    """Mark a number that is to stand in a file as it is written here."""
    return f"#{number}#"


JUNK: Final[tuple[Any, ...]] = (
    *(None, True, 0, -1, 10_001, 1.5, [], {}, ["x"], {"x": 1}, "x" * 60, "y" * 1001),
    *("", " x", "x ", "x\n", "a\nb", "a\tb", "@x", "é", "0h", "1000d", "101%", "100.00%", "5"),
    *("Support", "OFF", "ſupport", "Factory", "europe/oslo", spelled("1.0"), spelled("1e3")),
)
junk = st.sampled_from(JUNK)


@st.composite
def often(draw: st.DrawFn, *good: Any, bad: tuple[Any, ...] = JUNK) -> Any:
    is_bad = draw(st.integers(0, 40)) == 40
    return draw(st.sampled_from(bad if is_bad else good))


def mapping(
    needed: dict[str, st.SearchStrategy[Any]], others: dict[str, st.SearchStrategy[Any]]
) -> st.SearchStrategy[Any]:
    known = st.fixed_dictionaries(needed, optional=others)
    surprising = st.fixed_dictionaries({**needed, "surprise": junk})
    lacking = st.fixed_dictionaries({}, optional=others)
    return st.integers(0, 40).flatmap(lambda n: (*[known] * 39, surprising, lacking)[n])


durations = often("30m", "8h", "3d", "2w", "999d", "9999m")
shares = often("10%", "2.5%", "0%", "100%", "0.01%")
hours = often(
    *("24/7", "Mon-Fri 09:00-17:00", "Sat, Sun 10:00-12:00, 13:00-24:00"),
    bad=("Mon 09:00-09:00", "Mon 22:00-06:00", "Mon", "09:00-17:00", "Mon 9-17", *JUNK),
)
ZONES: Final = ("Europe/Oslo", "UTC", "America/Argentina/Ushuaia", "Asia/Calcutta")
NO_ZONES: Final = ("Europe/Olso", "Europe", "localtime", "posix/UTC", "no zone", "", "/", 5, None)
zones = often(*ZONES, bad=NO_ZONES)
# Each is good in one currency and bad in another one.
PRICES_SOMEWHERE: Final = (
    *(49, 49.5, "49.90", 50, "50", 175, "175", "174.99", 999_999.99, "99999.99", "100000"),
    *(0.1, 0.49, "0.10", "0.3", 0.3, 10, "10", 1_000_000, "1000000", 10**8, "100000000"),
    *(10.123, "10.123", spelled("1e3"), spelled("49.0"), spelled("049"), "049", "0049.5"),
)
prices = often(*PRICES_SOMEWHERE)
helper = mapping(
    {},
    {
        "class": often("core", "extended", "community"),
        "topics": often([], ["dns"], ["dns", "日本語"], ["dns", "dns"]),
        "timezone": zones,
        "hours": hours,
        "tickets_max": often(1, 3, 100, bad=(101, spelled("3.0"), spelled("03"), *JUNK)),
    },
)
plan = mapping(
    {"price": prices},
    {"title": often("A title"), "respond_within": durations, "resolve_within": durations},
)


SAME: Final = 3
"""From so many on, entries of a list share their names."""


def numbered(key: str, items: list[Any]) -> list[Any]:
    return [
        {key: f"n-{count % SAME}", **item} if isinstance(item, dict) else item
        for count, item in enumerate(items)
    ]


CODES: Final = ("usd", "jpy", "eur", "isk", "bhd", "huf")
files = mapping(
    {
        "version": often(1, bad=(2, "1", spelled("1.0"), spelled("01"), spelled("1.5"))),
        "helpers": st.lists(helper, min_size=1, max_size=4).map(
            lambda items: numbered("login", items)
        ),
    },
    {
        "label": often("paid-support", "help me"),
        "currency": often(*CODES, bad=("USD", "xxx", None)),
        "calendar": mapping({}, {"timezone": zones, "hours": hours, "holidays": often("NO", "US")}),
        "plans": st.lists(plan, max_size=4).map(lambda items: numbered("id", items)),
        "split": mapping(
            {},
            {
                "repository": shares,
                "classes": mapping({}, {"core": shares, "extended": shares, "community": shares}),
            },
        ),
        "assignment": often("rotate", "least_busy", "topics", "claim"),
        "rungs": mapping(
            {},
            {
                "ai": often("comment", "helpers", "off"),
                "community": often("24h", "off"),
                "expert": st.booleans(),
            },
        ),
        "promises": mapping(
            {},
            {
                "offer": durations,
                "no_helper": durations,
                "accept_within": durations,
                "grace": durations,
            },
        ),
        "limits": mapping(
            {},
            {
                "open_per_customer": often(1, 2),
                "ai_drafts_per_day": often(0),
                "blocked": often([], ["x"], ["-"]),
            },
        ),
        "reports": often("totals", "helpers", "off"),
        "messages": mapping(
            {}, {"opened": often("Hello,\nyou.", " x\t"), "refund": often("x", " ")}
        ),
    },
).filter(lambda document: "version" in document and "helpers" in document)


# With little else in it, so that zones and prices alone decide whether it is good.
short = st.fixed_dictionaries(
    {
        "version": st.just(1),
        "helpers": st.just([{"login": "ada"}]),
        "currency": st.sampled_from(CODES),
        "plans": st.sampled_from(PRICES_SOMEWHERE).map(lambda price: [{"id": "a", "price": price}]),
    },
    optional={
        "calendar": st.fixed_dictionaries({"timezone": st.sampled_from(ZONES + NO_ZONES)}),
    },
)


@settings(max_examples=100, deadline=None)
@given(files | short)
def test_the_schema_takes_what_the_parser_takes(document: dict[str, Any]) -> None:
    text = re.sub('"#(.*?)#"', r"\1", json.dumps(document, ensure_ascii=False))
    answer = parse(text, currencies_settled=("usd", *CURRENCIES))
    if isinstance(answer, SupportPolicy):
        assert schema_accepts(text)
    elif not (isinstance(answer, Faults) and all(map(is_unknowable, answer.faults))):
        assert not schema_accepts(text), answer


def is_unknowable(fault: Fault) -> bool:
    return any(re.match(each.told, fault.reason) for each in UNKNOWABLE.values())
