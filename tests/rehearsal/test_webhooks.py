from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from app.rehearsal.faults import Fault, Faults
from app.rehearsal.webhooks import GITHUB_POLICY, Policy, Sender

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
QUICK_RETRIES = Policy(timeout_seconds=1, retry_delays_seconds=(0.001,) * 5)


@dataclass
class Receiver:
    """Answers webhooks with the statuses that it was told, then with 202."""

    statuses: list[int] = field(default_factory=list)
    bodies: list[str] = field(default_factory=list)
    headers: list[str] = field(default_factory=list)
    gate: asyncio.Event = field(default_factory=asyncio.Event)

    async def receive(self, request: web.Request) -> web.Response:
        self.bodies.append(await request.text())
        self.headers.append(request.headers.get("X-Test", ""))
        await self.gate.wait()
        status = self.statuses.pop(0) if self.statuses else 202
        headers = {"Location": "/elsewhere"} if status == 302 else {}
        return web.Response(status=status, text=f"said {status}", headers=headers)


@pytest.fixture
def faults() -> Faults:
    return Faults(reorder_seconds=5)


@pytest.fixture
async def receiver() -> Receiver:
    receiver = Receiver()
    receiver.gate.set()
    return receiver


@pytest.fixture
async def server(receiver: Receiver) -> AsyncIterator[TestServer]:
    app = web.Application()
    app.router.add_post("/hooks", receiver.receive)
    server = TestServer(app)
    async with server:
        yield server


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


def _sender(
    session: aiohttp.ClientSession,
    server: TestServer,
    faults: Faults,
    policy: Policy = GITHUB_POLICY,
) -> Sender:
    return Sender(
        session=session,
        url=lambda: str(server.make_url("/hooks")),
        faults=faults,
        now=lambda: NOW,
        policy=policy,
    )


def _send(sender: Sender, *names: str) -> None:
    for name in names:
        sender.send({}, name.encode(), delivery_id=name, event="issues")


async def test_send_returns_at_once_and_settle_waits(
    session: aiohttp.ClientSession, server: TestServer, faults: Faults, receiver: Receiver
) -> None:
    sender = _sender(session, server, faults)
    delivery = sender.send({"X-Test": "1"}, b"a", delivery_id="d1", event="issues")
    assert delivery.attempts == []
    await sender.settle()
    assert (delivery.id, delivery.event, delivery.status) == ("d1", "issues", 202)
    assert (delivery.sent_at, delivery.is_success, delivery.is_finished) == (NOW, True, True)
    assert delivery.attempts[0].response_body == "said 202"
    assert (receiver.bodies, receiver.headers) == (["a"], ["1"])
    assert sender.deliveries == [delivery]


@pytest.mark.parametrize("status", [302, 404, 503])
async def test_github_tries_once_and_only_a_2xx_counts(
    session: aiohttp.ClientSession,
    server: TestServer,
    faults: Faults,
    receiver: Receiver,
    status: int,
) -> None:
    receiver.statuses = [status]
    sender = _sender(session, server, faults)
    _send(sender, "a")
    await sender.settle()
    assert [attempt.status for attempt in sender.deliveries[0].attempts] == [status]
    assert not sender.deliveries[0].is_success


async def test_stripe_retries_until_a_2xx_and_signs_each_attempt(
    session: aiohttp.ClientSession, server: TestServer, faults: Faults, receiver: Receiver
) -> None:
    receiver.statuses = [500, 404]
    sender = _sender(session, server, faults, QUICK_RETRIES)
    signed = iter(["first", "second", "third"])
    delivery = sender.send(lambda: {"X-Test": next(signed)}, b"a", delivery_id="e", event="x")
    await sender.settle()
    assert [attempt.status for attempt in delivery.attempts] == [500, 404, 202]
    assert receiver.headers == ["first", "second", "third"]


async def test_retries_are_bounded(
    session: aiohttp.ClientSession, server: TestServer, faults: Faults, receiver: Receiver
) -> None:
    receiver.statuses = [500] * 100
    sender = _sender(session, server, faults, QUICK_RETRIES)
    _send(sender, "a")
    await sender.settle()
    assert len(sender.deliveries[0].attempts) == 6
    assert sender.deliveries[0].is_finished


async def test_a_receiver_that_is_away_is_an_error_not_a_status(
    session: aiohttp.ClientSession, faults: Faults, unused_tcp_port: int
) -> None:
    sender = Sender(
        session=session,
        url=f"http://127.0.0.1:{unused_tcp_port}/",
        faults=faults,
        now=lambda: NOW,
    )
    _send(sender, "a")
    await sender.settle()
    assert sender.deliveries[0].status is None
    assert "ClientConnectorError" in (sender.deliveries[0].error or "")


async def test_a_receiver_that_never_answers_times_out(
    session: aiohttp.ClientSession, server: TestServer, faults: Faults, receiver: Receiver
) -> None:
    receiver.gate.clear()
    sender = _sender(session, server, faults, Policy(timeout_seconds=0.05))
    _send(sender, "a")
    await sender.settle()
    assert "Timeout" in (sender.deliveries[0].error or "")
    receiver.gate.set()


async def test_a_duplicate_is_sent_twice_under_one_id(
    session: aiohttp.ClientSession, server: TestServer, faults: Faults, receiver: Receiver
) -> None:
    faults.once(Fault.DUPLICATE)
    sender = _sender(session, server, faults)
    _send(sender, "a", "b")
    await sender.settle()
    assert sorted(receiver.bodies) == ["a", "a", "b"]
    assert [len(delivery.attempts) for delivery in sender.deliveries] == [2, 1]


async def test_a_reordered_webhook_comes_after_the_next_one(
    session: aiohttp.ClientSession, server: TestServer, faults: Faults, receiver: Receiver
) -> None:
    faults.once(Fault.REORDER)
    sender = _sender(session, server, faults)
    _send(sender, "a", "b")
    await sender.settle()
    assert receiver.bodies == ["b", "a"]


async def test_a_reordered_webhook_does_not_wait_for_ever(
    session: aiohttp.ClientSession, server: TestServer, receiver: Receiver
) -> None:
    faults = Faults(reorder_seconds=0.01)
    faults.once(Fault.REORDER)
    sender = _sender(session, server, faults)
    _send(sender, "a")
    await sender.settle()
    assert receiver.bodies == ["a"]


async def test_settle_gives_up_after_its_bound_and_close_ends_what_is_in_flight(
    session: aiohttp.ClientSession, server: TestServer, faults: Faults, receiver: Receiver
) -> None:
    receiver.gate.clear()
    sender = _sender(session, server, faults)
    _send(sender, "a")
    with pytest.raises(TimeoutError):
        await sender.settle(timeout_seconds=0.02)
    await sender.close()
    await sender.settle(timeout_seconds=0.02)
    assert sender.deliveries[0].is_finished
    receiver.gate.set()
