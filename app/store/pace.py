"""How many commands a person gave in a repository within this minute."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Column, ForeignKey, Integer, String, Table, delete, select
from sqlmodel import Session

from app.domain.ids import PersonId, RepositoryId
from app.store.columns import METADATA, Big, Instant

# One row a person and repository, of the newest minute alone.
PACE = Table(
    "pace",
    METADATA,
    Column(
        "repository_id", Big, ForeignKey("repository.id"), primary_key=True, autoincrement=False
    ),
    Column("person_id", String, ForeignKey("person.id"), primary_key=True),
    Column("minute", Instant, nullable=False),
    Column("commands", Integer, nullable=False),
)


def count_command(
    session: Session, repository: RepositoryId, person: PersonId, *, now: datetime
) -> int:
    """Count one more command of a person, and say how many it are in this minute of the clock.

    The caller holds the repository's lock, so that nobody counts at the same time.
    """
    own = PACE.c
    mine = (own.repository_id == repository, own.person_id == person)
    minute = now.replace(second=0, microsecond=0)
    connection = session.connection()
    row = connection.execute(select(own.minute, own.commands).where(*mine)).first()
    count = 1 + (row.commands if row is not None and row.minute == minute else 0)
    connection.execute(delete(PACE).where(*mine))
    counted = {
        "repository_id": repository,
        "person_id": person,
        "minute": minute,
        "commands": count,
    }
    connection.execute(PACE.insert(), [counted])
    return count
