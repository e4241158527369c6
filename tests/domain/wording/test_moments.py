"""A moment is told in UTC, and as the repository's clocks show it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.domain.wording.texts import moment


@pytest.mark.parametrize(
    ("zone", "told"),
    [
        ("UTC", "27 Nov 2026, 15:00 UTC"),
        ("Europe/Oslo", "27 Nov 2026, 15:00 UTC (16:00 Europe/Oslo)"),
        ("Europe/London", "27 Nov 2026, 15:00 UTC (15:00 Europe/London)"),
        ("Asia/Kathmandu", "27 Nov 2026, 15:00 UTC (20:45 Asia/Kathmandu)"),
        ("Asia/Tokyo", "27 Nov 2026, 15:00 UTC (28 Nov, 00:00 Asia/Tokyo)"),
    ],
)
def test_the_zone_stands_beside_its_time(zone: str, told: str) -> None:
    assert moment(datetime(2026, 11, 27, 15, 0, 59, tzinfo=UTC), zone) == told


def test_daylight_saving_is_that_of_the_day() -> None:
    told = [moment(datetime(2026, 10, day, 12, tzinfo=UTC), "Europe/Oslo") for day in (24, 25)]
    assert [each[-19:] for each in told] == ["(14:00 Europe/Oslo)", "(13:00 Europe/Oslo)"]


def test_the_day_before_is_told_too() -> None:
    assert moment(datetime(2027, 1, 1, 2, tzinfo=UTC), "America/New_York") == (
        "1 Jan 2027, 02:00 UTC (31 Dec, 21:00 America/New_York)"
    )
