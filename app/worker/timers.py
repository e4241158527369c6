"""The chores of the product as events at regular times, however many processes tick."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial

import structlog
from sqlmodel import Session

from app.domain.effects import LANE_OF_THE_APP
from app.domain.errors import Transient
from app.domain.events import Chore, ChoreCame
from app.store import events
from app.store.engine import Database

EVERY: Mapping[Chore, timedelta] = {
    Chore.HEAL: timedelta(minutes=5),
    Chore.AUDIT: timedelta(hours=1),
    Chore.PRUNE: timedelta(hours=1),
}
"""How often each chore comes; the first one comes at the start."""

TICK_SECONDS = 5.0
"""How often the clock is looked at."""

_log = structlog.get_logger(__name__)


async def run(
    database: Database,
    *,
    now: Callable[[], datetime],
    stop: asyncio.Event,
    tick_seconds: float = TICK_SECONDS,
) -> None:
    """Let the chores come until told to stop."""
    started = now()
    known: dict[Chore, int] = {}
    while not stop.is_set():
        moment = now()
        periods = {chore: _period(chore, moment) for chore in Chore}
        due = {chore: n for chore, n in periods.items() if known.get(chore) != n}
        if due:
            try:
                await database.in_transaction(
                    partial(_add, due=due, started=started, moment=moment)
                )
                known.update(due)
            except Transient as error:
                _log.warning("chores_not_added", reason=str(error))
        with suppress(TimeoutError):
            async with asyncio.timeout(tick_seconds):
                await stop.wait()


def _period(chore: Chore, moment: datetime) -> int:
    """Give the number of a chore's period since the epoch: the same in every process."""
    return int(moment.timestamp() // EVERY[chore].total_seconds())


def _add(session: Session, due: Mapping[Chore, int], started: datetime, moment: datetime) -> None:
    """Add each chore once a period; after a start once more, for what we missed."""
    for chore, n in due.items():
        is_first = moment - started < timedelta(seconds=1)
        key = f"chore:{chore}:{n}:{started.isoformat()}" if is_first else f"chore:{chore}:{n}"
        events.add_once(session, ChoreCame(chore=chore), key=key, lane=LANE_OF_THE_APP, now=moment)
