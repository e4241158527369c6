"""Every reading of a repository's file, and which one is in force."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, LargeBinary, func
from sqlmodel import Field, Session, SQLModel, col, select

from app.domain.adoption import Latest, PolicyState
from app.domain.checks import Check
from app.domain.ids import RepositoryId, UserId
from app.domain.people import Identity
from app.store.columns import Instant, Words, new_id, one_of
from app.store.installations import InstallationRow, RepositoryRow


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
    by_user_id: int | None = Field(default=None, sa_type=BigInteger, index=True)
    """Who pushed or confirmed it, where that is known."""
    by_login: str = Field(sa_type=Words)
    check_title: str = Field(default="", sa_type=Words)
    check_summary: str = Field(default="", sa_type=Words)
    """Markdown, as the next one."""
    check_text: str = Field(default="", sa_type=Words)
    """What was said of it on its commit, for those who may decide on it."""
    found_at: datetime = Field(sa_type=Instant)
    """When it was read so first."""
    read_at: datetime = Field(sa_type=Instant)
    """When it was read so last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InForce:
    """The file that is in force."""

    text: bytes
    digest: str
    commit: str
    logins: tuple[tuple[str, UserId], ...]
    path: str
    first_commit: str
    """Where it was found first."""
    since: datetime
    by: str
    """The login of whoever pushed or confirmed it; empty where that is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What the newest reading found, for those who may decide on it."""

    state: PolicyState
    path: str
    commit: str
    """Where it was found first: there its check run stands."""
    text: bytes | None
    is_read: bool
    """GitHub said what there is; else nobody could read it so far."""
    title: str
    summary: str
    preview: str
    """What its check run says; `summary` and `preview` are Markdown, and empty after a transfer."""
    at: datetime


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
        is_same = row is not None and (row.state, row.blob) == (reading.state, reading.blob)
        row = PolicyRow(
            id=new_id(),
            repository_id=reading.repository,
            commit=reading.commit,
            first_commit=reading.first_commit or reading.commit,
            is_vouched=reading.is_vouched,
            by_user_id=int(by.external_id) if by else None,
            by_login=by.login if by else "",
            found_at=row.found_at if row is not None and is_same else now,
            read_at=now,
            **found,
        )
    row.commit = reading.commit
    row.read_at = now
    session.add(row)
    session.flush()
    return is_news


def tell(session: Session, repository: RepositoryId, check: Check) -> None:
    """Write down what is said of the newest reading on its commit."""
    row = _newest(session, repository)
    assert row is not None, "what was not read is not told of"
    row.check_title, row.check_summary, row.check_text = check.title, check.summary, check.text
    session.add(row)
    session.flush()


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


def newest(session: Session, repository: RepositoryId) -> Found | None:
    """Give what the newest reading found, with what was said of it; ``None`` before the first."""
    row = _newest(session, repository)
    if row is None:
        return None
    return Found(
        state=PolicyState(row.state),
        path=row.path,
        commit=row.first_commit,
        text=row.text,
        is_read=not (row.state == PolicyState.MISSING and row.faults),
        title=row.check_title,
        summary=row.check_summary,
        preview=row.check_text,
        at=row.found_at,
    )


def stewards(
    session: Session, repository: RepositoryId, *, agreed_max: int = 3
) -> tuple[UserId, ...]:
    """Give who agreed to a file here, the newest first, and then who installed the App.

    Whether they may decide there today, only GitHub knows.
    """
    agreed = (
        select(col(PolicyRow.by_user_id), func.max(col(PolicyRow.id)))
        .where(
            col(PolicyRow.repository_id) == repository,
            col(PolicyRow.state) == PolicyState.ADOPTED.value,
            col(PolicyRow.by_user_id).is_not(None),
        )
        .group_by(col(PolicyRow.by_user_id))
        .order_by(func.max(col(PolicyRow.id)).desc())
        .limit(agreed_max)
    )
    installed = (
        select(col(InstallationRow.by_user_id))
        .join(RepositoryRow, col(RepositoryRow.installation_id) == col(InstallationRow.id))
        .where(col(RepositoryRow.id) == repository)
    )
    users = [*(user for user, _ in session.exec(agreed)), *session.exec(installed)]
    return tuple(dict.fromkeys(UserId(user) for user in users if user is not None))


def of_person(session: Session, user: UserId, *, limit: int) -> list[RepositoryId]:
    """Give repositories where somebody installed the App, pushed the file or confirmed it.

    The newest first. Whether they may decide there today, only GitHub knows.
    """
    brought = select(PolicyRow.repository_id).where(col(PolicyRow.by_user_id) == user)
    installed = (
        select(RepositoryRow.id)
        .join(InstallationRow, col(InstallationRow.id) == col(RepositoryRow.installation_id))
        .where(col(InstallationRow.by_user_id) == user)
    )
    theirs = brought.union(installed)  # an OR would read all repositories
    rows = session.exec(
        select(RepositoryRow.id)
        .where(
            col(RepositoryRow.id).in_(theirs),
            col(RepositoryRow.installation_id).is_not(None),
        )
        .order_by(col(RepositoryRow.changed_at).desc(), col(RepositoryRow.id))
        .limit(limit)
    )
    return [RepositoryId(row) for row in rows]


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
        path=row.path,
        first_commit=row.first_commit,
        since=row.found_at,
        by=row.by_login,
    )


_UNDECIDED = (PolicyState.FAULTY, PolicyState.PENDING)
"""What nobody has agreed to."""

_LEAVE_IN_FORCE = (*_UNDECIDED, PolicyState.HANDED_OVER)
"""What changes nothing about which file is in force."""


def is_handed_over(session: Session, repository: RepositoryId) -> bool:
    """Say whether a repository has another owner, who has not agreed to its file yet."""
    return handed_over_at(session, repository) is not None


def handed_over_at(session: Session, repository: RepositoryId) -> datetime | None:
    """Say when a repository got another owner who has not agreed to its file yet."""
    row = _newest(session, repository, without=_UNDECIDED)
    return row.found_at if row is not None and row.state == PolicyState.HANDED_OVER else None


def _newest(
    session: Session, repository: RepositoryId, without: Sequence[PolicyState] = ()
) -> PolicyRow | None:
    rows = select(PolicyRow).where(col(PolicyRow.repository_id) == repository)
    if without:
        rows = rows.where(col(PolicyRow.state).not_in([each.value for each in without]))
    return session.exec(rows.order_by(col(PolicyRow.id).desc()).limit(1)).first()
