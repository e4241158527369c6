"""What a ticket does when the App is taken from its repository, and when it comes back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.effects import ShowCard
from app.domain.events import AccessLost, AccessRegained
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
