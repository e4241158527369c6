"""Browser sessions of people who signed in, and the accounts to which payees are paid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, delete, select, update
from sqlmodel import Field, Session, SQLModel

from app.domain.deliveries import Provider
from app.domain.ids import PersonId, UserId
from app.domain.people import Person
from app.store.columns import Instant, table_of
from app.store.people import login_of


class WebSessionRow(SQLModel, table=True):
    """One browser session; the cookie holds the secret, and the table only its hash."""

    __tablename__ = "web_session"
    id_hash: str = Field(primary_key=True)
    """SHA-256 of the cookie's value, hexadecimal."""
    person_id: str = Field(foreign_key="person.id", index=True)
    user_id: int = Field(sa_type=BigInteger)
    """The numeric GitHub id of the account that signed in: what it may do is asked afresh."""
    created_at: datetime = Field(sa_type=Instant)
    seen_at: datetime = Field(sa_type=Instant)
    """When it was last used, give or take a few minutes."""
    expires_at: datetime = Field(sa_type=Instant, index=True)
    revoked_at: datetime | None = Field(default=None, sa_type=Instant)


class PayeeRow(SQLModel, table=True):
    """A person or a repository that can be paid, and its account at Stripe."""

    __tablename__ = "payee"
    __table_args__ = (
        CheckConstraint(
            "(person_id IS NULL) <> (repository_id IS NULL)", name="is_person_or_repository"
        ),
    )
    id: str = Field(primary_key=True)
    person_id: str | None = Field(default=None, foreign_key="person.id", unique=True)
    repository_id: int | None = Field(
        default=None, sa_type=BigInteger, foreign_key="repository.id", unique=True
    )
    stripe_account: str | None = Field(default=None, unique=True)
    is_ready: bool = False


WEB_SESSION = table_of(WebSessionRow)


@dataclass(frozen=True, slots=True, kw_only=True)
class WebSession:
    """A session as the services see it."""

    person: Person
    user: UserId
    seen_at: datetime
    expires_at: datetime


def create(
    session: Session,
    id_hash: str,
    person: PersonId,
    user: UserId,
    *,
    now: datetime,
    expires_at: datetime,
) -> None:
    """Begin a session."""
    session.connection().execute(
        WEB_SESSION.insert().values(
            id_hash=id_hash,
            person_id=person,
            user_id=user,
            created_at=now,
            seen_at=now,
            expires_at=expires_at,
        )
    )


def find(
    session: Session, id_hash: str, *, now: datetime, seen_after: datetime
) -> WebSession | None:
    """Give a session that is good: neither revoked nor expired, and used since ``seen_after``."""
    own = WEB_SESSION.c
    row = (
        session.connection()
        .execute(
            select(own.person_id, own.user_id, own.seen_at, own.expires_at).where(
                own.id_hash == id_hash,
                own.revoked_at.is_(None),
                own.expires_at > now,
                own.seen_at > seen_after,
            )
        )
        .first()
    )
    if row is None:
        return None
    login = login_of(session, Provider.GITHUB, str(row.user_id))
    return WebSession(
        person=Person(PersonId(row.person_id), login),
        user=UserId(row.user_id),
        seen_at=row.seen_at,
        expires_at=row.expires_at,
    )


def touch(session: Session, id_hash: str, *, now: datetime) -> None:
    """Remember that a session is in use; one that was revoked meanwhile stays so."""
    session.connection().execute(
        update(WEB_SESSION).where(WEB_SESSION.c.id_hash == id_hash).values(seen_at=now)
    )


def revoke(session: Session, id_hash: str, *, now: datetime) -> bool:
    """End a session; say whether it was still there to be ended."""
    own = WEB_SESSION.c
    ended = session.connection().execute(
        update(WEB_SESSION)
        .where(own.id_hash == id_hash, own.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    return ended.rowcount > 0


def revoke_all(session: Session, person: PersonId, *, now: datetime, but_newest: int = 0) -> int:
    """End the sessions of a person, all or all but the newest few; say how many."""
    own = WEB_SESSION.c
    kept = (
        select(own.id_hash)
        .where(own.person_id == person, own.revoked_at.is_(None))
        .order_by(own.created_at.desc(), own.id_hash)
        .limit(but_newest)
    )
    ended = session.connection().execute(
        update(WEB_SESSION)
        .where(
            own.person_id == person,
            own.revoked_at.is_(None),
            own.id_hash.not_in(kept.scalar_subquery()),
        )
        .values(revoked_at=now)
    )
    return ended.rowcount


def prune(session: Session, *, before: datetime, limit: int) -> int:
    """Forget sessions that had expired by then, at most ``limit``; say how many."""
    own = WEB_SESSION.c
    over = select(own.id_hash).where(own.expires_at < before).order_by(own.expires_at).limit(limit)
    ended = session.connection().execute(
        delete(WEB_SESSION).where(own.id_hash.in_(over.scalar_subquery()))
    )
    return ended.rowcount
