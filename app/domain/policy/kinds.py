"""What a value may be: each kind reads it, with faults that help, and tells its schema; no I/O.

One description serves the reader and the JSON Schema, so the two cannot part.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import Enum
from re import fullmatch
from typing import Any, Final, Generic, Literal, Protocol, TypeVar, cast

from app.domain.policy import syntax
from app.domain.policy.faults import Fault
from app.domain.policy.syntax import START, Listing, Node, Place, Scalar

FAULTS_MAX: Final = 50
"""More are not told: GitHub takes as many annotations at once."""

COMPARED_MAX: Final = 3_000
"""Words that are compared to guess what was meant, which takes time; later faults have no guess."""

# A longer word is no misspelling of one that we know.
GUESSED_CHARACTERS_MAX: Final = 40

Schema = dict[str, Any]
Written = str | int | bool | dict[str, Any] | list[Any]
"""A default, as one would write it in the file."""


class Wrong(Enum):
    """The answer for a value that was not taken, and whose fault was told."""

    WRONG = "wrong"
    """Told already."""


WRONG: Final = Wrong.WRONG
IsWrong = Literal[Wrong.WRONG]

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


@dataclass(slots=True)
class Reading:
    """One reading of one file: what the operator allows, and the faults that were found."""

    currencies_settled: tuple[str, ...]
    platform_bp: int
    currency: str | None
    """In which prices are read; ``None``: the file names none that we know."""
    faults: list[Fault] = field(default_factory=list)
    is_cut: bool = False
    compared: int = 0
    """Words that were compared with what was written."""

    def tell(self, place: Place, reason: str, remedy: str) -> IsWrong:
        """Take a fault down."""
        if len(self.faults) < FAULTS_MAX:
            self.faults.append(place.fault(reason, remedy))
        else:
            self.is_cut = True
        return WRONG

    def nearest(self, word: str, known: Iterable[str]) -> str:
        """Guess what was meant, as a sentence that begins a remedy; empty: no idea."""
        if self.compared >= COMPARED_MAX or not 0 < len(word) <= GUESSED_CHARACTERS_MAX:
            return ""
        by_folded = {each.casefold(): each for each in known}
        self.compared += len(by_folded)
        near = get_close_matches(word.casefold(), by_folded, n=1)
        return f"Did you mean {by_folded[near[0]]}? " if near else ""


class Kind(Protocol[T_co]):
    """A kind of value."""

    def read(self, node: Node, name: str, reading: Reading) -> T_co | IsWrong:
        """Give the value that stands at the key `name`, or tell what is wrong with it."""

    def schema(self) -> Schema:
        """Describe it as JSON Schema does."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a text of the right form is not taken."""

    reason: str
    remedy: str


def unchanged(text: str, _: Reading) -> str:
    """Take a text as it is."""
    return text


@dataclass(frozen=True, slots=True, kw_only=True)
class Text(Generic[T]):
    """A text of a certain form."""

    pattern: str
    """All of it matches; written so that Python and ECMAScript read it alike."""
    characters_max: int
    remedy: str
    convert: Callable[[str, Reading], T | Trouble]
    extra: Schema = field(default_factory=dict)
    """What else a schema can know of it."""

    def read(self, node: Node, name: str, reading: Reading) -> T | IsWrong:
        """Read a text."""
        if not isinstance(node, Scalar):
            reason = f"{name} is {syntax.describe(node)}, and text is needed."
            return reading.tell(node.place, reason, self.remedy)
        if node.kind == syntax.NOTHING:
            return reading.tell(node.place, f"{name} is empty.", self.remedy)
        if node.kind != syntax.TEXT:
            reason = f"{name} is {syntax.describe(node)}, and text is needed."
            is_fine = fullmatch(self.pattern, node.text) is not None
            remedy = f"Put it in quotes: {node.shown}." if is_fine else self.remedy
            return reading.tell(node.place, reason, remedy)
        if fullmatch(self.pattern, node.text) is None:
            return reading.tell(node.place, f"{name} cannot be {node.shown}.", self.remedy)
        if len(node.text) > self.characters_max:
            reason = f"{name} has {len(node.text)} characters; {self.characters_max} is the most."
            return reading.tell(node.place, reason, "Shorten it.")
        value = self.convert(node.text, reading)
        if isinstance(value, Trouble):
            return reading.tell(node.place, value.reason, value.remedy)
        return value

    def schema(self) -> Schema:
        """Describe it."""
        return {
            "type": "string",
            "pattern": f"^(?:{self.pattern})$",
            "maxLength": self.characters_max,
        } | self.extra


