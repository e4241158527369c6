"""What of YAML is read, what is refused and where; and that no file takes long."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.domain.policy import Fault, Faults, Foreign, SupportPolicy, parse
from app.domain.policy.syntax import (
    DEPTH_MAX,
    LINES_MAX,
    NODES_MAX,
    OPENINGS_PER_LINE_MAX,
    SIZE_BYTES_MAX,
    WORDS_MAX,
    Listing,
    Mapping,
    Scalar,
    compose,
)
from tests.domain.bombs import FILES, HEAD, VALID, cpu_seconds, patience

EXAMPLES: Final = sorted((Path(__file__).parents[2] / "schemas/examples").glob("*.yml"))
bounded = settings(max_examples=100, deadline=None)


def refused(source: str | bytes) -> Fault:
    fault = compose(source)
    assert isinstance(fault, Fault), fault
    return fault


def test_a_tree_knows_its_places() -> None:
    root = compose("# first\na: [1, 'x']\nb:\n  c: d\n")
    assert isinstance(root, Mapping)
    (a, listing), (b, mapping) = root.entries
    assert isinstance(listing, Listing)
    assert isinstance(mapping, Mapping)
    one, x = listing.items
    assert isinstance(one, Scalar)
    assert isinstance(x, Scalar)
    assert (one.text, one.is_plain, x.text, x.is_plain) == ("1", True, "x", False)
    places = [(node.place.line, node.place.column) for node in (a, listing, one, x, b, mapping)]
    assert places == [(2, 1), (2, 4), (2, 5), (2, 8), (3, 1), (4, 3)]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        *((text, "empty") for text in ("", "~", "null", "NULL")),
        *((text, "true or false") for text in ("true", "False", "TRUE")),
        *((text, "an integer") for text in ("0", "-12", "+3", "007")),
        *(
            (text, "a number")
            for text in ("1.5", ".5", "1.", "1e3", "0o17", "0xfF", "-.inf", ".NaN")
        ),
        *(
            (text, "text")
            for text in ("yes", "NO", "off", "1_000", "0b1", "12:30", "2026-11-24", "=")
        ),
    ],
)
def test_a_plain_value_is_what_yaml_1_2_takes_it_for(text: str, kind: str) -> None:
    root = compose(f"[{text}, '{text}']" if text else "[~, '']")
    assert isinstance(root, Listing)
    plain, quoted = root.items
    assert isinstance(plain, Scalar)
    assert isinstance(quoted, Scalar)
    assert (plain.kind, quoted.kind) == (kind, "text")


@pytest.mark.parametrize(
    ("source", "place", "reason"),
    [
        ("a: &b c", (1, 4), "Anchors (&) and aliases (*) are not read."),
        ("a: *b", (1, 4), "Anchors (&) and aliases (*) are not read."),
        ("&a b: c", (1, 1), "Anchors (&) and aliases (*) are not read."),
        ("? *a\n: c", (1, 3), "Anchors (&) and aliases (*) are not read."),
        ("a: !!python/object:os.system {}", (1, 4), "Tags (!) are not read."),
        ("a: ! b", (1, 4), "Tags (!) are not read."),
        ("!t\na: b", (1, 1), "Tags (!) are not read."),
        ("a: {<<: {b: c}}", (1, 5), "Merge keys (<<) are not read."),
        ("? [a]\n: b", (1, 3), "A list or a mapping cannot be a key."),
        ("? {a: b}\n: c", (1, 3), "A list or a mapping cannot be a key."),
        ("%YAML 1.2\n---\na: b", (1, 1), "A directive such as %YAML or %TAG is not read."),
        ("%TAG ! tag:x\n---\na: b", (1, 1), "A directive such as %YAML or %TAG is not read."),
        ("a: b\n---\nc: d", (2, 1), "A second document begins here, and only one is read."),
        ("a:\n\t- b", (2, 1), "A tab stands where only spaces may stand."),
        ("a: b: c", (1, 5), "This is not YAML: mapping values are not allowed here."),
        ("a: 'b", (1, 6), "This is not YAML: found unexpected end of stream."),
        ("# a\n\n%YAML 1.2\n---\n", (3, 1), "A directive such as %YAML or %TAG is not read."),
        (
            'a: b\nc: "\\UFFFFFFFF"',
            (2, 1),
            "Somewhere after this there is a character that YAML cannot hold.",
        ),
        ('a: "\\ud800"', (1, 4), "An escape in this text makes the character U+D800."),
        ('a: "\\e[31m"', (1, 4), "An escape in this text makes the character U+001B."),
        ('"\\0": a', (1, 1), "An escape in this text makes the character U+0000."),
        ("a: b\n  \x1b", (2, 3), "The character U+001B cannot stand here."),
        ("a\r\n\ufeff", (2, 1), "The character U+FEFF cannot stand here."),
        ("é\ud800", (1, 2), "The file is not UTF-8."),
        (b"a: b\rc: \xff", (2, 4), "The file is not UTF-8."),
        ("a: b".encode("utf-16"), (1, 1), "The file is not UTF-8."),
    ],
)
def test_what_is_refused_is_told_with_its_place(
    source: str | bytes, place: tuple[int, int], reason: str
) -> None:
    fault = refused(source)
    assert (fault.line, fault.column, fault.reason) == (*place, reason)
    assert fault.remedy.endswith(".")


def test_the_end_of_the_file_is_called_so() -> None:
    assert refused("a: *").reason.endswith("but found the end of the file.")


def test_a_file_is_as_large_as_it_may_be_and_no_larger() -> None:
    kept = HEAD + "#" * (SIZE_BYTES_MAX - len(HEAD))
    assert isinstance(parse(kept, currencies_settled=("usd",)), SupportPolicy)
    assert refused(kept + "#").reason == "The file has more than 65,536 bytes."
    assert refused("é" * SIZE_BYTES_MAX).line == 1


def test_a_tree_is_as_deep_as_it_may_be_and_no_deeper() -> None:
    assert isinstance(compose("[" * DEPTH_MAX + "]" * DEPTH_MAX), Listing)
    fault = refused("[" * DEPTH_MAX + "\n[" + "]" * (DEPTH_MAX + 1))
    assert (fault.line, fault.column) == (2, 1)
    assert fault.reason == "This is nested more than 8 levels deep."


def test_a_tree_is_as_wide_as_it_may_be_and_no_wider() -> None:
    assert isinstance(compose("- a\n" * (NODES_MAX - 1)), Listing)
    fault = refused("- a\n" * NODES_MAX)
    assert (fault.line, fault.column) == (NODES_MAX, 3)
    assert fault.reason == "The file has more than 2,500 keys and values."


def test_a_line_opens_as_many_brackets_as_it_may_and_no_more() -> None:
    brackets = OPENINGS_PER_LINE_MAX - 1
    assert isinstance(compose("[" + "[], " * brackets + "]"), Listing)
    fault = refused("\r[" + "[], {}, " * brackets + "]")
    assert (fault.line, fault.column) == (2, 1)
    assert fault.reason == "More than 200 brackets are opened in this line."


@pytest.mark.parametrize("name", FILES)
def test_no_file_takes_long(name: str) -> None:
    source = FILES[name].encode()[:SIZE_BYTES_MAX]
    answer = parse(source, currencies_settled=("usd",))
    assert isinstance(answer, SupportPolicy) is (name in VALID)
    assert cpu_seconds(lambda: parse(source, currencies_settled=("usd",))) < patience()


def test_a_file_has_as_many_lines_and_words_as_it_may_and_no_more() -> None:
    assert isinstance(compose(HEAD + "\n" * (LINES_MAX - 3)), Mapping)
    fault = refused("\r\n" * LINES_MAX)
    assert (fault.line, fault.column) == (LINES_MAX + 1, 1)
    assert fault.reason == "The file has more than 5,000 lines."
    assert isinstance(compose("a " * WORDS_MAX), Scalar)
    assert refused("a " * (WORDS_MAX + 1)).reason == "The file has more than 16,000 words."


# Whatever the bytes are, the answer is one of three, and a fault has a place and two sentences.


def check(source: str | bytes) -> None:
    answer = parse(source, currencies_settled=("usd", "jpy"), platform_bp=500)
    assert isinstance(answer, SupportPolicy | Faults | Foreign)
    if isinstance(answer, SupportPolicy):
        assert len(answer.digest) == 64
    if isinstance(answer, Faults):
        assert list(answer.faults) == sorted(answer.faults)
        assert answer.faults
        for fault in answer.faults:
            assert fault.line >= 1
            assert fault.column >= 1
            assert fault.reason.endswith(".")
            assert fault.remedy.endswith(".")
            assert "\n" not in str(fault)


@bounded
@given(st.binary(max_size=300) | st.text(max_size=300))
@example("\ud800")
@example(b"\xef\xbb\xbf")
def test_no_bytes_are_too_strange(source: str | bytes) -> None:
    check(source)


PIECES: Final = (
    *("version: 1\n", "helpers:\n", "  - login: ada\n", "plans: ", "[{id: a, price: 1}]", "a: "),
    *("- ", "\n", "  ", "[", "]", "{", "}", ",", "?", " ", ":", "&x ", "*x", "!t ", "!!str ", "%"),
    *("%YAML 1.1\n", "%TAG ! x\n", "---", "...", "|", "|2-\n", ">", "'", '"', "\\", "\\UFFFFFFFF"),
    *("\\ud800", "#", "\t", "\r", "\x85", "\u2028", "é", "😀", "<<: ", "~", "`", "@", "0x", "1.5"),
)


@bounded
@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join))
@example('a: "\\UFFFFFFFF"')
@example('"=!!str \\UFFFFFFFF!"')
def test_no_yaml_is_too_strange(source: str) -> None:
    check(source)


@bounded
@given(st.sampled_from(EXAMPLES), st.data())
def test_no_example_breaks_the_parser_however_it_is_cut(path: Path, data: st.DataObject) -> None:
    source = path.read_bytes()
    start = data.draw(st.integers(0, len(source)))
    end = data.draw(st.integers(start, min(len(source), start + 30)))
    piece = data.draw(st.sampled_from(PIECES) | st.text(max_size=5))
    check(source[:start] + piece.encode("utf-8", "surrogatepass") + source[end:])
