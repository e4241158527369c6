"""The Markdown of our own check runs as a page shows it: headings, lists, tables, code, no links.

What people wrote is in it as plain text. No link, no image and no HTML is made here, whatever
stands in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

_RULES: Final = ("heading", "list", "table", "backticks", "emphasis", "entity", "escape", "newline")
_PARSER: Final = MarkdownIt("zero", {"html": False}).enable(list(_RULES))


def render(text: str) -> Markup:
    """Give HTML in which everything else is escaped."""
    tokens = _PARSER.parse(text)
    _name_cells(tokens)
    html: str = _PARSER.renderer.render(tokens, _PARSER.options, {})
    # What is too wide scrolls, and must be reached by the keyboard for that.
    opening = '<div class="wide" tabindex="0" role="region" aria-label="Table"><table>'
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
