from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from sqlalchemy import update
from sqlmodel import Session
from structlog.testing import LogCapture

from app.domain.errors import Ambiguous, OutOfReach, Postpone, Refused, Transient
from app.domain.retry import ATTEMPTS_MAX, ATTEMPTS_MIN
from app.store.effects import EFFECTS
from app.store.engine import Database, DatabaseAway
from app.store.events import EVENTS
from app.store.pauses import PAUSE
from app.store.queues import Claim, State
from app.worker.drain import Pace, drain
from tests.store.rows import (
    NOW,
    add_effects,
    add_event,
    claim,
    column,
    later,
    reaction,
)
from tests.worker.draining import Clock, Doing, draining, until


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def records() -> Iterator[list[Any]]:
    """What is logged, with what is bound to it."""
    capture = LogCapture()
    before = structlog.get_config()
    structlog.configure(processors=[structlog.contextvars.merge_contextvars, capture])
    yield capture.entries
    structlog.configure(**before)


async def nothing(_: Claim) -> None:
    pass


def failing(error: Exception, *, times: int = 10**9) -> Any:
    left = [times]

    async def do(_: Claim) -> None:
        left[0] -= 1
        if left[0] >= 0:
            raise error

    return do


async def states(database: Database) -> list[object]:
    return await database.reading(column(EVENTS, "state"))


async def test_everything_is_done_once_and_each_lane_in_its_order(
    database: Database, clock: Clock
) -> None:
    for n in range(40):
        await database.in_transaction(add_event(f"{n % 4}:{n}", f"{n % 4}"))
    step = Doing(database, clock, nothing)
    async with draining(database, step, clock, poll_seconds=60):
        await until(lambda: len(step.done) == 40)
    assert set(await states(database)) == {State.DONE}
    assert len(set(step.begun)) == len(step.begun) == 40
    for lane in range(4):
        # In the order of their beginnings: whoever finished may hear of its commit a little later.
        mine = [key for key in step.begun if key.startswith(f"{lane}:")]
        assert mine == [f"{lane}:{n}" for n in range(lane, 40, 4)]


async def test_news_wake_the_loop_and_a_clock_that_jumped_does_too(
    database: Database, clock: Clock
) -> None:
    step = Doing(database, clock, nothing)
    async with draining(database, step, clock, poll_seconds=60):
        await database.in_transaction(add_event("now"))
        await until(lambda: step.done == ["now"])
        await database.in_transaction(add_event("tomorrow", due_in=86_400))
        clock.move(days=1)
        database.wake("event")
        await until(lambda: step.done == ["now", "tomorrow"])


async def test_the_loop_looks_by_itself_when_news_got_lost(
    database: Database, database_url: str, clock: Clock
) -> None:
    step = Doing(database, clock, nothing)
    async with draining(database, step, clock, poll_seconds=0.02):
        await database.in_transaction(add_event("tomorrow", due_in=86_400))
        clock.move(days=1)  # and nobody says so
        await until(lambda: step.done == ["tomorrow"])


async def test_passing_trouble_is_tried_again_after_its_wait(
    database: Database, clock: Clock
) -> None:
    await database.in_transaction(add_event("a"))
    step = Doing(database, clock, failing(Transient("GitHub answered 502"), times=2))
    async with draining(database, step, clock):
        await until(lambda: len(step.begun) == 1)
        await until(lambda: has(database, "reason", "GitHub answered 502"))
        assert await database.reading(column(EVENTS, "due_at")) == [later(2.5)]
        clock.move(seconds=2.5)
        await until(lambda: has(database, "due_at", later(7.5)))
        clock.move(seconds=5)
        await until(lambda: step.done == ["a"])
    assert step.begun == ["a"] * 3


async def has(database: Database, name: str, value: object) -> bool:
    return await database.reading(column(EVENTS, name)) == [value]


async def test_an_unexpected_error_is_tried_again_and_its_text_is_told_to_nobody(
    database: Database, clock: Clock, records: list[Any]
) -> None:
    await database.in_transaction(add_event("a", "lane 7"))
    step = Doing(database, clock, failing(KeyError("ada@example.org")))
    async with draining(database, step, clock):
        await until(lambda: has(database, "reason", "an unexpected KeyError"))
    (record,) = (each for each in records if each["event"] == "retrying")
    assert record["lane"] == "lane 7"
    assert len(record["event_id"]) == 32
    assert record["at"][-1].startswith("test_drain.py:")
    assert "ada@example.org" not in repr(records)


