"""Markdown as our pages show it: that of our own check runs, and that of a filtered AI draft.

What people wrote is in it as plain text. No image and no HTML is made here, whatever stands in it,
and a link only of a draft, in which the filter has left those into the repository alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

_RULES: Final = ("heading", "list", "table", "backticks", "emphasis", "entity", "escape", "newline")
_OF_DRAFTS: Final = ("fence", "blockquote", "hr", "link")
_PARSER: Final = MarkdownIt("zero", {"html": False}).enable(list(_RULES))
_DRAFTS: Final = MarkdownIt("zero", {"html": False}).enable([*_RULES, *_OF_DRAFTS])


def render(text: str) -> Markup:
    """Give HTML in which everything else is escaped."""
    return _render(text, _PARSER)


def render_draft(text: str) -> Markup:
    """Give the HTML of a draft that went through the filter."""
    return _render(text, _DRAFTS)


def _render(text: str, parser: MarkdownIt) -> Markup:
    tokens = parser.parse(text)
    _name_cells(tokens)
    html: str = parser.renderer.render(tokens, parser.options, {})
    # What is too wide scrolls, and must be reached by the keyboard for that.
    opening = '<div class="wide" tabindex="0" role="group" aria-label="Table"><table>'
    html = html.replace("<table>", opening).replace("</table>", "</table></div>")
    return Markup(html)  # noqa: S704 - the parser escapes all that it does not make itself


def _name_cells(tokens: Sequence[Token]) -> None:
    """Give each cell of a table the name of its column: on a phone a row stands upright."""
    columns: list[str] = []
    column = 0
    for at, token in enumerate(tokens):
        if token.type == "table_open":
            columns = []
        elif token.type == "tr_open":
            column = 0
        elif token.type == "th_open":
            columns.append(tokens[at + 1].content)
        elif token.type == "td_open":
            token.attrSet("data-column", columns[column])
            column += 1
