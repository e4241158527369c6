"""Public holidays of a country, from the tables of the ``holidays`` package; no I/O.

Like the time zone database they are data that comes with a package, not something that is looked
up: the same country and day always give the same answer. Only days count that are free in the whole
country; a calendar names no region.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Final

from holidays import country_holidays

YEARS_CACHED_MAX: Final = 1024
"""So many years of a country are kept in memory; one has a few dozen days at most."""


def is_public_holiday(country: str, day: date) -> bool:
    """Say whether a day is free in a country (ISO 3166), its substitute days among them."""
    return day in _days(country, day.year)


@lru_cache(maxsize=YEARS_CACHED_MAX)
def _days(country: str, year: int) -> frozenset[date]:
    return frozenset(country_holidays(country, years=year, expand=False))
