"""The raw envelopes: what arrived, as it came, before anybody has understood it."""

from __future__ import annotations

from collections.abc import Sequence

import zstandard
from sqlalchemy import Column, Integer, LargeBinary, String, UniqueConstraint
from sqlmodel import Session

from app.domain.deliveries import Delivery, Provider
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
