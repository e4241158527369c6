"""What a ticket is about: which topics its labels and its text name; no I/O."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import Final

from app.domain.plain_text import COMMENT

# ``C++`` and ``C#`` are words, and so are the two of ``node.js``.
_WORD: Final = re.compile(r"[^\W_]+[+#]*")
_BETWEEN: Final = " | "


def named(topics: Collection[str], *, labels: Iterable[str], text: str) -> frozenset[str]:
    """Give those of the topics whose words stand together in a label or in the text.

    Case and punctuation do not count: the label ``area: DNS`` names ``dns``. A comment of HTML
    does not either: it is what an issue's template asks for, not what somebody wrote.
    """
    said = _BETWEEN.join(_words(part) for part in (*labels, COMMENT.sub(" ", text)))
    return frozenset(topic for topic in topics if (words := _words(topic)) and words in said)


def _words(text: str) -> str:
    """Write the words of a text, with a space before and after each; empty where it has none."""
    words = _WORD.findall(text.casefold())
    return f" {' '.join(words)} " if words else ""
