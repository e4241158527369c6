"""Markdown as GitHub shows it: tables, line breaks, mentions, some HTML, and nothing dangerous."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urljoin, urlsplit

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markupsafe import Markup

_ACTIVE: Final = re.compile(
    r"(?P<url>https?://[^\s<>]*[^\s<>.,:;!?)'\"])"
    r"|(?<![\w.@/`-])@(?P<login>[A-Za-z0-9](?:-?[A-Za-z0-9]){0,38})\b"
)
_TAGS: Final = {
    *("a", "b", "blockquote", "br", "code", "dd", "del", "details", "dl", "dt", "em", "h1", "h2"),
    *("h3", "h4", "h5", "h6", "hr", "i", "ins", "kbd", "li", "ol", "p", "pre", "s", "strong"),
    *("sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul"),
}
_ATTRIBUTES: Final = {"a": {"href", "title"}, "details": {"open"}, "ol": {"start"}}


def render(text: str, *, base: str = "") -> Markup:
    """Give safe HTML; hidden comments stay hidden. Relative links begin at ``base``."""
    html = nh3.clean(
        _PARSER.render(text, {"base": base}),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        allowed_classes={"strong": {"mention"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="nofollow noreferrer",
    )
    # What is too wide scrolls, and must be reached by the keyboard for that.
    html = html.replace("<pre>", '<pre tabindex="0">').replace("<table>", '<table tabindex="0">')
    return Markup(html)  # noqa: S704 - this is the cleaned one


def _mark_active(state: StateCore) -> None:
    """Turn addresses and mentions in plain text into links and names, as GitHub does."""
    for block in state.tokens:
        if block.type != "inline":
            continue
        children: list[Token] = []
        links = 0
        for token in block.children or []:
            links += token.nesting if token.type in ("link_open", "link_close") else 0
            if token.type == "link_open":
                _lead_from(token, state.env.get("base", ""))
            is_plain = token.type == "text" and links == 0
            children += _parted(token) if is_plain else [token]
        block.children = children


def _lead_from(link: Token, base: str) -> None:
    href = str(link.attrs.get("href", ""))
    if base and not urlsplit(href).scheme and not href.startswith("#"):
        link.attrs["href"] = urljoin(base, href)


def _parted(token: Token) -> list[Token]:
    parts: list[Token] = []
    end = 0
    for match in _ACTIVE.finditer(token.content):
        parts.append(_text(token.content[end : match.start()]))
        if match["url"]:
            parts += [
                Token("link_open", "a", 1, attrs={"href": match["url"]}),
                _text(match["url"]),
                Token("link_close", "a", -1),
            ]
        else:
            parts += [
                Token("strong_open", "strong", 1, attrs={"class": "mention"}),
                _text(match[0]),
                Token("strong_close", "strong", -1),
            ]
        end = match.end()
    return [*parts, _text(token.content[end:])]


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": True, "breaks": True})
    parser.enable(["table", "strikethrough"])
    # Before entities become text: who writes &#64;name mentions nobody, on GitHub neither.
    parser.core.ruler.before("text_join", "active", _mark_active)
    return parser


_PARSER: Final = _parser()
