"""A step that does what a test says, and a loop that runs while a test looks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from sqlmodel import Session

from app.store import claims
from app.store.engine import Database
from app.store.events import EVENTS
from app.store.queues import Claim, Queue
from app.worker.drain import Pace, drain
from tests.store.rows import NOW

WAIT_SECONDS_MAX = 20.0


class Clock:
    """The product's clock, which stands still until a test moves it."""

    def __init__(self) -> None:
        self.time = NOW

    def __call__(self) -> datetime:
        return self.time

    def move(self, **by: float) -> None:
        self.time += timedelta(**by)


class Doing:
    """A step: it does what the test says, then finishes the row."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        do: Callable[[Claim], Awaitable[None]],
        queue: Queue = EVENTS,
    ) -> None:
        self.queue = queue
        self.begun: list[str] = []
        self.done: list[str] = []
        self.buried: list[tuple[str, str, bool]] = []
        self._database = database
        self._clock = clock
        self._do = do

    async def work(self, claim: Claim) -> None:
        self.begun.append(claim.key)
        await self._do(claim)
        await self._database.in_transaction(
            lambda session: claims.finish(session, claim, now=self._clock())
        )
        self.done.append(claim.key)

    def on_bury(self, session: Session, claim: Claim, reason: str, *, is_certain: bool) -> None:
        self.buried.append((claim.key, reason, is_certain))


@asynccontextmanager
async def draining(
    database: Database,
    step: Doing,
    clock: Clock,
    *,
    batch: int = 8,
    concurrency: int = 8,
    lease_seconds: float = 60,
    stop_seconds: float = 20,
    poll_seconds: float = 0.05,
) -> AsyncIterator[asyncio.Event]:
    """Run the loop, give the event that stops it, and stop it in the end."""
    stop = asyncio.Event()
    pace = Pace(
        batch=batch,
        concurrency=concurrency,
        lease_seconds=lease_seconds,
        stop_seconds=stop_seconds,
        poll_seconds=poll_seconds,
    )
    loop = asyncio.create_task(
        drain(database, step, pace=pace, owner="worker", now=clock, jitter=lambda: 0.0, stop=stop)
    )
    try:
        yield stop
    finally:
        stop.set()
        await loop


async def until(condition: Callable[[], bool | Awaitable[bool]]) -> None:
    """Wait until something is so, within bounds."""
    async with asyncio.timeout(WAIT_SECONDS_MAX):
        while True:
            found = condition()
            if found if isinstance(found, bool) else await found:
                return
            await asyncio.sleep(0.005)
