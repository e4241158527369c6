"""What the pay page says where nothing is due, and what is out of the ordinary."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.wording import pages
from tests.domain.tickets.builders import Story, plan
from tests.domain.wording.samples import CARDS


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("pending", "Your bank was asked for the money"),
        ("offered-free", "This help is free."),
        ("cancelled-refunding", "It was paid, and the money was given back."),
        ("cancelled-late-payment", "It was paid, and the money was given back."),
        ("working", "It is paid. Thank you."),
        ("settled", "It is paid. Thank you."),
        ("overtaken", "Somebody else in this thread has paid already."),
        ("expired", "The offer has ended."),
        ("cancelled-unpaid", "The offer was withdrawn."),
        ("withdrawn", "The offer was withdrawn."),
    ],
)
def test_why_nothing_is_due(name: str, words: str) -> None:
    assert pages.why_nothing_is_due(CARDS[name]().ticket).startswith(words)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("working", ""),
        ("queued-second-payment", "Another payment, of $49.00, was not needed."),
        ("queued-part-given-by-hand", "$10.00 of $49.00 was given back."),
        ("cancelled-refund-failed", "A refund did not go through."),
        ("offered-checkout-failed", "The checkout could not be opened the last time."),
    ],
)
def test_what_is_out_of_the_ordinary_is_noted(name: str, words: str) -> None:
    notes = pages.notes(CARDS[name]().ticket)
    assert bool(notes) == bool(words)
    assert " ".join(notes).startswith(words)


def test_only_what_is_promised_is_told() -> None:
    assert pages.promises(plan()) == (
        "First answer within 8 working hours",
        "Solved within 3 working days",
    )
    assert pages.promises(replace(plan(), respond_within=None, resolve_within=None)) == ()


def test_the_heading_is_that_of_the_card() -> None:
    story = Story().working()
    assert f"### {pages.title(story.ticket)}\n" in story.card
