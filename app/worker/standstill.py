"""After a time in which nothing was worked on: people are heard before clocks strike.

What was said in time may still be at GitHub, which tells it once more only when it is asked to. A
clock that was due meanwhile would decide over somebody's head, so it strikes a little later.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlmodel import Session

from app.domain.errors import Transient
from app.store import events
from app.store.engine import Database

STOOD_STILL: Final = timedelta(minutes=15)
"""A chore comes every few minutes: where none was done for so long, nobody has worked."""

HEARS_FOR: Final = timedelta(minutes=30)
"""How long what was said meanwhile is listened to first: for a few rounds of healing."""

_log = structlog.get_logger(__name__)


async def resume(database: Database, *, now: Callable[[], datetime]) -> None:
    """Hold the clocks that are overdue if nobody has worked for a while; to call before working."""
    moment = now()

    def hold(session: Session) -> int:
        last = events.last_chore(session)
        if last is None or moment - last <= STOOD_STILL:
            return 0
        return events.hold_timers(session, now=moment, until=moment + HEARS_FOR)

    try:
        held = await database.in_transaction(hold)
    except Transient as error:
        _log.warning("clocks_not_held", reason=str(error))
        return
    if held:
        _log.info("clocks_held", count=held, until=(moment + HEARS_FOR).isoformat())
