"""Every reading of a repository's file, and which one is in force."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, LargeBinary
from sqlmodel import Field, Session, SQLModel, col, select

from app.domain.adoption import Latest, PolicyState
from app.domain.ids import RepositoryId, UserId
from app.domain.people import Identity
from app.store.columns import Instant, Words, new_id, one_of


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
    """The newest commit that was read so."""
    first_commit: str
    """The one at which it was found first: its check run is there."""
    blob: str
    digest: str
    text: bytes | None = Field(default=None, sa_type=LargeBinary)
    faults: str = Field(sa_type=Words)
    """One sentence a line, for the maintainers."""
    logins: str
    """JSON: pairs of a helper's login and numeric user id."""
    is_vouched: bool
    """Maintainers alone made what differs from the file that was in force."""
    by_user_id: int | None = Field(default=None, sa_type=BigInteger)
    """Who pushed or confirmed it, where that is known."""
    by_login: str = Field(sa_type=Words)
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
    first_commit: str = ""
    """Where the same content was found first; empty: at `commit`."""
    blob: str = ""
    digest: str = ""
    text: bytes | None = None
    faults: str = ""
    logins: tuple[tuple[str, UserId], ...] = ()
    is_vouched: bool = False
    by: Identity | None = None


def record(session: Session, reading: Reading, *, now: datetime) -> bool:
    """Write down what a reading of the file found, and say whether that is news.

    One like the last only moves its time and its newest commit.
    """
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
    is_news = row is None or any(getattr(row, name) != value for name, value in found.items())
    if row is None or is_news:
        by = reading.by
        row = PolicyRow(
            id=new_id(),
            repository_id=reading.repository,
            commit=reading.commit,
            first_commit=reading.first_commit or reading.commit,
            is_vouched=reading.is_vouched,
            by_user_id=int(by.external_id) if by else None,
            by_login=by.login if by else "",
            read_at=now,
            **found,
        )
    row.commit = reading.commit
    row.read_at = now
    session.add(row)
    session.flush()
    return is_news


def was_read(session: Session, repository: RepositoryId) -> bool:
    """Say whether the file was ever looked for."""
    return _newest(session, repository) is not None


def latest(session: Session, repository: RepositoryId) -> Latest | None:
    """Give what the newest reading found."""
    row = _newest(session, repository)
    if row is None:
        return None
    return Latest(
        state=PolicyState(row.state),
        blob=row.blob,
        commit=row.first_commit,
        is_vouched=row.is_vouched,
    )


def in_force(session: Session, repository: RepositoryId) -> InForce | None:
    """Give the newest adopted file, unless there is none any more."""
    row = _newest(session, repository, without=_LEAVE_IN_FORCE)
    if row is None or row.state != PolicyState.ADOPTED or row.text is None:
        return None
    return InForce(
        text=row.text,
        digest=row.digest,
        commit=row.commit,
        logins=tuple((login, UserId(user)) for login, user in json.loads(row.logins)),
    )


_UNDECIDED = (PolicyState.FAULTY, PolicyState.PENDING)
"""What nobody has agreed to."""

_LEAVE_IN_FORCE = (*_UNDECIDED, PolicyState.HANDED_OVER)
"""What changes nothing about which file is in force."""


def is_handed_over(session: Session, repository: RepositoryId) -> bool:
    """Say whether a repository has another owner, who has not agreed to its file yet."""
    row = _newest(session, repository, without=_UNDECIDED)
    return row is not None and row.state == PolicyState.HANDED_OVER


def _newest(
    session: Session, repository: RepositoryId, without: Sequence[PolicyState] = ()
) -> PolicyRow | None:
    rows = select(PolicyRow).where(col(PolicyRow.repository_id) == repository)
    if without:
        rows = rows.where(col(PolicyRow.state).not_in([each.value for each in without]))
    return session.exec(rows.order_by(col(PolicyRow.id).desc()).limit(1)).first()
