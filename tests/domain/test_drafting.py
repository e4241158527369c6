"""What of the model's answer is shown: nothing that acts, and only sources that exist."""

from __future__ import annotations

import json
import re
import time
import unicodedata
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from app.domain.command_lines import first_command_line
from app.domain.drafting import Shown, Withheld, filter_answer, render_draft
from app.domain.drafting.answers import ANSWER_CHARACTERS_MAX, SOURCES_MAX
from app.domain.ids import TicketId
from tests.domain.hostile import HOSTILE

URL = "https://github.com/acme/widget"
PATHS = ("README.md", "docs/guide.md")


def filtered(answer: str, *sources: str, is_handoff: bool = False) -> Shown | Withheld:
    reply = {"answer": answer, "sources": sources, "is_handoff": is_handoff}
    return filter_answer(json.dumps(reply), repository_url=URL, known_paths=PATHS)


def shown(answer: str) -> str:
    answered = filtered(answer)
    assert isinstance(answered, Shown)
    return answered.markdown


# A second opinion on what GitHub would act on, which shares nothing with the filter.
PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
ACTIVE_WORDS = re.compile(r"@\w|#\d|\bgh-\d|://|\bwww\.|\$|mailto:|javascript:", re.IGNORECASE)
ACTIVE_LINES = re.compile(r"^\s*/[a-z][\w-]*(?:\s|$)", re.IGNORECASE | re.MULTILINE)
CLOSING = re.compile(
    r"\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?\s+(?:[\w.-]+/[\w.-]+#|#|gh-)\d", re.IGNORECASE
)
ALLOWED = re.compile(
    rf"{re.escape(URL)}(?:$|/wiki|/releases|/blob/[\w.]+/(?:README|docs/guide)\.md)"
)


def flat(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from flat(token.children or [])


def dangers(markdown: str) -> list[str]:
    found = [f"a command: {line!r}" for line in ACTIVE_LINES.findall(markdown)]
    found += [f"a closing keyword: {words!r}" for words in CLOSING.findall(markdown)]
    if "<!--" in markdown:
        found.append("a comment")
    for character in set(markdown) - {"\n", "\t"}:
        if unicodedata.category(character) in ("Cf", "Cc", "Co"):
            found.append(f"an unseen character: {character!a}")
    for token in flat(PARSER.parse(markdown)):
        if token.type in ("html_inline", "html_block", "image"):
            found.append(f"{token.type}: {token.content!r}")
        if token.type == "link_open" and not ALLOWED.match(str(token.attrs["href"])):
            found.append(f"a link to {token.attrs['href']}")
        if token.type == "text" and ACTIVE_WORDS.search(token.content):
            found.append(f"active words: {token.content!r}")
        if token.type == "fence" and token.info in ("mermaid", "math", "suggestion"):
            found.append(f"a drawing: {token.info}")
    return found


@pytest.mark.parametrize(("answer", "markdown"), HOSTILE)
def test_a_hostile_answer_can_only_be_read(answer: str, markdown: str | None) -> None:
    answered = filtered(answer)
    if markdown is None:
        assert isinstance(answered, Withheld)
        return
    assert isinstance(answered, Shown)
    assert answered.markdown == markdown
    assert dangers(markdown) == []
    assert first_command_line(markdown) is None


def test_the_corpus_is_large_and_dangerous() -> None:
    assert len(HOSTILE) >= 60
    assert sum(bool(dangers(answer)) for answer, _ in HOSTILE) >= 60


FRAGMENTS = (
    *("@", "ada", "@ada", "#1", "#", "1", "GH-", "2", "fixes", "acme/widget", "4f2a9c1", "math"),
    *("https://", "evil.example", "www.", "javascript:", "data:text/", "/support", "/close", "a"),
    *("`", "``", "```", "~~~", "*", "**", "_", "~~", "[", "]", "(", ")", "](", "![", "!", "\\"),
    *("[a](docs/guide.md)", "[a](https://evil.example)", "[^1]", "[^1]:", "[x]:", "mermaid"),
    *("<b>", "</b>", "<b", "<!--", "-->", "<name>", "<img", "<script>", "</script>", "<div>"),
    *(">", "-", "+", "1.", "|", "|---|", "$", "$$", "&", "&#64;", "&lt;", "&#35;", ";", ":", "="),
    *("===", "---", "<https://evil.example>", "<a@b.example>", " ", " ", " ", "\n", "\n", "\n\n"),
    *("\n    ", "  \n", "\t", "\u200b", "\u202e"),
)
pieces = st.sampled_from(FRAGMENTS)


@settings(max_examples=400, deadline=None)
@given(st.lists(pieces, min_size=1, max_size=25).map("".join))
def test_whatever_the_pieces_add_up_to_it_can_only_be_read(answer: str) -> None:
    answered = filtered(answer)
    if isinstance(answered, Shown):
        assert dangers(answered.markdown) == []


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_shown_safely_or_not_at_all(answer: str) -> None:
    answered = filtered(answer)
    if isinstance(answered, Shown):
        assert dangers(answered.markdown) == []


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text("abcxyzÄß0123456789.,;?'()", min_size=1), min_size=1).map(" ".join))
def test_plain_words_stay_as_they_are(words: str) -> None:
    answered = filtered(f"So {words}")
    assert isinstance(answered, Shown)
    assert answered.markdown == f"So {words}"


