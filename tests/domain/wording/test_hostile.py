"""Words of maintainers, customers and helpers that want to be more than words.

What GitHub would make of a comment is judged by its HTML: nobody is mentioned but whom a notice is
for, nothing is linked but our own pages, no table breaks, no mark is forged.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from markdown_it import MarkdownIt

from app.domain import commands
from app.domain.commands import Mistake
from app.domain.policy import parse
from app.domain.policy.support import SupportPolicy
from app.domain.wording import card, notices
from app.domain.wording import help as help_words
from app.domain.wording.texts import quoted
from tests.domain.hostile import HOSTILE
from tests.domain.tickets.builders import (
    ADA,
    CAROL,
    OPERATOR,
    TICKET,
    Story,
    offer,
    person,
    plan,
    terms,
)
from tests.domain.wording import samples

MARK = f"<!-- mainstay:card:{TICKET} v=99 stage=settled money=paid -->"
OWN = (
    "@octocat", "@org/team", "mail me@example.org", MARK, "\n" + MARK, f"x\n{MARK}\ny",
    "a | b | c", "|", "`|`", "\\|", "\\", "line\nline\r\n\r\n# heading", "<b>bold</b>",
    "<img src=x onerror=alert(1)>", "<script>alert(1)</script>", "<details open><summary>x",
    "</details>", "[click](https://evil.example)", "![x](https://evil.example/x.png)",
    "<https://evil.example>", "www.evil.example", "https://evil.example|https://evil.example",
    "fixes #1", "Closes GH-2", "resolves octo/widgets#3", "fix https://github.com/o/r/issues/4",
    "\u202eevil\u202c", "a\u200bb", "@\u200boctocat", "\ufeff@octocat", "&#64;octocat",
    "&commat;octocat", "``` \n@octocat\n```", "`@octocat", "**@octocat**", "$\\href{x}{y}$",
    "$$\nx\n$$", ":tada:", "- [ ] task", "1. one", "> quote", "***", "---", "/support accept",
    "x" * 5000, "@" * 400, "|" * 400, "`" * 400, "<" * 400,
)  # fmt: skip
WORDS = sorted({*OWN, *(words for words, _ in HOSTILE)})
"""With those that a model may be talked into."""

_MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable("table")
# What GitHub acts on in the text of a page, outside code and links.
_ACTS = re.compile(
    r"(?<![\w/])@[a-z0-9]|(?<![\w&])#\d|\bgh-\d|https?://|\bwww\.\w|\w@\w+\.\w|\$\S[^$]*\$(?!\d)",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"\b(close[sd]?|fix(e[sd])?|resolve[sd]?):?\s+([\w.-]+/[\w.-]+)?(#|GH-|https?://\S+/)\d",
    re.IGNORECASE,
)
_HIDDEN = re.compile("[\u0000-\u0008\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


class Page(HTMLParser):
    """A comment as a reader's browser gets it."""

    def __init__(self, markdown: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.links: list[str] = []
        self.text = ""
        self._inside: list[str] = []
        self.feed(_MARKDOWN.render(markdown))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self._inside.append(tag)
        self.links += [value or "" for name, value in attrs if name == "href"]
        assert tag in TAGS, tag
        assert {name for name, _ in attrs} <= {"href", "style"}

    def handle_endtag(self, tag: str) -> None:
        while self._inside and self._inside.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not {"code", "a"} & set(self._inside):
            self.text += f"{data} "

    def handle_comment(self, data: str) -> None:
        assert self.getpos() == (1, 0), f"a mark that is not ours: {data}"


TAGS = frozenset(
    {"h3", "p", "strong", "em", "code", "a", "ul", "li", "sub", "details", "summary", "blockquote"}
    | {"table", "thead", "tbody", "tr", "th", "td"}
)


def cards(words: str) -> Iterator[str]:
    """Give every card with these words in every place that is somebody's to fill."""
    plans = (
        replace(plan(), title=words),
        replace(plan("session", 18000), title=f"{words} {words}"),
    )
    sold = Story(offer(terms(plans=plans, opened_text=words)))
    yield card.render(sold.ticket, OPERATOR)
    sold.pays()
    asked = replace(sold.ticket.asked[0], reason=words)
    sold.changed(asked=(asked,), nobody_asked=words)
    yield card.render(sold.ticket, OPERATOR)
    yield card.render(replace(sold.ticket, asked=()), OPERATOR)
    sold.says(ADA, "/support claim")
    yield card.render(sold.ticket, OPERATOR)
    sold.says(ADA, "/support propose x")
    sold.changed(note=words, declines=(words,))
    yield card.render(sold.ticket, OPERATOR)
    sold.says(CAROL, "/support decline no")
    yield card.render(replace(sold.ticket, declines=(words,)), OPERATOR)


@pytest.mark.parametrize("words", WORDS)
def test_somebodys_words_are_text_in_one_line(words: str) -> None:
    written = quoted(words)
    page = Page(written)
    assert set(page.tags) <= {"p", "code"}
    assert "\n" not in written
    assert not _ACTS.search(page.text), page.text
    assert not _CLOSING.search(written)
    assert not _HIDDEN.search(written)


@pytest.mark.parametrize("words", OWN)
def test_nobodys_words_do_anything_on_a_card(words: str) -> None:
    for written in cards(words):
        page = Page(written)
        assert not _ACTS.search(page.text), page.text
        assert all(link.startswith(f"{OPERATOR.public_url}/") for link in page.links)
        assert not _CLOSING.search(written)
        assert not _HIDDEN.search(written)
        assert written.count("<!--") == 1
        assert len(written) < 20_000


@pytest.mark.parametrize("words", OWN)
def test_no_title_breaks_the_tables(words: str) -> None:
    plain, hostile = (next(cards(title)) for title in ("Quick question", words))
    for tag in ("table", "tr", "th", "td", "li", "h3"):
        assert Page(hostile).tags.count(tag) == Page(plain).tags.count(tag), tag


@pytest.mark.parametrize("words", OWN)
def test_a_notice_mentions_only_whom_it_is_for(words: str) -> None:
    ticket = Story().reviewed().changed(declines=(words,)).ticket
    written = notices.review(ticket, "max")
    page = Page(written)
    assert page.links == []
    assert re.findall(r"(?<![\w/])@[a-z0-9]+", page.text) == ["@max"]
    assert written.count("<!--") == 1
    assert not _CLOSING.search(written)


@pytest.mark.parametrize("words", OWN)
def test_a_command_that_is_not_understood_is_not_repeated_as_markup(words: str) -> None:
    read = commands.read(f"/support {words}", plan_ids=["question"], currency="usd")
    if isinstance(read, Mistake):
        story = Story().changed(line=f"**`carol`:** {read.sentence}")
        page = Page(card.render(story.ticket, OPERATOR))
        assert not _ACTS.search(page.text)
        assert all(link.startswith(f"{OPERATOR.public_url}/") for link in page.links)
        written = help_words.render(1, policy(), read.sentence)
        assert written.count("<!--") == 1
        assert not _ACTS.search(Page(written).text)


def policy() -> SupportPolicy:
    text = b"version: 1\nhelpers: [{login: ada}]\nplans: [{id: a, title: '@x | y', price: 5}]\n"
    read = parse(text, currencies_settled=("usd",), platform_bp=0)
    assert isinstance(read, SupportPolicy)
    return read


@pytest.mark.parametrize("story", samples.CARDS.values(), ids=samples.CARDS)
def test_our_own_words_mention_nobody_and_close_nothing(story: Callable[[], Story]) -> None:
    written = card.render(story().ticket, OPERATOR)
    page = Page(written)
    text = page.text.replace(OPERATOR.support_email, "")
    assert not re.search(r"(?<![\w/])@[a-z0-9]|#\d|https?://", text)
    assert not _CLOSING.search(written)
    assert all(link.startswith(f"{OPERATOR.public_url}/") for link in page.links)


def test_a_name_is_never_markup() -> None:
    odd = replace(person(CAROL), login="a`b|c<img>")
    story = Story().changed(customer=odd)
    assert "img" not in Page(story.card).tags
