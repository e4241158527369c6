from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from functools import partial

import psycopg
import pytest
from sqlalchemy import make_url, select, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from app.domain.errors import Ambiguous, Transient
from app.store.engine import (
    CommitUnknown,
    CrewBusy,
    CrewGone,
    Database,
    DatabaseAway,
    WrongDatabaseUrl,
    insert_once,
    news,
    take_turns,
)
from app.store.people import PersonRow

PERSON = PersonRow.metadata.tables["person"]


def add(name: str) -> Callable[[Session], None]:
    def run(session: Session) -> None:
        session.connection().execute(PERSON.insert(), {"id": name})

    return run


def names(session: Session) -> list[str]:
    return list(session.connection().execute(select(PERSON.c.id).order_by(PERSON.c.id)).scalars())


async def test_what_was_done_in_a_transaction_stays(database: Database, database_url: str) -> None:
    await database.in_transaction(add("ada"))
    async with Database(database_url) as other:
        assert await other.reading(names) == ["ada"]


async def test_an_error_undoes_all_of_its_own_transaction_and_nothing_else(
    database: Database,
) -> None:
    def fail(session: Session) -> None:
        add("bob")(session)
        raise ValueError("no")

    results = await asyncio.gather(
        *(database.in_transaction(run) for run in (add("ada"), fail, add("cyd"), add("ada"))),
        return_exceptions=True,
    )
    assert await database.reading(names) == ["ada", "cyd"]
    assert isinstance(results[1], ValueError)
    assert sum(isinstance(each, IntegrityError) for each in results) == 1


class Exit(BaseException):
    """What no ``except Exception`` catches."""


async def test_nothing_that_a_function_raises_ends_the_threads(database: Database) -> None:
    def leave(_: Session) -> None:
        raise Exit

    for _ in range(20):
        for attempt in (database.in_transaction(leave), database.reading(leave)):
            with pytest.raises(Exit):
                await attempt
    await database.in_transaction(add("ada"))
    assert await database.reading(names) == ["ada"]


async def test_a_reading_cannot_write(database: Database) -> None:
    with pytest.raises(Exception, match=r"(?i)read.?only"):
        await database.reading(add("ada"))
    assert await database.reading(names) == []


async def test_a_reading_sees_one_picture_while_others_write(database: Database) -> None:
    has_looked, has_written = threading.Event(), threading.Event()

    def look_twice(session: Session) -> tuple[list[str], list[str]]:
        before = names(session)
        has_looked.set()
        assert has_written.wait(10)
        return before, names(session)

    looking = asyncio.create_task(database.reading(look_twice))
    await asyncio.to_thread(has_looked.wait, 10)
    await database.in_transaction(add("ada"))
    has_written.set()
    assert await looking == ([], [])
    assert await database.reading(names) == ["ada"]


async def test_whoever_stops_waiting_does_not_stop_the_transaction(database: Database) -> None:
    has_begun, may_end = threading.Event(), threading.Event()

    def slow(session: Session) -> None:
        add("ada")(session)
        has_begun.set()
        assert may_end.wait(10)

    waiting = asyncio.create_task(database.in_transaction(slow))
    await asyncio.to_thread(has_begun.wait, 10)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    may_end.set()
    await database.close()  # finishes what was taken
    with Database(database.engine.url.render_as_string(hide_password=False)) as other:
        assert other.read(names) == ["ada"]


async def test_what_waits_is_bounded_and_one_more_is_refused_at_once(database_url: str) -> None:
    may_go_on = threading.Event()
    async with Database(database_url, waiting_max=3) as database:
        waiting = [
            asyncio.create_task(database.in_transaction(lambda _: may_go_on.wait(10)))
            for _ in range(100)
        ]
        await asyncio.wait(waiting, timeout=10, return_when=asyncio.FIRST_COMPLETED)
        may_go_on.set()
        results = await asyncio.gather(*waiting, return_exceptions=True)
    refused = [each for each in results if each is not True]
    assert 0 < len(refused) <= 97
    assert all(isinstance(each, CrewBusy) and isinstance(each, Transient) for each in refused)
    assert str(refused[0]) == "3 transactions wait already"


async def test_a_closed_database_takes_nothing_more(database_url: str) -> None:
    database = Database(database_url)
    await database.in_transaction(add("ada"))
    await database.close()
    await database.close()
    with pytest.raises(CrewGone):
        await database.in_transaction(add("bob"))


def test_there_is_a_way_without_an_event_loop(database_url: str) -> None:
    with Database(database_url) as database:
        database.transact(add("ada"))
        assert database.read(names) == ["ada"]


@pytest.mark.parametrize(
    "url", ["sqlite:////nowhere/at/all.db", "postgresql://ada:hunter2@127.0.0.1:1/mainstay"]
)
async def test_a_database_that_cannot_be_reached_is_one_clear_error(url: str) -> None:
    async with Database(url) as database:
        for attempt in (database.in_transaction(names), database.reading(names)):
            with pytest.raises(
                DatabaseAway, match=r"^The database .* cannot be used now: "
            ) as away:
                await attempt
            assert isinstance(away.value, Transient)
            assert "hunter2" not in str(away.value)
            assert "\n" not in str(away.value)


