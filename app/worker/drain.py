"""One loop for all three tables: claim → work → finish | retry | postpone | bury.

It knows nothing of what it works on. What is at work is bounded (``concurrency``), what is held is
bounded (``batch``), and a lease is renewed at a third of its time. News wakes it; once a second it
looks by itself, which is also how it finds what became due.
"""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import structlog
from sqlmodel import Session

from app.domain import retry
from app.domain.errors import (
    LeaseLost,
    MainstayError,
    NotYet,
    OutOfReach,
    Postpone,
    Refused,
    Transient,
)
from app.store import claims, pauses
from app.store.engine import Database
from app.store.queues import Claim, Queue

POLL_SECONDS = 1.0
"""How long at most something due waits for us when its news was lost."""
STOP_SECONDS_MAX = 20.0
"""How long what is at work may take to end once we were told to stop."""
FRAMES_MAX = 6
"""Places in the code, the innermost ones, that are logged of an unexpected error."""

log = structlog.get_logger(__name__)


class Step(Protocol):
    """What is done with the rows of one table."""

    @property
    def queue(self) -> Queue:
        """Say which table it is."""

    async def work(self, claim: Claim) -> None:
        """Do what the row says; finish it in the same transaction that records what came of it.

        Raise ``Transient`` or anything unexpected to try again, ``Postpone`` to wait without using
        up an attempt, ``Refused`` to bury it.
        """

    def on_bury(self, session: Session, claim: Claim, reason: str, *, is_certain: bool) -> None:
        """Tell whom it concerns, in the transaction that buries the row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How much at once, and for how long."""

    batch: int
    """Rows held at most: those at work and those that wait for their turn."""
    concurrency: int
    """Rows at work at most."""
    lease_seconds: float
    """How long rows of a worker that died stay its own."""
    stop_seconds: float = STOP_SECONDS_MAX
    poll_seconds: float = POLL_SECONDS


async def drain(
    database: Database,
    step: Step,
    *,
    pace: Pace,
    owner: str,
    now: Callable[[], datetime],
    jitter: Callable[[], float],
    stop: asyncio.Event,
) -> None:
    """Work until told to stop; then end what is at work, and give back what is not.

    ``owner`` is this loop's own name, different from all others and from its own in a former life.
    """
    worker = _Worker(database, step, pace, owner, now, jitter)
    async with database.watching(step.queue.name) as woken:
        await worker.run(woken, stop)


