"""The published schema is the generated one, and says of every example what the parser says."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from app.domain.currencies import CURRENCIES
from app.domain.policy import Faults, SupportPolicy, parse, support_schema
from app.schemas import main

SCHEMAS: Final = Path(__file__).parents[2] / "schemas"
EXAMPLES: Final = sorted((SCHEMAS / "examples").glob("*.yml"))
GOOD: Final = [path for path in EXAMPLES if path.name.startswith("good-")]
BAD: Final = [path for path in EXAMPLES if path.name.startswith("bad-")]
SETTLED: Final = ("usd", "jpy")

UNKNOWABLE: Final = {
    "bad-anchor.yml": "a schema sees what an anchor became",
    "bad-currency-not-settled.yml": "only the operator knows what is settled",
    "bad-directive.yml": "a schema sees no directives",
    "bad-helper-twice.yml": "a schema cannot compare the logins of two helpers",
    "bad-hours-never-open.yml": "a schema cannot compare two times",
    "bad-hours-over-midnight.yml": "a schema cannot compare two times",
    "bad-merge.yml": "a schema sees what was merged",
    "bad-plan-twice.yml": "a schema cannot compare the ids of two plans",
    "bad-price-too-fine.yml": "a schema does not know the decimals of a currency",
    "bad-price-too-large.yml": "a schema does not know the largest charge of a currency",
}
"""Faults that a JSON Schema cannot know, each with its reason."""


def ecma_pattern(_: Any, pattern: str, value: object, __: Any) -> Any:
    """Match as ECMAScript does: for Python, a dollar also stands before a last line break."""
    if isinstance(value, str) and not re.search(pattern.replace("$", r"\Z"), value):
        yield ValidationError(f"{value!r} does not match {pattern}")


Validator = extend(Draft7Validator, {"pattern": ecma_pattern})  # type: ignore[no-untyped-call]  # as its stub has it
VALIDATOR: Final = Validator(support_schema())


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
def test_a_bad_example_has_the_faults_that_stand_on_its_top(path: Path) -> None:
    text = path.read_text("utf-8")
    answer = parse(text, currencies_settled=SETTLED)
    assert isinstance(answer, Faults)
    told = [line.removeprefix("#! ") for line in text.splitlines() if line.startswith("#! ")]
    assert [str(fault) for fault in answer.faults] == told


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


# Files that nobody here wrote: what the schema takes and what the parser takes is the same. Numbers
# are written plainly, and prices, logins, ids and zones are such that a schema can know all of it.

JUNK: Final[tuple[Any, ...]] = (
    *(None, True, 0, -1, 10_001, 1.5, [], {}, ["x"], {"x": 1}, "x" * 60, "y" * 1001),
    *("", " x", "x ", "x\n", "a\nb", "a\tb", "@x", "é", "0h", "1000d", "101%", "100.00%", "5"),
    *("Support", "OFF"),
)
junk = st.sampled_from(JUNK)


@st.composite
def often(draw: st.DrawFn, *good: Any, bad: tuple[Any, ...] = JUNK) -> Any:
    is_bad = draw(st.integers(0, 40)) == 0
    return draw(st.sampled_from(bad if is_bad else good))


def mapping(
    needed: dict[str, st.SearchStrategy[Any]], others: dict[str, st.SearchStrategy[Any]]
) -> st.SearchStrategy[Any]:
    known = st.fixed_dictionaries(needed, optional=others)
    surprising = st.fixed_dictionaries({**needed, "surprise": junk})
    lacking = st.fixed_dictionaries({}, optional=others)
    return st.integers(0, 40).flatmap(lambda n: (surprising, lacking, *[known] * 39)[n])


durations = often("30m", "8h", "3d", "2w", "999d", "9999m")
shares = often("10%", "2.5%", "0%", "100%", "0.01%")
hours = often("24/7", "Mon-Fri 09:00-17:00", "Sat, Sun 10:00-12:00, 13:00-24:00")
# Whether a zone exists is not for a schema to know: bad ones are no names at all.
zones = often("Europe/Oslo", "UTC", "America/Argentina/Ushuaia", bad=("no zone", "", "/", 5, None))
helper = mapping(
    {},
    {
        "class": often("core", "extended", "community"),
        "topics": st.lists(often("dns", "日本語"), max_size=3) | junk,
        "timezone": zones,
        "hours": hours,
        "tickets_max": often(1, 3, 100, 101),
    },
)
plan = mapping(
    {"price": often(49, 49.5, "49.90")},
    {"title": often("A title"), "respond_within": durations, "resolve_within": durations},
)


def numbered(key: str, items: list[Any]) -> list[Any]:
    return [
        {key: f"n-{count}", **item} if isinstance(item, dict) else item
        for count, item in enumerate(items)
    ]


files = mapping(
    {
        "version": st.just(1),
        "helpers": st.lists(helper, min_size=1, max_size=3).map(
            lambda items: numbered("login", items)
        ),
    },
    {
        "label": often("paid-support", "help me"),
        "currency": often("usd", "eur"),
        "calendar": mapping({}, {"timezone": zones, "hours": hours, "holidays": often("NO", "US")}),
        "plans": st.lists(plan, max_size=3).map(lambda items: numbered("id", items)),
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
                "expert": st.booleans() | junk,
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


@settings(max_examples=100, deadline=None)
@given(files)
def test_the_schema_takes_what_the_parser_takes(document: dict[str, Any]) -> None:
    text = json.dumps(document, ensure_ascii=False)
    answer = parse(text, currencies_settled=tuple(CURRENCIES))
    assert VALIDATOR.is_valid(document) == isinstance(answer, SupportPolicy), answer
