from __future__ import annotations

import pytest

from app.store import claims
from app.store.by_hand import NotToBeChangedError, find, give_up, newest, try_again
from app.store.deliveries import DELIVERIES
from app.store.effects import EFFECTS
from app.store.engine import Database
from app.store.events import EVENTS
from app.store.queues import REASON_LENGTH_MAX, State
from tests.store.rows import NOW, add_effects, add_event, claim, finish, keys, later, reaction


async def test_the_newest_rows_come_first_and_not_more_than_asked_for(database: Database) -> None:
    for key in ("a", "b", "c"):
        await database.in_transaction(add_event(key))
    found = await database.reading(lambda s: newest(s, EVENTS, state=None, limit=2))
    assert [each.key for each in found] == ["c", "b"]


async def test_rows_are_listed_by_state(database: Database) -> None:
    for key in ("a", "b", "c"):
        await database.in_transaction(add_event(key, lane=key))
    first, *_ = await database.in_transaction(claim(limit=1))
    await database.in_transaction(finish(first))
    await database.in_transaction(claim(limit=1))
    await database.in_transaction(lambda s: give_up(s, EVENTS, "c", reason="", now=NOW))
    for state, key in ((State.DONE, "a"), (State.RUNNING, "b"), (State.BURIED, "c")):
        found = await database.reading(
            lambda s, state=state: newest(s, EVENTS, state=state, limit=9)  # type: ignore[misc]  # a default binds it
        )
        assert [each.key for each in found] == [key]
    assert await database.reading(lambda s: newest(s, EVENTS, state=State.READY, limit=9)) == []


async def test_a_row_is_found_by_its_id_and_by_its_key(database: Database) -> None:
    await database.in_transaction(add_event("a"))
    by_key = await database.reading(lambda s: find(s, EVENTS, "a"))
    by_id = await database.reading(lambda s: find(s, EVENTS, by_key.id))
    assert by_id == by_key
    with pytest.raises(NotToBeChangedError, match="There is no delivery 'a'"):
        await database.reading(lambda s: find(s, DELIVERIES, "a"))


async def test_a_waiting_row_is_due_at_once(database: Database) -> None:
    await database.in_transaction(add_event("a", due_in=3600))
    assert await database.in_transaction(claim(now=later(1))) == []
    await database.in_transaction(lambda s: try_again(s, EVENTS, "a", now=later(1)))
    assert keys(await database.in_transaction(claim(now=later(1)))) == ["a"]


async def test_a_buried_row_comes_back_and_remembers_that_it_was_tried(database: Database) -> None:
    await database.in_transaction(add_event("a"))
    (first,) = await database.in_transaction(claim())
    await database.in_transaction(lambda s: claims.bury(s, first, reason="no", now=NOW))
    await database.in_transaction(lambda s: try_again(s, EVENTS, "a", now=later(9)))
    (again,) = await database.in_transaction(claim(now=later(9)))
    assert (again.state, again.attempts, again.first_tried_at) == (State.RUNNING, 2, NOW)
    assert again.finished_at is None


async def test_a_row_that_is_given_up_lets_its_lane_go_on(database: Database) -> None:
    await database.in_transaction(add_event("a"))
    await database.in_transaction(add_event("b"))
    await database.in_transaction(
        lambda s: give_up(s, EVENTS, "a", reason="x" * 9999, now=later(3))
    )
    buried = await database.reading(lambda s: find(s, EVENTS, "a"))
    assert (buried.state, buried.finished_at) == (State.BURIED, later(3))
    assert buried.reason == "x" * REASON_LENGTH_MAX
    assert keys(await database.in_transaction(claim())) == ["b"]
    with pytest.raises(NotToBeChangedError, match="buried already"):
        await database.in_transaction(lambda s: give_up(s, EVENTS, "a", reason="", now=NOW))


@pytest.mark.parametrize("is_done", [True, False])
async def test_what_is_done_or_at_work_is_left_alone(database: Database, *, is_done: bool) -> None:
    await database.in_transaction(add_effects(reaction("c1")))
    (row,) = await database.in_transaction(claim(EFFECTS))
    if is_done:
        await database.in_transaction(finish(row))
    for change in (
        lambda s: try_again(s, EFFECTS, row.key, now=NOW),
        lambda s: give_up(s, EFFECTS, row.key, reason="", now=NOW),
    ):
        with pytest.raises(NotToBeChangedError, match="it is done" if is_done else "it is running"):
            await database.in_transaction(change)
    if not is_done:
        await database.in_transaction(finish(row))


async def test_whoever_claims_first_wins(database: Database) -> None:
    await database.in_transaction(add_event("a"))
    looked_at = await database.reading(lambda s: find(s, EVENTS, "a"))
    (row,) = await database.in_transaction(claim())
    await database.in_transaction(lambda s: claims.retry(s, row, due_at=NOW, reason="again"))
    assert looked_at.fence != row.fence
    await database.in_transaction(lambda s: try_again(s, EVENTS, looked_at.id, now=NOW))
    assert keys(await database.in_transaction(claim())) == ["a"]
