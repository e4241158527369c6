from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from functools import partial

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from app.domain.errors import LeaseLost
from app.domain.ids import InstallationId
from app.store import claims
from app.store.deliveries import DELIVERIES
from app.store.effects import EFFECTS
from app.store.engine import Database
from app.store.events import EVENTS
from app.store.pauses import pause
from app.store.queues import REASON_LENGTH_MAX, State
from tests.store.rows import (
    NOW,
    add_effects,
    add_event,
    claim,
    column,
    finish,
    keys,
    later,
    reaction,
)

VERBS = {
    "finish": lambda session, held: claims.finish(session, held, now=NOW),
    "retry": lambda session, held: claims.retry(session, held, due_at=NOW, reason="x"),
    "postpone": lambda session, held: claims.postpone(session, held, due_at=NOW, reason="x"),
    "bury": lambda session, held: claims.bury(session, held, reason="x", now=NOW),
}


def run_out(session: Session) -> None:
    """Let every lease be over, as if its time had passed."""
    session.connection().execute(update(EVENTS.table).values(lease_until=later(-(10**9))))


async def add(database: Database, *added: tuple[str, str]) -> None:
    for key, lane in added:
        await database.in_transaction(add_event(key, lane))


async def test_a_claim_tells_all_about_its_row(database: Database) -> None:
    await database.in_transaction(add_event("k", "l", tenant=7))
    (held,) = await database.in_transaction(claim(owner="me"))
    assert (held.queue, held.key, held.lane, held.tenant) == (EVENTS, "k", "l", 7)
    assert (held.kind, held.payload) == ("ChoreCame", '{"chore":"heal"}')
    assert (held.state, held.owner, held.attempts, held.fence) == (State.RUNNING, "me", 1, 1)
    assert (held.due_at, held.first_tried_at, held.created_at) == (NOW, NOW, NOW)
    assert (held.provider, held.finished_at, held.reason) == (None, None, "")
    assert len(held.id) == 32


async def test_a_row_is_claimed_once_while_its_lease_lasts(database: Database) -> None:
    await add(database, ("a", "1"), ("b", "2"))
    assert keys(await database.in_transaction(claim(owner="me"))) == ["a", "b"]
    assert await database.in_transaction(claim(owner="you")) == []


async def test_a_lane_gives_one_row_at_a_time_in_order(database: Database) -> None:
    await add(database, ("a1", "a"), ("b1", "b"), ("a2", "a"), ("a3", "a"))
    first = await database.in_transaction(claim())
    assert keys(first) == ["a1", "b1"]
    assert await database.in_transaction(claim()) == []
    await database.in_transaction(finish(first[0]))
    assert keys(await database.in_transaction(claim())) == ["a2"]


async def test_a_row_that_is_retried_holds_up_its_lane_but_no_other(database: Database) -> None:
    await add(database, ("a1", "a"), ("a2", "a"), ("b1", "b"))
    held, _ = await database.in_transaction(claim())
    await database.in_transaction(
        lambda session: claims.retry(session, held, due_at=later(60), reason="502")
    )
    await add(database, ("a3", "a"), ("c1", "c"))
    assert keys(await database.in_transaction(claim(now=later(59)))) == ["c1"]
    (again,) = await database.in_transaction(claim(now=later(60)))
    assert (again.key, again.attempts, again.reason) == ("a1", 2, "502")
    assert again.first_tried_at == NOW
    await database.in_transaction(finish(again))
    assert keys(await database.in_transaction(claim(now=later(60)))) == ["a2"]


async def test_a_timer_holds_up_nothing_and_takes_its_turn_when_it_is_due(
    database: Database,
) -> None:
    await database.in_transaction(add_event("timer", due_in=60))
    await database.in_transaction(add_event("now"))
    (held,) = await database.in_transaction(claim(now=later(59)))
    assert held.key == "now"
    await database.in_transaction(add_event("after", now=later(61)))
    assert await database.in_transaction(claim(now=later(61))) == []
    await database.in_transaction(finish(held))
    assert keys(await database.in_transaction(claim(now=later(61)))) == ["timer"]


async def test_timers_that_became_due_together_come_in_the_order_of_their_times(
    database: Database,
) -> None:
    for key, due_in in (("second", 20), ("third", 30), ("first", 10)):
        await database.in_transaction(add_event(key, due_in=due_in))
    came = []
    for _ in range(3):
        (held,) = await database.in_transaction(claim(now=later(3600)))
        came.append(held.key)
        await database.in_transaction(finish(held))
    assert came == ["first", "second", "third"]


