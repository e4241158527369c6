"""What of a person's words a reader sees as plain text: no quote, no code, no comment; no I/O.

Only a Markdown parser knows that (a fence may stand in a quote, a code span may run over lines, an
unclosed comment hides the rest), so every sign that is looked for is marked, the text is parsed,
and the marks that come out as plain text count. Links and emphasis are left unparsed: they hide
nothing, and cost time on hostile input.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_block.blockquote import blockquote
from markdown_it.token import Token

TEXT_CHARACTERS_MAX: Final = 70_000
"""More is not read; GitHub's own limit for a comment is 65,536 characters."""

LINES_MAX: Final = 2_500
"""What stands further down is not read: a parser looks at every line several times."""

QUOTED_LINES_MAX: Final = 10_000
"""Lines of quotes that are looked at, each as often as a quote begins above it; of a text that
needs more, nothing is taken for seen. Nobody writes such a text but to keep us busy."""

_BLOCKS: Final = "blockquote code fence heading hr html_block lheading list reference"
_INLINES: Final = "newline escape backticks html_inline"
_PARSER: Final = MarkdownIt("zero", {"html": True}).enable(
    [*_BLOCKS.split(), *_INLINES.split()],
)
_QUOTED: Final = "quoted lines"


class _BusyworkError(Exception):
    """A text has its lines looked at again and again."""


def _quote(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001 - as the parser calls it
    """Read a quote, unless the lines that it may have are too many together with those before."""
    if not silent and state.src.startswith(">", state.bMarks[start] + state.tShift[start]):
        for line in range(start, end):
            if state.isEmpty(line):
                break
            state.env[_QUOTED] = state.env.get(_QUOTED, 0) + 1
            if state.env[_QUOTED] > QUOTED_LINES_MAX:
                raise _BusyworkError
    return blockquote(state, start, end, silent)


_PARSER.block.ruler.at(
    "blockquote", _quote, {"alt": ["paragraph", "reference", "blockquote", "list"]}
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
    text = "\n".join(text.split("\n", LINES_MAX)[:LINES_MAX])
    marked = pattern.sub(mark, text)
    if found:
        with suppress(_BusyworkError):
            tokens = _PARSER.parse(marked)
            yield from (found[number] for number in _visible_marks(tokens))


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
