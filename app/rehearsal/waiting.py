"""What is still under way in the product, as its tables say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlmodel import Session

from app.store.operation import QUEUES
from app.store.queues import State


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """How much is due or at work, and when the next retry is."""

    due: int
    retrying: int
    retry_at: datetime | None
    """When the next row that was tried before is due again; timers do not count."""

    @property
    def is_due(self) -> bool:
        """Say whether something can be done right now."""
        return self.due > 0

    @property
    def is_under_way(self) -> bool:
        """Say whether the product has not come to rest."""
        return self.due > 0 or self.retrying > 0


def work_under_way(session: Session, now: datetime) -> Work:
    """Count what is due, at work, or waits for another try."""
    due = retrying = 0
    retries: list[datetime] = []
    connection = session.connection()
    for queue in QUEUES:
        own = queue.table.c
        is_at_work = or_(
            own.state == State.RUNNING, (own.state == State.READY) & (own.due_at <= now)
        )
        due += connection.execute(
            select(func.count()).select_from(queue.table).where(is_at_work)
        ).scalar_one()
        waits = (own.state == State.READY) & (own.due_at > now) & own.first_tried_at.is_not(None)
        count, first = connection.execute(
            select(func.count(), func.min(own.due_at)).select_from(queue.table).where(waits)
        ).one()
        retrying += count
        if first is not None:
            retries.append(first)
    return Work(due=due, retrying=retrying, retry_at=min(retries, default=None))
