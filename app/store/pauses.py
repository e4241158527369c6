"""Who has to wait: a provider that said so, for one installation or for all of us."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    Column,
    ColumnElement,
    String,
    Table,
    delete,
    exists,
    func,
    update,
)
from sqlmodel import Session

from app.domain.ids import InstallationId
from app.store.columns import METADATA, Big, Instant
from app.store.engine import insert_once

EVERYBODY = 0
"""Stands for effects that belong to no installation; no installation has this number."""

PAUSE = Table(
    "pause",
    METADATA,
    Column("provider", String, primary_key=True),
    Column("tenant", Big, primary_key=True, autoincrement=False),
    Column("until", Instant, nullable=False),
)


def pause(
    session: Session, provider: str, tenant: InstallationId | None, *, until: datetime
) -> None:
    """Let nothing of this provider's be claimed for this installation before then."""
    row = {"provider": provider, "tenant": tenant or EVERYBODY, "until": until}
    if not insert_once(session, PAUSE, [row], returning=PAUSE.c.tenant):
        session.connection().execute(
            update(PAUSE).where(
                PAUSE.c.provider == row["provider"],
                PAUSE.c.tenant == row["tenant"],
                PAUSE.c.until < until,
            ),
            {"until": until},
        )


def is_paused(
    provider: ColumnElement[str], tenant: ColumnElement[int], now: ColumnElement[datetime]
) -> ColumnElement[bool]:
    """Give the condition that a row of this provider and installation has to wait."""
    return exists().where(
        PAUSE.c.provider == provider,
        PAUSE.c.tenant == func.coalesce(tenant, EVERYBODY),
        PAUSE.c.until > now,
    )


def forget_ended(session: Session, *, now: datetime) -> None:
    """Remove the pauses that are over."""
    session.connection().execute(delete(PAUSE).where(PAUSE.c.until <= now))
