"""Whether somebody asks something in a comment; no I/O."""

from __future__ import annotations

import re
from typing import Final

from app.domain.plain_text import seen

# An address keeps its own question mark, but not one that ends the sentence around it. Other words
# end in a question mark where a space, a bracket or the end follows; French puts a space before it.
_QUESTION: Final = re.compile(
    r"""
      (?:https?://|www\.)[^\s<>]*[^\s<>?!.,:;*_~'")\]]
    | (?:(?<=[\w)\]}"'»”’*_`.…>\\])|(?<=\w[ \u00a0\u202f])(?!\?\?))
      (?P<sign>[?]+)(?=[\s)\]}"'»”’*_~!,;<]|[.:](?!\w)|\Z)
    """,
    re.VERBOSE | re.IGNORECASE,
)
_OTHER_SCRIPTS: Final = re.compile("(?P<sign>[？؟⁇⁈⁉‽՞፧]+)")


def asks_something(text: str) -> bool:
    """Say whether a comment holds a question mark that its reader sees as such.

    One in a quote, in code or in a web address is none.
    """
    patterns = (_QUESTION, _OTHER_SCRIPTS)
    return any(True for pattern in patterns for _ in seen(text, pattern))
