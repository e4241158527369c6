from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import Session

from app.domain.conversations import Message
from app.domain.deliveries import Delivery, Provider
from app.domain.effects import LANE_OF_THE_APP, Effect, ListLostDeliveries, ReadPolicy, Redeliver
from app.domain.errors import Refused, Transient
from app.domain.events import (
    Arrival,
    EffectFailed,
    Event,
    IssueSeen,
    LostDeliveriesListed,
    LostDelivery,
    MessageArrived,
    PaymentMoved,
    RepositorySeen,
)
from app.domain.ids import Lane
from app.domain.operator import Operator
from app.domain.people import Identity
from app.providers.rooms import Attempt
from app.store import deliveries, effects, events, known
from app.store.deliveries import DELIVERIES
from app.store.effects import EFFECTS
from app.store.engine import Database
from app.store.events import EVENTS
from app.store.queues import Claim, Queue, State, claim_of, columns_of
from app.worker.drain import Pace, drain
from app.worker.steps import NOT_YET_AT_MOST, Deliveries, Effects, Events, tell_failure
from tests.store.rows import NOW, add_effects, add_event, card, claim, thread
from tests.worker.draining import Clock, until

OPERATOR = Operator(
    public_url="https://support.example",
    seller="Example",
    support_email="",
    terms_url="",
    currencies=("usd",),
    fees={},
    platform_bp=0,
    has_checkout=False,
    has_model=False,
)
DELIVERY = Delivery(
    provider=Provider.STRIPE, external_id="evt_1", kind="x", body=b"{}", received_at=NOW
)


class Outside:
    """A performer that does what a test says, and remembers what it was asked."""

    def __init__(self, *answers: Event | Exception | None) -> None:
        self.asked: list[tuple[Effect, Attempt]] = []
        self._answers = list(answers)

    async def perform(self, effect: Effect, attempt: Attempt) -> Event | None:
        self.asked.append((effect, attempt))
        answer = self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def close(self) -> None:
        """Nothing is open."""


@pytest.fixture
def clock() -> Clock:
    return Clock()


@asynccontextmanager
async def working(
    database: Database,
    clock: Clock,
    *,
    translate: Callable[[Delivery], list[Arrival]] = lambda _: [],
    github: Outside | None = None,
) -> AsyncIterator[None]:
    """Run the three loops as the product does."""
    stop = asyncio.Event()
    steps = (
        Deliveries(database=database, translate={Provider.STRIPE: translate}, now=clock),
        Events(
            database=database,
            operator=OPERATOR,
            now=clock,
            new_id=lambda: "id",
            new_token=lambda: "token",
        ),
        Effects(
            database=database,
            operator=OPERATOR,
            performers={Provider.GITHUB: github} if github else {},
            now=clock,
        ),
    )
    pace = Pace(batch=8, concurrency=8, lease_seconds=60, poll_seconds=0.05)
    loops = [
        asyncio.create_task(
            drain(database, each, pace=pace, owner="me", now=clock, jitter=lambda: 0.0, stop=stop)
        )
        for each in steps
    ]
    try:
        yield
    finally:
        stop.set()
        await asyncio.gather(*loops)


async def rows(database: Database, queue: Queue) -> list[Claim]:
    def look(session: Session) -> list[Claim]:
        found = session.connection().execute(select(*columns_of(queue)).order_by(queue.table.c.seq))
        return [claim_of(queue, row) for row in found]

    return await database.reading(look)


async def is_over(database: Database, queue: Queue, many: int) -> bool:
    found = await rows(database, queue)
    ended = [each for each in found if each.state in (State.DONE, State.BURIED)]
    return len(found) == len(ended) == many


