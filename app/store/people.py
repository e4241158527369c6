"""Persons, and the accounts by which the outside names them."""

from __future__ import annotations

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, Session, SQLModel, col, select

from app.domain.ids import PersonId
from app.domain.people import Identity, Person
from app.store.columns import new_id
from app.store.engine import insert_once


class PersonRow(SQLModel, table=True):
    """Somebody, whatever accounts they have."""

    __tablename__ = "person"
    id: str = Field(primary_key=True)


class IdentityRow(SQLModel, table=True):
    """An account somewhere; two of them belong to one person only by a signed-in proof."""

    __tablename__ = "identity"
    __table_args__ = (UniqueConstraint("provider", "external_id"),)
    id: str = Field(primary_key=True)
    person_id: str = Field(foreign_key="person.id", index=True)
    provider: str
    external_id: str
    login: str
    """The name of the account when we last heard of it."""


def resolve(session: Session, identity: Identity) -> Person:
    """Give the person behind an account; one that nobody knew yet becomes a new person."""
    row = _find(session, identity)
    if row is None:
        person_id = new_id()
        identity_id = new_id()
        session.add(PersonRow(id=person_id))
        session.flush()
        added = insert_once(
            session,
            SQLModel.metadata.tables["identity"],
            [
                {
                    "id": identity_id,
                    "person_id": person_id,
                    "provider": identity.provider.value,
                    "external_id": identity.external_id,
                    "login": identity.login,
                }
            ],
            returning=SQLModel.metadata.tables["identity"].c.id,
        )
        if added:
            return Person(PersonId(person_id), identity.login)
        row = _find(session, identity)
        assert row is not None, "somebody else added the same account a moment ago"
    if row.login != identity.login:
        row.login = identity.login
        session.add(row)
    return Person(PersonId(row.person_id), identity.login)


def _find(session: Session, identity: Identity) -> IdentityRow | None:
    return session.exec(
        select(IdentityRow).where(
            col(IdentityRow.provider) == identity.provider.value,
            col(IdentityRow.external_id) == identity.external_id,
        )
    ).first()
