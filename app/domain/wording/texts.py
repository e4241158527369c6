"""How moments, promises, names and other people's words are written; no I/O."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from app.domain.clockwork import Promise, Unit
from app.domain.drafting.characters import clean
from app.domain.drafting.defusing import code_span, escape, escape_line_start, find_active
from app.domain.people import Person

_MONTHS: Final = (
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
)  # fmt: skip
QUOTE_CHARACTERS_MAX: Final = 300
"""More of somebody's words than this is cut."""


def moment(at: datetime, zone: str = "UTC") -> str:
    """Write a moment, also as clocks show it where the repository is at home.

    ``24 Nov 2026, 15:00 UTC (16:00 Europe/Oslo)``; the day is told again where it is another one:
    ``24 Nov 2026, 15:00 UTC (25 Nov, 00:00 Asia/Tokyo)``.
    """
    at = at.astimezone(UTC)
    told = f"{_day(at)} {at.year}, {at:%H:%M} UTC"
    if zone == "UTC":
        return told
    local = at.astimezone(ZoneInfo(zone))
    day = "" if local.date() == at.date() else f"{_day(local)}, "
    return f"{told} ({day}{local:%H:%M} {zone})"


def _day(at: datetime) -> str:
    return f"{at.day} {_MONTHS[at.month - 1]}"


_UNITS: Final = {
    Unit.MINUTES: "working minute",
    Unit.HOURS: "working hour",
    Unit.DAYS: "working day",
    Unit.WEEKS: "working week",
}


def promise(given: Promise | None) -> str:
    """Write a promise as people read it: ``8 working hours``, ``1 working day``, ``no promise``."""
    return _count(given.amount, _UNITS[given.unit]) if given is not None else "no promise"


def span(duration: timedelta) -> str:
    """Write calendar time: ``3 days``, ``48 hours`` is ``2 days``, ``90 minutes``."""
    minutes = int(duration.total_seconds() // 60)
    if minutes % (24 * 60) == 0:
        return _count(minutes // (24 * 60), "day")
    if minutes % 60 == 0:
        return _count(minutes // 60, "hour")
    return _count(minutes, "minute")


def _count(count: int, name: str) -> str:
    return f"{count} {name}{'' if count == 1 else 's'}"


def join(names: tuple[str, ...]) -> str:
    """Write names one after another: ``ada, grace and linus``."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


def name(person: Person) -> str:
    """Name somebody without mentioning them."""
    return code_span(person.login) or "somebody"


def mention(person: Person) -> str:
    """Mention somebody, who will get a mail; for notices alone."""
    return f"@{person.login}"


def quoted(words: str) -> str:
    """Show somebody's words as plain text in one line, also in a table; what acts is code."""
    flat = " ".join(clean(words).split())
    if len(flat) > QUOTE_CHARACTERS_MAX:
        flat = flat[: QUOTE_CHARACTERS_MAX - 1].rstrip() + "…"
    # A bar would end the cell of a table, even in code.
    text = "\\|".join(_defused(part) for part in flat.split("|"))
    return escape_line_start(text) if text else ""


def _defused(words: str) -> str:
    """Escape markup, and put mentions, references, links and formulas into code."""
    written, code = "", ""
    for plain, active in find_active(words):
        if plain:
            written, code = written + code_span(code) + escape(plain), ""
        code += active  # one span for what stands together: two would run into each other
    return written + code_span(code)
