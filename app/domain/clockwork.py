"""Calendars and promises: when open time is over, with daylight saving right; no I/O.

The time zone database is data of the interpreter and the ``tzdata`` package, not a clock.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Final
from zoneinfo import ZoneInfo

from app.domain.public_holidays import is_public_holiday

MINUTES_PER_DAY: Final = 24 * 60

DAYS_SEARCHED_MAX: Final = 20 * 366
"""No deadline is further away: a calendar that is always closed ends the search here."""

HOURS_CHARACTERS_MAX: Final = 200
"""A longer text of opening hours is refused before it is looked at."""

DURATION_PATTERN: Final = "[1-9][0-9]{0,3}m|[1-9][0-9]{0,2}[hd]|[1-9][0-9]?w"
"""``30m 8h 3d 2w``: the digits bound a duration to less than three years."""

Ranges = tuple[tuple[int, int], ...]
"""The open hours of one day: pairs of (opens, closes) in minutes after midnight, in order."""

Week = tuple[Ranges, Ranges, Ranges, Ranges, Ranges, Ranges, Ranges]
"""The open hours from Monday to Sunday."""

_ALL_DAY: Final[Ranges] = ((0, MINUTES_PER_DAY),)
ALWAYS: Final[Week] = (_ALL_DAY,) * 7
"""Open day and night: what counts where nobody gave hours."""


class Unit(StrEnum):
    """What a duration is counted in, as it is written behind the number."""

    MINUTES = "m"
    """Minutes; of open time where it is a promise."""
    HOURS = "h"
    """Hours; of open time where it is a promise."""
    DAYS = "d"
    """Days; working days where it is a promise."""
    WEEKS = "w"
    """Weeks; as many working days as the calendar has a week where it is a promise."""


_ELAPSED: Final = {
    Unit.MINUTES: timedelta(minutes=1),
    Unit.HOURS: timedelta(hours=1),
    Unit.DAYS: timedelta(days=1),
    Unit.WEEKS: timedelta(weeks=1),
}


@dataclass(frozen=True, slots=True)
class Promise:
    """How long something may take, in open time: a calendar says when that is over."""

    amount: int
    unit: Unit

    def __str__(self) -> str:
        return f"{self.amount}{self.unit}"

    @classmethod
    def parse(cls, text: str) -> Promise:
        """Read ``30m``, ``8h``, ``3d`` or ``2w``; raise ValueError for anything else."""
        if re.fullmatch(DURATION_PATTERN, text) is None:
            raise ValueError(f"{text[:20]!r} is not a duration: write it like 30m, 8h, 3d or 2w")
        return cls(int(text[:-1]), Unit(text[-1]))


def read_duration(text: str) -> timedelta:
    """Read ``8h``, ``3d`` or ``2w`` as calendar time; raise ValueError for anything else."""
    promise = Promise.parse(text)
    return promise.amount * _ELAPSED[promise.unit]


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """When somebody works: an IANA zone, hours on its wall clock, and days that are closed."""

    zone: str = "UTC"
    week: Week = ALWAYS
    country: str | None = None
    """Whose public holidays are closed: an ISO 3166 code; ``None``: no holidays."""

    @property
    def working_days_per_week(self) -> int:
        """Count the weekdays that have hours."""
        return sum(1 for ranges in self.week if ranges)


ALWAYS_OPEN: Final = Calendar()
"""What counts where nobody gave a calendar."""


@cache
def known_zones() -> frozenset[str]:
    """Give every IANA zone that can be named, the same ones on every machine."""
    names = files("tzdata").joinpath("zones").read_text("utf-8").split()
    return frozenset(names) - {"Factory"}  # which is no place


_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS: Final = (
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
)  # fmt: skip
_DAY: Final = f"(?:{'|'.join(_DAYS)})"
_DAY_SPAN: Final = f"{_DAY}(?:-{_DAY})?"
_TIME: Final = "(?:(?:[01][0-9]|2[0-3]):[0-5][0-9]|24:00)"
_RANGE: Final = f"{_TIME}-{_TIME}"
_GROUP: Final = f"(?:{_DAY_SPAN}, ?)*{_DAY_SPAN} {_RANGE}(?:, ?{_RANGE})*"
HOURS_PATTERN: Final = f"24/7|{_GROUP}(?:, ?{_GROUP})*"
"""``Mon-Fri 09:00-12:00, 13:00-17:00, Sat 10:00-14:00``, ``Mon, Wed 09:00-17:00`` or ``24/7``."""


def read_hours(text: str) -> Week:
    """Read opening hours; raise ValueError with a sentence for a person.

    Ranges without a day of their own belong to the days before them. What touches or overlaps is
    one range. A range ends at ``24:00`` at the latest: over midnight there are two of them.
    """
    if len(text) > HOURS_CHARACTERS_MAX or re.fullmatch(HOURS_PATTERN, text) is None:
        raise ValueError("These are not opening hours.")
    if text == "24/7":
        return ALWAYS
    week: list[list[tuple[int, int]]] = [[] for _ in _DAYS]
    days: list[int] = []
    has_range = False
    for item in re.split(", ?", text):
        *named, last = item.split(" ")
        if not last[0].isdigit():
            named = [last]
        if named:
            days = _days(named[0]) if has_range else days + _days(named[0])
        has_range = last[0].isdigit()
        if has_range:
            opens_and_closes = _range(last)
            for day in days:
                week[day].append(opens_and_closes)
    mon, tue, wed, thu, fri, sat, sun = (_merge(ranges) for ranges in week)
    return mon, tue, wed, thu, fri, sat, sun


def _days(text: str) -> list[int]:
    first, last = _DAYS.index(text[:3]), _DAYS.index(text[-3:])
    return [(first + step) % 7 for step in range((last - first) % 7 + 1)]


def _range(text: str) -> tuple[int, int]:
    (h1, m1), (h2, m2) = (clock.split(":") for clock in text.split("-"))
    opens, closes = int(h1) * 60 + int(m1), int(h2) * 60 + int(m2)
    if opens == closes:
        raise ValueError(f"{text} never opens.")
    if opens > closes:
        raise ValueError(f"{text} ends before it begins.")
    return opens, closes


def _merge(ranges: list[tuple[int, int]]) -> Ranges:
    merged: list[tuple[int, int]] = []
    for opens, closes in sorted(ranges):
        if merged and opens <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(closes, merged[-1][1]))
        else:
            merged.append((opens, closes))
    return tuple(merged)


def add_open(start: datetime, amount: Promise, calendar: Calendar) -> datetime:
    """Say in UTC when a promise that begins at `start`, an aware instant, is over.

    Minutes and hours are counted while the calendar is open. Working days end at the same time of
    the day at which they began; one that began closed, or just as the day opened, takes the whole
    day and ends when it closes. Nothing is further away than ``DAYS_SEARCHED_MAX`` days.
    """
    assert start.tzinfo is not None, "an instant has a zone"
    start = start.astimezone(UTC)
    if amount.unit in (Unit.MINUTES, Unit.HOURS):
        over = _after_open_time(start, amount.amount * _ELAPSED[amount.unit], calendar)
    else:
        days = calendar.working_days_per_week if amount.unit is Unit.WEEKS else 1
        over = _after_working_days(start, amount.amount * days, calendar)
    return over or start + timedelta(days=DAYS_SEARCHED_MAX)


def longest(amount: Promise, calendar: Calendar, start: datetime) -> tuple[datetime, datetime]:
    """Say in UTC when in the week after `start` a promise takes longest, and when it is over then.

    That is where something opens or closes, or, for working days, at the time of day at which
    something does on another day: what begins a minute earlier or later, or just then, has the
    longest closed time before it. A start in between takes at most a minute more.
    """
    start, zone = start.astimezone(UTC), ZoneInfo(calendar.zone)
    turns: list[datetime] = []
    for open_day in _open_days(start, calendar):
        if open_day.opens >= start + timedelta(weeks=1):
            break
        turns += [turn for span in open_day.spans for turn in span]
    if amount.unit not in (Unit.MINUTES, Unit.HOURS):
        times = {turn.astimezone(zone).time() for turn in turns}
        today = start.astimezone(zone).date()
        turns += [
            datetime.combine(today + timedelta(days=ahead), at, zone).astimezone(UTC)
            for ahead in range(8)
            for at in times
        ]
    begins = {max(start, each + timedelta(minutes=by)) for each in turns for by in (-1, 0, 1)}
    spans = ((each, add_open(each, amount, calendar)) for each in sorted(begins | {start}))
    return max(spans, key=lambda span: (span[1] - span[0], span[0]))


def open_time_between(start: datetime, end: datetime, calendar: Calendar) -> timedelta:
    """Say how much open time lies between two aware instants; none where `end` is not later.

    It is exact: whoever stops a clock, keeps this, and goes on with ``after_open_time`` neither
    wins nor loses a moment. It looks as far ahead as a deadline can be.
    """
    start, end = start.astimezone(UTC), end.astimezone(UTC)
    total = timedelta()
    for open_day in _open_days(start, calendar):
        if open_day.opens >= end:
            break
        for opens, closes in open_day.spans:
            total += max(min(closes, end) - max(opens, start), timedelta())
    return total


def after_open_time(start: datetime, left: timedelta, calendar: Calendar) -> datetime:
    """Say in UTC when so much open time is over; where none is left, when it next is open."""
    start = start.astimezone(UTC)
    over = _after_open_time(start, left, calendar)
    return over or start + timedelta(days=DAYS_SEARCHED_MAX)


def in_local(moment: datetime, zone: str) -> str:
    """Write an instant on a zone's wall clock: ``Tue 24 Nov 17:00 (Europe/Oslo)``."""
    local = moment.astimezone(ZoneInfo(zone))
    day = f"{_DAYS[local.weekday()]} {local.day} {_MONTHS[local.month - 1]}"
    return f"{day} {local:%H:%M} ({zone})"


