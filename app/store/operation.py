"""How the product stands: what waits, and what a person has to look at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import and_, func, select
from sqlmodel import Session

from app.store import audits
from app.store import tickets as ticket_rows
from app.store.deliveries import DELIVERIES
from app.store.effects import EFFECTS
from app.store.events import EVENTS
from app.store.queues import READY, RUNNING, Queue, State

QUEUES: tuple[Queue, ...] = (DELIVERIES, EVENTS, EFFECTS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The figures of one moment."""

    waiting: Mapping[str, int]
    """Unfinished rows of each of the three tables; timers are among the events."""
    buried: Mapping[str, int]
    """Rows that were given up: each wants a person."""
    tickets: Mapping[str, int]
    """Tickets, by their stage."""
    breaches: int
    """Broken laws that the newest audit of the books found."""


def standing(session: Session) -> Standing:
    """Count what waits and what was given up."""
    counts = {queue.name: _counts(session, queue) for queue in QUEUES}
    return Standing(
        waiting={
            name: states.get(State.READY, 0) + states.get(State.RUNNING, 0)
            for name, states in counts.items()
        },
        buried={name: states.get(State.BURIED, 0) for name, states in counts.items()},
        tickets=ticket_rows.counts_by_stage(session),
        breaches=audits.newest(session),
    )


def _counts(session: Session, queue: Queue) -> dict[str, int]:
    """Count the rows of each state but done; each condition is one that an index serves."""
    own = queue.table.c
    conditions = {
        State.READY: own.state == READY,
        State.RUNNING: own.state == RUNNING,
        State.BURIED: and_(own.state == State.BURIED, own.finished_at.is_not(None)),
    }
    counted = (
        select(func.count()).select_from(queue.table).where(condition).scalar_subquery()
        for condition in conditions.values()
    )
    row = session.connection().execute(select(*counted)).one()
    return dict(zip(conditions, row, strict=True))
