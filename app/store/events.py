"""What happened: each event once, in its lane."""

from __future__ import annotations

from datetime import datetime
from typing import get_args

from sqlalchemy import Column, String, Text, select, update
from sqlmodel import Session

from app.domain.events import ChoreCame, Event, TimeCame
from app.domain.ids import InstallationId, Lane
from app.store.codec import Codec
from app.store.queues import Claim, State, add, queue_table

CODEC: Codec[Event] = Codec("event", *get_args(Event))

EVENTS = queue_table(
    "event",
    Column("key", String, nullable=False, unique=True),
    Column("lane", String, nullable=False),
    Column("payload", Text, nullable=False),
    lane=("lane",),
)


def add_once(
    session: Session,
    event: Event,
    *,
    key: str,
    lane: Lane,
    now: datetime,
    due_at: datetime | None = None,
    tenant: InstallationId | None = None,
) -> bool:
    """Record an event unless its key is known already; say whether it is new.

    One with a later ``due_at`` is a timer. Installations take turns by ``tenant``, which is the one
    that the event itself names where the caller names none.
    """
    kind, payload = CODEC.dump(event)
    row = {
        "key": key,
        "lane": lane,
        "tenant": tenant if tenant is not None else _tenant_of(event),
        "kind": kind,
        "payload": payload,
        "due_at": due_at or now,
        "created_at": now,
    }
    return add(session, EVENTS, [row])[0]


def _tenant_of(event: Event) -> InstallationId | None:
    """Find the installation that an event names, itself or by its thread."""
    named: InstallationId | None = getattr(event, "installation", None)
    if named is None:
        named = getattr(getattr(event, "thread", None), "installation", None)
    return named


def last_chore(session: Session) -> datetime | None:
    """Say when a chore was done last, by which anybody's work can be told; ``None``: never."""
    own = EVENTS.table.c
    return session.connection().scalar(
        select(own.finished_at)
        .where(own.kind == ChoreCame.__name__, own.finished_at.is_not(None))
        .order_by(own.seq.desc())
        .limit(1)
    )


def hold_timers(session: Session, *, now: datetime, until: datetime) -> int:
    """Let the clocks of tickets that are overdue strike later, after what is heard by then."""
    own = EVENTS.table
    is_overdue = (
        own.c.kind == TimeCame.__name__,
        own.c.state == State.READY,
        own.c.due_at <= now,
    )
    held = session.connection().execute(
        update(own).where(*is_overdue).values(due_at=until, order_at=until)
    )
    return held.rowcount


def is_waiting(session: Session, key: str) -> bool:
    """Say whether an event was recorded and is not handled yet."""
    own = EVENTS.table.c
    found = session.connection().execute(
        select(own.seq).where(own.key == key, own.state.in_([State.READY, State.RUNNING]))
    )
    return found.one_or_none() is not None


def is_known(session: Session, key: str) -> bool:
    """Say whether an event was recorded, handled or not."""
    own = EVENTS.table.c
    return session.connection().execute(select(own.seq).where(own.key == key)).first() is not None


def outcome_key(effect: str) -> str:
    """Name the event that tells what came of an effect, by the effect's own key."""
    return f"{effect}:outcome"


def event_of(claim: Claim) -> Event:
    """Read the event that a row holds."""
    assert isinstance(claim.payload, str)
    return CODEC.load(claim.kind, claim.payload)