@dataclass(frozen=True, slots=True)
class Choice(Generic[T]):
    """One of a few words."""

    values: Mapping[str, T]
    hint: str = ""
    """What to write, where the words are too many to be told."""
    check: Callable[[str, Reading], Trouble | None] = lambda _word, _reading: None
    """Refuses a word that is known and not allowed here."""

    def read(self, node: Node, name: str, reading: Reading) -> T | IsWrong:
        """Read a word."""
        if not isinstance(node, Scalar):
            reason = f"{name} is {syntax.describe(node)}, and a word is needed."
            return reading.tell(node.place, reason, self._remedy("", reading))
        if node.kind == syntax.NOTHING:
            return reading.tell(node.place, f"{name} is empty.", self._remedy("", reading))
        if node.kind != syntax.TEXT or node.text not in self.values:
            reason = f"{name} cannot be {node.shown}."
            return reading.tell(node.place, reason, self._remedy(node.text, reading))
        if trouble := self.check(node.text, reading):
            return reading.tell(node.place, trouble.reason, trouble.remedy)
        return self.values[node.text]

    def _remedy(self, word: str, reading: Reading) -> str:
        hint = self.hint or f"Possible: {', '.join(self.values)}."
        return f"{reading.nearest(word, self.values)}{hint}"

    def schema(self) -> Schema:
        """Describe it."""
        return {"enum": [*self.values]}