def test_an_honest_answer_keeps_its_shape() -> None:
    answer = (
        "Install it with **pip** and *read* the [guide](docs/guide.md#setup):\n\n"
        "```sh\npip install widget  # /usr/bin works, too\n```\n\n"
        "1. Set `snake_case` names.\n2. Run it:\n   - once\n   - twice\n\n"
        "> It says so.\n\n"
        "| Option | Default |\n| --- | --- |\n| `--fast` | off |"
    )
    link = f"{URL}/blob/HEAD/docs/guide.md#setup"
    assert shown(answer) == answer.replace("docs/guide.md#setup", link)


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "no JSON",
        "[]",
        "null",
        "{}",
        '{"answer": "a", "sources": []}',
        '{"answer": 1, "sources": [], "is_handoff": false}',
        '{"answer": "a", "sources": "README.md", "is_handoff": false}',
        '{"answer": "a", "sources": [1], "is_handoff": false}',
        '{"answer": "a", "sources": [], "is_handoff": "no"}',
        '{"answer": "a", "sources": [], "is_handoff": false',
        "[" * 90_000,
        '{"answer": ' + "1" * 50_000 + "}",
    ],
)
def test_a_reply_in_another_form_is_withheld(reply: str) -> None:
    answered = filter_answer(reply, repository_url=URL, known_paths=PATHS)
    assert answered == Withheld(reason="the reply is not in the form that was asked for")


def test_a_reply_in_a_code_fence_is_read() -> None:
    reply = json.dumps({"answer": "It works.", "sources": [], "is_handoff": False})
    answered = filter_answer(f"```json\n{reply}\n```\n", repository_url=URL, known_paths=PATHS)
    assert answered == Shown(markdown="It works.", sources=())


def test_what_the_model_leaves_to_a_person_is_not_shown() -> None:
    answered = filtered("I do not know.", is_handoff=True)
    assert answered == Withheld(reason="the model left it to a person", is_handoff=True)


@pytest.mark.parametrize("answer", ["", "  \n", "<!-- a -->", "***", "[](#x)", "**", "> -"])
def test_an_answer_of_which_nothing_can_be_seen_is_withheld(answer: str) -> None:
    assert filtered(answer) == Withheld(reason="nothing of the answer can be shown")


def test_only_sources_that_exist_are_named_once_and_a_few() -> None:
    answered = filtered("a", "./docs/guide.md", "made-up.md", "/README.md", "README.md", "")
    assert isinstance(answered, Shown)
    assert answered.sources == ("docs/guide.md", "README.md")
    many = [f"docs/{n}.md" for n in range(20)]
    reply = json.dumps({"answer": "a", "sources": many, "is_handoff": False})
    kept = filter_answer(reply, repository_url=URL, known_paths=many)
    assert isinstance(kept, Shown)
    assert kept.sources == tuple(many[:SOURCES_MAX])


@pytest.mark.parametrize(
    "path", ["a\nb.md", "../x.md", "a//b.md", "a\u202eb.md", "x" * 201, "", "/a"]
)
def test_a_path_that_could_deceive_is_no_source(path: str) -> None:
    reply = json.dumps({"answer": "a", "sources": [path], "is_handoff": False})
    answered = filter_answer(reply, repository_url=URL, known_paths=[path])
    assert answered == Shown(markdown="a", sources=())


def test_a_long_answer_is_cut() -> None:
    markdown = shown("word " * 5000)
    assert markdown.endswith(" …")
    assert len(markdown) <= ANSWER_CHARACTERS_MAX + 2


def test_what_grows_when_it_is_written_is_withheld() -> None:
    assert filtered("a" + "`" * 5000) == Withheld(reason="the answer is too long")
    table = "|a" * 700 + "\n" + "|-" * 700 + "\n" + "|\n" * 1600
    assert filtered(table) == Withheld(reason="nothing of the answer can be shown")


@pytest.mark.parametrize(
    "piece", ["a", "[", "<a ", "<!-- ", "*a_ ", "@", "a.", "$", "fix a/", ">", "- ", "`a"]
)
def test_hostile_answers_take_bounded_time(piece: str) -> None:
    started = time.process_time()
    filtered(piece * ANSWER_CHARACTERS_MAX)
    assert time.process_time() - started < 3


def test_a_draft_says_what_it_is_and_names_its_sources_at_the_commit() -> None:
    draft = render_draft(
        Shown(markdown="It works.", sources=("README.md", "docs/a b`c.md")),
        ticket=TicketId("t1"),
        repository_url=URL,
        commit="abc123",
    )
    assert draft == (
        "<!-- mainstay:draft:t1 -->\n"
        "🤖 **AI draft, not checked by anybody.** It may be wrong.\n\n"
        "It works.\n\n"
        f"Sources: [`README.md`]({URL}/blob/abc123/README.md) · "
        f"[``docs/a b`c.md``]({URL}/blob/abc123/docs/a%20b%60c.md)"
    )


def test_a_draft_without_sources_says_so() -> None:
    draft = render_draft(
        Shown(markdown="a", sources=()), ticket=TicketId("t1"), repository_url=URL, commit="c"
    )
    assert draft.splitlines()[0] == "<!-- mainstay:draft:t1 -->"
    assert draft.endswith("It names no source in this repository.")
