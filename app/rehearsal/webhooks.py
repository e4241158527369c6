"""Webhooks as the stand-ins send them: in the background, recorded, with faults on demand."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import aiohttp

from app.rehearsal.faults import Fault, Faults

Headers = Mapping[str, str]

CONCURRENCY_MAX: Final = 16
RESPONSE_BODY_BYTES_MAX: Final = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How a service behaves when its webhook is not answered with a 2xx."""

    timeout_seconds: float
    retry_delays_seconds: tuple[float, ...] = ()


GITHUB_POLICY: Final = Policy(timeout_seconds=10)
"""One attempt: GitHub never redelivers by itself."""

STRIPE_POLICY: Final = Policy(
    timeout_seconds=10, retry_delays_seconds=(0.2, 0.5, 1, 2, 4, 8, 15, 30, 60)
)
"""Retries until a 2xx; the three days of the real service are shortened to two minutes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One request to the receiver: either it has a status, or an error says why it has none."""

    sent_at: datetime
    duration_seconds: float
    status: int | None = None
    error: str | None = None
    response_headers: Mapping[str, str] = field(default_factory=dict)
    response_body: str = ""

    @property
    def is_success(self) -> bool:
        """Only a 2xx is a success; a redirect is not followed and counts as failed."""
        return self.status is not None and 200 <= self.status < 300


@dataclass(slots=True, kw_only=True, eq=False)
class Delivery:
    """One webhook with everything that came of it."""

    id: str
    event: str
    body: bytes
    attempts: list[Attempt] = field(default_factory=list)
    is_finished: bool = False

    @property
    def is_success(self) -> bool:
        """Whether the receiver took it at least once."""
        return any(attempt.is_success for attempt in self.attempts)

    @property
    def status(self) -> int | None:
        """The receiver's last status."""
        return self.attempts[-1].status if self.attempts else None

    @property
    def error(self) -> str | None:
        """Why the last attempt had no status."""
        return self.attempts[-1].error if self.attempts else None

    @property
    def sent_at(self) -> datetime | None:
        """When the first attempt began."""
        return self.attempts[0].sent_at if self.attempts else None


class Sender:
    """Sends webhooks to one receiver and remembers each delivery in the order of `send`.

    The caller owns the session (and with it the connection pool). Deliveries start in order and run
    side by side, as they do at the real services, which promise no order.
    """

    def __init__(
        self,
        *,
        session: aiohttp.ClientSession,
        url: str | Callable[[], str],
        faults: Faults,
        now: Callable[[], datetime],
        policy: Policy = GITHUB_POLICY,
    ) -> None:
        self.deliveries: list[Delivery] = []
        self._session = session
        self._url = url
        self._faults = faults
        self._now = now
        self._policy = policy
        self._loop = asyncio.get_running_loop()  # `send` may come from outside a coroutine
        self._slots = asyncio.Semaphore(CONCURRENCY_MAX)
        self._tasks: set[asyncio.Task[None]] = set()
        self._held_back: set[asyncio.Event] = set()

    def send(
        self, headers: Headers | Callable[[], Headers], body: bytes, *, delivery_id: str, event: str
    ) -> Delivery:
        """Enqueue a webhook and return at once.

        `headers` may be a function: it is called for each attempt, for services that sign the time.
        """
        delivery = Delivery(id=delivery_id, event=event, body=body)
        self.deliveries.append(delivery)
        make = headers if callable(headers) else lambda: headers
        task = self._loop.create_task(self._deliver(delivery, make))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return delivery

    async def settle(self, timeout_seconds: float = 30.0) -> None:
        """Wait until nothing is in flight and no retry is pending; TimeoutError after the bound."""
        async with asyncio.timeout(timeout_seconds):
            while self._tasks:
                await asyncio.wait(set(self._tasks))

    async def close(self) -> None:
        """Give up what is in flight."""
        tasks = set(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _deliver(self, delivery: Delivery, headers: Callable[[], Headers]) -> None:
        try:
            fault = self._faults.for_webhook(delivery.event)
            if fault is Fault.REORDER:
                await self._hold_back()
            if fault is Fault.DUPLICATE:
                first, second = self._attempt(delivery, headers), self._attempt(delivery, headers)
                await asyncio.gather(first, second)
            else:
                await self._attempt(delivery, headers)
            self._let_go()
            for delay_seconds in self._policy.retry_delays_seconds:
                if delivery.is_success:
                    break
                await asyncio.sleep(delay_seconds)
                await self._attempt(delivery, headers)
        finally:
            delivery.is_finished = True

    async def _hold_back(self) -> None:
        overtaken = asyncio.Event()
        self._held_back.add(overtaken)
        try:
            async with asyncio.timeout(self._faults.reorder_seconds):
                await overtaken.wait()
        except TimeoutError:
            self._held_back.discard(overtaken)  # nothing came: a delay is all that is left of it

    def _let_go(self) -> None:
        for overtaken in self._held_back:
            overtaken.set()
        self._held_back.clear()

    async def _attempt(self, delivery: Delivery, headers: Callable[[], Headers]) -> None:
        async with self._slots:
            sent_at, began = self._now(), time.monotonic()
            try:
                status, answered, body = await self._post(headers(), delivery.body)
            except (aiohttp.ClientError, OSError) as error:  # a TimeoutError is an OSError
                attempt = Attempt(
                    sent_at=sent_at,
                    duration_seconds=time.monotonic() - began,
                    error=f"{type(error).__name__}: {error}".rstrip(": "),
                )
            else:
                attempt = Attempt(
                    sent_at=sent_at,
                    duration_seconds=time.monotonic() - began,
                    status=status,
                    response_headers=answered,
                    response_body=body,
                )
            delivery.attempts.append(attempt)

    async def _post(self, headers: Headers, body: bytes) -> tuple[int, dict[str, str], str]:
        url = self._url if isinstance(self._url, str) else self._url()
        timeout = aiohttp.ClientTimeout(total=self._policy.timeout_seconds)
        async with self._session.post(
            url, data=body, headers=headers, timeout=timeout, allow_redirects=False
        ) as response:
            answered = await response.content.read(RESPONSE_BODY_BYTES_MAX)
            return response.status, dict(response.headers), answered.decode("utf-8", "replace")
