"""Characters that a reader cannot see, and paths that are safe to write down; no I/O."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

PATH_CHARACTERS_MAX: Final = 200

_LINE_ENDS: Final = re.compile("\r\n?|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_ODD: Final = re.compile(r"[^\n\t\x20-\x7e]")
# Control, format (zero-width, bidi, tags), private, unassigned, halves of pairs.
_HIDDEN: Final = frozenset({"Cc", "Cf", "Co", "Cn", "Cs"})
# Of other categories, and yet nothing to see: joiners, fillers and selectors.
_BLANK: Final = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\ufe00-\ufe0e\uffa0\U000e0100-\U000e01ef]"
)


def clean(text: str) -> str:
    """Take out what a reader cannot see; every kind of line end becomes a newline."""
    return _ODD.sub(_seen, _LINE_ENDS.sub("\n", text))


def _seen(match: re.Match[str]) -> str:
    is_hidden = unicodedata.category(match[0]) in _HIDDEN or _BLANK.fullmatch(match[0])
    return "" if is_hidden else match[0]


def is_plain_path(path: str) -> bool:
    """Say whether a path can be shown: short, without anything unseen, and inside its tree."""
    return (
        0 < len(path) <= PATH_CHARACTERS_MAX
        and path == clean(path).strip()
        and not set(path) & set("\n\t\\")
        and not any(segment in ("", ".", "..") for segment in path.split("/"))
    )