async def test_what_was_buried_holds_up_nothing(database: Database) -> None:
    await add(database, ("a", "l"), ("b", "l"))
    (held,) = await database.in_transaction(claim())
    await database.in_transaction(
        lambda session: claims.bury(session, held, reason="refused " * 100, now=later(5))
    )
    assert keys(await database.in_transaction(claim())) == ["b"]
    assert await database.reading(column(EVENTS, "state")) == [State.BURIED, State.RUNNING]
    assert await database.reading(column(EVENTS, "finished_at")) == [later(5), None]
    (reason, _) = await database.reading(column(EVENTS, "reason"))
    assert reason == ("refused " * 100)[:REASON_LENGTH_MAX]


async def test_postponing_uses_up_no_attempt(database: Database) -> None:
    await add(database, ("a", "l"))
    for n in range(3):
        (held,) = await database.in_transaction(claim(now=later(n)))
        assert (held.attempts, held.fence) == (1, n + 1)
        await database.in_transaction(
            partial(claims.postpone, claim=held, due_at=later(n + 1), reason="not yet")
        )
    assert await database.in_transaction(claim(now=later(2))) == []


async def test_a_lease_that_ran_out_gives_the_row_to_whoever_comes(database: Database) -> None:
    await add(database, ("a", "l"), ("b", "l"))
    await database.in_transaction(claim(owner="dead"))
    await database.in_transaction(run_out)
    (held,) = await database.in_transaction(claim(owner="alive"))
    assert (held.key, held.owner, held.attempts, held.fence) == ("a", "alive", 2, 2)


async def test_a_lease_goes_by_the_databases_clock_whatever_ours_says(database: Database) -> None:
    await add(database, ("a", "l"))
    await database.in_transaction(claim(owner="me"))
    assert await database.in_transaction(claim(owner="you", now=later(10**8))) == []
    await database.in_transaction(run_out)
    assert len(await database.in_transaction(claim(owner="you", now=later(1)))) == 1


@pytest.mark.parametrize("verb", VERBS)
async def test_whoever_lost_a_lease_can_record_nothing(database: Database, verb: str) -> None:
    await add(database, ("a", "l"))
    (old,) = await database.in_transaction(claim(owner="me"))
    await database.in_transaction(run_out)
    (new,) = await database.in_transaction(claim(owner="me"))  # by the same name, even
    with pytest.raises(LeaseLost, match=old.id):
        await database.in_transaction(lambda session: VERBS[verb](session, old))
    with pytest.raises(LeaseLost):
        await database.in_transaction(
            lambda session: VERBS[verb](session, replace(new, owner="you"))
        )
    assert await database.reading(column(EVENTS, "state")) == [State.RUNNING]
    await database.in_transaction(lambda session: VERBS[verb](session, new))
    with pytest.raises(LeaseLost):
        await database.in_transaction(lambda session: VERBS[verb](session, new))


async def test_a_lost_lease_undoes_what_was_to_be_recorded_with_it(database: Database) -> None:
    await add(database, ("a", "l"))
    (old,) = await database.in_transaction(claim())
    await database.in_transaction(run_out)
    await database.in_transaction(claim(owner="you"))

    def work(session: Session) -> None:
        add_event("what came of it")(session)
        claims.finish(session, old, now=NOW)

    with pytest.raises(LeaseLost):
        await database.in_transaction(work)
    assert await database.reading(column(EVENTS, "key")) == ["a"]


async def test_renewing_keeps_what_is_ours_and_tells_what_is_lost(database: Database) -> None:
    await add(database, ("a", "1"), ("b", "2"), ("c", "3"))
    a, b, c = await database.in_transaction(claim(owner="me", lease_seconds=1))
    await database.in_transaction(finish(c))
    await database.in_transaction(run_out)
    (lost,) = await database.in_transaction(claim(owner="me", limit=1))
    assert lost.key == "a"
    gone = await database.in_transaction(
        lambda session: claims.renew(session, [a, b, c], lease_seconds=60)
    )
    assert gone == [a, b, c]  # the claim gave b back before anybody took it
    (b,) = await database.in_transaction(claim(owner="me", lease_seconds=1))
    await database.in_transaction(run_out)
    assert not await database.in_transaction(
        lambda session: claims.renew(session, [lost, b], lease_seconds=3600)
    )
    assert await database.in_transaction(claim(owner="you")) == []
    assert (
        await database.in_transaction(lambda session: claims.renew(session, [], lease_seconds=1))
        == []
    )