async def test_a_delivery_becomes_events_in_their_lanes_once(
    database: Database, clock: Clock
) -> None:
    def translate(delivery: Delivery) -> list[Arrival]:
        assert delivery == DELIVERY
        moved = [PaymentMoved(intent=each) for each in ("pi_1", "pi_2", "pi_1")]
        return [
            Arrival(key=f"{each.intent}:moved", event=each, lane=None, about=(each.intent,))
            for each in moved
        ]

    def prepare(session: Session) -> None:
        known.know(session, Provider.STRIPE, "pi_2", lane=Lane("the ticket's"), ticket=None)
        deliveries.add_many(session, [DELIVERY])

    await database.in_transaction(prepare)
    async with working(database, clock, translate=translate):
        await until(lambda: is_over(database, DELIVERIES, 1))
    assert [(each.key, each.lane) for each in (await rows(database, EVENTS))[:2]] == [
        ("pi_1:moved", "stripe:pi_1"),
        ("pi_2:moved", "the ticket's"),
    ]


async def test_a_delivery_that_nobody_translates_is_done(database: Database, clock: Clock) -> None:
    foreign = replace(DELIVERY, provider=Provider.GITHUB)
    await database.in_transaction(lambda session: deliveries.add_many(session, [foreign]))
    async with working(database, clock):
        await until(lambda: is_over(database, DELIVERIES, 1))
    assert await rows(database, EVENTS) == []


async def test_what_came_of_an_effect_comes_back_as_an_event_in_its_lane(
    database: Database, clock: Clock
) -> None:
    """A whole round: a chore orders a look, the look finds a loss, the loss orders its cure."""
    found = LostDeliveriesListed(lost=(LostDelivery(id=5, guid="g5"),))
    github = Outside(Transient("502"), found, None)
    await database.in_transaction(add_event("heal", str(LANE_OF_THE_APP)))
    async with working(database, clock, github=github):
        await until(lambda: has_reason(database, EFFECTS, "502"))
        clock.move(seconds=5)
        await until(lambda: is_over(database, EFFECTS, 2))
        await until(lambda: is_over(database, EVENTS, 2))
    look = ListLostDeliveries(since=NOW - timedelta(days=3), until=NOW - timedelta(minutes=1))
    later = NOW + timedelta(seconds=5)
    assert github.asked == [
        (look, Attempt(number=1, first_at=NOW, at=NOW)),
        (look, Attempt(number=2, first_at=NOW, at=later)),
        (Redeliver(delivery=5, guid="g5", n=1), Attempt(number=1, first_at=later, at=later)),
    ]
    outcome = (await rows(database, EVENTS))[1]
    assert (outcome.key, outcome.lane) == (f"{look.key}:outcome", LANE_OF_THE_APP)
    assert events.event_of(outcome) == found


async def has_reason(database: Database, queue: Queue, reason: str) -> bool:
    return any(reason in each.reason for each in await rows(database, queue))


@pytest.mark.parametrize("is_certain", [True, False])
async def test_an_effect_that_is_given_up_is_told_to_its_lane(
    database: Database, clock: Clock, *, is_certain: bool
) -> None:
    order = Redeliver(delivery=5, guid="g5", n=1)
    github = Outside(Refused("GitHub does not know it", is_certain=is_certain))
    await database.in_transaction(lambda session: effects.add_once(session, order, now=NOW))
    async with working(database, clock, github=github):
        await until(lambda: is_over(database, EVENTS, 1))
    (effect,) = await rows(database, EFFECTS)
    assert (effect.state, effect.reason) == (State.BURIED, "GitHub does not know it")
    (told,) = await rows(database, EVENTS)
    assert (told.key, told.lane) == (f"{order.key}:failed", LANE_OF_THE_APP)
    assert events.event_of(told) == EffectFailed(
        effect=order, reason="GitHub does not know it", is_certain=is_certain
    )


async def test_an_effect_at_a_provider_that_is_not_configured_is_given_up(
    database: Database, clock: Clock
) -> None:
    order = Redeliver(delivery=5, guid="g5", n=1)
    await database.in_transaction(lambda session: effects.add_once(session, order, now=NOW))
    async with working(database, clock):
        await until(lambda: is_over(database, EFFECTS, 1))
    (effect,) = await rows(database, EFFECTS)
    assert (effect.state, effect.reason) == (State.BURIED, "github is not configured")


