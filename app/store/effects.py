"""What we will do outside: each order once, in its lane and at its provider."""

from __future__ import annotations

from datetime import datetime
from typing import get_args

from sqlalchemy import Column, String, Text, Update, bindparam, exists, not_, select, update
from sqlmodel import Session

from app.domain.effects import Effect
from app.store.codec import Codec
from app.store.queues import READY, Claim, State, add, queue_table

CODEC: Codec[Effect] = Codec("effect", *get_args(Effect))

EFFECTS = queue_table(
    "effect",
    Column("key", String, nullable=False, unique=True),
    Column("lane", String, nullable=False),
    Column("provider", String, nullable=False),
    Column("slot", String),
    Column("payload", Text, nullable=False),
    lane=("lane", "provider"),
    is_paced=True,
)


def add_once(session: Session, effect: Effect, *, now: datetime) -> bool:
    """Order an effect unless its key is known already; say whether the order is new.

    It takes the place of one that waits in the same slot. One that was ever claimed is never
    replaced: it may have been done.
    """
    kind, payload = CODEC.dump(effect)
    row = {
        "key": effect.key,
        "lane": effect.lane,
        "provider": effect.provider,
        "slot": effect.slot,
        "tenant": effect.tenant,
        "kind": kind,
        "payload": payload,
        "due_at": now,
        "created_at": now,
    }
    if effect.slot is not None:
        new = {name: row[name] for name in ("key", "kind", "payload", "tenant")}
        of = {f"old_{name}": row[name] for name in ("lane", "provider", "slot")}
        if session.connection().execute(_REPLACE, {**new, **of, "new_key": effect.key}).rowcount:
            return True
    return add(session, EFFECTS, [row])[0]


def is_waiting(session: Session, key: str) -> bool:
    """Say whether an effect was ordered and is not done yet."""
    own = EFFECTS.table.c
    found = session.connection().execute(
        select(own.seq).where(own.key == key, own.state.in_([State.READY, State.RUNNING]))
    )
    return found.one_or_none() is not None


def effect_of(claim: Claim) -> Effect:
    """Read the effect that a row holds."""
    assert isinstance(claim.payload, str)
    return CODEC.load(claim.kind, claim.payload)


def _replace() -> Update:
    waiting, known = EFFECTS.table, EFFECTS.table.alias("known")
    return (
        update(waiting)
        .where(
            waiting.c.lane == bindparam("old_lane"),
            waiting.c.provider == bindparam("old_provider"),
            waiting.c.slot == bindparam("old_slot"),
            waiting.c.state == READY,
            waiting.c.finished_at.is_(None),  # the words of the lane's index
            waiting.c.fence == 0,
            not_(exists().where(known.c.key == bindparam("new_key"))),
        )
        .values({name: bindparam(name) for name in ("key", "kind", "payload", "tenant")})
    )


_REPLACE = _replace()
