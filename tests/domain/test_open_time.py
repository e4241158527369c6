"""Open time that is left: whoever stops a clock and goes on later neither wins nor loses any."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.domain.clockwork import (
    DAYS_SEARCHED_MAX,
    MINUTES_PER_DAY,
    Calendar,
    Promise,
    add_open,
    after_open_time,
    open_time_between,
    read_hours,
)
from tests.domain.calendars import calendars, is_open, moments, promises

OSLO: Final = "Europe/Oslo"
NONE: Final = timedelta()
bounded = settings(max_examples=100, deadline=None)

spans = st.integers(0, 20 * MINUTES_PER_DAY).map(lambda minutes: timedelta(minutes=minutes))
moments_apart = st.tuples(moments, spans).map(lambda drawn: (drawn[0], drawn[0] + drawn[1]))


def office(country: str | None = None) -> Calendar:
    return Calendar(zone=OSLO, week=read_hours("Mon-Fri 09:00-17:00"), country=country)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(OSLO))


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        ("2026-11-24 10:00", "2026-11-24 12:30", 2.5),
        ("2026-11-24 16:00", "2026-11-25 10:00", 2),
        ("2026-11-24 18:00", "2026-11-25 08:00", 0),
        ("2026-11-27 16:00", "2026-11-30 10:00", 2),  # over a weekend
        ("2026-12-23 16:00", "2026-12-28 10:00", 10),  # over Christmas: the 24th is open
        ("2026-11-25 10:00", "2026-11-24 10:00", 0),  # backwards there is none
    ],
)
def test_only_open_time_counts(start: str, end: str, hours: float) -> None:
    assert open_time_between(at(start), at(end), office("NO")) == timedelta(hours=hours)


def test_a_night_with_an_hour_more_or_less_has_it_open_too() -> None:
    day = Calendar(zone=OSLO)
    assert open_time_between(at("2026-10-25 00:00"), at("2026-10-26 00:00"), day) == timedelta(
        hours=25
    )
    assert open_time_between(at("2026-03-29 00:00"), at("2026-03-30 00:00"), day) == timedelta(
        hours=23
    )


def test_where_nothing_is_left_it_is_over_as_soon_as_it_opens() -> None:
    assert after_open_time(at("2026-11-28 12:00"), NONE, office()) == at("2026-11-30 09:00")
    assert after_open_time(at("2026-11-24 12:00"), NONE, office()) == at("2026-11-24 12:00")


def test_the_search_ends_where_nothing_ever_opens() -> None:
    never = Calendar(week=((), (), (), (), (), (), ()))
    start = datetime(2026, 11, 24, 11, tzinfo=UTC)
    assert after_open_time(start, timedelta(hours=1), never) == start + timedelta(
        days=DAYS_SEARCHED_MAX
    )
    assert open_time_between(start, start + timedelta(days=9000), never) == NONE


@bounded
@given(moments, st.integers(0, 3 * MINUTES_PER_DAY), calendars)
@example(datetime(2026, 10, 24, 22, tzinfo=UTC), 240, Calendar(zone=OSLO))
def test_it_is_what_a_slow_counter_counts(
    start: datetime, minutes: int, calendar: Calendar
) -> None:
    walked = (start + timedelta(minutes=minute) for minute in range(minutes))
    counted = sum(is_open(moment, calendar) for moment in walked)
    end = start + timedelta(minutes=minutes)
    assert open_time_between(start, end, calendar) == timedelta(minutes=counted)


@bounded
@given(moments, spans, calendars)
def test_time_that_is_added_is_the_time_that_lies_between(
    start: datetime, left: timedelta, calendar: Calendar
) -> None:
    over = after_open_time(start, left, calendar)
    assert open_time_between(start, over, calendar) == left


@bounded
@given(moments, spans, spans, calendars)
def test_a_moment_between_divides_the_time_without_a_rest(
    start: datetime, first: timedelta, second: timedelta, calendar: Calendar
) -> None:
    middle = start + first
    end = middle + second
    parts = open_time_between(start, middle, calendar) + open_time_between(middle, end, calendar)
    assert parts == open_time_between(start, end, calendar)


@bounded
@given(moments, promises, st.lists(st.tuples(spans, spans), max_size=4), calendars)
def test_stopping_and_going_on_never_wins_or_loses_open_time(
    start: datetime, promise: Promise, stops: list[tuple[timedelta, timedelta]], calendar: Calendar
) -> None:
    due = add_open(start, promise, calendar)
    promised = open_time_between(start, due, calendar)
    now, worked = start, NONE
    for work, wait in stops:
        stopped = min(now + work, due)
        worked += open_time_between(now, stopped, calendar)
        left = open_time_between(stopped, due, calendar)
        assert worked + left == promised
        now = stopped + wait
        due = after_open_time(now, left, calendar)
        assert due >= now
    assert worked + open_time_between(now, due, calendar) == promised


@bounded
@given(moments_apart, spans, calendars)
def test_who_goes_on_later_is_never_due_earlier(
    both: tuple[datetime, datetime], left: timedelta, calendar: Calendar
) -> None:
    earlier, later = both
    assert after_open_time(later, left, calendar) >= after_open_time(earlier, left, calendar)
