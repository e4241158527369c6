"""The rung of the volunteers: asked for a while, found by a label, thanked by name, never paid."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.domain.effects import CloseCheckout, Notify, PutLabel, TakeLabel
from app.domain.events import EffectFailed, PaymentStatus
from app.domain.tickets.clocks import Clock
from app.domain.tickets.opening import begin
from app.domain.tickets.ticket import DraftState, End, LabelState
from app.domain.wording import lines
from tests.domain.tickets.builders import (
    ADA,
    CAROL,
    DAVE,
    MALLORY,
    START,
    Story,
    offer,
    terms,
)
from tests.domain.tickets.outside import LABEL_OFF, OVERTAKEN


def test_choosing_it_opens_the_window_and_puts_the_label_on() -> None:
    story = Story()
    story.says(CAROL, "/support community")
    assert story.sign == "eyes"
    assert story.state == "offered unpaid"
    assert story.ticket.due(Clock.COMMUNITY) == START + timedelta(hours=24)
    assert len(story.now_made(PutLabel)) == 1
    assert "Volunteers are asked until 25 Nov 2026, 09:00 UTC" in story.card
    assert "It is free." in story.card
    assert "`/support accept @login`" in story.card
    assert "/pay/" in story.card  # the plans stay on offer


def test_nobody_else_asks_volunteers_on_the_customers_ticket() -> None:
    story = Story()
    for login in (MALLORY, ADA):
        story.says(login, "/support community")
        assert story.sign == "-1"
    assert story.ticket.community_until is None


def test_volunteers_are_asked_once() -> None:
    story = Story().asking_volunteers()
    story.says(CAROL, "/support community")
    assert story.sign == "eyes"
    assert story.made(PutLabel) == [story.made(PutLabel)[0]]
    story.waits(hours=25)
    story.says(CAROL, "/support community")
    assert story.sign == "confused"
    assert lines.COMMUNITY_OVER in story.card
    assert not story.ticket.is_asking_volunteers


def test_where_the_file_has_no_such_rung_one_sentence_says_so() -> None:
    story = Story(offer(terms(community=None)))
    assert "Volunteers" not in story.card
    story.says(CAROL, "/support community")
    assert story.sign == "confused"
    assert lines.NO_COMMUNITY in story.card
    story.says(CAROL, f"/support accept @{DAVE}")
    assert lines.NOTHING_TO_ACCEPT in story.card


def test_a_window_that_ends_unanswered_leaves_the_plans_and_makes_no_comment() -> None:
    story = Story().asking_volunteers().waits(hours=24)
    assert story.state == "offered unpaid"
    assert len(story.now_made(TakeLabel)) == 1
    assert story.made(Notify) == []
    assert "next comes a paid plan" in story.card
    assert "Volunteers were asked," in story.card
    story.waits(days=14)
    assert story.state == "expired unpaid"


def test_an_offer_outlasts_its_window() -> None:
    story = Story(offer(terms(community=timedelta(days=20))))
    story.says(CAROL, "/support community")
    assert story.ticket.due(Clock.OFFER) == START + timedelta(days=21)


def test_a_volunteer_is_thanked_by_name_and_nothing_is_owed() -> None:
    story = Story().asking_volunteers()
    story.presses()
    story.opens()
    story.says(DAVE, "set proxy=on")
    story.says(CAROL, "/support accept @Dave")
    assert story.sign == "eyes"
    assert story.state == "answered unpaid"
    assert story.ticket.end is End.BY_VOLUNTEER
    assert story.ticket.clocks == ()
    assert "**Thank you, `dave`.**" in story.card
    assert len(story.now_made(CloseCheckout)) == 1
    assert len(story.now_made(TakeLabel)) == 1


def test_a_volunteer_is_also_thanked_when_the_window_is_over() -> None:
    story = Story().asking_volunteers().waits(hours=30)
    story.says(DAVE, "set proxy=on")
    story.says(CAROL, "/support accept @dave thank you")
    assert story.state == "answered unpaid"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("/support accept", lines.NO_NAME),
        ("/support accept @CAROL", lines.ONESELF),
        ("/support accept @ghost", lines.not_a_writer("ghost")),
    ],
)
def test_who_cannot_be_thanked_is_told_in_one_sentence(words: str, sentence: str) -> None:
    story = Story().asking_volunteers()
    story.says(DAVE, "set proxy=on")
    story.says(CAROL, words)
    assert story.sign == "confused"
    assert sentence in story.card
    assert story.state == "offered unpaid"


def test_before_volunteers_were_asked_nobody_can_be_thanked() -> None:
    story = Story()
    story.says(DAVE, "set proxy=on")
    story.says(CAROL, "/support accept @dave")
    assert lines.NOBODY_ASKED in story.card
    assert story.state == "offered unpaid"


def test_nobody_but_the_customer_thanks() -> None:
    story = Story().asking_volunteers()
    for login in (DAVE, ADA, MALLORY):
        story.says(login, "/support accept @dave")
        assert story.sign == "-1"
    assert story.state == "offered unpaid"


def test_a_payment_in_the_window_ends_it() -> None:
    story = Story().asking_volunteers()
    story.pays()
    assert story.state == "queued paid"
    assert not story.ticket.is_asking_volunteers
    assert len(story.now_made(TakeLabel)) == 1
    story.says(CAROL, "/support community")
    assert "It is paid already" in story.card


def test_a_bank_debit_in_the_window_ends_it_and_what_comes_after_a_thank_you_goes_back() -> None:
    story = Story().asking_volunteers()
    story.says(DAVE, "set proxy=on")
    story.pays(status=PaymentStatus.PROCESSING)
    assert len(story.now_made(TakeLabel)) == 1
    for words in ("/support accept @dave", "/support community"):
        story.says(CAROL, words)
        assert lines.PENDING in story.card
    story.pays(status=PaymentStatus.UNPAID)
    story.says(CAROL, "/support accept @dave")
    assert story.state == "answered failed"
    story.pays("pi_2")
    assert story.state == "answered refunding"


def test_a_bank_that_says_no_uses_up_nothing_of_the_window() -> None:
    story = Story().asking_volunteers().waits(hours=10)
    story.pays(status=PaymentStatus.PROCESSING)
    story.waits(hours=90)
    assert not story.ticket.is_asking_volunteers
    story.pays(status=PaymentStatus.UNPAID)
    assert story.state == "offered failed"
    assert story.ticket.due(Clock.COMMUNITY) == story.now + timedelta(hours=14)
    puts, takes = story.made(PutLabel), story.made(TakeLabel)
    assert (len({each.key for each in puts}), len(takes)) == (2, 1)
    story.puts()
    story.says(DAVE, "set proxy=on")
    story.pays("pi_2", status=PaymentStatus.PROCESSING)
    assert len({each.key for each in story.made(TakeLabel)}) == 2
    story.pays("pi_2", status=PaymentStatus.UNPAID)
    assert story.ticket.due(Clock.COMMUNITY) == story.now + timedelta(hours=14)
    story.waits(hours=14)
    assert not story.ticket.is_asking_volunteers
    story.says(CAROL, "/support accept @dave")
    assert story.state == "answered failed"


def test_a_window_that_was_over_before_is_not_opened_by_a_bank() -> None:
    story = Story().asking_volunteers().waits(hours=24)
    story.pays(status=PaymentStatus.PROCESSING)
    story.pays(status=PaymentStatus.UNPAID)
    assert not story.ticket.is_asking_volunteers


@pytest.mark.parametrize("how", ["cancel", "overtaken", "label"])
def test_whatever_ends_the_offer_takes_the_label_off(how: str) -> None:
    story = Story().asking_volunteers()
    if how == "cancel":
        story.says(CAROL, "/support cancel")
    else:
        story.changed(is_asked_for=False)
        story.does(OVERTAKEN if how == "overtaken" else LABEL_OFF)
    assert story.ticket.stage.is_over
    assert len(story.made(TakeLabel)) == 1


def test_a_label_that_others_have_put_on_stays() -> None:
    story = Story()
    story.says(CAROL, "/support community")
    story.puts(is_ours=False)
    story.waits(hours=24)
    assert story.made(TakeLabel) == []


def test_a_label_that_comes_after_the_end_is_taken_off_at_once() -> None:
    story = Story()
    story.says(CAROL, "/support community")
    story.says(CAROL, "/support cancel")
    assert story.made(TakeLabel) == []
    story.puts()
    assert len(story.now_made(TakeLabel)) == 1
    story.puts()
    assert len(story.made(TakeLabel)) == 1


def test_a_label_that_cannot_be_put_on_is_forgotten() -> None:
    story = Story()
    story.says(CAROL, "/support community")
    (order,) = story.made(PutLabel)
    story.does(EffectFailed(effect=order, reason="it is away", is_certain=True))
    assert story.ticket.help_wanted is LabelState.NONE
    assert story.ticket.is_asking_volunteers


@pytest.mark.parametrize(
    ("chosen", "line"), [("community", lines.NO_COMMUNITY), ("ai", lines.NO_AI), ("", "")]
)
def test_a_rung_that_is_named_at_once_and_is_not_there_is_answered(chosen: str, line: str) -> None:
    bare = offer(terms(community=None))
    begun = begin(Story(bare).changed(draft=DraftState.NONE).ticket, chosen, START)
    assert begun.ticket.line == (f"**`carol`:** {line}" if line else "")
    assert begun.effects == ()


def test_volunteers_that_are_named_at_once_are_asked_at_once() -> None:
    begun = begin(offer(), "community", START)
    assert begun.ticket.is_asking_volunteers
    assert [type(each) for each in begun.effects] == [PutLabel]


@pytest.mark.parametrize(
    ("draft", "line"),
    [
        (DraftState.ASKED, ""),
        (DraftState.SHOWN, ""),
        (DraftState.NONE, lines.NO_AI),
        (DraftState.HANDED_OFF, lines.HANDED_OFF),
    ],
)
def test_asking_the_ai_is_answered_with_what_there_is(draft: DraftState, line: str) -> None:
    story = Story().changed(draft=draft)
    story.says(CAROL, "/support ai")
    assert story.sign == ("confused" if line else "eyes")
    assert line in story.card


def test_where_the_model_gives_up_the_card_points_to_the_next_rung() -> None:
    story = Story().changed(draft=DraftState.HANDED_OFF)
    found_none = "**The AI found no answer** in the documentation; "
    assert f"{found_none}next come volunteers, for free: `/support community`; or" in story.card
    assert "AI draft" not in story.card
    story.asking_volunteers()
    assert f"{found_none}volunteers are asked now." in story.card
    story.waits(hours=24)
    assert f"{found_none}next comes a paid plan" in story.card
    free = Story(offer(terms(plans=(), community=None))).changed(draft=DraftState.HANDED_OFF)
    assert f"{found_none}nothing else is on offer here." in free.card
