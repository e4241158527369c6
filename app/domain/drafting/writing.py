"""Write an answer anew, as Markdown that can do nothing on GitHub but be read; no I/O.

The answer is parsed, and only what a reader would see is written again from the tokens. What GitHub
acts on (mentions, references, addresses, formulas) goes into code spans: GitHub looks for none of
them in code, and unlike an invisible character or a comment between the letters a code span can be
seen, survives being quoted, and looks the same in mails.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum, auto
from itertools import groupby
from textwrap import indent
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from app.domain.drafting.characters import clean
from app.domain.drafting.defusing import (
    code_block,
    code_span,
    escape,
    escape_line_start,
    find_active,
    visible_html,
)
from app.domain.drafting.links import Repository

NESTING_MAX: Final = 12
TOKENS_MAX: Final = 10_000
"""More come from a table of empty cells only, which is no answer."""
ADDRESS_CHARACTERS_MAX: Final = 1_000

# An address that a reader may see, if not follow: of the web, of mail, or a path.
_SHOWN: Final = re.compile(r"(?:https?:|mailto:)|(?![a-z][a-z0-9+.-]*:|#)", re.IGNORECASE)


def write(markdown: str, repository: Repository) -> str:
    """Give the answer as safe Markdown; empty where nothing of it can be shown."""
    parser = MarkdownIt("commonmark", {"maxNesting": NESTING_MAX}).enable("table")
    parser.validateLink = _is_address  # type: ignore[method-assign]  # the documented hook
    tokens = parser.parse(markdown)
    if len(tokens) > TOKENS_MAX:
        return ""
    return "\n\n".join(_Writer(repository).blocks(SyntaxTreeNode(tokens).children))


def _is_address(url: str) -> bool:
    """Recognise links of every scheme, so that they can be refused; else they stay as text."""
    return len(url) <= ADDRESS_CHARACTERS_MAX


class _Kind(Enum):
    """What a piece of a line is."""

    TEXT = auto()
    """Words as a reader sees them."""
    CODE = auto()
    """What stands in a code span."""
    WRITTEN = auto()
    """Markdown that is safe already."""


@dataclass(frozen=True, slots=True)
class _Piece:
    kind: _Kind
    text: str


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes the blocks and lines of one answer."""

    repository: Repository

    def blocks(self, nodes: Iterable[SyntaxTreeNode]) -> Iterator[str]:
        """Give each block that shows something."""
        return filter(None, map(self._block, nodes))

    def _block(self, node: SyntaxTreeNode) -> str:
        match node.type:
            case "paragraph":
                return self._lines(self._pieces(node.children))
            case "heading":
                # In somebody else's thread a draft has no headings of its own.
                line = self._lines(self._pieces(node.children)).replace("\n", " ")
                return f"**{line}**" if line else ""
            case "fence" | "code_block":
                return code_block(node.content, node.info)
            case "blockquote":
                return self._quote(node)
            case "bullet_list" | "ordered_list":
                return self._list(node)
            case "table":
                return self._table(node)
            case "html_block":
                return self._lines(_html(node.content))
            case _:
                return "***"  # the last kind of block: a rule

    def _quote(self, node: SyntaxTreeNode) -> str:
        inner = "\n\n".join(self.blocks(node.children))
        return "\n".join(f"> {line}".rstrip() for line in inner.split("\n")) if inner else ""

    def _list(self, node: SyntaxTreeNode) -> str:
        first = int(node.attrs.get("start", 1)) if node.type == "ordered_list" else None
        is_tight = any(block.hidden for item in node.children for block in item.children)
        gap = "\n" if is_tight else "\n\n"
        items = []
        for place, item in enumerate(node.children):
            marker = "- " if first is None else f"{first + place}. "
            body = indent(gap.join(self.blocks(item.children)), " " * len(marker))
            items.append(marker + body.lstrip(" "))
        return gap.join(items)

    def _table(self, node: SyntaxTreeNode) -> str:
        rows = []
        for part in node.children:
            for row in part.children:
                cells = (self._lines(self._pieces(cell.children)) for cell in row.children)
                # A pipe in words is escaped already, one in code is not.
                rows.append([re.sub(r"(?<!\\)\|", r"\\|", cell) for cell in cells])
        rows.insert(1, ["---"] * len(rows[0]))
        return "\n".join(f"| {' | '.join(row)} |" for row in rows)

    def _lines(self, pieces: Iterable[_Piece]) -> str:
        lines = (line.strip() for line in self._joined(pieces).split("\n"))
        return "\n".join(escape_line_start(line) for line in lines if line)

    def _joined(self, pieces: Iterable[_Piece]) -> str:
        """Write pieces side by side; what meets is one text, then what is active is one code."""
        texts = _merged(pieces, _Kind.TEXT)
        parted = (part for piece in texts for part in self._parted(piece))
        return "".join(_written(piece) for piece in _merged(parted, _Kind.CODE))

    def _parted(self, piece: _Piece) -> Iterator[_Piece]:
        if piece.kind is not _Kind.TEXT:
            yield piece
            return
        for words, active in find_active(piece.text):
            yield _Piece(_Kind.WRITTEN, escape(words))
            link = self.repository.link(active) if "://" in active else None
            if link:
                label = code_span(link.removeprefix(self.repository.url).lstrip("/") or link)
                yield _Piece(_Kind.WRITTEN, f"[{label}]({link})")
            else:
                yield _Piece(_Kind.CODE, active)

    def _pieces(self, nodes: Iterable[SyntaxTreeNode]) -> Iterator[_Piece]:
        for node in nodes:
            match node.type:
                case "inline" | "image":  # of an image its description stays
                    yield from self._pieces(node.children)
                case "text":
                    yield _Piece(_Kind.TEXT, clean(node.content))
                case "code_inline":
                    yield _Piece(_Kind.CODE, node.content)
                case "html_inline":
                    yield from _html(node.content)
                case "em" | "strong":
                    sign = "*" if node.type == "em" else "**"
                    inner = self._joined(self._pieces(node.children)).strip()
                    yield _Piece(_Kind.WRITTEN, f"{sign}{inner}{sign}" if inner else "")
                case "link":
                    yield from self._link(node)
                case _:
                    yield _Piece(_Kind.TEXT, "\n")  # soft and hard breaks: GitHub shows both

    def _link(self, node: SyntaxTreeNode) -> Iterator[_Piece]:
        """Write a link into the repository; of others the label, and the address in code."""
        href = str(node.attrs["href"])
        link = self.repository.link(href)
        label = list(self._pieces(node.children))
        is_bare = node.markup == "autolink"
        if link and not is_bare and (inner := self._joined(label).strip()):
            yield _Piece(_Kind.WRITTEN, f"[{inner}]({link})")
            return
        if _SHOWN.match(href):
            yield from label
            if not is_bare:
                yield _Piece(_Kind.TEXT, " (")
                yield _Piece(_Kind.CODE, clean(href))
                yield _Piece(_Kind.TEXT, ")")
        elif not is_bare:
            yield from label


def _html(content: str) -> Iterator[_Piece]:
    for words, placeholder in visible_html(content):
        yield _Piece(_Kind.TEXT, clean(words))
        yield _Piece(_Kind.CODE, placeholder)


def _merged(pieces: Iterable[_Piece], kind: _Kind) -> Iterator[_Piece]:
    """Make one of the pieces of a kind that meet; those that show nothing do not part them."""
    seen = (piece for piece in pieces if piece.text)
    for is_kind, group in groupby(seen, key=lambda piece: piece.kind is kind):
        if is_kind:
            yield _Piece(kind, "".join(piece.text for piece in group))
        else:
            yield from group


def _written(piece: _Piece) -> str:
    return code_span(piece.text) if piece.kind is _Kind.CODE else piece.text
