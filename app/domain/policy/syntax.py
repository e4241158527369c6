"""YAML without its traps: bytes become a small tree with places, or one fault; no I/O.

Only what a policy needs is read: mappings, lists and scalars of one document. Anchors, aliases,
merge keys, tags and directives are refused, so nothing in a file can grow when it is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    MappingEndEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from app.domain.policy.faults import Fault

SIZE_BYTES_MAX: Final = 64 * 1024
"""A larger file is not read."""

DEPTH_MAX: Final = 8
"""A policy is four levels deep."""

NODES_MAX: Final = 2_500
"""Keys, values, lists and mappings; a policy with fifty helpers has about a thousand."""

LINES_MAX: Final = 5_000
"""Each costs a parser more than what stands in it, so that 64 KiB of empty ones would take long."""

WORDS_MAX: Final = 16_000
"""64 KiB of prose have 11,000; a parser takes its time over every one."""

# A parser looks as far ahead as one line for the end of what was opened in it, and looks again at
# every step: what may stand open in a line bounds its time.
OPENINGS_PER_LINE_MAX: Final = 200

SHOWN_CHARACTERS_MAX: Final = 40
"""A fault repeats no more than this of what somebody wrote."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where something begins: line and column, both from 1."""

    line: int
    column: int

    def fault(self, reason: str, remedy: str) -> Fault:
        """Say what is wrong here, and what to do."""
        return Fault(line=self.line, column=self.column, reason=reason, remedy=remedy)


START: Final = Place(1, 1)


@dataclass(frozen=True, slots=True)
class Scalar:
    """One value as it was written, without its quotes."""

    text: str
    is_plain: bool
    """It had no quotes, so that it may be a number, a truth or nothing at all."""
    place: Place

    @property
    def kind(self) -> str:
        """Say what YAML 1.2 takes it for: text, an integer, a number, true or false, or nothing."""
        if self.is_plain:
            for kind, pattern in _PLAIN.items():
                if pattern.fullmatch(self.text):
                    return kind
        return TEXT

    @property
    def shown(self) -> str:
        """Give what was written in one line, cut and in quotes."""
        text = " ".join(self.text.split())
        is_long = len(text) > SHOWN_CHARACTERS_MAX
        return f'"{text[:SHOWN_CHARACTERS_MAX]}{"…" if is_long else ""}"'


