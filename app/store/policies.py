"""Every reading of a repository's file, and which one is in force."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, LargeBinary
from sqlmodel import Field, Session, SQLModel, col, select

from app.domain.ids import RepositoryId, UserId
from app.store.columns import Instant, Words, new_id, one_of


class PolicyState(StrEnum):
    """What a reading of the file was."""

    ADOPTED = "adopted"
    """A good file: it is in force until the next one is adopted."""
    FAULTY = "faulty"
    """A file with faults: the last good one stays in force."""
    FOREIGN = "foreign"
    """A file of another app: nothing is in force."""
    MISSING = "missing"
    """No file: nothing is in force."""


class PolicyRow(SQLModel, table=True):
    """One reading of a repository's file."""

    __tablename__ = "policy"
    __table_args__ = (one_of("state", PolicyState),)
    id: str = Field(primary_key=True)
    """A UUIDv7: it sorts by the time of the reading."""
    repository_id: int = Field(sa_type=BigInteger, foreign_key="repository.id", index=True)
    state: str
    path: str
    commit: str
    blob: str
    digest: str
    text: bytes | None = Field(default=None, sa_type=LargeBinary)
    faults: str = Field(sa_type=Words)
    """One sentence a line, for the maintainers."""
    logins: str
    """JSON: pairs of a helper's login and numeric user id."""
    read_at: datetime = Field(sa_type=Instant)


@dataclass(frozen=True, slots=True, kw_only=True)
class InForce:
    """The file that is in force."""

    text: bytes
    digest: str
    commit: str
    logins: tuple[tuple[str, UserId], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a reading of the file found."""

    repository: RepositoryId
    state: PolicyState
    path: str = ""
    commit: str = ""
    blob: str = ""
    digest: str = ""
    text: bytes | None = None
    faults: str = ""
    logins: tuple[tuple[str, UserId], ...] = ()


def record(session: Session, reading: Reading, *, now: datetime) -> None:
    """Write down what a reading of the file found; one like the last only moves its time."""
    found: dict[str, Any] = {
        "state": reading.state.value,
        "path": reading.path,
        "blob": reading.blob,
        "digest": reading.digest,
        "text": reading.text,
        "faults": reading.faults,
        "logins": json.dumps(reading.logins),
    }
    row = _newest(session, reading.repository)
    if row is None or any(getattr(row, name) != value for name, value in found.items()):
        row = PolicyRow(
            id=new_id(),
            repository_id=reading.repository,
            commit=reading.commit,
            read_at=now,
            **found,
        )
    row.commit = reading.commit
    row.read_at = now
    session.add(row)
    session.flush()


def was_read(session: Session, repository: RepositoryId) -> bool:
    """Say whether the file was ever looked for."""
    return last_read(session, repository) is not None


def last_read(session: Session, repository: RepositoryId) -> PolicyState | None:
    """Give what the newest reading found."""
    row = _newest(session, repository)
    return PolicyState(row.state) if row is not None else None


def in_force(session: Session, repository: RepositoryId) -> InForce | None:
    """Give the newest good file, unless there is none any more."""
    row = _newest(session, repository, without=PolicyState.FAULTY)
    if row is None or row.state != PolicyState.ADOPTED or row.text is None:
        return None
    return InForce(
        text=row.text,
        digest=row.digest,
        commit=row.commit,
        logins=tuple((login, UserId(user)) for login, user in json.loads(row.logins)),
    )


def _newest(
    session: Session, repository: RepositoryId, without: PolicyState | None = None
) -> PolicyRow | None:
    rows = select(PolicyRow).where(col(PolicyRow.repository_id) == repository)
    if without is not None:
        rows = rows.where(col(PolicyRow.state) != without.value)
    return session.exec(rows.order_by(col(PolicyRow.id).desc()).limit(1)).first()
