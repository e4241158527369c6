"""Browser sessions of people who signed in, and the accounts to which payees are paid."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint
from sqlmodel import Field, SQLModel

from app.store.columns import Instant


class WebSessionRow(SQLModel, table=True):
    """One browser session; the cookie holds the secret, and the table only its hash."""

    __tablename__ = "web_session"
    id_hash: str = Field(primary_key=True)
    """SHA-256 of the cookie's value, hexadecimal."""
    person_id: str = Field(foreign_key="person.id", index=True)
    created_at: datetime = Field(sa_type=Instant)
    expires_at: datetime = Field(sa_type=Instant)
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
