"""What a ticket does when the App is taken from its repository, and when it comes back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.effects import CloseCheckout, OpenCheckout, Refund, ShowCard
from app.domain.events import AccessLost, AccessRegained, CheckoutClosed, PaymentStatus
from app.domain.ids import InstallationId
from app.domain.tickets.clocks import Clock
from tests.domain.tickets.builders import ADA, CAROL, TICKET, Story

REMOVED = AccessLost(ticket=TICKET, is_for_good=True)
SUSPENDED = AccessLost(ticket=TICKET, is_for_good=False)


def back(installation: int = 4) -> AccessRegained:
    return AccessRegained(ticket=TICKET, installation=InstallationId(installation))


def test_an_offer_ends_with_the_app() -> None:
    story = Story()
    story.does(REMOVED)
    assert story.state == "cancelled unpaid"
    assert "The App was taken from this repository" in story.card


def test_an_offer_outlives_a_suspension_but_not_the_removal_after_it() -> None:
    story = Story()
    story.does(SUSPENDED)
    assert story.state == "offered unpaid"
    story.does(REMOVED)
    assert story.state == "cancelled unpaid"


@pytest.mark.parametrize("event", [REMOVED, SUSPENDED])
def test_work_is_paid_back_when_the_app_stays_away(event: AccessLost) -> None:
    story = Story().working()
    story.does(event)
    assert "all of $49.00 goes back to `carol`" in story.card
    story.waits(hours=71)
    assert story.state == "working paid"
    story.waits(hours=2)
    assert story.state == "refunded refunding"


def test_the_wait_goes_on_from_one_helper_to_the_next() -> None:
    story = Story().working()
    story.does(REMOVED)
    due = story.ticket.due(Clock.AWAY)
    story.says(ADA, "/support release")
    assert story.ticket.due(Clock.AWAY) == due == story.now + timedelta(hours=72)


def test_what_is_proposed_goes_on_without_the_thread_and_is_paid() -> None:
    story = Story().proposed()
    story.does(REMOVED)
    assert "goes on at its own page" in story.card
    story.waits(days=7)
    assert story.state == "settled paid"


def test_an_app_that_comes_back_goes_on_under_its_new_installation() -> None:
    story = Story().working()
    before = story.card
    story.does(REMOVED)
    story.does(back())
    assert story.card == before
    [shown] = story.now_made(ShowCard)
    assert shown.thread == replace(story.ticket.thread, installation=InstallationId(4))
    assert story.waits(hours=71).state == "working paid"
    assert story.ticket.due(Clock.AWAY) is None
    assert story.says(CAROL, "/support status").ticket.stage == "working"


def test_coming_back_changes_nothing_where_it_was_never_away() -> None:
    story = Story().working()
    before = story.ticket
    story.does(back(int(before.thread.installation)))
    assert story.ticket == before


def test_what_is_over_stays_over() -> None:
    story = Story().settled()
    before = story.ticket
    story.does(REMOVED)
    assert story.ticket == before


def test_an_offer_waits_for_a_new_owner_and_can_be_paid_again_after_their_word() -> None:
    story = Story()
    story.presses()
    story.opens()
    assert "[**Pay $49.00**]" in story.card
    closing = story.gets_new_owner()
    assert [each.session for each in closing.effects if isinstance(each, CloseCheckout)] == ["cs_1"]
    assert "This repository has a new owner, who has to agree" in story.card
    assert "- **Next:** the new owner of this repository, by agreeing" in story.card
    assert "[**Pay" not in story.card
    story.does(CheckoutClosed(ticket=TICKET, session="cs_1", is_completed=False))
    assert [each for each in story.presses().effects if isinstance(each, OpenCheckout)] == []
    story.owner_agrees()
    assert "[**Pay $49.00**]" in story.card
    assert "new owner" not in story.card
    assert [each.n for each in story.presses().effects if isinstance(each, OpenCheckout)] == [2]


def test_a_session_that_was_on_its_way_is_closed_as_soon_as_it_is_there() -> None:
    story = Story()
    story.presses()
    story.gets_new_owner()
    opened = story.opens()
    assert [each.session for each in opened.effects if isinstance(each, CloseCheckout)] == ["cs_1"]


def test_what_is_paid_before_the_new_owners_word_goes_straight_back() -> None:
    story = Story()
    story.gets_new_owner()
    story.now += timedelta(minutes=1)
    paid = story.pays()
    assert story.state == "offered unpaid"
    assert [each.amount.amount for each in paid.effects if isinstance(each, Refund)] == [4900]
    assert story.told == ["refund"]
    assert "was paid before this repository's new owner agreed to sell support" in story.notice
    story.refunds()
    assert story.held == 0
    story.owner_agrees()
    story.pays("pi_2")
    assert story.state == "queued paid"


def test_what_was_paid_before_the_transfer_is_sold() -> None:
    story = Story()
    before = story.now
    story.now += timedelta(minutes=1)
    story.gets_new_owner()
    story.pays(at=before)
    assert story.state == "queued paid"
    assert "new owner" not in story.card
    story.pays("pi_2")  # that is one too many, and no matter of the owner's
    assert story.told == []


def test_a_bank_that_was_asked_before_the_transfer_may_pay_after_it() -> None:
    story = Story()
    story.pays(status=PaymentStatus.PROCESSING)
    story.gets_new_owner()
    assert "new owner" not in story.card
    story.now += timedelta(days=2)
    story.pays()
    assert story.state == "queued paid"


def test_a_bank_that_is_asked_after_the_transfer_is_not_waited_for() -> None:
    story = Story()
    story.gets_new_owner()
    story.pays(status=PaymentStatus.PROCESSING)
    assert story.state == "offered unpaid"
    story.now += timedelta(days=2)
    story.pays()
    assert story.told == ["refund"]


def test_what_is_sold_goes_on_under_the_new_owner() -> None:
    story = Story().working()
    story.gets_new_owner()
    story.says(ADA, "/support propose")
    story.says(CAROL, "/support accept")
    story.waits(days=3)
    assert story.state == "settled paid"
