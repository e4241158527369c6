"""How amounts and sentences are written on a page."""

from __future__ import annotations

import pytest

from app.domain.money import Money
from app.web.rendering import currency, sentence


@pytest.mark.parametrize(
    ("words", "html"),
    [
        ("nothing.", "Nothing."),
        ("`/support cancel`.", "<code>/support cancel</code>."),
        ("`carol`, by choosing", "<b>carol</b>, by choosing"),
        ("ask `ada`: `/support claim`", "Ask <b>ada</b>: <code>/support claim</code>"),
        ("<b>&", "&lt;b&gt;&amp;"),
        ("`<i>`", "<b>&lt;i&gt;</b>"),
        ("`/<i>`", "<code>/&lt;i&gt;</code>"),
        ("a ` b", "A ` b"),
        ("", ""),
    ],
)
def test_a_sentence_is_escaped_and_its_marks_are_real(words: str, html: str) -> None:
    assert str(sentence(words)) == html


@pytest.mark.parametrize(
    ("amount", "code"),
    [(Money(4900, "usd"), "USD"), (Money(4900, "nok"), ""), (Money(5000, "jpy"), "JPY")],
)
def test_a_sign_is_told_apart(amount: Money, code: str) -> None:
    assert currency(amount) == code