@dataclass(frozen=True, slots=True)
class _OpenDay:
    """One day that has open time: its spans in UTC, in order, each longer than nothing."""

    day: date
    spans: tuple[tuple[datetime, datetime], ...]

    @property
    def opens(self) -> datetime:
        return self.spans[0][0]

    @property
    def closes(self) -> datetime:
        return self.spans[-1][1]


def _open_days(start: datetime, calendar: Calendar) -> Iterator[_OpenDay]:
    """Give the days that are still open at `start` or later, in order, and not without end."""
    zone = ZoneInfo(calendar.zone)
    first = start.astimezone(zone).date()
    for step in range(DAYS_SEARCHED_MAX):
        day = first + timedelta(days=step)
        if calendar.country is not None and is_public_holiday(calendar.country, day):
            continue
        spans = tuple(_spans(day, calendar.week[day.weekday()], zone))
        if spans and spans[-1][1] > start:
            yield _OpenDay(day, spans)


def _spans(day: date, ranges: Ranges, zone: ZoneInfo) -> Iterator[tuple[datetime, datetime]]:
    counted = datetime.min.replace(tzinfo=UTC)
    midnight = datetime.combine(day, time())
    for opening, closing in ranges:
        # An hour that comes twice is open from its first beginning to its second end; another
        # range may begin in it, and no minute counts twice. A day ends at its first midnight.
        opens = max(_instant(midnight + timedelta(minutes=opening), zone, is_last=False), counted)
        is_last = closing < MINUTES_PER_DAY
        closes = _instant(midnight + timedelta(minutes=closing), zone, is_last=is_last)
        if opens < closes:
            yield opens, closes
            counted = closes


