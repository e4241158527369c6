"""The books: append-only, each a chain of entries. What is written here is never changed.

Triggers refuse every UPDATE and DELETE of an entry or a posting, on both databases. The books speak
of tickets and repositories without pointing at their rows: they outlive them. What is read back is
given as it stands; the laws (``app.domain.ledger``) judge it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    Index,
    Row,
    UniqueConstraint,
    func,
    select,
    update,
)
from sqlmodel import Field, Session, SQLModel

from app.domain.ids import RepositoryId, TicketId
from app.domain.ledger import (
    GENESIS,
    Account,
    Book,
    Entry,
    Fact,
    PayeeId,
    Posted,
    Posting,
    chain_hash,
    faults,
)
from app.store.columns import Big, Instant, new_id, one_of, table_of
from app.store.engine import insert_once

READ_ROWS = 1000
"""Postings that are read from the database at once."""


class BookRow(SQLModel, table=True):
    """The head of a book: its newest entry. Whoever writes in a book holds this row."""

    __tablename__ = "book"

    book: str = Field(primary_key=True)
    seq: int = Field(sa_type=Big)
    hash: str


class EntryRow(SQLModel, table=True):
    """One fact."""

    __tablename__ = "entry"
    __table_args__ = (UniqueConstraint("book", "seq"), one_of("fact", Fact))

    id: str = Field(primary_key=True)
    key: str = Field(unique=True)
    book: str
    seq: int = Field(sa_type=Big)
    hash: str
    previous_hash: str
    fact: str
    ticket_id: str | None = Field(index=True)
    repository_id: int | None = Field(sa_type=Big)
    occurred_at: datetime = Field(sa_type=Instant)
    posted_at: datetime = Field(sa_type=Instant)


class PostingRow(SQLModel, table=True):
    """One movement of a fact on one account."""

    __tablename__ = "posting"
    __table_args__ = (
        CheckConstraint("amount <> 0", name="moves_something"),
        Index(None, "account", "currency"),
        Index(None, "repository_id", "occurred_at", "account", "currency", "amount"),
    )

    entry_id: str = Field(primary_key=True, foreign_key="entry.id")
    position: int = Field(primary_key=True)
    account: str
    currency: str
    amount: int = Field(sa_type=Big)
    """Minor units; debit is positive, credit negative."""
    repository_id: int | None = Field(sa_type=Big)
    ticket_id: str | None
    payee: str | None
    occurred_at: datetime = Field(sa_type=Instant)
    posted_at: datetime = Field(sa_type=Instant)


BOOK = table_of(BookRow)
ENTRY = table_of(EntryRow)
POSTING = table_of(PostingRow)


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The newest entry of a book: how many there are, and the link that stands for all of them."""

    seq: int
    hash: str


def post(session: Session, entry: Entry, *, posted_at: datetime) -> bool:
    """Write a fact into its book, once; say whether it is new.

    Raises ``ValueError`` for an entry that may not stand in the books.
    """
    if wrong := faults(entry):
        raise ValueError(f"the entry {entry.key!r} cannot be written: {'; '.join(wrong)}")
    connection = session.connection()
    head = _hold(session, entry.book)
    if connection.execute(select(ENTRY.c.id).where(ENTRY.c.key == entry.key)).one_or_none():
        return False
    seq = head.seq + 1
    link = chain_hash(head.hash, entry, seq=seq, posted_at=posted_at)
    when = {"occurred_at": entry.occurred_at, "posted_at": posted_at}
    row = {
        "id": new_id(),
        "key": entry.key,
        "book": entry.book,
        "seq": seq,
        "hash": link,
        "previous_hash": head.hash,
        "fact": entry.fact,
        "ticket_id": entry.ticket,
        "repository_id": entry.repository,
    }
    connection.execute(ENTRY.insert(), {**row, **when})
    connection.execute(
        POSTING.insert(),
        [
            {
                "entry_id": row["id"],
                "position": position,
                "account": posting.account,
                "currency": posting.currency,
                "amount": posting.amount,
                "repository_id": posting.repository,
                "ticket_id": posting.ticket,
                "payee": posting.payee,
                **when,
            }
            for position, posting in enumerate(entry.postings)
        ],
    )
    connection.execute(update(BOOK).where(BOOK.c.book == entry.book), {"seq": seq, "hash": link})
    return True


def posted(session: Session) -> Iterator[Posted]:
    """Give every entry, book by book, in the order of each; read as you go."""
    return _read(session)


def by_ticket(session: Session, ticket: TicketId) -> Iterator[Posted]:
    """Give the entries about a ticket."""
    return _read(session, ENTRY.c.ticket_id == ticket)


def by_account(session: Session, account: Account) -> Iterator[Posted]:
    """Give the entries that moved something on an account."""
    touching = select(POSTING.c.entry_id).where(POSTING.c.account == account)
    return _read(session, ENTRY.c.id.in_(touching))


def balance(session: Session, account: Account, currency: str) -> int:
    """Add up an account, in minor units; debit is positive."""
    total = session.connection().execute(
        select(func.coalesce(func.sum(POSTING.c.amount), 0)).where(
            POSTING.c.account == account, POSTING.c.currency == currency
        )
    )
    return int(total.scalar_one())


def heads(session: Session) -> dict[Book, Head]:
    """Give the head of every book."""
    found = session.connection().execute(select(BOOK).where(BOOK.c.seq > 0))
    return {Book(row.book): Head(seq=row.seq, hash=row.hash) for row in found}


def _hold(session: Session, book: Book) -> Head:
    """Keep everybody else from writing in a book until the end of the transaction."""
    insert_once(session, BOOK, [{"book": book, "seq": 0, "hash": GENESIS}], returning=BOOK.c.book)
    held = session.connection().execute(
        select(BOOK.c.seq, BOOK.c.hash).where(BOOK.c.book == book).with_for_update()
    )
    return Head(**held.one()._mapping)  # noqa: SLF001 - a public name that a column could hide


def _read(session: Session, *conditions: ColumnElement[bool]) -> Iterator[Posted]:
    rows = session.connection().execute(
        select(ENTRY, *(POSTING.c[name].label(f"of_{name}") for name in _OF_POSTING))
        .join(POSTING, POSTING.c.entry_id == ENTRY.c.id)
        .where(*conditions)
        .order_by(ENTRY.c.book, ENTRY.c.seq, POSTING.c.position),
        execution_options={"yield_per": READ_ROWS},
    )
    for _, postings in groupby(rows, key=lambda row: row.id):
        yield _entry(list(postings))


_OF_POSTING = ("account", "currency", "amount", "repository_id", "ticket_id", "payee")


def _entry(rows: list[Row[Any]]) -> Posted:
    first = rows[0]
    entry = Entry(
        key=first.key,
        fact=Fact(first.fact),
        book=Book(first.book),
        occurred_at=first.occurred_at,
        repository=_repository(first.repository_id),
        ticket=_ticket(first.ticket_id),
        postings=tuple(
            Posting(
                account=Account(row.of_account),
                amount=row.of_amount,
                currency=row.of_currency,
                repository=_repository(row.of_repository_id),
                ticket=_ticket(row.of_ticket_id),
                payee=PayeeId(row.of_payee) if row.of_payee is not None else None,
            )
            for row in rows
        ),
    )
    return Posted(entry=entry, seq=first.seq, posted_at=first.posted_at, hash=first.hash)


def _repository(value: int | None) -> RepositoryId | None:
    return RepositoryId(value) if value is not None else None


def _ticket(value: str | None) -> TicketId | None:
    return TicketId(value) if value is not None else None