@pytest.mark.parametrize("url", ["", "mysql://x/y", "sqlite://", "sqlite:///:memory:", "nonsense"])
def test_an_address_of_another_kind_is_refused(url: str) -> None:
    with pytest.raises(WrongDatabaseUrl, match="DATABASE_URL"):
        Database(url)


async def test_rows_are_inserted_once_and_the_new_ones_are_told(database: Database) -> None:
    def insert(*ids: str) -> Callable[[Session], set[str]]:
        rows = [{"id": each} for each in ids]
        return lambda session: insert_once(session, PERSON, rows, returning=PERSON.c.id)

    assert await database.in_transaction(insert("a", "b", "a")) == {"a", "b"}
    assert await database.in_transaction(insert("b", "c")) == {"c"}
    assert await database.in_transaction(insert("b")) == set()
    assert await database.in_transaction(insert()) == set()


async def test_news_wake_those_who_watch_the_topic_after_the_commit(database: Database) -> None:
    def fail(session: Session) -> None:
        news(session, "event")
        raise ValueError("no")

    async with database.watching("event") as events, database.watching("effect") as effects:
        with pytest.raises(ValueError, match="no"):
            await database.in_transaction(fail)
        await database.in_transaction(names)
        assert not events.is_set()
        await database.in_transaction(lambda session: news(session, "event"))
        async with asyncio.timeout(5):
            await events.wait()
        assert not effects.is_set()
        database.wake("effect")
        async with asyncio.timeout(5):
            await effects.wait()


async def test_sqlite_writes_in_the_order_in_which_the_writers_came(sqlite_url: str) -> None:
    seen: list[int] = []

    def note(_: Session, n: int) -> None:
        seen.append(n)

    async with Database(sqlite_url) as database:
        await asyncio.gather(*(database.in_transaction(partial(note, n=n)) for n in range(300)))
    assert seen == list(range(300))


async def test_sqlite_waits_for_another_process_that_writes(sqlite_url: str) -> None:
    async with Database(sqlite_url) as ours, Database(sqlite_url) as theirs:
        await asyncio.gather(
            *(ours.in_transaction(add(f"ours {n}")) for n in range(50)),
            *(theirs.in_transaction(add(f"theirs {n}")) for n in range(50)),
        )
        assert len(await ours.reading(names)) == 100


async def test_sqlite_syncs_what_it_commits_and_checks_what_rows_point_at(sqlite_url: str) -> None:
    def pragmas(session: Session) -> list[object]:
        asked = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        connection = session.connection()
        return [connection.execute(text(f"PRAGMA {each}")).scalar_one() for each in asked]

    async with Database(sqlite_url) as database:
        assert await database.in_transaction(pragmas) == ["wal", 2, 1, 10_000]


async def test_postgresql_tells_other_processes_the_news(postgresql_url: str) -> None:
    async with (
        Database(postgresql_url) as ours,
        Database(postgresql_url) as theirs,
        ours.watching("event") as woken,
    ):
        async with asyncio.timeout(10):
            while not woken.is_set():  # until the listener has connected
                await theirs.in_transaction(lambda session: news(session, "event"))
                await asyncio.sleep(0.01)


async def test_postgresql_begins_a_deadlocked_function_again(postgresql_url: str) -> None:
    has_first = {"a": threading.Event(), "b": threading.Event()}
    begun: list[str] = []

    def cross(first: str, second: str) -> Callable[[Session], None]:
        def run(session: Session) -> None:
            begun.append(first)
            take_turns(session, first)
            has_first[first].set()
            assert has_first[second].wait(10)
            take_turns(session, second)

        return run

    async with Database(postgresql_url) as database:
        await asyncio.gather(
            database.in_transaction(cross("a", "b")), database.in_transaction(cross("b", "a"))
        )
    assert len(begun) == 3


def kill_connections(url: str) -> None:
    name = make_url(url).database
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = %s AND pid <> pg_backend_pid()",
            [name],
        )


async def test_postgresql_begins_again_when_a_connection_was_lost_in_between(
    postgresql_url: str,
) -> None:
    begun: list[int] = []

    def lose_the_connection_once(session: Session) -> None:
        add("ada")(session)
        begun.append(1)
        if len(begun) == 1:
            kill_connections(postgresql_url)
        add("bob")(session)

    async with Database(postgresql_url) as database:
        await database.in_transaction(lose_the_connection_once)
        assert await database.reading(names) == ["ada", "bob"]
    assert len(begun) == 2


async def test_postgresql_does_not_claim_to_know_what_became_of_a_lost_commit(
    postgresql_url: str,
) -> None:
    def lose_the_connection_at_the_end(session: Session) -> None:
        add("ada")(session)
        kill_connections(postgresql_url)

    async with Database(postgresql_url) as database:
        with pytest.raises(CommitUnknown) as unknown:
            await database.in_transaction(lose_the_connection_at_the_end)
        assert isinstance(unknown.value, Ambiguous)
        assert await database.reading(names) == []
