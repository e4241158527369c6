"""What an operator does with a row of the three tables: look, try it again, give it up.

None of it takes a row from whoever works on it, and what was done stays done.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import null, select, update
from sqlmodel import Session

from app.domain.errors import MainstayError
from app.store.engine import news
from app.store.queues import REASON_LENGTH_MAX, Claim, Queue, State, claim_of, columns_of


class NotToBeChangedError(MainstayError):
    """The row is not there, or somebody works on it, or it was done."""


def newest(session: Session, queue: Queue, *, state: State | None, limit: int) -> Sequence[Claim]:
    """Give the newest rows, all or those in one state."""
    statement = select(*columns_of(queue)).order_by(queue.table.c.seq.desc()).limit(limit)
    if state is not None:
        statement = statement.where(queue.table.c.state == state)
    return [claim_of(queue, row) for row in session.connection().execute(statement)]


def find(session: Session, queue: Queue, name: str) -> Claim:
    """Give the row with this id or this key."""
    own = queue.table.c
    key = own.key if "key" in own else own.external_id
    statement = select(*columns_of(queue)).where((own.id == name) | (key == name)).limit(1)
    row = session.connection().execute(statement).one_or_none()
    if row is None:
        raise NotToBeChangedError(f"There is no {queue.name} {name!r}.")
    return claim_of(queue, row)


def try_again(session: Session, queue: Queue, name: str, *, now: datetime) -> Claim:
    """Make a row due now; one that was buried comes back for one more try.

    It keeps its attempts and the time of the first: who performs it must know that it may have
    been done, and it does not get another day of retries.
    """
    claim = find(session, queue, name)
    _change(session, claim, state=State.READY, due_at=now, finished_at=null())
    return claim


def give_up(session: Session, queue: Queue, name: str, *, reason: str, now: datetime) -> Claim:
    """Bury a row that waits; what comes behind it in the lane goes on."""
    claim = find(session, queue, name)
    if claim.state is State.BURIED:
        raise NotToBeChangedError(f"The {queue.name} {name!r} is buried already.")
    reason = reason[:REASON_LENGTH_MAX]
    _change(session, claim, state=State.BURIED, finished_at=now, reason=reason)
    return claim


def _change(session: Session, claim: Claim, **values: object) -> None:
    own = claim.queue.table.c
    statement = (
        update(claim.queue.table)
        .where(own.seq == claim.seq, own.state.in_((State.READY, State.BURIED)))
        .where(own.fence == claim.fence)
        .values(**values)
    )
    if not session.connection().execute(statement).rowcount:
        raise NotToBeChangedError(
            f"The {claim.queue.name} {claim.id} cannot be changed: it is {claim.state}."
        )
    news(session, claim.queue.name)
