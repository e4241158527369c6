"""What is still under way in the product, as its tables say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, func, select
from sqlmodel import Session

from app.store.claims import claimable
from app.store.columns import Instant
from app.store.operation import QUEUES
from app.store.pauses import PAUSE
from app.store.queues import READY, RUNNING, Queue


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """How much is at work or could be, how much waits for that, and until when."""

    at_work: int
    """Rows that somebody works on, and those that could be begun right now."""
    held_up: int
    """Rows that wait for another try, and those behind them or paused; timers do not count."""
    until: datetime | None
    """When one of those can go on."""

    @property
    def is_under_way(self) -> bool:
        """Say whether the product has not come to rest."""
        return self.at_work > 0 or self.held_up > 0

    @property
    def is_waiting(self) -> bool:
        """Say whether nothing but time brings it on."""
        return not self.at_work and self.until is not None


def work_under_way(session: Session, now: datetime) -> Work:
    """Count what is at work, and what waits for something else than its own time."""
    at_work = held_up = 0
    moments: list[datetime] = []
    for queue in QUEUES:
        busy = _count_busy(session, queue, now)
        at_work += busy
        waiting, retries = _waiting(session, queue, now)
        held_up += waiting
        moments += retries
    pauses = session.connection().execute(select(PAUSE.c.until).where(PAUSE.c.until > now))
    moments += pauses.scalars() if held_up else ()
    return Work(at_work=at_work, held_up=held_up, until=min(moments, default=None))


def _count_busy(session: Session, queue: Queue, now: datetime) -> int:
    """Count the rows at work; where there are none, say whether one could be begun."""
    connection = session.connection()
    running: int = connection.execute(_running(queue)).scalar_one()
    return running or len(connection.execute(claimable(queue), {"now": now, "limit": 1}).all())


def _waiting(session: Session, queue: Queue, now: datetime) -> tuple[int, list[datetime]]:
    """Count the rows that are due or were tried before, and say when a try is due again."""
    due = list(session.connection().execute(_unfinished(queue), {"now": now}).scalars())
    return len(due), [each for each in due if each > now]


@cache
def _running(queue: Queue) -> Select[Any]:
    return select(func.count()).select_from(queue.table).where(queue.table.c.state == RUNNING)


@cache
def _unfinished(queue: Queue) -> Select[Any]:
    own = queue.table.c
    now = bindparam("now", type_=Instant())
    return select(own.due_at).where(
        own.state == READY, (own.due_at <= now) | own.first_tried_at.is_not(None)
    )
