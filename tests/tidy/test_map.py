"""The documents that show the way: every place that they name is there, and none is missing."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.tidy.sources import ROOT, texts

MAP = "app/README.md"
ROOMS = re.compile(r"^\| ((?:`[\w./]+`[ ·]*)+) \|", re.MULTILINE)
NAMED = re.compile(r"`([\w.-]*(?:/[\w.-]+)*/?)`")
LINKED = re.compile(r"\]\((?!https?:|#|mailto:)([^)#]+)")
DOCUMENTS = [path for path in texts() if path.endswith(".md") and not path.startswith("tests/")]
TOP_FOLDERS = ("app/", "tests/", "docs/", "actions/", "schemas/", ".github/", ".ci/")


def section(text: str, title: str) -> str:
    """Give what stands below a heading, up to the next one."""
    return re.split(rf"^## {re.escape(title)}$", text, flags=re.MULTILINE)[1].split("\n## ")[0]


def missing_places(path: str, text: str) -> Iterator[str]:
    folder = (ROOT / path).parent
    for place in LINKED.findall(text):
        if not (folder / place).exists():
            yield f"{path} links to {place}"
    for place in NAMED.findall(text):
        if place.startswith(TOP_FOLDERS) and not (ROOT / place).exists():
            yield f"{path} names {place}"


def test_a_place_that_is_not_there_is_found() -> None:
    text = "See `app/nowhere.py`, `app/domain/`, [this](no.md), [that](decisions/README.md), `a/b`."
    assert list(missing_places("docs/x.md", text)) == [
        "docs/x.md links to no.md",
        "docs/x.md names app/nowhere.py",
    ]


@pytest.mark.parametrize("path", DOCUMENTS)
def test_every_place_that_a_document_names_is_there(path: str) -> None:
    assert list(missing_places(path, texts()[path])) == []


def test_the_map_shows_every_room_and_no_other() -> None:
    rooms = {
        name.rstrip("/")
        for row in ROOMS.findall(section(texts()[MAP], "The rooms"))
        for name in NAMED.findall(row)
    }
    there = {path.split("/")[1] for path in texts() if path.startswith("app/")}
    assert rooms == there - {"README.md", "__init__.py"}


def test_the_map_sends_nobody_astray() -> None:
    places = NAMED.findall(section(texts()[MAP], "Where do I put…?"))
    assert len(places) > 15
    nowhere = [
        place
        for place in places
        if place.endswith((".py", "/"))
        and not place.startswith("/")
        and not (ROOT / "app" / place).exists()
        and not any(path.endswith(f"/{place}") for path in texts())
    ]
    assert nowhere == []


def test_the_glossary_is_in_order_and_short() -> None:
    rows = section(texts()[MAP], "Glossary").split("|---|---|\n")[1]
    words = re.findall(r"^\| ([a-z]+) \| .+ \|$", rows, re.MULTILINE)
    assert words == sorted(set(words))
    assert 20 <= len(words) <= 35


def test_every_decision_is_listed() -> None:
    pages = {path.split("/")[-1] for path in texts() if re.match(r"docs/decisions/\d", path)}
    listed = re.findall(
        r"^\| \[\d{4}\]\(([^)]+)\)", texts()["docs/decisions/README.md"], re.MULTILINE
    )
    assert set(listed) == pages
    assert len(pages) >= 6
    assert sorted(pages) == listed
    assert [int(page[:4]) for page in listed] == list(range(1, len(listed) + 1))
