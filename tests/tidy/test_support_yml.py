"""What is told of ``support.yml`` is what the code reads, and our own file shows all of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

import pytest
from ruamel.yaml import YAML

from app.domain.policy import SupportPolicy, parse, support_schema
from app.domain.policy.page import keys_page
from tests.tidy.sources import ROOT

PAGE: Final = (ROOT / "docs/support-yml.md").read_text()
OURS: Final = ROOT / ".github/support.yml"


def keys_of(schema: dict[str, Any], within: str = "") -> Iterator[str]:
    for name, inner in schema.get("properties", {}).items():
        yield f"{within}{name}"
        yield from keys_of(inner.get("items", inner), f"{within}{name}.")


def written_in(value: object, within: str = "") -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from written_in(item, within)
    if isinstance(value, dict):
        for name, inner in value.items():
            yield f"{within}{name}"
            yield from written_in(inner, f"{within}{name}.")


KEYS: Final = tuple(keys_of(support_schema()))


def test_our_own_file_shows_every_key() -> None:
    text = OURS.read_text()
    assert isinstance(parse(text, currencies_settled=("usd",)), SupportPolicy)
    written = set(written_in(YAML(typ="safe", pure=True).load(text)))
    assert "messages.cancel_asked" in KEYS
    assert set(KEYS) == written


def test_a_bare_no_is_norway_as_our_own_file_says() -> None:
    (line,) = re.findall("^.*holidays: .*$", OURS.read_text(), re.MULTILINE)
    policy = parse(OURS.read_text(), currencies_settled=("usd",))
    assert isinstance(policy, SupportPolicy)
    assert policy.calendar.country == "NO"
    assert "holidays: NO #" in line


def test_the_page_says_of_every_key_what_the_code_says() -> None:
    found = re.search(r"<!-- keys:[^\n]*-->\n\n(.*?)\n\n<!-- /keys -->", PAGE, re.DOTALL)
    assert found
    assert found[1] == keys_page(), "put what keys_page() gives between the marks"
    assert "docs/support-yml.md" in (ROOT / "README.md").read_text()


@pytest.mark.parametrize("key", KEYS)
def test_every_key_has_its_line_on_the_page(key: str) -> None:
    parts = key.split(".")
    section = keys_page().split("\n\n### In ")[0]
    if len(parts) > 1:
        (section,) = re.findall(rf"### In (?:each entry of )?`{parts[0]}`\n\n([^#]*)", keys_page())
    name = ".".join(parts[1:] or parts)
    assert section.count(f"\n| `{name}` |") == 1


def test_the_schema_that_our_own_file_names_is_there() -> None:
    named = re.match(r"# yaml-language-server: \$schema=(\S+)\n", OURS.read_text())
    assert named
    assert (OURS.parent / named[1]).resolve() == ROOT / "schemas/support.schema.json"
