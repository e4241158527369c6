from __future__ import annotations

import os
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.domain.deliveries import Delivery, Provider
from app.store import claims, deliveries
from app.store.deliveries import DELIVERIES
from app.store.engine import Database
from app.store.queues import prune_all
from tests.store.rows import NOW, add_event, claim, column, finish, later

DELIVERY = Delivery(
    provider=Provider.GITHUB,
    external_id="72d3162e-cc78-11e3-81ab-4c9367dc0958",
    kind="issue_comment",
    body=b'{"action": "created"}',
    received_at=NOW,
)


async def store(database: Database, *stored: Delivery) -> list[bool]:
    return await database.in_transaction(lambda session: deliveries.add_many(session, stored))


@pytest.mark.parametrize(
    "body", [b"{}", b'{"text": "' + b"x" * 1_000_000 + b'"}', os.urandom(9999)]
)
async def test_a_delivery_comes_back_as_it_came(database: Database, body: bytes) -> None:
    delivery = replace(DELIVERY, body=body)
    assert await store(database, delivery) == [True]
    (held,) = await database.in_transaction(claim(DELIVERIES))
    assert deliveries.delivery_of(held) == delivery
    assert await database.reading(column(DELIVERIES, "size_bytes")) == [len(body)]


async def test_bodies_are_stored_compressed(database: Database) -> None:
    await store(database, replace(DELIVERY, body=b"x" * 100_000))
    (stored,) = await database.reading(column(DELIVERIES, "payload"))
    assert isinstance(stored, bytes)
    assert len(stored) < 1000


async def test_each_delivery_is_told_whether_it_is_new_also_within_one_batch(
    database: Database,
) -> None:
    other = replace(DELIVERY, external_id="other")
    elsewhere = replace(DELIVERY, provider=Provider.STRIPE)
    assert await store(database, DELIVERY, other, DELIVERY) == [True, True, False]
    assert await store(database, other, elsewhere) == [False, True]
    assert len(await database.reading(column(DELIVERIES, "id"))) == 3


async def test_a_large_batch_is_stored_whole(database: Database) -> None:
    many = [replace(DELIVERY, external_id=str(n)) for n in range(2000)]
    assert await store(database, *many, *many) == [True] * 2000 + [False] * 2000


async def test_deliveries_have_no_order_among_them(database: Database) -> None:
    await store(database, *(replace(DELIVERY, external_id=str(n)) for n in range(5)))
    held = await database.in_transaction(claim(DELIVERIES))
    assert [each.key for each in held] == ["0", "1", "2", "3", "4"]
    await database.in_transaction(
        lambda session: claims.retry(session, held[0], due_at=later(9), reason="x")
    )
    await database.in_transaction(finish(*held[1:]))


async def test_what_we_have_is_known_by_its_provider_and_id(database: Database) -> None:
    await store(database, DELIVERY)

    async def is_stored(provider: Provider, external_id: str) -> bool:
        return await database.reading(
            lambda session: deliveries.is_stored(session, provider, external_id)
        )

    assert await is_stored(Provider.GITHUB, DELIVERY.external_id)
    assert not await is_stored(Provider.STRIPE, DELIVERY.external_id)
    assert not await is_stored(Provider.GITHUB, "another")


async def test_a_lost_delivery_is_asked_for_a_few_times_only(database: Database) -> None:
    async def count(guid: str) -> int | None:
        return await database.in_transaction(
            lambda session: deliveries.count_redelivery(session, guid, at_most=3)
        )

    assert [await count("a") for _ in range(5)] == [1, 2, 3, None, None]
    assert await count("b") == 1


async def test_pruning_forgets_what_was_done_long_ago_and_nothing_else(database: Database) -> None:
    await store(database, *(replace(DELIVERY, external_id=str(n)) for n in range(4)))
    await database.in_transaction(add_event("old"))
    old, older, young, buried = await database.in_transaction(claim(DELIVERIES))
    (event,) = await database.in_transaction(claim())
    await database.in_transaction(finish(old, event, now=later(-10)))
    await database.in_transaction(finish(older, now=later(-20)))
    await database.in_transaction(finish(young, now=later(10)))
    await database.in_transaction(
        lambda session: claims.bury(session, buried, reason="x", now=later(-30))
    )
    await database.in_transaction(add_event("waiting", now=NOW - timedelta(days=99)))

    async def prune(limit: int) -> int:
        return await database.in_transaction(
            lambda session: prune_all(session, before=NOW, limit=limit)
        )

    assert await prune(1) == 2
    assert await database.reading(column(DELIVERIES, "external_id")) == ["0", "2", "3"]
    assert await prune(100) == 1
    assert await prune(100) == 0
    assert await database.reading(column(DELIVERIES, "external_id")) == ["2", "3"]
    own = DELIVERIES.table.c
    assert await database.reading(
        lambda session: session.connection().execute(select(own.seq)).scalars().all()
    ) == [3, 4]