async def test_installations_take_turns(database: Database) -> None:
    for n in range(20):
        await database.in_transaction(add_event(f"busy {n}", f"busy {n}", tenant=1))
    await database.in_transaction(add_event("other", "other", tenant=2))
    await database.in_transaction(add_event("nobody's", "nobody's"))
    held = await database.in_transaction(claim(limit=4))
    assert Counter(each.tenant for each in held) == {1: 2, 2: 1, None: 1}
    assert [key for key in keys(held) if "busy" in key] == ["busy 0", "busy 1"]


async def test_a_pause_holds_back_one_installation_at_one_provider_until_it_ends(
    database: Database,
) -> None:
    await database.in_transaction(
        add_effects(reaction("a", issue=1, installation=1), reaction("b", issue=2, installation=2))
    )

    def stop(session: Session, seconds: float) -> None:
        pause(session, "github", InstallationId(1), until=later(seconds))

    await database.in_transaction(lambda session: stop(session, 60))
    await database.in_transaction(lambda session: stop(session, 30))  # the longer one counts
    (held,) = await database.in_transaction(claim(EFFECTS, now=later(59)))
    assert (held.tenant, held.provider) == (2, "github")
    (held,) = await database.in_transaction(claim(EFFECTS, now=later(60)))
    assert held.tenant == 1
    await database.in_transaction(lambda session: stop(session, 90))
    await database.in_transaction(finish(held))


async def test_a_pause_without_an_installation_holds_back_those_without_one(
    database: Database,
) -> None:
    await database.in_transaction(add_effects(reaction("a", installation=1)))
    await database.in_transaction(lambda session: pause(session, "github", None, until=later(60)))
    assert len(await database.in_transaction(claim(EFFECTS))) == 1


async def test_a_lane_of_effects_goes_on_at_one_provider_while_another_is_slow(
    database: Database,
) -> None:
    await database.in_transaction(add_effects(reaction("a"), reaction("b")))
    (held,) = await database.in_transaction(claim(EFFECTS))

    def same_lane_elsewhere(session: Session) -> None:
        session.connection().execute(
            update(EFFECTS.table).where(EFFECTS.table.c.seq != held.seq).values(provider="stripe")
        )

    await database.in_transaction(same_lane_elsewhere)
    (other,) = await database.in_transaction(claim(EFFECTS))
    assert (other.lane, other.provider) == (held.lane, "stripe")


async def test_no_code_can_put_two_rows_of_a_lane_at_work(database: Database) -> None:
    await add(database, ("a", "l"), ("b", "l"))
    with pytest.raises(IntegrityError):
        await database.in_transaction(
            lambda session: session.connection().execute(
                update(EVENTS.table).values(state=State.RUNNING)
            )
        )


@pytest.mark.parametrize("queue", [DELIVERIES, EVENTS, EFFECTS], ids=lambda queue: queue.name)
async def test_an_empty_queue_gives_nothing(database: Database, queue: object) -> None:
    assert await database.in_transaction(claim(queue)) == []  # type: ignore[arg-type]  # ids=


async def test_many_workers_at_once_never_meet_in_a_lane_and_lose_nothing(
    database_url: str,
) -> None:
    """Three processes' worth of workers on one database, each with its own connections."""
    lanes, each_lane = 5, 8
    at_work: set[str] = set()
    order: dict[str, list[str]] = {str(lane): [] for lane in range(lanes)}

    async def worker(database: Database, owner: str) -> None:
        while sum(map(len, order.values())) < lanes * each_lane:
            for held in await database.in_transaction(claim(owner=owner, limit=2)):
                assert held.lane is not None
                assert held.lane not in at_work
                at_work.add(held.lane)
                await asyncio.sleep(0)
                order[held.lane].append(held.key)
                at_work.remove(held.lane)
                await database.in_transaction(finish(held))

    async with (
        Database(database_url) as a,
        Database(database_url) as b,
        Database(database_url) as c,
    ):
        for n in range(each_lane):
            for lane in range(lanes):
                await a.in_transaction(add_event(f"{lane}:{n}", str(lane)))
        async with asyncio.timeout(30):
            await asyncio.gather(
                *(worker(database, f"{n}") for n, database in enumerate([a, b, c, a, b, c]))
            )
        assert set(await a.reading(column(EVENTS, "attempts"))) == {1}
    for name, came in order.items():
        assert came == [f"{name}:{n}" for n in range(each_lane)]
