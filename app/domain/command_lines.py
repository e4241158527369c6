"""Find the command line in what a person wrote, as Markdown shows it; no I/O.

What a reader sees as a quote or as code is not a command. Only a Markdown parser knows that (a
fence may stand in a quote, a code span may run over lines, an unclosed comment hides the rest), so
every candidate line is marked, the text is parsed, and the first mark that comes out as plain text
wins. Links and emphasis are left unparsed: they hide nothing, and cost time on hostile input.
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
_CANDIDATE: Final = re.compile(
    r"^( {0,3})/support(?=\s|\Z)[^\S\n]*([^\n]*)", re.MULTILINE | re.IGNORECASE
)
_COMMENT: Final = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)

# A mark is a candidate's number between two private characters, which are taken out of the text.
_PRIVATE: Final = {0xE000: None, 0xE001: None}
_MARK: Final = re.compile("\ue000(?P<mark>[0-9]+)\ue001")
_HTML: Final = re.compile(
    rf"{_MARK.pattern}"
    rf"|(?P<comment>{_COMMENT.pattern})"
    r"|<(?P<close>/?)(?:pre|code|samp|blockquote)\b",
    re.DOTALL | re.IGNORECASE,
)


def first_command_line(text: str) -> str | None:
    """Give what follows ``/support`` on the first line that is a command; ``None``: there is none.

    A command line has up to three leading spaces; ``/support`` is a whole word there, in any case.
    """
    arguments: list[str] = []

    def mark(candidate: re.Match[str]) -> str:
        arguments.append(candidate[2])
        return f"{candidate[1]}\ue000{len(arguments) - 1}\ue001 {candidate[2]}"

    text = _NEWLINE.sub("\n", text[:TEXT_CHARACTERS_MAX]).translate(_PRIVATE)
    marked = _CANDIDATE.sub(mark, text)
    if not arguments:
        return None
    for visible in _visible_marks(_PARSER.parse(marked)):
        return _COMMENT.sub(" ", arguments[visible]).strip()
    return None


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