async def test_postponing_uses_up_no_attempt_and_may_pause_the_installation(
    database: Database, clock: Clock
) -> None:
    await database.in_transaction(add_effects(reaction("a"), reaction("b", issue=2)))
    limit = Postpone("secondary rate limit", seconds=90, is_for_tenant=True)
    step = Doing(database, clock, failing(limit, times=1), queue=EFFECTS)
    async with draining(database, step, clock, batch=1, concurrency=1):
        await until(lambda: is_paused(database))
        assert await database.reading(column(EFFECTS, "attempts")) == [0, 0]
        assert await database.reading(column(EFFECTS, "due_at")) == [later(90), NOW]
        assert len(step.begun) == 1
        clock.move(seconds=90)
        await until(lambda: len(step.done) == 2)


async def is_paused(database: Database) -> bool:
    def look(session: Session) -> bool:
        rows = session.connection().execute(PAUSE.select()).all()
        return [tuple(row) for row in rows] == [("github", 7, later(90))]

    return await database.reading(look)


async def test_what_is_postponed_for_ever_is_buried(database: Database, clock: Clock) -> None:
    await database.in_transaction(add_event("a"))
    step = Doing(database, clock, failing(Postpone("later", seconds=1)))
    async with draining(database, step, clock):
        await until(lambda: has(database, "reason", "later"))
        clock.move(hours=72)
        await until(lambda: bool(step.buried))
    ((key, reason, is_certain),) = step.buried
    assert (key, is_certain) == ("a", False)
    assert reason.endswith("for too long: later")


@pytest.mark.parametrize("is_certain", [True, False])
async def test_a_refusal_is_buried_at_once_and_told(
    database: Database, clock: Clock, *, is_certain: bool
) -> None:
    for key in ("a", "b"):
        await database.in_transaction(add_event(key))
    refusal = Refused("GitHub knows no such issue", is_certain=is_certain)
    step = Doing(database, clock, failing(refusal, times=1))
    async with draining(database, step, clock):
        await until(lambda: step.done == ["b"])
    assert await states(database) == [State.BURIED, State.DONE]
    assert step.buried == [("a", "GitHub knows no such issue", is_certain)]


async def test_trouble_that_lasts_is_given_up_after_a_day_and_nobody_knows_for_certain(
    database: Database, clock: Clock
) -> None:
    await database.in_transaction(add_event("a"))
    step = Doing(database, clock, failing(Ambiguous("timed out")))
    async with draining(database, step, clock):
        for n in range(1, ATTEMPTS_MIN):
            await until(lambda n=n: has(database, "attempts", n))  # type: ignore[misc]  # n=n
            await until(lambda: has(database, "state", State.READY))
            clock.move(hours=3)
        await until(lambda: bool(step.buried))
    assert step.buried == [("a", f"given up after {ATTEMPTS_MIN} attempts: timed out", False)]


async def test_what_is_out_of_reach_is_told_and_alarms_nobody(
    database: Database, clock: Clock
) -> None:
    await database.in_transaction(add_event("a:1", "a"))
    step = Doing(database, clock, failing(OutOfReach("the issue was deleted")))
    async with draining(database, step, clock):
        await until(lambda: bool(step.buried))
    assert await states(database) == [State.DONE]


async def test_what_no_attempt_ever_came_to_an_end_with_is_buried_without_another(
    database: Database, clock: Clock
) -> None:
    await database.in_transaction(add_event("poison"))
    await database.in_transaction(
        lambda session: session.connection().execute(
            update(EVENTS.table).values(attempts=ATTEMPTS_MAX)
        )
    )
    step = Doing(database, clock, nothing)
    async with draining(database, step, clock):
        await until(lambda: bool(step.buried))
    assert step.begun == []
    assert await states(database) == [State.BURIED]