@dataclass(frozen=True, slots=True)
class Listing:
    """A list of values."""

    items: tuple[Node, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys with their values, in the order of the file; a key may stand there twice."""

    entries: tuple[tuple[Scalar, Node], ...]
    place: Place

    def get(self, key: str) -> Node | None:
        """Give the first value of a key."""
        return next((value for name, value in self.entries if name.text == key), None)


Node = Scalar | Listing | Mapping

TEXT: Final = "text"
INTEGER: Final = "an integer"
NUMBER: Final = "a number"
TRUTH: Final = "true or false"
NOTHING: Final = "empty"
# The core schema of YAML 1.2.2 (chapter 10.3.2); integers that are not decimal are numbers here.
_PLAIN: Final = {
    NOTHING: re.compile("|~|null|Null|NULL"),
    TRUTH: re.compile("true|True|TRUE|false|False|FALSE"),
    INTEGER: re.compile("[-+]?[0-9]+"),
    NUMBER: re.compile(
        r"0o[0-7]+|0x[0-9a-fA-F]+|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
        r"|[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?"
    ),
}


def describe(node: Node) -> str:
    """Say in a word or two what stands there."""
    if isinstance(node, Listing):
        return "a list"
    if isinstance(node, Mapping):
        return "a mapping"
    return NUMBER if node.kind == INTEGER else node.kind


def compose(source: bytes | str) -> Node | Fault | None:
    """Read a file as one tree; ``None``: it says nothing; a fault: it cannot be read."""
    text = decode(source)
    if isinstance(text, Fault):
        return text
    composer = _Composer(text)
    try:
        return composer.document()
    except _RefusedError as refusal:
        return refusal.fault
    except MarkedYAMLError as error:
        return _syntax_fault(error)
    except (YAMLError, ValueError, OverflowError):
        # An escape such as \UFFFFFFFF that is no character has no mark of its own.
        return composer.place.fault(
            "Somewhere after this there is a character that YAML cannot hold.",
            "Look for a backslash inside double quotes, and write the character itself.",
        )


# What YAML 1.2.2 (chapter 5.1) calls printable is all that a file may hold.
_UNPRINTABLE: Final = re.compile(
    "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)


def decode(source: bytes | str) -> str | Fault:
    """Give the text of a file, or why it is not read at all."""
    data = source.encode("utf-8", "surrogatepass") if isinstance(source, str) else source
    if len(data) > SIZE_BYTES_MAX:
        return START.fault(
            f"The file has more than {SIZE_BYTES_MAX:,} bytes.",
            "Keep what the policy needs and move the rest elsewhere.",
        )
    try:
        text = data.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8", "replace")
        return _after(before).fault("The file is not UTF-8.", "Save it with the encoding UTF-8.")
    if found := _UNPRINTABLE.search(text):
        return _after(text[: found.start()]).fault(
            f"The character U+{ord(found[0]):04X} cannot stand here.", "Delete it."
        )
    return _check_lines(text) or text


def _check_lines(text: str) -> Fault | None:
    """Refuse what would take the parser long, or change how it reads the rest."""
    if len(text.split()) > WORDS_MAX:
        return START.fault(
            f"The file has more than {WORDS_MAX:,} words.", "Keep what the policy needs."
        )
    is_head = True
    for number, line in enumerate(_lines(text), 1):
        if number > LINES_MAX:
            return Place(number, 1).fault(
                f"The file has more than {LINES_MAX:,} lines.", "Delete the empty ones."
            )
        if is_head and line.startswith("%"):
            return Place(number, 1).fault(
                "A directive such as %YAML or %TAG is not read.", "Delete this line."
            )
        is_head = is_head and (not line.strip() or line.lstrip().startswith("#"))
        if line.count("[") + line.count("{") > OPENINGS_PER_LINE_MAX:
            return Place(number, 1).fault(
                f"More than {OPENINGS_PER_LINE_MAX} brackets are opened in this line.",
                "Write lists and mappings over several lines.",
            )
    return None


def _lines(text: str) -> list[str]:
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _after(before: str) -> Place:
    lines = _lines(before)
    return Place(len(lines), len(lines[-1]) + 1)


def _syntax_fault(error: MarkedYAMLError) -> Fault:
    mark = error.problem_mark or error.context_mark
    place = Place(mark.line + 1, mark.column + 1)
    problem = " ".join(str(error.problem or error.context).split())[:200]
    if r"'\t'" in problem:
        return place.fault(
            "A tab stands where only spaces may stand.", "Indent with spaces instead of tabs."
        )
    problem = problem.replace(r"'\x00'", "the end of the file")
    return place.fault(
        f"This is not YAML: {problem}.",
        "Look here and in the line before for indentation, a missing colon or an open quote.",
    )


class _RefusedError(Exception):
    def __init__(self, fault: Fault) -> None:
        super().__init__(str(fault))
        self.fault = fault


class _Composer:
    """Builds the tree from the parser's events, and stops at the first thing that is refused."""

    def __init__(self, text: str) -> None:
        self._events: Iterator[Any] = YAML(typ="safe", pure=True).parse(text)
        self._nodes = 0
        self.place = START

    def document(self) -> Node | None:
        self._next()
        if isinstance(self._next(), StreamEndEvent):
            return None
        node = self._node(self._next(), 1)
        self._next()
        if not isinstance(self._next(), StreamEndEvent):
            raise self._refused(
                "A second document begins here, and only one is read.",
                "Delete what follows, or ---.",
            )
        return None if isinstance(node, Scalar) and node.kind == NOTHING else node

    def _next(self) -> Any:
        event = next(self._events)
        self.place = Place(event.start_mark.line + 1, event.start_mark.column + 1)
        return event

    def _refused(self, reason: str, remedy: str) -> _RefusedError:
        return _RefusedError(self.place.fault(reason, remedy))

    def _node(self, event: Any, depth: int) -> Node:
        self._check(event, depth)
        place = self.place
        if isinstance(event, ScalarEvent):
            return self._scalar(event)
        if isinstance(event, SequenceStartEvent):
            items: list[Node] = []
            while not isinstance(event := self._next(), SequenceEndEvent):
                items.append(self._node(event, depth + 1))
            return Listing(tuple(items), place)
        entries: list[tuple[Scalar, Node]] = []
        while not isinstance(event := self._next(), MappingEndEvent):
            key = self._key(event, depth + 1)
            entries.append((key, self._node(self._next(), depth + 1)))
        return Mapping(tuple(entries), place)

    def _check(self, event: Any, depth: int) -> None:
        if isinstance(event, AliasEvent) or event.anchor is not None:
            raise self._refused(
                "Anchors (&) and aliases (*) are not read.",
                "Write the value out where it is needed.",
            )
        if event.tag is not None:
            raise self._refused("Tags (!) are not read.", "Delete the word that begins with !.")
        self._nodes += 1
        if self._nodes > NODES_MAX:
            raise self._refused(
                f"The file has more than {NODES_MAX:,} keys and values.", "Keep what is needed."
            )
        if depth > DEPTH_MAX:
            raise self._refused(
                f"This is nested more than {DEPTH_MAX} levels deep.", "No policy is that deep."
            )

    def _scalar(self, event: Any) -> Scalar:
        # An escape in double quotes can make what the file itself may not hold.
        if found := _UNPRINTABLE.search(event.value):
            raise self._refused(
                f"An escape in this text makes the character U+{ord(found[0]):04X}.",
                "Delete the escape.",
            )
        return Scalar(event.value, event.style is None, self.place)

    def _key(self, event: Any, depth: int) -> Scalar:
        self._check(event, depth)
        if not isinstance(event, ScalarEvent):
            raise self._refused("A list or a mapping cannot be a key.", "Write a word and a colon.")
        key = self._scalar(event)
        if key.text == "<<":
            raise self._refused("Merge keys (<<) are not read.", "Write the keys out.")
        return key
