"""What no file holds: to-dos, registries' hosts, machines' paths, exceptions without a reason."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.tidy.sources import ROOT, texts

# This file alone must spell out what no other may.
OWN = "tests/tidy/test_words.py"
TO_DO = re.compile(r"\b(?:TODO|FIXME)\b")
# A letter in brackets, or a dot in the middle: no search for these words shall find this file.
REGISTRY = re.compile(r"[p]ypi\.org|[p]ythonhosted\.org|[n]pmjs\.(?:org|com)|[d]eb\.debian\.org")
MACHINE = re.compile(r"(?<![\w.}>*)~])/(?:[r]oot|[w]ork|[h]ome|[U]sers)/")
EXCEPTION = re.compile(r"#\s*(?:ruff:\s*)?(?:noqa|type:\s*ignore)(?P<rest>.*)")
REASONED = re.compile(
    r"(?::\s*[A-Z]+[0-9]+(?:\s*,\s*[A-Z]+[0-9]+)*|\[[\w, -]+\])\s+(?:#|—|–|-)\s*\w+.*"
)


def forbidden(text: str) -> Iterator[str]:
    for what, pattern in (
        ("a to-do", TO_DO),
        ("a registry's host", REGISTRY),
        ("a machine's path", MACHINE),
    ):
        for match in pattern.finditer(text):
            yield f"{what} in line {text.count(chr(10), 0, match.start()) + 1}: {match[0]}"


def unreasoned(text: str) -> Iterator[str]:
    for number, line in enumerate(text.splitlines(), 1):
        if (match := EXCEPTION.search(line)) and not REASONED.fullmatch(match["rest"]):
            yield f"an exception without a reason in line {number}: {line.strip()}"


def others() -> Iterator[tuple[str, str]]:
    return ((path, text) for path, text in texts().items() if path != OWN)


@pytest.mark.parametrize(
    "text",
    [
        "# TODO: later",
        "FIXME",
        "https://py·pi.org/simple",
        "registry.npm·js.org",
        "http://deb.deb·ian.org/debian",
        "'/ro·ot/.pyenv'",
        "cd /wo·rk/main",
        "/Us·ers/ada/x",
    ],
)
def test_each_forbidden_word_is_found(text: str) -> None:
    assert len(list(forbidden(text.replace("·", "")))) == 1


@pytest.mark.parametrize(
    "text", ["a todo list", "https://a.example/ho·me/x", "{url}/wo·rk/x", "~/wo·rk/x"]
)
def test_other_words_are_left_alone(text: str) -> None:
    assert list(forbidden(text.replace("·", ""))) == []


@pytest.mark.parametrize(
    ("line", "is_reasoned"),
    [
        ("x = 1  # noqa: E501", False),
        ("x = 1  # noqa", False),
        ("x = 1  # noqa  # because", False),
        ("x = 1  # type: ignore", False),
        ("x = 1  # type: ignore[misc]", False),
        ("# ruff: noqa: N818", False),
        ("x = 1  # noqa: E501  # a table", True),
        ("x = 1  # noqa: E501, S101 — a table", True),
        ("x = 1  # type: ignore[misc]  # known at run time", True),
        ("# ruff: noqa: N818 - names", True),
    ],
)
def test_an_exception_needs_its_code_and_a_reason(line: str, is_reasoned: bool) -> None:  # noqa: FBT001  # a column of the table above
    assert (not list(unreasoned(line))) is is_reasoned


def test_no_file_holds_a_forbidden_word() -> None:
    found = [f"{path}: {fault}" for path, text in others() for fault in forbidden(text)]
    assert len(texts()) > 50
    assert found == []


def test_every_exception_in_the_code_has_its_reason() -> None:
    found = [
        f"{path}: {fault}"
        for path, text in others()
        if path.endswith(".py")
        for fault in unreasoned(text)
    ]
    assert found == []


def test_every_rule_that_is_switched_off_has_its_sentence() -> None:
    text = (ROOT / "pyproject.toml").read_text()
    rules = re.findall(r'^  "[A-Z]+[0-9]*",.*$', text, re.MULTILINE)
    assert len(rules) > 20
    assert [rule for rule in rules if not re.search(r'",\s+# \w+.{3,}', rule)] == []
