"""How durations, promises, names and other people's words are written."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.domain.clockwork import Promise
from app.domain.ids import PersonId
from app.domain.people import Person
from app.domain.wording.texts import (
    QUOTE_CHARACTERS_MAX,
    join,
    mention,
    name,
    promise,
    quoted,
    span,
)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("1m", "1 working minute"),
        ("8h", "8 working hours"),
        ("1d", "1 working day"),
        ("2w", "2 working weeks"),
    ],
)
def test_a_promise_is_of_working_time(given: str, words: str) -> None:
    assert promise(Promise.parse(given)) == words


def test_what_is_not_promised_is_said() -> None:
    assert promise(None) == "no promise"


@pytest.mark.parametrize(
    ("duration", "words"),
    [
        (timedelta(hours=48), "2 days"),
        (timedelta(days=1), "1 day"),
        (timedelta(hours=36), "36 hours"),
        (timedelta(minutes=90), "90 minutes"),
        (timedelta(minutes=1), "1 minute"),
    ],
)
def test_calendar_time_is_written_in_its_largest_whole_unit(
    duration: timedelta, words: str
) -> None:
    assert span(duration) == words


@pytest.mark.parametrize(
    ("names", "words"),
    [((), ""), (("ada",), "ada"), (("ada", "grace", "linus"), "ada, grace and linus")],
)
def test_names_are_joined(names: tuple[str, ...], words: str) -> None:
    assert join(names) == words


def test_somebody_is_named_or_mentioned() -> None:
    ada = Person(PersonId("1"), "ada")
    assert name(ada) == "`ada`"
    assert mention(ada) == "@ada"
    assert name(Person(PersonId("2"), "\u200b")) == "somebody"


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("", ""),
        (" \n\u200b ", ""),
        ("plain words, with a point.", "plain words, with a point."),
        ("a\nb\r\nc\td", "a b c d"),
        ("*bold* and _so_ [on](x)", r"\*bold\* and \_so\_ \[on\](x)"),
        ("snake_case stays", "snake_case stays"),
        ("# no heading", r"\# no heading"),
        ("1. no list", r"1\. no list"),
        ("- no list", r"\- no list"),
        ("/support accept", r"\/support accept"),
        ("a | b", r"a \| b"),
        ("@ada and @org/team", "`@ada` and `@org/team`"),
        ("fixes #1", "fixes `#1`"),
        ("see https://example.org/x|y", r"see `https://example.org/x`\|y"),
        ("costs $5 or $x$", "costs `$5` or `$x$`"),
    ],
)
def test_somebodys_words_are_plain_text_in_one_line(words: str, shown: str) -> None:
    assert quoted(words) == shown


def test_too_many_words_are_cut() -> None:
    cut = quoted("word " * 100)
    assert len(cut) <= QUOTE_CHARACTERS_MAX
    assert cut.endswith("word…")
