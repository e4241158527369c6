"""What of a person's words a reader sees as plain text: no quote, no code, no comment; no I/O.

Only a Markdown parser knows that (a fence may stand in a quote, a code span may run over lines, an
unclosed comment hides the rest), so every sign that is looked for is marked, the text is parsed,
and the marks that come out as plain text count. Links and emphasis are left unparsed: they hide
nothing, and cost time on hostile input.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.token import Token

TEXT_CHARACTERS_MAX: Final = 70_000
"""More is not read; GitHub's own limit for a comment is 65,536 characters."""

_BLOCKS: Final = "blockquote code fence heading hr html_block lheading list reference"
_INLINES: Final = "newline escape backticks html_inline"
_PARSER: Final = MarkdownIt("zero", {"html": True}).enable(
    [*_BLOCKS.split(), *_INLINES.split()],
)
_NEWLINE: Final = re.compile(r"\r\n?")
COMMENT: Final = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
"""A comment of HTML, which nobody sees."""

# A mark is a sign's number between two private characters, which are taken out of the text.
_PRIVATE: Final = {0xE000: None, 0xE001: None}
_MARK: Final = re.compile("\ue000(?P<mark>[0-9]+)\ue001")
_HTML: Final = re.compile(
    rf"{_MARK.pattern}"
    rf"|(?P<comment>{COMMENT.pattern})"
    r"|<(?P<close>/?)(?:pre|code|samp|blockquote)\b",
    re.DOTALL | re.IGNORECASE,
)


def seen(text: str, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
    """Give the matches of a pattern whose group ``sign`` is seen as plain text, in their order.

    What matches without that group is left alone: so a pattern can step over what looks alike.
    """
    found: list[re.Match[str]] = []

    def mark(match: re.Match[str]) -> str:
        if match["sign"] is None:
            return match[0]
        found.append(match)
        before = match.string[match.start() : match.start("sign")]
        after = match.string[match.end("sign") : match.end()]
        return f"{before}\ue000{len(found) - 1}\ue001{after}"

    text = _NEWLINE.sub("\n", text[:TEXT_CHARACTERS_MAX]).translate(_PRIVATE)
    marked = pattern.sub(mark, text)
    if found:
        yield from (found[number] for number in _visible_marks(_PARSER.parse(marked)))


def _visible_marks(tokens: Iterable[Token]) -> Iterator[int]:
    """Give the numbers of the marks that a reader sees as plain text, in order."""
    quotes = codes = 0
    for token in tokens:
        quotes += token.nesting if token.type.startswith("blockquote") else 0
        for piece in token.children or [token]:
            pattern = {"text": _MARK, "html_block": _HTML, "html_inline": _HTML}.get(piece.type)
            for found in pattern.finditer(piece.content) if pattern else ():
                parts = found.groupdict()
                if parts["mark"]:
                    if not quotes and not codes:
                        yield int(parts["mark"])
                elif parts["comment"]:
                    if not parts["comment"].endswith("-->"):
                        return  # everything after it is hidden
                else:
                    codes = max(0, codes - 1) if parts["close"] else codes + 1
