"""When clocks are held, and when not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.domain.events import Chore, ChoreCame, Event, TimeCame
from app.domain.ids import Lane, TicketId
from app.domain.tickets.clocks import Clock
from app.store import claims, events
from app.store.engine import Database
from app.store.events import EVENTS
from app.worker import standstill

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
STRIKE = TimeCame(ticket=TicketId("t1"), clock=Clock.ACCEPT, n=1)


async def add(database: Database, event: Event, key: str, due_at: datetime) -> None:
    await database.in_transaction(
        lambda session: events.add_once(
            session, event, key=key, lane=Lane(key), now=due_at - timedelta(hours=1), due_at=due_at
        )
    )


async def due(database: Database, at: datetime) -> list[str]:
    """Give the events that can be claimed at a moment."""
    claimed = await database.in_transaction(
        lambda session: claims.claim(session, EVENTS, owner="me", now=at, lease_seconds=1, limit=9)
    )
    return [each.key for each in claimed]


async def works_last(database: Database, at: datetime) -> None:
    """Let a chore be the last thing that was done."""
    await add(database, ChoreCame(chore=Chore.HEAL), "chore", at)

    async def finish() -> None:
        (claim,) = await database.in_transaction(
            lambda session: claims.claim(
                session, EVENTS, owner="me", now=at, lease_seconds=60, limit=1
            )
        )
        await database.in_transaction(lambda session: claims.finish(session, claim, now=at))

    await finish()


@pytest.mark.parametrize(
    ("minutes", "is_held"), [(1, False), (15, False), (16, True), (60 * 24 * 9, True)]
)
async def test_clocks_are_held_after_a_standstill_alone(
    database: Database, minutes: int, *, is_held: bool
) -> None:
    await works_last(database, NOW - timedelta(minutes=minutes))
    await add(database, STRIKE, "overdue", NOW - timedelta(seconds=1))
    await add(database, STRIKE, "later", NOW + timedelta(minutes=40))
    await add(database, ChoreCame(chore=Chore.AUDIT), "other", NOW - timedelta(seconds=1))
    await standstill.resume(database, now=lambda: NOW)
    at_once = await due(database, NOW)
    assert ("overdue" in at_once) is not is_held
    assert "other" in at_once
    assert "later" not in at_once
    later = await due(database, NOW + standstill.HEARS_FOR)
    assert ("overdue" in later) is is_held


async def test_where_nothing_was_ever_done_nothing_is_held(database: Database) -> None:
    await add(database, STRIKE, "overdue", NOW)
    await standstill.resume(database, now=lambda: NOW)
    assert await due(database, NOW) == ["overdue"]