async def test_who_waits_for_what_may_not_be_done_any_more_is_told_so(
    database: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    github = Outside()
    order = Redeliver(delivery=5, guid="g5", n=1)
    failed = EffectFailed(effect=order, reason="it is private by now", is_certain=False)
    monkeypatch.setattr("app.worker.steps.prepare", lambda *_, **__: failed)
    await database.in_transaction(lambda session: effects.add_once(session, order, now=NOW))
    async with working(database, clock, github=github):
        await until(lambda: is_over(database, EVENTS, 1))
    assert github.asked == []
    assert [each.state for each in await rows(database, EFFECTS)] == [State.DONE]
    (told,) = await rows(database, EVENTS)
    assert events.event_of(told) == failed


async def test_an_effect_with_nothing_left_to_do_is_done_without_going_outside(
    database: Database, clock: Clock
) -> None:
    github = Outside()
    await database.in_transaction(add_effects(card(1, ticket="of nobody")))
    async with working(database, clock, github=github):
        await until(lambda: is_over(database, EFFECTS, 1))
    assert github.asked == []
    assert [each.state for each in await rows(database, EFFECTS)] == [State.DONE]


def message() -> MessageArrived:
    ada = Identity(provider=Provider.GITHUB, external_id="1", login="ada")
    return MessageArrived(
        thread=thread(),
        repository=RepositorySeen(
            id=thread().repository, owner="acme", name="rocket", is_private=False
        ),
        issue=IssueSeen(
            title="It explodes",
            body="Why?",
            author=ada,
            is_open=True,
            is_locked=False,
            created_at=NOW,
        ),
        message=Message(ref="1", author=ada, text="/support", sent_at=NOW),
    )


def arrive(session: Session) -> Any:
    return events.add_once(session, message(), key="m", lane=thread().lane, now=NOW)


async def test_an_event_that_needs_something_read_first_orders_that_and_waits(
    database: Database, clock: Clock
) -> None:
    await database.in_transaction(arrive)
    async with working(database, clock, github=Outside(Transient("502"))):
        await until(lambda: has_reason(database, EFFECTS, "502"))
    (event,) = await rows(database, EVENTS)
    assert (event.state, event.attempts) == (State.READY, 0)
    assert event.due_at > NOW
    (order,) = await rows(database, EFFECTS)
    assert isinstance(effects.effect_of(order), ReadPolicy)


async def test_an_event_does_not_wait_for_ever(database: Database, clock: Clock) -> None:
    await database.in_transaction(arrive)
    async with working(database, clock, github=Outside(*[Transient("502")] * 9)):
        await until(lambda: has_reason(database, EVENTS, "read first"))
        clock.move(seconds=NOT_YET_AT_MOST.total_seconds() + 1)
        await until(lambda: is_over(database, EVENTS, 1))
    (event,) = await rows(database, EVENTS)
    assert (event.state, event.reason) == (State.BURIED, "what it waits for was never read")


async def test_an_event_of_a_kind_that_this_version_does_not_know_waits_for_one_that_does(
    database: Database, clock: Clock
) -> None:
    def from_the_future(session: Session) -> None:
        add_event("new")(session)
        session.connection().execute(EVENTS.table.update().values(kind="PigsFlew"))

    await database.in_transaction(from_the_future)
    async with working(database, clock):
        await until(lambda: has_reason(database, EVENTS, "PigsFlew"))
    (event,) = await rows(database, EVENTS)
    assert (event.state, event.attempts) == (State.READY, 1)


async def test_an_effect_that_no_version_knows_can_be_buried_though_nobody_is_told(
    database: Database,
) -> None:
    def from_the_future(session: Session) -> list[Claim]:
        add_effects(card(1))(session)
        session.connection().execute(EFFECTS.table.update().values(kind="PigFlies"))
        return claim(EFFECTS)(session)

    (held,) = await database.in_transaction(from_the_future)
    await database.in_transaction(
        lambda session: tell_failure(session, held, "given up", is_certain=True, now=NOW)
    )
    assert await rows(database, EVENTS) == []
