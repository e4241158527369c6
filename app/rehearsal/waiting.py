"""What is still under way in the product, as its tables say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import CompoundSelect, bindparam, select, union_all
from sqlmodel import Session

from app.store.claims import claimable
from app.store.columns import Instant
from app.store.operation import QUEUES
from app.store.pauses import PAUSE
from app.store.queues import READY, RUNNING, Queue, State


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
    connection = session.connection()
    at_work = held_up = 0
    moments: list[datetime] = []
    for queue in QUEUES:
        rows = connection.execute(_unfinished(queue), {"now": now}).all()
        waiting = [row.due_at for row in rows if row.state == State.READY]
        busy = len(rows) - len(waiting)
        if not busy and waiting:  # is one of them free to be begun?
            busy = len(connection.execute(claimable(queue), {"now": now, "limit": 1}).all())
        at_work += busy
        held_up += len(waiting)
        moments += [due_at for due_at in waiting if due_at > now]
    if held_up:
        pauses = connection.execute(select(PAUSE.c.until).where(PAUSE.c.until > now))
        moments += pauses.scalars()
    return Work(at_work=at_work, held_up=held_up, until=min(moments, default=None))


@cache
def _unfinished(queue: Queue) -> CompoundSelect[Any]:
    """Select what is at work, and what is due or was tried before; timers are neither."""
    own = queue.table.c
    now = bindparam("now", type_=Instant())
    is_waiting = (own.due_at <= now) | own.first_tried_at.is_not(None)
    return union_all(
        select(own.state, own.due_at).where(own.state == RUNNING),
        select(own.state, own.due_at).where(own.state == READY, is_waiting),
    )