@dataclass(frozen=True, slots=True)
class Truth:
    """``true`` or ``false``."""

    def read(self, node: Node, name: str, reading: Reading) -> bool | IsWrong:
        """Read a truth."""
        if isinstance(node, Scalar) and node.kind == syntax.TRUTH:
            return node.text.lower() == "true"
        reason = f"{name} is {syntax.describe(node)}, and true or false is needed."
        return reading.tell(node.place, reason, f"Write {name}: true or {name}: false.")

    def schema(self) -> Schema:
        """Describe it."""
        return {"type": "boolean"}


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number within bounds."""

    least: int
    most: int

    def read(self, node: Node, name: str, reading: Reading) -> int | IsWrong:
        """Read a whole number."""
        only = self.least == self.most
        needed = f"{self.least}" if only else f"a whole number from {self.least} to {self.most}"
        remedy = f"Write it like {name}: {self.least}."
        if not isinstance(node, Scalar) or node.kind in (syntax.TEXT, syntax.NOTHING):
            reason = f"{name} is {syntax.describe(node)}, and {needed} is needed."
            return reading.tell(node.place, reason, remedy)
        is_whole = fullmatch("0|[1-9][0-9]{0,8}", node.text) is not None
        if is_whole and self.least <= int(node.text) <= self.most:
            return int(node.text)
        reason = f"{name} is {node.shown}, and {needed} is needed."
        return reading.tell(node.place, reason, remedy)

    def schema(self) -> Schema:
        """Describe it."""
        return {"type": "integer", "minimum": self.least, "maximum": self.most}


@dataclass(frozen=True, slots=True, kw_only=True)
class ListOf(Generic[T]):
    """A list of values of one kind."""

    item: Kind[T]
    most: int
    least: int = 0
    unique: str = ""
    """A key whose text no two items share, whatever its case."""

    def read(self, node: Node, name: str, reading: Reading) -> tuple[T, ...] | IsWrong:
        """Read a list."""
        if not isinstance(node, Listing):
            reason = f"{name} is {syntax.describe(node)}, and a list is needed."
            return reading.tell(node.place, reason, 'Begin each entry with "- ".')
        count = len(node.items)
        if not self.least <= count <= self.most:
            remedy = f"Add at least {self.least}." if count < self.least else "Keep fewer."
            reason = f"{name} has {count} entries, and it needs from {self.least} to {self.most}."
            return reading.tell(node.place, reason, remedy)
        known = len(reading.faults)
        self._check_unique(node, reading)
        values = [self.item.read(item, f"an entry of {name}", reading) for item in node.items]
        if WRONG in values or len(reading.faults) > known:
            return WRONG
        return cast("tuple[T, ...]", tuple(values))

    def _check_unique(self, node: Listing, reading: Reading) -> None:
        seen: dict[str, Place] = {}
        for item in node.items:
            value = item.get(self.unique) if isinstance(item, syntax.Mapping) else None
            if not isinstance(value, Scalar) or value.kind == syntax.NOTHING:
                continue
            first = seen.setdefault(value.text.casefold(), value.place)
            if first is not value.place:
                reason = (
                    f"{self.unique} {value.shown} stands here twice, first in line {first.line}."
                )
                reading.tell(value.place, reason, "Keep one of them.")

    def schema(self) -> Schema:
        """Describe it."""
        bounds = {"minItems": self.least} if self.least else {}
        return {"type": "array", "items": self.item.schema(), "maxItems": self.most} | bounds


@dataclass(frozen=True, slots=True)
class Field(Generic[T_co]):
    """One key of a mapping."""

    name: str
    kind: Kind[T_co]
    about: str
    """One sentence, for editors."""
    is_required: bool = False
    default: Written | None = None
    """What counts where the key is left out; ``None``: nothing."""

    def schema(self) -> Schema:
        """Describe it."""
        described = {"description": self.about, **self.kind.schema()}
        return described if self.default is None else described | {"default": self.default}


def required(name: str, kind: Kind[T], about: str) -> Field[T]:
    """Describe a key that has to be there."""
    return Field(name, kind, about, is_required=True)


def optional(name: str, kind: Kind[T], about: str) -> Field[T | None]:
    """Describe a key whose value is ``None`` where it is left out."""
    return Field(name, kind, about)


def defaulting(name: str, kind: Kind[T], about: str, default: Written) -> Field[T]:
    """Describe a key with a value of its own where it is left out."""
    return Field(name, kind, about, default=default)


class Values:
    """What a mapping holds, by its fields: complete, and each of its own type."""

    def __init__(self, by_name: Mapping[str, Any]) -> None:
        self._by_name = by_name

    def __getitem__(self, asked: Field[T]) -> T:
        return cast("T", self._by_name[asked.name])


@dataclass(frozen=True, slots=True)
class Record(Generic[T]):
    """A mapping with known keys."""

    fields: tuple[Field[Any], ...]
    build: Callable[[Values], T]

    def read(self, node: Node, name: str, reading: Reading) -> T | IsWrong:
        """Read a mapping."""
        if not isinstance(node, syntax.Mapping):
            keys = ", ".join(each.name for each in self.fields[:3])
            reason = f"{name} is {syntax.describe(node)}, and a mapping is needed."
            return reading.tell(node.place, reason, f"Write keys with values: {keys}.")
        known = len(reading.faults)
        entries = self._entries(node, name, reading)
        values: dict[str, Any] = {}
        for each in self.fields:
            if each.name in entries:
                values[each.name] = each.kind.read(entries[each.name], each.name, reading)
            elif each.is_required:
                values[each.name] = reading.tell(
                    node.place, f"{each.name} is missing in {name}.", f"Add {each.name}."
                )
            elif each.default is None:
                values[each.name] = None
            else:
                values[each.name] = each.kind.read(_as_node(each.default), each.name, reading)
        if WRONG in values.values() or len(reading.faults) > known:
            return WRONG
        return self.build(Values(values))

    def _entries(self, node: syntax.Mapping, name: str, reading: Reading) -> dict[str, Node]:
        names = [each.name for each in self.fields]
        entries: dict[str, Node] = {}
        for key, value in node.entries:
            if key.text in entries:
                reading.tell(key.place, f"{key.shown} stands here twice.", "Keep one of them.")
            elif key.text in names:
                entries[key.text] = value
            else:
                remedy = f"{reading.nearest(key.text, names)}Known here: {', '.join(names)}."
                reading.tell(key.place, f"There is no key {key.shown} in {name}.", remedy)
        return entries

    def schema(self) -> Schema:
        """Describe it."""
        needed = [each.name for each in self.fields if each.is_required]
        return {
            "type": "object",
            "properties": {each.name: each.schema() for each in self.fields},
            "additionalProperties": False,
        } | ({"required": needed} if needed else {})


def _as_node(written: Written) -> Node:
    if isinstance(written, dict):
        return syntax.Mapping((), START)
    if isinstance(written, list):
        return Listing((), START)
    if isinstance(written, bool | int):
        return Scalar(str(written).lower(), is_plain=True, place=START)
    return Scalar(written, is_plain=False, place=START)
