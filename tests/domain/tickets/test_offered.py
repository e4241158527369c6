"""An offer: choosing, and every way in which it ends without money."""

from __future__ import annotations

import pytest

from app.domain.effects import CloseCheckout, Refund
from app.domain.events import PaymentStatus
from app.domain.tickets.clocks import Clock
from app.domain.tickets.ticket import End
from tests.domain.tickets.builders import ADA, CAROL, MALLORY, MAX, Story
from tests.domain.tickets.outside import LABEL_OFF, OVERTAKEN


def test_the_customer_names_another_plan_and_it_stands_first() -> None:
    story = Story()
    story.says(CAROL, "/support session")
    assert story.ticket.chosen == "session"
    assert story.sign == "eyes"
    assert story.card.index("One-hour session") < story.card.index("Quick question")
    assert "/pay/pEbbVjd3Kz4vWf8xZq2n1A)" in story.card  # the plan that was named needs no name


@pytest.mark.parametrize("words", ["/support", "/support ai"])
def test_asking_for_what_stands_there_changes_nothing(words: str) -> None:
    story = Story().changed(is_asked_for=True)
    before = story.ticket
    story.says(CAROL, words)
    assert story.ticket == before
    assert story.sign == "eyes"


@pytest.mark.parametrize("words", ["/support", "/support session", "/support community"])
def test_what_the_customer_asked_for_outlives_the_label(words: str) -> None:
    story = Story()
    story.says(CAROL, words)
    story.does(LABEL_OFF)
    assert story.state == "offered unpaid"


@pytest.mark.parametrize("words", ["/support status", "/support help", "thank you"])
def test_looking_at_an_offer_is_not_asking_for_it(words: str) -> None:
    story = Story()
    story.says(CAROL, words)
    story.does(LABEL_OFF)
    assert story.ticket.end is End.WITHDRAWN


def test_nobody_else_chooses_a_plan_on_the_customers_card() -> None:
    story = Story()
    before = story.ticket
    for login in (MALLORY, MAX, ADA):
        story.says(login, "/support session")
        assert story.ticket == before


def test_while_the_bank_is_asked_no_other_plan_can_be_chosen() -> None:
    story = Story()
    story.pays(status=PaymentStatus.PROCESSING)
    story.says(CAROL, "/support session")
    assert story.ticket.chosen == "question"


def test_an_offer_that_nobody_pays_expires() -> None:
    story = Story().waits(days=14)
    assert story.state == "expired unpaid"
    assert story.ticket.end is End.UNPAID
    assert story.ticket.clocks == ()


def test_the_customer_stops_it_and_the_checkout_is_closed() -> None:
    story = Story()
    story.presses()
    story.opens()
    story.says(CAROL, "/support cancel")
    assert story.state == "cancelled unpaid"
    assert [each.session for each in story.now_made(CloseCheckout)] == ["cs_1"]


def test_taking_the_label_off_withdraws_it_but_not_one_that_is_being_paid() -> None:
    story = Story()
    story.does(LABEL_OFF)
    assert (story.state, story.ticket.end) == ("cancelled unpaid", End.WITHDRAWN)
    paying = Story()
    paying.pays(status=PaymentStatus.PROCESSING)
    paying.does(LABEL_OFF)
    assert paying.state == "offered pending"


def test_somebody_else_paid_first() -> None:
    story = Story()
    story.does(OVERTAKEN)
    assert (story.state, story.ticket.end) == ("cancelled unpaid", End.OVERTAKEN)
    story.does(OVERTAKEN)
    assert story.last.reason == "the offer is over"


def test_who_paid_in_the_same_moment_but_later_gets_the_money_back() -> None:
    story = Story().paid()
    story.does(OVERTAKEN)
    assert (story.state, story.ticket.end) == ("cancelled refunding", End.OVERTAKEN)
    assert [each.intent for each in story.now_made(Refund)] == ["pi_1"]
    assert "Somebody else in this thread paid first" in story.notice


def test_what_a_helper_has_taken_already_goes_on() -> None:
    story = Story().working()
    story.does(OVERTAKEN)
    assert story.state == "working paid"


def test_a_debit_on_its_way_does_not_save_an_offer_that_was_overtaken() -> None:
    story = Story()
    story.pays(status=PaymentStatus.PROCESSING)
    story.does(OVERTAKEN)
    assert story.state == "cancelled pending"
    assert [each.clock for each in story.ticket.clocks] == [Clock.LOOK]