def _instant(wall: datetime, zone: ZoneInfo, *, is_last: bool) -> datetime:
    """Give the instant at which a wall clock shows a time: the first or last one if it comes twice.

    A time that a wall clock skips is the instant at which it skips.
    """
    first = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    last = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    if first <= last:
        return last if is_last else first
    # Between the two there is one change of the offset: look for its first second.
    offset = last.astimezone(zone).utcoffset()

    def has_changed(second: int) -> bool:
        return (last + timedelta(seconds=second)).astimezone(zone).utcoffset() != offset

    seconds = bisect_left(range(int((first - last).total_seconds())), 1, key=has_changed)
    return last + timedelta(seconds=seconds)


def _after_open_time(start: datetime, left: timedelta, calendar: Calendar) -> datetime | None:
    for open_day in _open_days(start, calendar):
        for opens, closes in open_day.spans:
            begins = max(opens, start)
            if closes - begins >= left:
                return begins + left
            left -= max(closes - begins, timedelta())
    return None


def _after_working_days(start: datetime, days: int, calendar: Calendar) -> datetime | None:
    zone = ZoneInfo(calendar.zone)
    wall: time | None = None
    for count, open_day in enumerate(_open_days(start, calendar)):
        if count == 0:
            begins = next(max(opens, start) for opens, closes in open_day.spans if closes > start)
            wall = None if begins == open_day.opens else begins.astimezone(zone).time()
        if wall is None and count == days - 1:
            return open_day.closes
        if wall is not None and count == days:
            over = _instant(datetime.combine(open_day.day, wall), zone, is_last=True)
            return _in_open_time(over, open_day)
    return None


def _in_open_time(over: datetime, open_day: _OpenDay) -> datetime:
    """Keep an instant that is open; else give the end of what was open before it that day."""
    reached = open_day.opens
    for opens, closes in open_day.spans:
        if over >= opens:
            reached = min(over, closes)
    return reached
