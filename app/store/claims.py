"""The verbs of the three queues: claim, renew, finish, retry, postpone, bury.

Work is due by the product's clock, which is an argument. Leases go by the database's clock. Whoever
lost a lease learns it from ``LeaseLost`` when recording anything: every verb is fenced by the owner
and by the number of claims that the row has seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    Float,
    Select,
    Update,
    bindparam,
    exists,
    func,
    not_,
    null,
    select,
    tuple_,
    update,
)
from sqlmodel import Session

from app.domain.errors import LeaseLost
from app.store.columns import Instant
from app.store.engine import DatabaseClock, news, take_turns
from app.store.pauses import is_paused
from app.store.queues import (
    READY,
    REASON_LENGTH_MAX,
    RUNNING,
    Claim,
    Queue,
    State,
    claim_of,
    columns_of,
)

FAIR_WINDOW_ROWS = 1000
"""Among so many rows that could be claimed, those due first, the installations take turns."""


def claim(
    session: Session,
    queue: Queue,
    *,
    owner: str,
    now: datetime,
    lease_seconds: float,
    limit: int,
) -> list[Claim]:
    """Take up to ``limit`` rows that are due, in order, and hold them for ``lease_seconds``.

    A row can be claimed when it heads its lane, nothing of its lane is at work and nobody paused
    it. A lease that ran out gives its row back first. To be called in a transaction of its own:
    across all processes, one claims from a queue at a time.
    """
    take_turns(session, f"claim {queue.name}")
    connection = session.connection()
    connection.execute(_give_back(queue))
    found = connection.execute(claimable(queue), {"now": now, "limit": limit}).scalars().all()
    if not found:
        return []
    taken = {"found": found, "owner": owner, "lease_seconds": lease_seconds, "now": now}
    claims = [claim_of(queue, row) for row in connection.execute(_take(queue), taken)]
    turn = {seq: n for n, seq in enumerate(found)}
    return sorted(claims, key=lambda each: turn[each.seq])


def renew(session: Session, claims: Sequence[Claim], *, lease_seconds: float) -> list[Claim]:
    """Hold the rows for ``lease_seconds`` from now; give those that are lost to somebody else."""
    if not claims:
        return []
    statement = _renew(claims[0].queue)
    held = session.connection().execute(
        statement,
        {
            "its_owner": claims[0].owner,
            "held": [each.seq for each in claims],
            "lease_seconds": lease_seconds,
        },
    )
    fences = {row.seq: row.fence for row in held}
    return [each for each in claims if fences.get(each.seq) != each.fence]


def finish(session: Session, claim: Claim, *, now: datetime) -> None:
    """Record that it was worked on, once and for all."""
    _record(session, claim, state=State.DONE, finished_at=now, reason="")
    if claim.queue.lane:
        news(session, claim.queue.name)


def bury(session: Session, claim: Claim, *, reason: str, now: datetime) -> None:
    """Give it up, so that a person has to look; what comes behind it in the lane goes on."""
    _record(session, claim, state=State.BURIED, finished_at=now, reason=reason)
    news(session, claim.queue.name)


def retry(session: Session, claim: Claim, *, due_at: datetime, reason: str) -> None:
    """Let it be tried again later; until then it holds up what comes behind it in the lane."""
    _record(session, claim, state=State.READY, due_at=due_at, reason=reason)


def postpone(session: Session, claim: Claim, *, due_at: datetime, reason: str) -> None:
    """Do the same without counting the attempt."""
    attempts = claim.attempts - 1
    _record(session, claim, state=State.READY, due_at=due_at, reason=reason, attempts=attempts)
    if due_at <= claim.due_at:
        news(session, claim.queue.name)


def _record(session: Session, claim: Claim, **values: Any) -> None:
    values["reason"] = values["reason"][:REASON_LENGTH_MAX]
    fence = {"its_seq": claim.seq, "its_owner": claim.owner, "its_fence": claim.fence}
    statement = _let_go(claim.queue, tuple(values))
    if not session.connection().execute(statement, {**values, **fence}).rowcount:
        raise LeaseLost(f"{claim.queue.name} {claim.id} belongs to somebody else by now")


@cache
def _let_go(queue: Queue, names: tuple[str, ...]) -> Update:
    own = queue.table.c
    return (
        update(queue.table)
        .where(
            own.seq == bindparam("its_seq"),
            own.owner == bindparam("its_owner"),
            own.fence == bindparam("its_fence"),
            own.state == RUNNING,
        )
        .values({name: bindparam(name) for name in names})
        .values(owner=null(), lease_until=null())
    )


@cache
def _give_back(queue: Queue) -> Update:
    own = queue.table.c
    return (
        update(queue.table)
        .where(own.state == RUNNING, own.lease_until < DatabaseClock())
        .values(state=State.READY, owner=null(), lease_until=null())
    )


@cache
def _renew(queue: Queue) -> Any:
    own = queue.table.c
    return (
        update(queue.table)
        .where(
            own.seq.in_(bindparam("held", expanding=True)),
            own.owner == bindparam("its_owner"),
            own.state == RUNNING,
        )
        .values(lease_until=DatabaseClock(bindparam("lease_seconds", type_=Float())))
        .returning(own.seq, own.fence)
    )


@cache
def _take(queue: Queue) -> Any:
    own = queue.table.c
    still_ready = (
        select(own.seq)
        .where(own.seq.in_(bindparam("found", expanding=True)), own.state == READY)
        .with_for_update(skip_locked=True)
    )
    return (
        update(queue.table)
        .where(own.seq.in_(still_ready.scalar_subquery()))
        .values(
            state=State.RUNNING,
            owner=bindparam("owner"),
            lease_until=DatabaseClock(bindparam("lease_seconds", type_=Float())),
            attempts=own.attempts + 1,
            fence=own.fence + 1,
            first_tried_at=func.coalesce(own.first_tried_at, bindparam("now", type_=Instant())),
        )
        .returning(*columns_of(queue))
    )


@cache
def claimable(queue: Queue) -> Select[int]:
    """Find up to ``limit`` heads of lanes that are due ``now``, as ``claim`` would take them.

    Installations take turns among the oldest of them.
    """
    row = queue.table.alias("candidate")
    now: BindParameter[datetime] = bindparam("now", type_=Instant())
    conditions = [row.c.state == READY, row.c.due_at <= now]
    if queue.lane:
        earlier, busy = queue.table.alias("earlier"), queue.table.alias("busy")
        conditions += [
            not_(
                exists().where(
                    *(earlier.c[name] == row.c[name] for name in queue.lane),
                    earlier.c.finished_at.is_(None),
                    tuple_(earlier.c.order_at, earlier.c.seq) < tuple_(row.c.order_at, row.c.seq),
                )
            ),
            not_(
                exists().where(
                    *(busy.c[name] == row.c[name] for name in queue.lane), busy.c.state == RUNNING
                )
            ),
        ]
    if queue.is_paced:
        conditions.append(not_(is_paused(row.c.provider, row.c.tenant, now)))
    window = (
        select(row.c.seq, row.c.tenant, row.c.due_at)
        .where(*conditions)
        .order_by(row.c.due_at, row.c.seq)
        .limit(FAIR_WINDOW_ROWS)
        .subquery("heads")
    )
    turn = func.row_number().over(
        partition_by=window.c.tenant, order_by=(window.c.due_at, window.c.seq)
    )
    turns = select(window.c.seq, window.c.due_at, turn.label("turn")).subquery("turns")
    return (
        select(turns.c.seq)
        .order_by(turns.c.turn, turns.c.due_at, turns.c.seq)
        .limit(bindparam("limit"))
    )
