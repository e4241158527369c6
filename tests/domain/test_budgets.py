"""What a draft may cost: never less is counted than can be used, and what is unknown stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.drafting.budgets import (
    OUTPUT_TOKENS_MAX,
    TICKET_TOKENS_MAX,
    TRIES_MAX,
    has_room,
    reserved_tokens,
    settled_tokens,
    try_tokens,
)
from app.domain.drafting.prompts import CHUNKS_SHOWN_MAX, QUESTION_CHARACTERS_MAX, build_prompt
from app.domain.drafting.ranking import CHUNK_CHARACTERS_MAX


@given(st.text(max_size=300))
def test_every_byte_may_be_a_token_and_every_try_may_cost(text: str) -> None:
    assert try_tokens("ab", text) >= 2 + len(text.encode()) + OUTPUT_TOKENS_MAX
    assert reserved_tokens("ab", text) == TRIES_MAX * try_tokens("ab", text)


def test_the_largest_question_in_plain_letters_fits_into_one_ticket() -> None:
    documents = [(f"{n}.md", "proxy " * 5000) for n in range(50)]
    prompt = build_prompt("proxy " * 5000, documents, repository="acme/widget")
    assert (
        len(prompt.user) > QUESTION_CHARACTERS_MAX + (CHUNKS_SHOWN_MAX - 1) * CHUNK_CHARACTERS_MAX
    )
    assert reserved_tokens(prompt.system, prompt.user) <= TICKET_TOKENS_MAX


@pytest.mark.parametrize(
    ("reserved", "counted", "day_tokens", "is_room"),
    [
        (100, 0, 100, True),
        (100, 1, 100, False),
        (1, 0, 0, False),
        (TICKET_TOKENS_MAX, 0, 10**9, True),
        (TICKET_TOKENS_MAX + 1, 0, 10**9, False),
    ],
)
def test_there_is_room_up_to_the_bounds_of_day_and_ticket(
    reserved: int, counted: int, day_tokens: int, *, is_room: bool
) -> None:
    assert has_room(reserved, counted, day_tokens=day_tokens) is is_room


@pytest.mark.parametrize(
    ("tries", "used", "counts"),
    [
        (1, 40, 40),  # as reported
        (3, 40, 240),  # two answers were lost: each may have cost as much as was reserved for it
        (1, 0, 300),  # a server that reports nothing
        (1, 999, 999),  # more than was thought possible is counted all the same
    ],
)
def test_in_the_end_counts_what_was_used_and_what_nobody_knows(
    tries: int, used: int, counts: int
) -> None:
    assert settled_tokens(300, tries=tries, used=used) == counts
