"""Three tables with the same columns and verbs: what arrived, what happened, what we will do.

``delivery``, ``event`` and ``effect`` hold rows that are claimed, worked on and finished (see
``claims.py``). One row of a **lane** is at work at a time, across all processes, and the rows of a
lane keep their order: ``(order_at, seq)``, where ``order_at`` is when a row was first due. A row
that waits to be retried holds up those behind it. What is due in the future holds up nothing; nor
does what was buried, since its burial is told to the lane.

No object is made of these rows by the ORM: they are the busiest, so this is SQL in Python.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Index,
    Integer,
    Row,
    String,
    Table,
    UniqueConstraint,
    delete,
    literal_column,
    null,
    select,
    text,
)
from sqlmodel import Session

from app.domain.ids import InstallationId, Lane
from app.store.columns import METADATA, Big, Instant, new_id, one_of
from app.store.engine import insert_once, news

REASON_LENGTH_MAX = 500
"""Characters that are kept of why a row was not finished."""


class State(StrEnum):
    """Where a row is on its way."""

    READY = "ready"
    """It waits until it is due."""
    RUNNING = "running"
    """Somebody works on it until the lease ends."""
    DONE = "done"
    """It was worked on, once and for all."""
    BURIED = "buried"
    """It was given up, and a person has to look."""


# A partial index serves only a query that says the same words, and a parameter is no word.
READY: ColumnElement[str] = literal_column(f"'{State.READY}'")
RUNNING: ColumnElement[str] = literal_column(f"'{State.RUNNING}'")


@dataclass(frozen=True, eq=False, slots=True)
class Queue:
    """One of the three tables."""

    table: Table
    lane: tuple[str, ...]
    """The columns that make a lane; empty where rows have no order."""
    is_paced: bool
    """Whether a pause of its provider stops a row."""

    @property
    def name(self) -> str:
        """Give the table's name, which is also the topic of its news."""
        return self.table.name


QUEUES: dict[str, Queue] = {}
"""All of them by name, once ``app.store.tables`` was imported."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A row as it was when it was claimed, or looked at."""

    queue: Queue
    seq: int
    id: str
    key: str
    """What makes it unique; of a delivery the provider's own id."""
    provider: str | None
    lane: Lane | None
    tenant: InstallationId | None
    kind: str
    payload: str | bytes
    state: State
    attempts: int
    """How often it was begun, without those times that it was postponed."""
    fence: int
    """How often it was claimed: whoever claims it takes it away from everybody before."""
    owner: str | None
    due_at: datetime
    first_tried_at: datetime | None
    created_at: datetime
    finished_at: datetime | None
    reason: str
    """Why it was not finished the last time."""


def queue_table(
    name: str,
    *own: Column[Any] | UniqueConstraint,
    lane: tuple[str, ...] = (),
    is_paced: bool = False,
) -> Queue:
    """Define one of the three tables: its own columns and those that all of them have."""
    indices = [
        Index(f"ix_{name}_ready", "due_at", "seq", **_where(f"state = '{State.READY}'")),
        Index(f"ix_{name}_lease", "lease_until", **_where(f"state = '{State.RUNNING}'")),
        Index(f"ix_{name}_finished", "state", "finished_at", **_where("finished_at IS NOT NULL")),
    ]
    if lane:
        at_work = _where(f"state = '{State.RUNNING}'")
        indices += [
            # This index is the law that a lane has one row at work; the other one finds its head.
            Index(f"uq_{name}_lane_at_work", *lane, unique=True, **at_work),
            Index(f"ix_{name}_lane", *lane, "order_at", "seq", **_where("finished_at IS NULL")),
        ]
    table = Table(
        name,
        METADATA,
        Column("seq", Big, primary_key=True),
        Column("id", String, nullable=False, unique=True),
        *own,
        Column("tenant", Big),
        Column("kind", String, nullable=False),
        Column("state", String, nullable=False, server_default=State.READY),
        Column("attempts", Integer, nullable=False, server_default="0"),
        Column("fence", Integer, nullable=False, server_default="0"),
        Column("due_at", Instant, nullable=False),
        Column("order_at", Instant, nullable=False),
        Column("first_tried_at", Instant),
        Column("owner", String),
        Column("lease_until", Instant),
        Column("created_at", Instant, nullable=False),
        Column("finished_at", Instant),
        Column("reason", String, nullable=False, server_default=""),
        one_of("state", State),
        *indices,
        sqlite_autoincrement=True,
    )
    QUEUES[name] = queue = Queue(table, lane, is_paced)
    return queue


def _where(words: str) -> dict[str, Any]:
    return {"sqlite_where": text(words), "postgresql_where": text(words)}


def add(session: Session, queue: Queue, rows: Sequence[Mapping[str, Any]]) -> list[bool]:
    """Add rows, and say of each whether it is new; one that was known already changes nothing.

    Each row names its own columns, ``tenant``, ``kind``, ``due_at`` and ``created_at``.
    """
    full = [{"id": new_id(), "order_at": row["due_at"], **row} for row in rows]
    added = insert_once(session, queue.table, full, returning=queue.table.c.id)
    if any(row["due_at"] <= row["created_at"] for row in full if row["id"] in added):
        news(session, queue.name)
    return [row["id"] in added for row in full]


def columns_of(queue: Queue) -> list[Any]:
    """Give the columns of a claim, in one order for all three tables."""
    own = queue.table.c
    absent = null()
    return [
        own.seq,
        own.id,
        (own.key if "key" in own else own.external_id).label("key"),
        own.provider if "provider" in own else absent.label("provider"),
        own.lane if "lane" in own else absent.label("lane"),
        own.tenant,
        own.kind,
        own.payload,
        own.state,
        own.attempts,
        own.fence,
        own.owner,
        own.due_at,
        own.first_tried_at,
        own.created_at,
        own.finished_at,
        own.reason,
    ]


def claim_of(queue: Queue, row: Row[Any]) -> Claim:
    """Make a claim of a row that was selected by ``columns_of``."""
    fields = row._asdict()
    return Claim(queue=queue, **{**fields, "state": State(fields["state"])})


def prune_all(session: Session, *, before: datetime, limit: int) -> int:
    """Forget rows that were done before then, at most ``limit`` of each table; say how many."""
    pruned = 0
    for queue in QUEUES.values():
        own = queue.table.c
        old = (
            select(own.seq)
            .where(own.state == State.DONE, own.finished_at < before)
            .order_by(own.finished_at)
            .limit(limit)
        )
        statement = delete(queue.table).where(own.seq.in_(old.scalar_subquery()))
        pruned += session.connection().execute(statement).rowcount
    return pruned
