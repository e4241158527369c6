"""Promises in open time: tables for daylight saving, and properties against a slow counter."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.domain.clockwork import (
    ALWAYS,
    DAYS_SEARCHED_MAX,
    DURATION_PATTERN,
    MINUTES_PER_DAY,
    Calendar,
    Promise,
    Ranges,
    Unit,
    add_open,
    in_local,
    known_zones,
    longest,
    read_duration,
    read_hours,
)
from tests.domain.calendars import calendars, hours_texts, is_open, moments, promises

OSLO: Final = "Europe/Oslo"
NEW_YORK: Final = "America/New_York"
LORD_HOWE: Final = "Australia/Lord_Howe"
OFFICE: Final = read_hours("Mon-Fri 09:00-17:00")
NEVER: Final = ((), (), (), (), (), (), ())
bounded = settings(max_examples=100, deadline=None)


def local(text: str, zone: str, *, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold)


def after(start: datetime, promise: str, zone: str, hours: str = "24/7") -> str:
    calendar = Calendar(zone=zone, week=read_hours(hours))
    over = add_open(start, Promise.parse(promise), calendar)
    assert over.tzinfo is UTC
    return f"{over.astimezone(ZoneInfo(zone)):%a %Y-%m-%d %H:%M %z}"


@pytest.mark.parametrize("text", ["30m", "8h", "3d", "2w", "9999m", "999h", "999d", "99w"])
def test_a_promise_is_written_as_it_was_read(text: str) -> None:
    assert str(Promise.parse(text)) == text


@pytest.mark.parametrize("text", ["", "8", "h", "0h", "08h", "1.5h", "8 h", "8H", "10000m", "1y"])
def test_what_is_not_a_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="write it like 30m, 8h, 3d or 2w"):
        Promise.parse(text)


def test_a_duration_is_calendar_time() -> None:
    assert read_duration("30m") == timedelta(minutes=30)
    assert read_duration("48h") == timedelta(hours=48)
    assert read_duration("3d") == timedelta(days=3)
    assert read_duration("2w") == timedelta(days=14)


NINE: Final[Ranges] = ((540, 1020),)


@pytest.mark.parametrize(
    ("text", "week"),
    [
        ("24/7", ALWAYS),
        ("Mon-Fri 09:00-17:00", (NINE, NINE, NINE, NINE, NINE, (), ())),
        ("Mon, Wed 09:00-17:00", (NINE, (), NINE, (), (), (), ())),
        ("Fri-Mon 09:00-17:00", (NINE, (), (), (), NINE, NINE, NINE)),
        ("Tue 09:00-12:00,13:00-17:00", ((), ((540, 720), (780, 1020)), (), (), (), (), ())),
        ("Tue 13:00-17:00, 09:00-12:00", ((), ((540, 720), (780, 1020)), (), (), (), (), ())),
        ("Tue 09:00-17:00, Sat,Sun 09:00-17:00", ((), NINE, (), (), (), NINE, NINE)),
        ("Tue 09:00-12:00, 12:00-17:00, Tue 10:00-11:00", ((), NINE, (), (), (), (), ())),
        ("Sun 00:00-24:00", ((), (), (), (), (), (), ((0, MINUTES_PER_DAY),))),
    ],
)
def test_hours_are_read(text: str, week: object) -> None:
    assert read_hours(text) == week


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "These are not opening hours."),
        ("Mon-Fri", "These are not opening hours."),
        ("09:00-17:00", "These are not opening hours."),
        ("mon 09:00-17:00", "These are not opening hours."),
        ("Mon 9-17", "These are not opening hours."),
        ("Mon 09:00-24:01", "These are not opening hours."),
        ("Mon 09:00-17:00, Tue", "These are not opening hours."),
        ("Mon 09:00-17:00\n", "These are not opening hours."),
        ("Mon 09:00-17:00" + ", 09:00-17:00" * 20, "These are not opening hours."),
        ("Mon-Fri 09:00-09:00", "09:00-09:00 never opens."),
        ("Mon-Fri 22:00-06:00", "22:00-06:00 ends before it begins."),
    ],
)
def test_what_are_not_hours_is_refused(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(reason)}$"):
        read_hours(text)


PIECES: Final = (
    *("Mon", "Tue-Fri", "Sun-Sat", "09:00-12:00", "08:30-24:00", "13:00-07:00", "00:00-00:00"),
    *(" ", ", ", ",", "24/7", "Monday", "9:00"),
)


@bounded
@given(st.lists(st.sampled_from(PIECES), max_size=9).map("".join))
@example("Mon, " * 40)
def test_whatever_looks_like_hours_is_a_week_or_says_why_not(text: str) -> None:
    try:
        week = read_hours(text)
    except ValueError as fault:
        assert str(fault).endswith(".")  # noqa: PT017  # both ends of the try are asserted
    else:
        assert any(week)
        for ranges in week:
            edges = [edge for each in ranges for edge in each]
            assert edges == sorted(set(edges))


@pytest.mark.parametrize(
    ("start", "promise", "hours", "over"),
    [
        # Open hours: what is left of the day counts, the night does not.
        ("2026-11-24 11:00", "30m", "Mon-Fri 09:00-17:00", "Tue 2026-11-24 11:30 +0100"),
        ("2026-11-24 11:00", "6h", "Mon-Fri 09:00-17:00", "Tue 2026-11-24 17:00 +0100"),
        ("2026-11-24 11:00", "8h", "Mon-Fri 09:00-17:00", "Wed 2026-11-25 11:00 +0100"),
        ("2026-11-27 16:00", "8h", "Mon-Fri 09:00-17:00", "Mon 2026-11-30 16:00 +0100"),
        ("2026-11-28 12:00", "1h", "Mon-Fri 09:00-17:00", "Mon 2026-11-30 10:00 +0100"),
        ("2026-11-24 11:30", "1h", "Tue 09:00-12:00, 13:00-17:00", "Tue 2026-11-24 13:30 +0100"),
        ("2026-11-24 17:00", "1h", "Mon-Fri 09:00-17:00", "Wed 2026-11-25 10:00 +0100"),
        ("2026-11-24 11:00", "48h", "24/7", "Thu 2026-11-26 11:00 +0100"),
        # Working days: the same time of the day, or the close of the day when the first is whole.
        ("2026-11-24 11:00", "3d", "Mon-Fri 09:00-17:00", "Fri 2026-11-27 11:00 +0100"),
        ("2026-11-27 11:00", "1d", "Mon-Fri 09:00-17:00", "Mon 2026-11-30 11:00 +0100"),
        ("2026-11-28 12:00", "1d", "Mon-Fri 09:00-17:00", "Mon 2026-11-30 17:00 +0100"),
        ("2026-11-24 09:00", "2d", "Mon-Fri 09:00-17:00", "Wed 2026-11-25 17:00 +0100"),
        ("2026-11-24 17:00", "1d", "Mon-Fri 09:00-17:00", "Wed 2026-11-25 17:00 +0100"),
        ("2026-11-24 11:00", "3d", "24/7", "Fri 2026-11-27 11:00 +0100"),
        ("2026-11-24 11:00", "1w", "24/7", "Tue 2026-12-01 11:00 +0100"),
        ("2026-11-24 11:00", "1w", "Mon-Fri 09:00-17:00", "Tue 2026-12-01 11:00 +0100"),
        ("2026-11-24 11:00", "2w", "Tue,Thu 09:00-17:00", "Tue 2026-12-08 11:00 +0100"),
        # The time of the day is not open on the last day: its nearest end.
        (
            "2026-11-23 16:00",
            "1d",
            "Mon 09:00-17:00, Tue 09:00-12:00",
            "Tue 2026-11-24 12:00 +0100",
        ),
        (
            "2026-11-23 09:30",
            "1d",
            "Mon 09:00-17:00, Tue 13:00-17:00",
            "Tue 2026-11-24 13:00 +0100",
        ),
    ],
)
def test_promises_are_counted_in_open_time(start: str, promise: str, hours: str, over: str) -> None:
    assert after(local(start, OSLO), promise, OSLO, hours) == over


@pytest.mark.parametrize(
    ("zone", "start", "fold", "promise", "hours", "over"),
    [
        # Oslo, 29 March 2026: 02:00 becomes 03:00. 25 October 2026: 03:00 becomes 02:00.
        (OSLO, "2026-03-29 01:30", 0, "1h", "24/7", "Sun 2026-03-29 03:30 +0200"),
        (OSLO, "2026-03-28 12:00", 0, "1d", "24/7", "Sun 2026-03-29 12:00 +0200"),
        (OSLO, "2026-03-28 12:00", 0, "24h", "24/7", "Sun 2026-03-29 13:00 +0200"),
        (OSLO, "2026-03-28 02:30", 0, "1d", "24/7", "Sun 2026-03-29 03:00 +0200"),
        (OSLO, "2026-03-29 00:00", 0, "2h", "Sun 01:00-04:00", "Sun 2026-03-29 04:00 +0200"),
        (OSLO, "2026-03-29 00:00", 0, "30m", "Sun 02:30-04:00", "Sun 2026-03-29 03:30 +0200"),
        (OSLO, "2026-03-29 00:00", 0, "1h", "Sun 02:00-03:00", "Sun 2026-04-05 03:00 +0200"),
        (OSLO, "2026-03-29 00:00", 0, "1d", "Sun 02:00-03:00", "Sun 2026-04-05 03:00 +0200"),
        (OSLO, "2026-10-25 02:30", 0, "1h", "24/7", "Sun 2026-10-25 02:30 +0100"),
        (OSLO, "2026-10-25 02:30", 1, "1h", "24/7", "Sun 2026-10-25 03:30 +0100"),
        (OSLO, "2026-10-24 02:30", 0, "1d", "24/7", "Sun 2026-10-25 02:30 +0100"),
        (OSLO, "2026-10-25 00:00", 0, "4h", "Sun 01:00-04:00", "Sun 2026-10-25 04:00 +0100"),
        (OSLO, "2026-10-25 00:00", 0, "90m", "Sun 02:30-03:00", "Sun 2026-10-25 03:00 +0100"),
        (OSLO, "2026-10-25 00:00", 0, "4h", "Sun 01:00-02:20, 02:40-04:00",
         "Sun 2026-10-25 04:00 +0100"),
        # New York, 8 March 2026: 02:00 becomes 03:00. 1 November 2026: 02:00 becomes 01:00.
        (NEW_YORK, "2026-03-06 16:00", 0, "8h", "Mon-Fri 09:00-17:00",
         "Mon 2026-03-09 16:00 -0400"),
        (NEW_YORK, "2026-03-07 12:00", 0, "24h", "24/7", "Sun 2026-03-08 13:00 -0400"),
        (NEW_YORK, "2026-10-30 16:00", 0, "2h", "Mon-Fri 09:00-17:00",
         "Mon 2026-11-02 10:00 -0500"),
        (NEW_YORK, "2026-11-01 00:30", 0, "2h", "24/7", "Sun 2026-11-01 01:30 -0500"),
        (NEW_YORK, "2026-10-31 12:00", 0, "1d", "24/7", "Sun 2026-11-01 12:00 -0500"),
        # Lord Howe: half an hour. 5 April 2026: 02:00 becomes 01:30. 4 October: 02:30.
        (LORD_HOWE, "2026-04-05 01:30", 0, "1h", "24/7", "Sun 2026-04-05 02:00 +1030"),
        (LORD_HOWE, "2026-04-05 00:00", 0, "210m", "Sun 00:00-03:00", "Sun 2026-04-05 03:00 +1030"),
        (LORD_HOWE, "2026-10-04 01:45", 0, "30m", "24/7", "Sun 2026-10-04 02:45 +1100"),
        (LORD_HOWE, "2026-10-03 02:15", 0, "1d", "24/7", "Sun 2026-10-04 02:30 +1100"),
        # Havana sets its clock back at 01:00, across midnight: Saturday ends at the first midnight.
        ("America/Havana", "2026-10-31 22:00", 0, "2h", "Sat 20:00-24:00",
         "Sun 2026-11-01 00:00 -0400"),
        ("America/Havana", "2026-10-31 22:00", 0, "4h", "24/7", "Sun 2026-11-01 01:00 -0500"),
        # Samoa had no 30 December 2011: whoever promised that day promised the next one.
        ("Pacific/Apia", "2011-12-29 12:00", 0, "1d", "24/7", "Sat 2011-12-31 12:00 +1400"),
        ("Pacific/Apia", "2011-12-29 12:00", 0, "1d", "Thu-Fri 09:00-17:00",
         "Thu 2012-01-05 12:00 +1400"),
    ],
)  # fmt: skip
def test_daylight_saving(
    zone: str, start: str, fold: int, promise: str, hours: str, over: str
) -> None:
    assert after(local(start, zone, fold=fold), promise, zone, hours) == over


def test_public_holidays_are_no_working_days() -> None:
    calendar = Calendar(zone=OSLO, week=OFFICE, country="NO")
    start = local("2026-12-23 16:00", OSLO)  # a Wednesday: Friday and Saturday are holidays
    assert add_open(start, Promise.parse("2h"), calendar) == local("2026-12-24 10:00", OSLO)
    assert add_open(start, Promise.parse("2d"), calendar) == local("2026-12-28 16:00", OSLO)
    assert add_open(start, Promise.parse("8d"), calendar) == local("2027-01-06 16:00", OSLO)


@pytest.mark.parametrize("promise", ["1m", "8h", "3d", "2w"])
def test_the_search_ends_where_nothing_ever_opens(promise: str) -> None:
    start = datetime(2026, 11, 24, 11, tzinfo=UTC)
    over = add_open(start, Promise.parse(promise), Calendar(week=NEVER))
    assert over == start + timedelta(days=DAYS_SEARCHED_MAX)


def test_an_instant_without_a_zone_is_a_mistake() -> None:
    with pytest.raises(AssertionError, match="an instant has a zone"):
        add_open(datetime.fromisoformat("2026-11-24"), Promise.parse("1h"), Calendar())


def test_seconds_are_kept() -> None:
    start = datetime(2026, 11, 24, 11, 0, 5, 7, tzinfo=UTC)
    assert add_open(start, Promise.parse("8h"), Calendar()) == start + timedelta(hours=8)
    assert add_open(start, Promise.parse("3d"), Calendar()) == start + timedelta(days=3)


def test_local_time_is_told_with_its_zone() -> None:
    moment = datetime(2026, 11, 24, 16, 0, 59, tzinfo=UTC)
    assert in_local(moment, OSLO) == "Tue 24 Nov 17:00 (Europe/Oslo)"
    assert in_local(moment, LORD_HOWE) == "Wed 25 Nov 03:00 (Australia/Lord_Howe)"


def test_known_zones_are_those_that_can_be_named() -> None:
    assert {OSLO, NEW_YORK, LORD_HOWE, "UTC"} <= known_zones()
    assert known_zones().isdisjoint({"localtime", "posixrules", "Factory", "Europe", "posix/UTC"})
    assert all(ZoneInfo(name).key == name for name in known_zones())


@bounded
@given(moments, st.integers(1, 600), calendars)
@example(datetime(2026, 10, 24, 22, tzinfo=UTC), 240, Calendar(zone=OSLO))
def test_open_minutes_are_those_that_a_slow_counter_counts(
    start: datetime, minutes: int, calendar: Calendar
) -> None:
    over = add_open(start, Promise(minutes, Unit.MINUTES), calendar)
    moment, counted = start, 0
    while counted < minutes:
        counted += is_open(moment, calendar)
        moment += timedelta(minutes=1)
    assert moment == over


@bounded
@given(moments, promises, calendars)
def test_a_promise_ends_after_it_begins_and_in_or_at_the_end_of_open_time(
    start: datetime, promise: Promise, calendar: Calendar
) -> None:
    over = add_open(start, promise, calendar)
    assert over > start
    assert is_open(over - timedelta(microseconds=1), calendar) or is_open(over, calendar)


def test_a_working_day_that_ends_between_two_openings_ends_with_the_first() -> None:
    hours = "Mon 09:00-17:00, Tue 00:00-06:00, Tue 20:00-24:00"
    monday = datetime(2026, 3, 9, 12, tzinfo=UTC)
    assert after(monday, "1d", "UTC", hours) == "Tue 2026-03-10 06:00 +0000"
    evening = datetime(2026, 3, 9, 16, tzinfo=UTC)
    assert after(evening, "2h", "UTC", hours) == "Tue 2026-03-10 01:00 +0000"


@bounded
@given(moments, promises, st.integers(0, 7 * MINUTES_PER_DAY - 1), hours_texts)
def test_no_start_in_a_week_takes_longer_than_the_longest(
    start: datetime, promise: Promise, minutes: int, hours: str
) -> None:
    calendar = Calendar(zone="Asia/Kathmandu", week=read_hours(hours))
    begins, over = longest(promise, calendar, start)
    assert over == add_open(begins, promise, calendar)
    later = start + timedelta(minutes=minutes)
    took = add_open(later, promise, calendar) - later
    assert took <= over - begins + timedelta(minutes=1)


@bounded
@given(moments, promises, st.integers(1, 5 * MINUTES_PER_DAY), hours_texts)
def test_who_begins_later_is_never_due_earlier(
    start: datetime, promise: Promise, minutes: int, hours: str
) -> None:
    calendar = Calendar(zone="Asia/Kathmandu", week=read_hours(hours))
    later = start + timedelta(minutes=minutes)
    assert add_open(later, promise, calendar) >= add_open(start, promise, calendar)


@bounded
@given(moments, promises, calendars)
def test_more_of_the_same_is_never_due_earlier(
    start: datetime, promise: Promise, calendar: Calendar
) -> None:
    more = Promise(promise.amount + 1, promise.unit)
    assert add_open(start, more, calendar) > add_open(start, promise, calendar)


@bounded
@given(st.from_regex(DURATION_PATTERN, fullmatch=True))
def test_every_promise_ends_within_the_search(text: str) -> None:
    start = datetime(2026, 11, 24, 11, tzinfo=UTC)
    calendar = Calendar(zone=OSLO, week=read_hours("Mon 10:00-11:00"))
    promise = Promise.parse(text)
    assert str(promise) == text
    assert add_open(start, promise, calendar) < start + timedelta(days=DAYS_SEARCHED_MAX)