async def test_a_burial_that_cannot_be_told_is_not_recorded(
    database: Database, clock: Clock, records: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    for key, lane in (("a", "1"), ("b", "2")):
        await database.in_transaction(add_event(key, lane))
    step = Doing(database, clock, failing(Refused("no"), times=1))

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(step, "on_bury", broken)
    async with draining(database, step, clock, batch=1, concurrency=1):
        await until(lambda: any(each["event"] == "not_recorded" for each in records))
        await until(lambda: step.done == ["b"])
    assert await states(database) == [State.RUNNING, State.DONE]  # until its lease runs out


async def test_no_more_is_held_and_worked_on_than_is_allowed(
    database: Database, clock: Clock
) -> None:
    for n in range(10):
        await database.in_transaction(add_event(f"{n}", f"{n}"))
    may_end, at_work = asyncio.Event(), [0]

    async def wait(_: Claim) -> None:
        at_work[0] += 1
        await may_end.wait()
        at_work[0] -= 1

    step = Doing(database, clock, wait)
    async with draining(database, step, clock, batch=5, concurrency=2):
        await until(lambda: at_work == [2])
        assert (await states(database)).count(State.RUNNING) == 5
        may_end.set()
        await until(lambda: len(step.done) == 10)


async def test_a_lease_is_renewed_for_as_long_as_the_work_takes(
    database: Database, clock: Clock
) -> None:
    await database.in_transaction(add_event("a"))
    may_end = asyncio.Event()

    async def wait(_: Claim) -> None:
        await may_end.wait()

    step = Doing(database, clock, wait)
    async with draining(database, step, clock, lease_seconds=0.6):
        await until(lambda: step.begun == ["a"])
        ends: set[object] = set()
        while len(ends) < 5:  # more than the first lease would have lasted
            (end,) = await database.reading(column(EVENTS, "lease_until"))
            ends.add(end)
            assert await database.in_transaction(claim(owner="other")) == []
        may_end.set()
        await until(lambda: step.done == ["a"])
    assert step.begun == ["a"]


async def test_whoever_lost_the_lease_is_interrupted_and_records_nothing(
    database: Database, clock: Clock
) -> None:
    await database.in_transaction(add_event("a"))
    interrupted = asyncio.Event()

    async def wait(_: Claim) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            interrupted.set()

    step = Doing(database, clock, wait)
    async with draining(database, step, clock, lease_seconds=0.6):
        await until(lambda: step.begun == ["a"])
        await database.in_transaction(
            lambda session: session.connection().execute(
                update(EVENTS.table).values(owner="other", fence=EVENTS.table.c.fence + 1)
            )
        )
        async with asyncio.timeout(10):
            await interrupted.wait()
    assert step.done == []
    assert await database.reading(column(EVENTS, "owner")) == ["other"]


async def test_to_stop_is_to_end_what_is_at_work_and_to_give_back_the_rest(
    database: Database, clock: Clock
) -> None:
    for n in range(3):
        await database.in_transaction(add_event(f"{n}", f"{n}"))
    may_end = asyncio.Event()

    async def wait(_: Claim) -> None:
        await may_end.wait()

    step = Doing(database, clock, wait)
    async with draining(database, step, clock, concurrency=1) as stop:
        await until(lambda: step.begun == ["0"])
        stop.set()
        await until(lambda: ready(database, 2))
        may_end.set()
    assert await states(database) == [State.DONE, State.READY, State.READY]
    assert await database.reading(column(EVENTS, "attempts")) == [1, 0, 0]


async def ready(database: Database, many: int) -> bool:
    return (await states(database)).count(State.READY) == many


async def test_what_does_not_end_in_time_is_interrupted_and_can_be_tried_at_once(
    database: Database, clock: Clock
) -> None:
    await database.in_transaction(add_event("a"))

    async def wait(_: Claim) -> None:
        await asyncio.Event().wait()

    step = Doing(database, clock, wait)
    async with draining(database, step, clock, stop_seconds=0.01):
        await until(lambda: step.begun == ["a"])
    (again,) = await database.in_transaction(claim(owner="next life"))
    assert (again.attempts, again.reason) == (2, "the worker was stopped")


async def test_a_worker_that_dies_in_the_middle_loses_nothing(
    database: Database, clock: Clock
) -> None:
    await database.in_transaction(add_event("a"))

    async def wait(_: Claim) -> None:
        await asyncio.Event().wait()

    dying = Doing(database, clock, wait)
    loop = asyncio.create_task(
        drain(
            database,
            dying,
            pace=Pace(batch=1, concurrency=1, lease_seconds=0.3),
            owner="dying",
            now=clock,
            jitter=lambda: 0.0,
            stop=asyncio.Event(),
        )
    )
    await until(lambda: dying.begun == ["a"])
    loop.cancel()
    await asyncio.wait([loop])
    assert await states(database) == [State.RUNNING]
    step = Doing(database, clock, nothing)
    async with draining(database, step, clock):
        await until(lambda: step.done == ["a"])


async def test_the_loop_goes_on_when_the_database_is_back(
    database: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch, records: list[Any]
) -> None:
    await database.in_transaction(add_event("a"))
    step = Doing(database, clock, nothing)
    reached = database.in_transaction

    async def away(_: object) -> None:
        raise DatabaseAway("The database cannot be used now")

    monkeypatch.setattr(database, "in_transaction", away)
    async with draining(database, step, clock):
        await until(lambda: any(each["event"] == "claiming_failed" for each in records))
        monkeypatch.setattr(database, "in_transaction", reached)
        await until(lambda: step.done == ["a"])
