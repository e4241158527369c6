from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlmodel import Session

from app.domain.events import Chore, ChoreCame
from app.store import events
from app.store.engine import Database, DatabaseAway
from app.store.events import EVENTS
from app.store.queues import claim_of, columns_of
from app.worker import timers
from tests.worker.draining import Clock, until


@asynccontextmanager
async def ticking(*databases: Database, clock: Clock) -> AsyncIterator[None]:
    """Let one clock tick in as many processes as there are databases."""
    stop = asyncio.Event()
    loops = [
        asyncio.create_task(timers.run(each, now=clock, stop=stop, tick_seconds=0.01))
        for each in databases
    ]
    try:
        yield
    finally:
        stop.set()
        await asyncio.gather(*loops)


async def chores(database: Database) -> Counter[Chore]:
    def look(session: Session) -> Counter[Chore]:
        found = session.connection().execute(select(*columns_of(EVENTS)))
        came = [events.event_of(claim_of(EVENTS, row)) for row in found]
        return Counter(each.chore for each in came if isinstance(each, ChoreCame))

    return await database.reading(look)


async def test_every_chore_comes_at_the_start(database: Database) -> None:
    async with ticking(database, clock=Clock()):
        await until(lambda: came(database, dict.fromkeys(Chore, 1)))


async def came(database: Database, wanted: dict[Chore, int]) -> bool:
    return await chores(database) == wanted


async def test_after_that_each_comes_once_a_period_however_many_processes_tick(
    database_url: str,
) -> None:
    clock = Clock()
    async with Database(database_url) as a, Database(database_url) as b:
        async with ticking(a, b, clock=clock):
            await until(lambda: came(a, dict.fromkeys(Chore, 1)))
            clock.move(minutes=5)
            await until(lambda: came(a, {**dict.fromkeys(Chore, 1), Chore.HEAL: 2}))
            clock.move(hours=1)
            wanted = {Chore.HEAL: 3, Chore.AUDIT: 2, Chore.PRUNE: 2}
            await until(lambda: came(a, wanted))
        assert await chores(b) == wanted


async def test_a_chore_that_could_not_be_added_comes_when_the_database_is_back(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    reached = database.in_transaction
    tried = asyncio.Event()

    async def away(_: object) -> None:
        tried.set()
        raise DatabaseAway("The database cannot be used now")

    monkeypatch.setattr(database, "in_transaction", away)
    async with ticking(database, clock=Clock()):
        async with asyncio.timeout(10):
            await tried.wait()
        monkeypatch.setattr(database, "in_transaction", reached)
        await until(lambda: came(database, dict.fromkeys(Chore, 1)))


def test_healing_comes_every_five_minutes() -> None:
    assert timers.EVERY[Chore.HEAL] == timedelta(minutes=5)
    assert set(timers.EVERY) == set(Chore)
