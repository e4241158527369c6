"""The raw envelopes: what arrived, as it came, before anybody has understood it."""

from __future__ import annotations

from collections.abc import Sequence

import zstandard
from sqlalchemy import (
    Column,
    Integer,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
    select,
    update,
)
from sqlmodel import Session

from app.domain.deliveries import Delivery, Provider
from app.store.columns import METADATA
from app.store.engine import insert_once
from app.store.queues import Claim, add, queue_table

COMPRESSION_LEVEL = 1
"""zstd at its fastest costs less than writing the bytes that it saves."""

DELIVERIES = queue_table(
    "delivery",
    Column("provider", String, nullable=False),
    Column("external_id", String, nullable=False),
    Column("size_bytes", Integer, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    UniqueConstraint("provider", "external_id"),
)


REDELIVERY = Table(
    "redelivery",
    METADATA,
    Column("external_id", String, primary_key=True),
    Column("times", Integer, nullable=False),
)


def add_many(session: Session, deliveries: Sequence[Delivery]) -> list[bool]:
    """Store deliveries, and say of each whether it is new to us."""
    rows = [
        {
            "provider": delivery.provider,
            "external_id": delivery.external_id,
            "size_bytes": len(delivery.body),
            "payload": zstandard.compress(delivery.body, COMPRESSION_LEVEL),
            "tenant": None,
            "kind": delivery.kind,
            "due_at": delivery.received_at,
            "created_at": delivery.received_at,
        }
        for delivery in deliveries
    ]
    return add(session, DELIVERIES, rows)


def is_stored(session: Session, provider: Provider, external_id: str) -> bool:
    """Say whether we have a delivery."""
    own = DELIVERIES.table.c
    found = session.connection().execute(
        select(own.seq).where(own.provider == provider, own.external_id == external_id)
    )
    return found.one_or_none() is not None


def count_redelivery(session: Session, external_id: str, *, at_most: int) -> int | None:
    """Count that GitHub is asked for a lost delivery again; ``None`` when that was often enough."""
    row = {"external_id": external_id, "times": 0}
    insert_once(session, REDELIVERY, [row], returning=REDELIVERY.c.times)
    counted = session.connection().execute(
        update(REDELIVERY)
        .where(REDELIVERY.c.external_id == external_id, REDELIVERY.c.times < at_most)
        .values(times=REDELIVERY.c.times + 1)
        .returning(REDELIVERY.c.times)
    )
    return counted.scalar_one_or_none()


def delivery_of(claim: Claim) -> Delivery:
    """Unpack the delivery that a row holds."""
    assert isinstance(claim.payload, bytes)
    return Delivery(
        provider=Provider(claim.provider or ""),
        external_id=claim.key,
        kind=claim.kind,
        body=zstandard.decompress(claim.payload),
        received_at=claim.created_at,
    )
