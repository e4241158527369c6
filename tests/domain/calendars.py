"""Calendars, moments and promises as Hypothesis draws them, and a slow look at the wall clock.

The slow counter walks through time minute by minute and looks whether it is open.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from app.domain.clockwork import MINUTES_PER_DAY, Calendar, Promise, Unit, read_hours
from app.domain.public_holidays import is_public_holiday

zones = st.sampled_from(
    [
        *("Europe/Oslo", "America/New_York", "Australia/Lord_Howe", "UTC", "Asia/Kathmandu"),
        "America/Havana",
    ]
)
ranges = st.sampled_from(["00:00-24:00", "09:00-17:00", "00:00-06:00", "20:00-24:00"])
days = st.sampled_from(["Mon", "Sun", "Mon-Fri", "Sat-Sun", "Mon-Sun", "Fri-Mon"])
hours_texts = st.lists(st.builds("{} {}".format, days, ranges), min_size=1, max_size=3).map(
    ", ".join
)
calendars = st.builds(
    lambda zone, hours, country: Calendar(zone=zone, week=read_hours(hours), country=country),
    zones,
    hours_texts,
    st.sampled_from([None, "NO", "JP", "LB"]),  # holidays in March and April, in many weeks
)
# Around the nights on which some of these zones change their clocks.
nights = st.sampled_from([(3, 7), (3, 28), (4, 4), (10, 24), (10, 31)])
moments = st.builds(
    lambda night, minutes: (
        datetime(2026, night[0], night[1], tzinfo=UTC) + timedelta(minutes=minutes)
    ),
    nights,
    st.integers(0, 3 * MINUTES_PER_DAY),
)
promises = st.builds(Promise, st.integers(1, 40), st.sampled_from(Unit))


def is_open(moment: datetime, calendar: Calendar) -> bool:
    wall = moment.astimezone(ZoneInfo(calendar.zone))
    minute = wall.hour * 60 + wall.minute
    ranges = calendar.week[wall.weekday()]
    is_in_range = any(opens <= minute < closes for opens, closes in ranges)
    is_free = calendar.country is not None and is_public_holiday(calendar.country, wall.date())
    return is_in_range and not is_free
