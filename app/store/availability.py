"""Helpers who take no new tickets for a while, repository by repository."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Column, ForeignKey, Table, delete, or_, select
from sqlmodel import Session

from app.domain.ids import RepositoryId, UserId
from app.store.columns import METADATA, Big, Instant

# No row: they take tickets. A row without an end is over when they say so.
AVAILABILITY = Table(
    "availability",
    METADATA,
    Column(
        "repository_id", Big, ForeignKey("repository.id"), primary_key=True, autoincrement=False
    ),
    Column("user_id", Big, primary_key=True, autoincrement=False),
    Column("off_until", Instant),
)


def go_off(
    session: Session, repository: RepositoryId, user: UserId, *, until: datetime | None
) -> None:
    """Give a helper no new tickets before then; ``None``: until they are back."""
    come_back(session, repository, user)
    row = {"repository_id": repository, "user_id": user, "off_until": until}
    session.connection().execute(AVAILABILITY.insert(), [row])


def come_back(session: Session, repository: RepositoryId, user: UserId) -> None:
    """Let a helper be asked again; whoever was not off stays as they are."""
    own = AVAILABILITY.c
    session.connection().execute(
        delete(AVAILABILITY).where(own.repository_id == repository, own.user_id == user)
    )


def who_is_off(
    session: Session, repository: RepositoryId, users: Sequence[UserId], *, now: datetime
) -> frozenset[UserId]:
    """Say which of these helpers take no new tickets now."""
    own = AVAILABILITY.c
    rows = session.connection().execute(
        select(own.user_id).where(
            own.repository_id == repository,
            own.user_id.in_(list(users)),
            or_(own.off_until.is_(None), own.off_until > now),
        )
    )
    return frozenset(UserId(row.user_id) for row in rows)
