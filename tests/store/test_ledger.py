from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import chain

import pytest
from sqlalchemy import delete, text, update
from sqlalchemy.exc import DatabaseError
from sqlmodel import Session

from app.domain.ids import RepositoryId, TicketId
from app.domain.ledger import (
    GENESIS,
    PLATFORM_BOOK,
    STRIPE_BALANCE,
    Account,
    Entry,
    chain_hash,
    chains_hold,
    held,
    payment,
    payout,
    refund,
    repository_book,
)
from app.domain.money import Money
from app.store import ledger
from app.store.engine import Database
from app.store.ledger import ENTRY, POSTING, Head
from tests.store.rows import NOW, later

ADA, BOB = RepositoryId(1), RepositoryId(2)


def usd(amount: int) -> Money:
    return Money(amount, "usd")


def paid(move: str, repository: RepositoryId = ADA, amount: int = 4900) -> Entry:
    return payment(
        ticket=TicketId(f"ticket of {move}"),
        repository=repository,
        move=move,
        gross=usd(amount),
        fee=usd(172),
        tax=usd(0),
        occurred_at=NOW,
    )


def post(*entries: Entry) -> Callable[[Session], list[bool]]:
    return lambda session: [ledger.post(session, each, posted_at=later(5)) for each in entries]


async def test_a_fact_is_written_once_and_reads_back_as_it_was(database: Database) -> None:
    entry = paid("txn_1")
    assert await database.in_transaction(post(entry, entry)) == [True, False]
    assert await database.in_transaction(post(entry)) == [False]
    (posted,) = await database.reading(lambda session: list(ledger.posted(session)))
    assert posted.entry == entry
    assert (posted.seq, posted.posted_at) == (1, later(5))
    assert posted.hash == chain_hash(GENESIS, entry, seq=1, posted_at=later(5))


async def test_each_book_is_a_chain_of_its_own(database: Database) -> None:
    out = payout(move="txn_4", amount=usd(1), occurred_at=NOW)
    await database.in_transaction(post(paid("txn_1"), paid("txn_2", BOB), paid("txn_3"), out))
    posted = await database.reading(lambda session: list(ledger.posted(session)))
    assert [(each.entry.book, each.seq) for each in posted] == [
        (PLATFORM_BOOK, 1),
        (repository_book(ADA), 1),
        (repository_book(ADA), 2),
        (repository_book(BOB), 1),
    ]
    assert list(chains_hold(posted)) == []
    assert await database.reading(ledger.heads) == {
        PLATFORM_BOOK: Head(seq=1, hash=posted[0].hash),
        repository_book(ADA): Head(seq=2, hash=posted[2].hash),
        repository_book(BOB): Head(seq=1, hash=posted[3].hash),
    }


async def test_an_account_adds_up(database: Database) -> None:
    entry = paid("txn_1")
    assert entry.ticket is not None
    back = refund(
        ticket=entry.ticket,
        repository=ADA,
        move="txn_2",
        amount=usd(900),
        tax=usd(0),
        occurred_at=NOW,
    )
    await database.in_transaction(post(entry, back))

    async def balance(account: Account, currency: str = "usd") -> int:
        return await database.reading(lambda session: ledger.balance(session, account, currency))

    assert await balance(held(entry.ticket)) == -4000
    assert await balance(STRIPE_BALANCE) == 4900 - 172 - 900
    assert await balance(STRIPE_BALANCE, "eur") == 0
    assert await balance(Account("nobody")) == 0


async def test_entries_are_found_by_their_ticket_and_by_an_account(database: Database) -> None:
    one, two = paid("txn_1"), paid("txn_2", BOB)
    assert one.ticket is not None
    await database.in_transaction(post(one, two))

    def look(session: Session) -> list[list[Entry]]:
        assert one.ticket is not None
        return [
            [each.entry for each in found]
            for found in (
                ledger.by_ticket(session, one.ticket),
                ledger.by_account(session, held(one.ticket)),
                ledger.by_account(session, STRIPE_BALANCE),
                ledger.by_ticket(session, TicketId("none")),
            )
        ]

    assert await database.reading(look) == [[one], [one], [one, two], []]


async def test_what_is_out_of_balance_is_never_written(database: Database) -> None:
    entry = paid("txn_1")
    wrong = replace(
        entry,
        postings=(
            replace(entry.postings[0], amount=entry.postings[0].amount + 1),
            *entry.postings[1:],
        ),
    )
    with pytest.raises(ValueError, match="out of balance"):
        await database.in_transaction(post(wrong))
    assert await database.reading(ledger.heads) == {}


@pytest.mark.parametrize("table", [ENTRY, POSTING], ids=lambda table: table.name)
@pytest.mark.parametrize("verb", [update, delete])
async def test_the_database_itself_refuses_to_change_what_was_written(
    database: Database, table: object, verb: object
) -> None:
    await database.in_transaction(post(paid("txn_1")))
    statement = verb(table)  # type: ignore[operator]  # update or delete
    if verb is update:
        statement = statement.values(ticket_id="another")
    with pytest.raises(DatabaseError, match="append-only"):
        await database.in_transaction(lambda session: session.connection().execute(statement))
    (posted,) = await database.reading(lambda session: list(ledger.posted(session)))
    assert posted.entry == paid("txn_1")


async def test_postgresql_refuses_to_empty_the_books(postgresql_url: str) -> None:
    async with Database(postgresql_url) as database:
        with pytest.raises(DatabaseError, match="append-only"):
            await database.in_transaction(
                lambda session: session.connection().execute(text("TRUNCATE entry CASCADE"))
            )


async def test_many_who_write_in_one_book_at_once_leave_one_chain_without_gaps(
    database_url: str,
) -> None:
    async with Database(database_url) as a, Database(database_url) as b:
        added = await asyncio.gather(
            *((a, b)[n % 2].in_transaction(post(paid(f"txn_{n // 2}"))) for n in range(40))
        )
        assert sorted(chain.from_iterable(added)) == [False] * 20 + [True] * 20
        posted = await a.reading(lambda session: list(ledger.posted(session)))
    assert [each.seq for each in posted] == list(range(1, 21))
    assert list(chains_hold(posted)) == []


async def test_instants_keep_their_microseconds_since_the_chain_depends_on_them(
    database: Database,
) -> None:
    entry = replace(paid("txn_1"), occurred_at=NOW + timedelta(microseconds=1))
    moment = NOW + timedelta(microseconds=999_999)
    await database.in_transaction(lambda session: ledger.post(session, entry, posted_at=moment))
    posted = await database.reading(lambda session: list(ledger.posted(session)))
    assert list(chains_hold(posted)) == []
    assert posted[0].entry.occurred_at == entry.occurred_at
