from __future__ import annotations

from app.domain.ids import InstallationId
from app.rehearsal.waiting import Work, work_under_way
from app.store import claims
from app.store.effects import EFFECTS
from app.store.engine import Database
from app.store.pauses import pause
from tests.store.rows import (
    NOW,
    add_effects,
    add_event,
    claim,
    finish,
    later,
    reaction,
)

REST = Work(at_work=0, held_up=0, until=None)


async def look(database: Database) -> Work:
    return await database.reading(lambda session: work_under_way(session, NOW))


async def test_timers_leave_the_product_at_rest(database: Database) -> None:
    assert await look(database) == REST
    await database.in_transaction(add_event("timer", due_in=60))
    assert await look(database) == REST
    assert not REST.is_under_way


async def test_what_can_be_begun_or_is_at_work_is_under_way(database: Database) -> None:
    await database.in_transaction(add_event("now"))
    assert (await look(database)).at_work == 1
    claimed = await database.in_transaction(claim())
    assert (await look(database)).at_work == 1
    await database.in_transaction(finish(*claimed))
    assert await look(database) == REST


async def test_a_retry_is_waited_for_with_all_that_stands_behind_it(database: Database) -> None:
    await database.in_transaction(add_effects(reaction("1"), reaction("2")))
    (first,) = await database.in_transaction(claim(EFFECTS))
    await database.in_transaction(
        lambda session: claims.retry(session, first, due_at=later(5), reason="x")
    )
    work = await look(database)
    assert work == Work(at_work=0, held_up=2, until=later(5))
    assert work.is_waiting


async def test_the_end_of_a_pause_is_waited_for_if_anybody_is_paused(database: Database) -> None:
    await database.in_transaction(
        lambda session: pause(session, "github", InstallationId(7), until=later(9))
    )
    assert await look(database) == REST
    await database.in_transaction(add_effects(reaction("1")))
    assert await look(database) == Work(at_work=0, held_up=1, until=later(9))
