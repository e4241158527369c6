"""How moments, promises, names and other people's words are written; no I/O."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from app.domain.clockwork import Promise, Unit

_MONTHS: Final = [
    "Jan",
    "Feb",
    "Mar",
    "Apr",
    "May",
    "Jun",
    "Jul",
    "Aug",
    "Sep",
    "Oct",
    "Nov",
    "Dec",
]
_MARKUP: Final = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~&@:/])")
_INVISIBLE: Final = re.compile(
    "[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\ufeff\ufff9-\ufffb]"
)
QUOTE_CHARACTERS_MAX: Final = 300
"""More of somebody's words than this is cut."""


def moment(at: datetime) -> str:
    """Write a moment: ``24 Nov 2026, 17:00 UTC``."""
    at = at.astimezone(UTC)
    return f"{at.day} {_MONTHS[at.month - 1]} {at.year}, {at:%H:%M} UTC"


_OPEN_UNITS: Final = {
    Unit.MINUTES: ("open minute", "open minutes"),
    Unit.HOURS: ("open hour", "open hours"),
    Unit.DAYS: ("working day", "working days"),
    Unit.WEEKS: ("working week", "working weeks"),
}


def promise(given: Promise | None) -> str:
    """Write a promise as people read it: ``8 open hours``, ``1 working day``, ``no promise``."""
    if given is None:
        return "no promise"
    one, many = _OPEN_UNITS[given.unit]
    return f"{given.amount} {one if given.amount == 1 else many}"


def span(duration: timedelta) -> str:
    """Write calendar time: ``3 days``, ``48 hours`` is ``2 days``, ``90 minutes``."""
    minutes = int(duration.total_seconds() // 60)
    for size, name in ((24 * 60, "day"), (60, "hour"), (1, "minute")):
        if minutes % size == 0 or size == 1:
            count = minutes // size
            return f"{count} {name}{'' if count == 1 else 's'}"
    raise AssertionError("every duration is a number of minutes")


def join(names: tuple[str, ...]) -> str:
    """Write names one after another: ``ada, grace and linus``."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


def quoted(words: str) -> str:
    """Show somebody's words as plain text in one line: no markup, no mention, no link."""
    flat = " ".join(_INVISIBLE.sub("", words).split())
    if len(flat) > QUOTE_CHARACTERS_MAX:
        flat = flat[: QUOTE_CHARACTERS_MAX - 1].rstrip() + "…"
    # An escaped @ or # still makes a mention or a reference on GitHub; an entity does not.
    escaped = _MARKUP.sub(r"\\\1", flat)
    return escaped.replace("\\@", "&#64;").replace("\\#", "&#35;").replace("\\:", "&#58;")
