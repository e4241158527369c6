"""Which days are free in a country."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from app.domain.policy.countries import COUNTRIES
from app.domain.public_holidays import is_public_holiday

WITHOUT = {"AQ", "BV", "HM", "IO", "TF", "UA"}
"""Nobody lives there; and in Ukraine no holiday is free while martial law is in force."""


@pytest.mark.parametrize(
    ("country", "day"),
    [
        ("NO", date(2026, 5, 17)),
        ("NO", date(2027, 3, 26)),  # Good Friday
        ("US", date(2026, 11, 26)),  # the fourth Thursday of November
        ("US", date(2026, 7, 3)),  # for the fourth, which is a Saturday
        ("GB", date(2027, 12, 27)),  # for Christmas Day, which is a Saturday
        ("DE", date(2026, 10, 3)),
    ],
)
def test_a_public_holiday_is_free(country: str, day: date) -> None:
    assert is_public_holiday(country, day)


@pytest.mark.parametrize(
    ("country", "day"),
    [
        ("NO", date(2026, 12, 24)),
        ("US", date(2026, 11, 25)),
        ("GB", date(2026, 11, 30)),  # Saint Andrew's Day, in Scotland alone
        ("DE", date(2026, 6, 4)),  # Corpus Christi, in some of its states alone
    ],
)
def test_what_is_free_in_a_part_of_the_country_or_nowhere_is_not(country: str, day: date) -> None:
    assert not is_public_holiday(country, day)


def test_every_country_that_a_calendar_may_name_has_a_table() -> None:
    year = [date(2026, 1, 1) + timedelta(days=day) for day in range(365)]
    free = {country: sum(is_public_holiday(country, day) for day in year) for country in COUNTRIES}
    assert {country for country, days in free.items() if days > 40} == set()
    assert {country for country, days in free.items() if not days} <= WITHOUT
