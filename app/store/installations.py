"""Who installed the App, and the repositories that we know, by their numeric ids."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger
from sqlmodel import Field, Session, SQLModel, col, select
from sqlmodel.sql.expression import SelectOfScalar

from app.domain.events import RepositorySeen
from app.domain.ids import InstallationId, RepositoryId, UserId
from app.store.columns import Instant, Words, table_of
from app.store.engine import insert_once


class InstallationRow(SQLModel, table=True):
    """One installation of the App."""

    __tablename__ = "installation"
    id: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    account: str = Field(sa_type=Words)
    """The login of the account, for display."""
    is_active: bool
    by_user_id: int | None = Field(default=None, sa_type=BigInteger, index=True)
    """Who installed it, where that is known."""
    changed_at: datetime = Field(sa_type=Instant)


class RepositoryRow(SQLModel, table=True):
    """A repository, as the newest message about it said."""

    __tablename__ = "repository"
    id: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    installation_id: int | None = Field(
        default=None, sa_type=BigInteger, foreign_key="installation.id", index=True
    )
    """Nobody's, once the App may not speak there any more."""
    owner: str = Field(sa_type=Words)
    owner_id: int | None = Field(default=None, sa_type=BigInteger)
    """The number of its account, which a rename keeps; ``None``: no message has told it yet."""
    name: str = Field(sa_type=Words)
    address: str = Field(sa_type=Words, index=True)
    """``owner/name`` in lower case, as GitHub compares names."""
    is_private: bool
    is_archived: bool
    default_branch: str = Field(sa_type=Words)
    """Empty until we have read it."""
    changed_at: datetime = Field(sa_type=Instant)


INSTALLATION = table_of(InstallationRow)


@dataclass(frozen=True, slots=True, kw_only=True)
class Repository:
    """A repository as the services see it."""

    id: RepositoryId
    installation: InstallationId | None
    owner: str
    owner_id: UserId | None
    name: str
    is_private: bool
    is_archived: bool
    default_branch: str


def save_installation(
    session: Session,
    installation: InstallationId,
    account: str,
    *,
    is_active: bool,
    now: datetime,
    by: UserId | None = None,
) -> None:
    """Remember an installation as it is now, and who made it where that is told."""
    known = session.get(InstallationRow, installation)
    row = known or InstallationRow(
        id=installation, account=account, is_active=is_active, changed_at=now
    )
    row.account, row.is_active, row.changed_at = account, is_active, now
    row.by_user_id = by or row.by_user_id
    session.add(row)
    session.flush()


def deactivate(session: Session, installation: InstallationId, *, now: datetime) -> None:
    """Remember that an installation is gone or suspended."""
    row = session.get(InstallationRow, installation)
    if row is not None:
        row.is_active = False
        row.changed_at = now
        session.add(row)
        session.flush()


def save_repository(
    session: Session, seen: RepositorySeen, installation: InstallationId | None, *, now: datetime
) -> None:
    """Remember a repository as it was just seen; what the message left out stays as it was."""
    if installation is not None:
        _ensure_installation(session, installation, seen.owner, now)
    row = session.get(RepositoryRow, seen.id)
    if row is None:
        row = RepositoryRow(
            id=seen.id,
            owner=seen.owner,
            name=seen.name,
            address=_address(seen.owner, seen.name),
            is_private=seen.is_private,
            is_archived=bool(seen.is_archived),
            default_branch=seen.default_branch or "",
            changed_at=now,
        )
    fresh = {
        "installation_id": installation,
        "owner": seen.owner,
        "owner_id": row.owner_id if seen.owner_id is None else seen.owner_id,
        "name": seen.name,
        "address": _address(seen.owner, seen.name),
        "is_private": seen.is_private,
        "is_archived": row.is_archived if seen.is_archived is None else seen.is_archived,
        "default_branch": seen.default_branch or row.default_branch,
    }
    if all(getattr(row, name) == value for name, value in fresh.items()) and row in session:
        return
    for name, value in fresh.items():
        setattr(row, name, value)
    row.changed_at = now
    session.add(row)
    session.flush()


def rename_owner(
    session: Session,
    installation: InstallationId,
    login: str,
    *,
    after: RepositoryId,
    limit: int,
    now: datetime,
) -> list[RepositoryId]:
    """Call the account of an installation otherwise, also in the addresses of its repositories.

    It goes by their ids and from one of them on; gives those that it came to.
    """
    account = session.get(InstallationRow, installation)
    if account is not None and account.account != login:
        account.account, account.changed_at = login, now
    rows = session.exec(_rows_of(installation, after=after, limit=limit)).all()
    for row in rows:
        row.owner, row.address, row.changed_at = login, _address(login, row.name), now
    session.flush()
    return [RepositoryId(row.id) for row in rows]


def repository(session: Session, repository_id: RepositoryId) -> Repository | None:
    """Give a repository that we have heard of."""
    row = session.get(RepositoryRow, repository_id)
    return _repository(row) if row is not None else None


def can_speak(session: Session, repository_id: RepositoryId) -> bool:
    """Say whether the App may still write in a repository."""
    found = session.exec(
        select(InstallationRow.is_active)
        .join(RepositoryRow, col(RepositoryRow.installation_id) == col(InstallationRow.id))
        .where(col(RepositoryRow.id) == repository_id, ~col(RepositoryRow.is_archived))
    ).first()
    return bool(found)


def is_silenced(session: Session, repository_id: RepositoryId) -> bool:
    """Say whether we know that nothing can be written there, because the App may not or nobody."""
    row = session.get(RepositoryRow, repository_id)
    if row is None:
        return False
    installation = (
        session.get(InstallationRow, row.installation_id) if row.installation_id else None
    )
    return installation is None or not installation.is_active or row.is_archived


def repositories_of(
    session: Session, installation: InstallationId, *, after: RepositoryId, limit: int
) -> list[Repository]:
    """Give the repositories of an installation, by their ids and from one of them on."""
    rows = session.exec(_rows_of(installation, after=after, limit=limit))
    return [_repository(row) for row in rows]


def by_name(session: Session, owner: str, name: str) -> Repository | None:
    """Give the repository that has this name today; names ignore case."""
    rows = session.exec(
        select(RepositoryRow)
        .where(col(RepositoryRow.address) == _address(owner, name))
        .order_by(col(RepositoryRow.changed_at).desc())
    )
    row = rows.first()
    return _repository(row) if row is not None else None


def _rows_of(
    installation: InstallationId, *, after: RepositoryId, limit: int
) -> SelectOfScalar[RepositoryRow]:
    return (
        select(RepositoryRow)
        .where(col(RepositoryRow.installation_id) == installation, col(RepositoryRow.id) > after)
        .order_by(col(RepositoryRow.id))
        .limit(limit)
    )


def _ensure_installation(
    session: Session, installation: InstallationId, account: str, now: datetime
) -> None:
    """Know an installation whose own message never came: it speaks to us, so it is there."""
    row = {"id": installation, "account": account, "is_active": True, "changed_at": now}
    insert_once(session, INSTALLATION, [row], returning=INSTALLATION.c.id)


def _address(owner: str, name: str) -> str:
    return f"{owner}/{name}".lower()


def _repository(row: RepositoryRow) -> Repository:
    installation = None if row.installation_id is None else InstallationId(row.installation_id)
    return Repository(
        id=RepositoryId(row.id),
        installation=installation,
        owner=row.owner,
        owner_id=None if row.owner_id is None else UserId(row.owner_id),
        name=row.name,
        is_private=row.is_private,
        is_archived=row.is_archived,
        default_branch=row.default_branch,
    )
