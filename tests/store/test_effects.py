from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import TypeVar

from sqlmodel import Session

from app.domain.effects import React, ShowCard
from app.store import claims, effects
from app.store.effects import EFFECTS
from app.store.engine import Database
from app.store.queues import State
from tests.store.rows import NOW, add_effects, card, claim, column, later, reaction

T = TypeVar("T")
U = TypeVar("U")


async def waiting(database: Database) -> list[object]:
    return await database.reading(column(EFFECTS, "key"))


async def test_an_order_is_recorded_once_by_its_key(database: Database) -> None:
    assert await database.in_transaction(add_effects(reaction("1"), reaction("1"))) == [True, False]
    assert await database.in_transaction(add_effects(reaction("1"), reaction("2"))) == [False, True]


async def test_an_order_comes_back_as_it_was_given(database: Database) -> None:
    given: list[React | ShowCard] = [card(3), reaction("1", issue=2)]
    await database.in_transaction(add_effects(*given))
    held = await database.in_transaction(claim(EFFECTS))
    assert [effects.effect_of(each) for each in held] == given
    assert [each.provider for each in held] == ["github", "github"]
    assert [each.tenant for each in held] == [7, 7]
    assert [each.lane for each in held] == ["github:70:1", "github:70:2"]


async def test_of_waiting_orders_with_one_slot_the_newest_takes_the_place(
    database: Database,
) -> None:
    await database.in_transaction(add_effects(card(1), reaction("1")))
    assert await database.in_transaction(add_effects(card(2))) == [True]
    assert await database.in_transaction(add_effects(card(3), card(1, ticket="t2"))) == [True, True]
    assert await waiting(database) == ["t1:card:3", reaction("1").key, "t2:card:1"]
    (held,) = await database.in_transaction(claim(EFFECTS))
    assert effects.effect_of(held) == card(3)


async def test_the_same_order_again_replaces_nothing(database: Database) -> None:
    await database.in_transaction(add_effects(card(1), card(2)))
    assert await database.in_transaction(add_effects(card(2))) == [False]
    assert await waiting(database) == ["t1:card:2"]


async def test_an_order_that_was_ever_claimed_is_never_replaced(database: Database) -> None:
    await database.in_transaction(add_effects(card(1)))
    (held,) = await database.in_transaction(claim(EFFECTS))
    await database.in_transaction(add_effects(card(2)))
    await database.in_transaction(
        lambda session: claims.retry(session, held, due_at=later(5), reason="502")
    )
    await database.in_transaction(add_effects(card(3)))
    assert await waiting(database) == ["t1:card:1", "t1:card:3"]
    assert await database.reading(column(EFFECTS, "state")) == [State.READY, State.READY]


async def test_an_order_that_is_done_keeps_its_place(database: Database) -> None:
    await database.in_transaction(add_effects(card(1)))
    (held,) = await database.in_transaction(claim(EFFECTS))
    await database.in_transaction(lambda session: claims.finish(session, held, now=NOW))
    await database.in_transaction(add_effects(card(2)))
    assert await database.reading(column(EFFECTS, "state")) == [State.DONE, State.READY]


async def held_open(
    database: Database, first: Callable[[Session], T], second: Callable[[Session], U]
) -> tuple[T, U]:
    """Run the first up to its commit, begin the second, and only then let both go on."""
    has_written, may_commit = threading.Event(), threading.Event()

    def slow(session: Session) -> T:
        result = first(session)
        has_written.set()
        assert may_commit.wait(10)
        return result

    before = asyncio.create_task(database.in_transaction(slow))
    await asyncio.to_thread(has_written.wait, 10)
    after = asyncio.create_task(database.in_transaction(second))
    await asyncio.wait([after], timeout=0.2)
    may_commit.set()
    return await before, await after


async def test_a_newer_order_does_not_replace_one_that_is_being_claimed(
    postgresql_url: str,
) -> None:
    async with Database(postgresql_url) as database:
        await database.in_transaction(add_effects(card(1)))
        held, added = await held_open(database, claim(EFFECTS), add_effects(card(2)))
        assert [each.key for each in held] == ["t1:card:1"]
        assert added == [True]
        assert await waiting(database) == ["t1:card:1", "t1:card:2"]


async def test_an_order_that_is_being_replaced_is_claimed_when_it_has_been(
    postgresql_url: str,
) -> None:
    async with Database(postgresql_url) as database:
        await database.in_transaction(add_effects(card(1)))
        _, held = await held_open(database, add_effects(card(2)), claim(EFFECTS))
        assert held == []  # nobody waits for it with the other claims behind them
        (late,) = await database.in_transaction(claim(EFFECTS))
        assert effects.effect_of(late) == card(2)
        assert await waiting(database) == ["t1:card:2"]
