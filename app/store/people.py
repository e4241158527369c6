"""Persons, and the accounts by which the outside names them."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, Session, SQLModel, col, select

from app.domain.deliveries import Provider
from app.domain.ids import PersonId
from app.domain.people import Identity, Person
from app.store.columns import Words, new_id, one_of, table_of
from app.store.engine import insert_once


class PersonRow(SQLModel, table=True):
    """Somebody, whatever accounts they have."""

    __tablename__ = "person"
    id: str = Field(primary_key=True)


class IdentityRow(SQLModel, table=True):
    """An account somewhere; two of them belong to one person only by a signed-in proof."""

    __tablename__ = "identity"
    __table_args__ = (UniqueConstraint("provider", "external_id"), one_of("provider", Provider))
    id: str = Field(primary_key=True)
    person_id: str = Field(foreign_key="person.id", index=True)
    provider: str
    external_id: str
    login: str = Field(sa_type=Words)
    """The name of the account when we last heard of it."""


IDENTITY = table_of(IdentityRow)


def resolve(session: Session, identity: Identity) -> Person:
    """Give the person behind an account, who is called from now on as the account is named here."""
    person = meet(session, identity)
    if person.login == identity.login:
        return person
    row = _find(session, identity.provider, identity.external_id)
    assert row is not None, "they were met"
    row.login = identity.login
    session.flush()
    return Person(person.id, identity.login)


def meet(session: Session, identity: Identity) -> Person:
    """Give the person behind an account, by the name that we know.

    One that nobody knew yet becomes a new person, by the name that they are given here.
    """
    row = _find(session, identity.provider, identity.external_id)
    if row is None:
        person = PersonRow(id=new_id())
        session.add(person)
        session.flush()
        added = insert_once(
            session,
            IDENTITY,
            [
                {
                    "id": new_id(),
                    "person_id": person.id,
                    "provider": identity.provider.value,
                    "external_id": identity.external_id,
                    "login": identity.login,
                }
            ],
            returning=IDENTITY.c.id,
        )
        if added:
            return Person(PersonId(person.id), identity.login)
        session.delete(person)  # another lane met them at the same moment, and was first
        row = _find(session, identity.provider, identity.external_id)
        assert row is not None, "the account is known to whoever was first"
    return Person(PersonId(row.person_id), row.login)


def rename(session: Session, provider: Provider, external_id: str, login: str) -> None:
    """Call an account by its name of today, if anybody has met it; how names are cased is a file's.

    Only for what the provider itself said of the account just now.
    """
    row = _find(session, provider, external_id)
    if row is not None and row.login.lower() != login.lower():
        row.login = login
        session.flush()


def called_today(
    session: Session, provider: Provider, people: Collection[PersonId]
) -> tuple[Person, ...]:
    """Give people by the names of their accounts when we last heard of them."""
    rows = session.exec(
        select(IdentityRow.person_id, IdentityRow.login).where(
            col(IdentityRow.provider) == provider.value, col(IdentityRow.person_id).in_(people)
        )
    )
    return tuple(Person(PersonId(person), login) for person, login in rows)


def login_of(session: Session, provider: Provider, external_id: str) -> str:
    """Give the name of an account when we last heard of it; of one that is surely known."""
    return session.exec(
        select(IdentityRow.login).where(
            col(IdentityRow.provider) == provider.value,
            col(IdentityRow.external_id) == external_id,
        )
    ).one()


def _find(session: Session, provider: Provider, external_id: str) -> IdentityRow | None:
    return session.exec(
        select(IdentityRow).where(
            col(IdentityRow.provider) == provider.value,
            col(IdentityRow.external_id) == external_id,
        )
    ).first()
