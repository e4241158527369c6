"""The promise to solve: it runs in the helper's calendar while they work, and is extended once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.clockwork import ALWAYS_OPEN, Calendar, Promise, open_time_between, read_hours
from app.domain.effects import NoticeKind
from app.domain.tickets.clocks import Clock
from app.domain.tickets.ticket import Ticket
from tests.domain.calendars import calendars
from tests.domain.tickets.builders import ADA, CAROL, GRACE, START, Story, nominee, offer, terms

OFFICE: Final = Calendar(zone="Europe/Oslo", week=read_hours("Mon-Fri 09:00-17:00"), country="NO")
FULL: Final = (NoticeKind.ASKED, NoticeKind.ASKED, NoticeKind.PROPOSED)
bounded = settings(max_examples=60, deadline=None)


def promised(text: str | None) -> Ticket:
    """An offer whose plans promise this."""
    given = terms()
    within = Promise.parse(text) if text else None
    plans = tuple(replace(each, resolve_within=within) for each in given.plans)
    return offer(replace(given, plans=plans))


def working(promise: str = "8h", calendar: Calendar = ALWAYS_OPEN) -> Story:
    story = Story(promised(promise))
    story.nominees[ADA] = nominee(ADA, calendar)
    return story.working()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("promise", "due", "extended"),
    [
        ("8h", "2026-11-25 09:00", "2026-11-26 09:00"),
        ("3d", "2026-11-27 09:00", "2026-12-02 09:00"),  # a weekend lies between
        ("2w", "2026-12-08 09:00", "2026-12-22 09:00"),
        ("20d", "2026-12-22 09:00", "2027-01-21 09:00"),  # Christmas and New Year too
    ],
)
def test_it_runs_in_the_helpers_calendar_and_as_long_again(
    promise: str, due: str, extended: str
) -> None:
    story = working(promise, OFFICE)
    assert story.ticket.resolve_by == at(due)
    assert story.ticket.due(Clock.RESOLVE) == at(due)
    story.now = at(due)
    story.strikes(Clock.RESOLVE)
    assert story.state == "working paid"
    assert story.ticket.resolve_by == story.ticket.due(Clock.RESOLVE) == at(extended)
    assert story.told == ["breach"]
    story.now = at(extended)
    story.strikes(Clock.RESOLVE)
    assert story.state == "review paid"
    assert [each.clock for each in story.ticket.clocks] == [Clock.REVIEW]
    assert story.told == ["breach"]


def test_a_strike_that_comes_late_takes_nothing_from_the_extension() -> None:
    story = working()
    story.now += timedelta(hours=9)
    story.strikes(Clock.RESOLVE)
    assert story.ticket.resolve_by == START + timedelta(hours=16)


def test_who_could_not_be_told_in_time_gets_the_whole_extension() -> None:
    story = working()
    story.now += timedelta(days=2)
    story.strikes(Clock.RESOLVE)
    assert story.ticket.resolve_by == story.now + timedelta(hours=8)


def test_where_nothing_was_promised_no_clock_runs() -> None:
    story = Story(promised(None)).working()
    assert story.ticket.due(Clock.RESOLVE) is None
    story.says(ADA, "Which version?")
    story.says(CAROL, "1.3")
    assert story.state == "working paid"
    assert story.ticket.clocks == ()


def test_it_stands_still_while_the_customer_looks() -> None:
    story = working()
    story.waits(hours=5).says(ADA, "/support propose")
    assert story.ticket.resolve_left == timedelta(hours=3)
    assert story.ticket.due(Clock.RESOLVE) is None
    story.waits(hours=30).says(CAROL, "/support decline no")
    assert story.ticket.due(Clock.RESOLVE) == story.now + timedelta(hours=3)
    story.waits(hours=3)
    assert story.told[-1] == "breach"


def test_whoever_takes_it_next_has_a_promise_of_their_own() -> None:
    story = working()
    story.nominees[GRACE] = nominee(GRACE, OFFICE)
    story.waits(hours=9).says(ADA, "/support release")
    assert story.ticket.breaches == 1
    story.waits(hours=1).says(GRACE, "/support claim")
    ticket = story.ticket
    assert (ticket.breaches, ticket.resolve_left, ticket.calendar) == (0, None, OFFICE)
    assert ticket.resolve_by == at("2026-11-25 16:00")
    assert [each.clock for each in ticket.clocks] == [Clock.RESOLVE]


def test_once_the_customer_wants_to_stop_the_helpers_answer_to_that_decides() -> None:
    story = working("8h")
    story.says(CAROL, "/support cancel")
    story.waits(hours=20)
    assert (story.state, story.ticket.breaches) == ("working paid", 0)
    assert story.told == ["cancel_asked"]
    story.says(ADA, "/support propose it is solved")
    story.says(CAROL, "/support decline no")  # nothing is left of the promise
    story.waits(hours=0)
    assert (story.state, story.ticket.breaches) == ("working paid", 1)
    story.waits(hours=8)
    assert story.state == "review paid"


def test_without_room_for_a_notice_the_card_alone_says_it() -> None:
    story = working().changed(notices=FULL)
    story.waits(hours=8)
    assert story.ticket.breaches == 1
    assert story.ticket.notices == FULL
    assert "as much again since that was not kept" in story.card


@bounded
@given(
    calendars,
    st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 3000)), min_size=1, max_size=4),
)
def test_whatever_is_asked_the_helper_has_the_promised_time_in_all(
    calendar: Calendar, talks: list[tuple[int, int]]
) -> None:
    story = working("40h", calendar)
    worked = timedelta()
    for work, wait in talks:
        begun = story.now
        due = story.ticket.resolve_by
        assert due is not None
        if begun + timedelta(minutes=work) >= due:
            break
        story.waits(minutes=work).says(ADA, "Is that so?")
        assert story.state == "waiting_on_customer paid"
        worked += open_time_between(begun, story.now, calendar)
        story.waits(minutes=wait).says(CAROL, "It is.")
        assert story.state == "working paid"
    due = story.ticket.resolve_by
    assert due is not None
    assert worked + open_time_between(story.now, due, calendar) == timedelta(hours=40)
