"""The checklist of security cannot lie: its tests exist, and each of its lines says how it is."""

from __future__ import annotations

import re

from tests.tidy.sources import ROOT

DOCUMENT = (ROOT / "docs/security.md").read_text()
ROWS = re.findall(r"^\| (V\d[^|]*) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", DOCUMENT, re.MULTILINE)
STATES = {"met", "met, operator", "operator", "not met", "none"}
NAMED = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")


def is_there(path: str, name: str) -> bool:
    file = ROOT / path
    if not file.is_file():
        return False
    begun = re.compile(rf"^(?:(?:async )?def|class) {name}\b", re.MULTILINE)
    return not name or begun.search(file.read_text()) is not None


def test_every_test_that_it_names_exists() -> None:
    named = NAMED.findall(DOCUMENT)
    assert len(named) > 60
    assert [each for each in named if not is_there(*each)] == []
    assert not is_there("tests/web/test_pay.py", "test_that_nobody_wrote")
    assert not is_there("tests/web/test_nothing.py", "")


def test_every_line_says_how_it_is_and_every_chapter_is_there() -> None:
    assert {int(line.split(".")[0][1:]) for line, *_ in ROWS} == set(range(1, 15))
    assert {state.strip() for _, _, state, _ in ROWS} == STATES
    assert all(len(how.strip()) > 10 for *_, how in ROWS)
    assert len(ROWS) == DOCUMENT.count("\n| V")


def test_what_is_not_met_is_gathered_at_the_end() -> None:
    end = DOCUMENT.split("## Not met")[1]
    lines = [line for line, _, state, _ in ROWS if state == "not met"]
    assert lines
    assert [line for line in lines if line not in end] == []
    assert set(re.findall(r"V[\d.]+\d(?:–V[\d.]+\d)?", end)) == set(lines)
