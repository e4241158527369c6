"""What counts as a question to the customer, and what only looks like one."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.plain_text import TEXT_CHARACTERS_MAX
from app.domain.questions import asks_something


@pytest.mark.parametrize(
    "text",
    [
        "Which version do you use?",
        "Which version do you use??",
        "Really?!",
        "Quelle version ?",
        "Quelle version\u202f?",
        "Which one (1.2 or 1.3?)",
        "Did you try “--fast”?",
        "Is it **1.3?**",
        "Is it *1.3*?",
        "Is it `1.3`?",
        "Have you read https://example.com/docs?",
        "Have you read https://example.com/docs?page=2?",
        "First this: https://example.com/?a=1 and then, does it work?",
        "Does\nit\nwork?\nTell me.",
        "Does it work?\r\n",
        "# Which one?\n\n1. this\n2. that",
        "- this?\n- that",
        "> Does it work?\n\nDoes what work?",
        "```\nx = y ? 1 : 2\n```\nIs that your code?",
        "<details>\n\nWhich version?\n\n</details>",
        "<!-- hidden -->\nWhich version?",
        "Is it this one?<br>Or that one.",
        "バージョンは何ですか？それから",
        "ما هو الإصدار؟",
        r"Which one\?",
    ],
)
def test_a_question_is_heard(text: str) -> None:
    assert asks_something(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "I will have a look.",
        "?",
        "Look at https://example.com/search?q=proxy for more.",
        "Look at <https://example.com/search?q=proxy>.",
        "Look at [the page](https://example.com/search?q=proxy).",
        "Look at www.example.com/?q=1 please.",
        "Look at example.com/find?q=proxy, please.",
        "Look at [the page](../find?q=proxy) or [that](?q=1).",
        "Set `x = ready?` there.",
        "Set ``a ` b?`` there.",
        "```\nIs it ready?\n```",
        "~~~\nIs it ready?\n~~~",
        "    Is it ready?",
        "> Which version do you use?",
        "> Which version\ndo you use?",
        "> > Which version?\n\nIt is 1.3.",
        "<!-- Which version? -->It is 1.3.",
        "It is 1.3.\n\n<!-- Which version?",
        "<pre>\nReady?\n</pre>",
        "It says <code>Ready?</code> there.",
        "<blockquote>Which version?</blockquote>",
        "The operator ?? is new, and a?.b too.",
        "- ?\n- ?",
    ],
)
def test_what_only_looks_like_a_question_is_none(text: str) -> None:
    assert not asks_something(text)


def test_only_so_much_of_a_text_is_read() -> None:
    assert not asks_something("x " * (TEXT_CHARACTERS_MAX // 2) + "Really?")


@pytest.mark.parametrize(
    "piece", ["a? ", "? ", "www.?", "https://", "`?", "> a?\n", "<!--?", "[a?"]
)
def test_hostile_texts_are_read_in_time(piece: str) -> None:
    text = piece * (TEXT_CHARACTERS_MAX // len(piece))
    begun = time.process_time()
    asks_something(text)
    assert time.process_time() - begun < 3


WORDS = st.text("abc .,", max_size=30)
CODE = st.sampled_from(
    ["`a?`", "\n\n```\na?\n```\n\n", "\n\n> a?\n\n", "<!-- a? -->", "https://a/?b"]
)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.one_of(WORDS, CODE), max_size=6).map(" ".join))
def test_words_around_code_never_make_a_question_of_it(text: str) -> None:
    assert not asks_something(text)
    assert asks_something(f"{text}\n\nReally?")
