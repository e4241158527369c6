from __future__ import annotations

import pytest

from app.domain.events import AppRemoved, Chore, ChoreCame, Event, MessageDeleted
from app.domain.ids import InstallationId, Lane
from app.store import events
from app.store.engine import Database
from app.store.events import EVENTS
from tests.store.rows import NOW, add_event, claim, column, finish, later, thread


async def test_an_event_is_recorded_once_by_its_key(database: Database) -> None:
    assert await database.in_transaction(add_event("a", "one"))
    assert not await database.in_transaction(add_event("a", "another"))
    assert await database.reading(column(EVENTS, "lane")) == ["one"]


@pytest.mark.parametrize(
    ("event", "tenant"),
    [
        (MessageDeleted(thread=thread(installation=7), ref="1"), 7),
        (AppRemoved(installation=InstallationId(8), is_suspension=False), 8),
        (ChoreCame(chore=Chore.HEAL), None),
    ],
)
async def test_an_event_counts_against_the_installation_that_it_names(
    database: Database, event: Event, tenant: int | None
) -> None:
    await database.in_transaction(
        lambda session: events.add_once(session, event, key="a", lane=Lane("l"), now=NOW)
    )
    (held,) = await database.in_transaction(claim())
    assert held.tenant == tenant
    assert events.event_of(held) == event


async def test_an_event_waits_until_it_was_handled(database: Database) -> None:
    async def is_waiting() -> bool:
        return await database.reading(lambda session: events.is_waiting(session, "a"))

    assert not await is_waiting()
    await database.in_transaction(add_event("a", due_in=60))
    assert await is_waiting()
    (held,) = await database.in_transaction(claim(now=later(60)))
    assert await is_waiting()
    await database.in_transaction(finish(held))
    assert not await is_waiting()