class _Worker:
    """The state of one loop: what it holds, and which of that is at work."""

    def __init__(
        self,
        database: Database,
        step: Step,
        pace: Pace,
        owner: str,
        now: Callable[[], datetime],
        jitter: Callable[[], float],
    ) -> None:
        self._database = database
        self._step = step
        self._pace = pace
        self._owner = owner
        self._now = now
        self._jitter = jitter
        self._slots = asyncio.Semaphore(pace.concurrency)
        self._held: dict[asyncio.Task[None], Claim] = {}
        self._at_work: set[int] = set()
        self._has_no_room = False

    async def run(self, woken: asyncio.Event, stop: asyncio.Event) -> None:
        """Claim and work until told to stop."""
        self._woken = woken
        stopping = asyncio.create_task(stop.wait())
        stopping.add_done_callback(lambda _: woken.set())
        renewing = asyncio.create_task(self._renew())
        try:
            while not stop.is_set():
                woken.clear()
                await self._claim()
                await _within(self._pace.poll_seconds, woken.wait())
            await self._end()
        finally:
            await _cancelled(stopping, renewing, *self._held)

    async def _claim(self) -> None:
        room = self._pace.batch - len(self._held)
        if not room or len(self._held) > len(self._at_work):
            self._has_no_room = True
            return
        try:
            found = await self._database.in_transaction(
                lambda session: claims.claim(
                    session,
                    self._step.queue,
                    owner=self._owner,
                    now=self._now(),
                    lease_seconds=self._pace.lease_seconds,
                    limit=room,
                )
            )
        except Transient as error:
            log.warning("claiming_failed", queue=self._step.queue.name, reason=str(error))
            return
        self._has_no_room = len(found) == room
        for claim in found:
            task = asyncio.create_task(self._perform(claim))
            self._held[task] = claim
            task.add_done_callback(self._let_go)

    def _let_go(self, task: asyncio.Task[None]) -> None:
        del self._held[task]
        if self._has_no_room:
            self._woken.set()

    async def _perform(self, claim: Claim) -> None:
        async with self._slots:
            self._at_work.add(claim.seq)
            try:
                with structlog.contextvars.bound_contextvars(
                    **{f"{claim.queue.name}_id": claim.id}, kind=claim.kind, lane=claim.lane
                ):
                    await self._attempt(claim)
            finally:
                self._at_work.discard(claim.seq)

    async def _attempt(self, claim: Claim) -> None:
        try:
            if claim.attempts > retry.ATTEMPTS_MAX:
                raise Refused("no attempt came to an end", is_certain=False)  # noqa: TRY301 - as any
            await self._step.work(claim)
        except LeaseLost:
            log.info("lease_lost")
        except Postpone as error:
            await self._postpone(claim, error)
        except OutOfReach as error:
            await self._let_be(claim, str(error))
        except Refused as error:
            await self._bury(claim, str(error), is_certain=error.is_certain)
        except Exception as error:  # noqa: BLE001 - a row that nobody can handle must not end the loop
            await self._retry(claim, error)

    async def _postpone(self, claim: Claim, error: Postpone) -> None:
        now = self._now()
        decision = retry.after_postponing(
            first_tried_at=claim.first_tried_at or now, now=now, seconds=error.seconds
        )
        if isinstance(decision, retry.GiveUp):
            await self._bury(claim, f"{decision.reason}: {error}", is_certain=False)
            return
        until = now + timedelta(seconds=decision.seconds)

        def record(session: Session) -> None:
            claims.postpone(session, claim, due_at=until, reason=str(error))
            if error.is_for_tenant and claim.provider:
                pauses.pause(session, claim.provider, claim.tenant, until=until)

        log.info("postponed", seconds=round(decision.seconds), reason=str(error))
        await self._record(record)

    async def _retry(self, claim: Claim, error: Exception) -> None:
        now = self._now()
        reason = _reason(error)
        decision = retry.next_try(
            attempts=claim.attempts,
            first_tried_at=claim.first_tried_at or now,
            now=now,
            jitter=self._jitter(),
        )
        if isinstance(decision, retry.GiveUp):
            await self._bury(claim, f"{decision.reason}: {reason}", is_certain=False)
            return
        due_at = now + timedelta(seconds=decision.seconds)
        tell = log.info if isinstance(error, NotYet) else log.warning
        tell("retrying", attempts=claim.attempts, reason=reason, **_places(error))
        await self._record(
            lambda session: claims.retry(session, claim, due_at=due_at, reason=reason)
        )

    async def _let_be(self, claim: Claim, reason: str) -> None:
        """Be done with a row whose place is gone, and tell whom it concerns."""

        def record(session: Session) -> None:
            claims.finish(session, claim, now=self._now())
            self._step.on_bury(session, claim, reason, is_certain=True)

        log.info("out_of_reach", reason=reason)
        await self._record(record)

    async def _bury(self, claim: Claim, reason: str, *, is_certain: bool) -> None:
        def record(session: Session) -> None:
            claims.bury(session, claim, reason=reason, now=self._now())
            self._step.on_bury(session, claim, reason, is_certain=is_certain)

        log.error("buried", attempts=claim.attempts, reason=reason, is_certain=is_certain)
        await self._record(record)

    async def _record(self, record: Callable[[Session], None]) -> None:
        """Record what came of a row; where that fails, its lease runs out and it is tried again."""
        try:
            await self._database.in_transaction(record)
        except LeaseLost:
            log.info("lease_lost")
        except Exception as error:  # noqa: BLE001 - the loop goes on, and so will the row
            log.warning("not_recorded", reason=_reason(error), **_places(error))

    async def _renew(self) -> None:
        while True:
            await asyncio.sleep(self._pace.lease_seconds / 3)
            held = dict(self._held)
            try:
                lost = await self._database.in_transaction(
                    partial(
                        claims.renew,
                        claims=list(held.values()),
                        lease_seconds=self._pace.lease_seconds,
                    )
                )
            except Transient as error:
                log.warning("renewing_failed", queue=self._step.queue.name, reason=str(error))
                continue
            for task, claim in held.items():
                if claim in lost:
                    task.cancel()

    async def _end(self) -> None:
        """Give back what is not at work yet, and wait for the rest, within bounds."""
        idle = {task: each for task, each in self._held.items() if each.seq not in self._at_work}
        await self._stop(idle, "")
        if self._held:
            await asyncio.wait(list(self._held), timeout=self._pace.stop_seconds)
        await self._stop(dict(self._held), "the worker was stopped")

    async def _stop(self, held: dict[asyncio.Task[None], Claim], reason: str) -> None:
        await _cancelled(*held)

        def record(session: Session) -> None:
            for claim in held.values():
                with suppress(LeaseLost):
                    if reason:
                        claims.retry(session, claim, due_at=self._now(), reason=reason)
                    else:
                        claims.postpone(session, claim, due_at=claim.due_at, reason=reason)

        if held:
            await self._record(record)


def _reason(error: Exception) -> str:
    """Say what went wrong; of a stranger's error the class alone, for its text may be private."""
    if isinstance(error, MainstayError):
        return str(error)
    return f"an unexpected {type(error).__name__}"


def _places(error: Exception) -> dict[str, list[str]]:
    """Say where in the code an unexpected error came from."""
    if isinstance(error, MainstayError):
        return {}
    frames = traceback.extract_tb(error.__traceback__)[-FRAMES_MAX:]
    return {"at": [f"{Path(each.filename).name}:{each.lineno} {each.name}" for each in frames]}


async def _within(seconds: float, waiting: Coroutine[Any, Any, object]) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await waiting


async def _cancelled(*tasks: asyncio.Task[Any]) -> None:
    for task in tasks:
        task.cancel()
    if tasks:
        await asyncio.wait(tasks)
