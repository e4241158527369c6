"""The group-commit writer behind the hooks: many deliveries, one transaction, then their answers.

A delivery is acknowledged only after the commit that holds it. What waits is bounded by rows and by
bytes; beyond that a sender is told to come again, which costs nothing but time.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import structlog
from sqlmodel import Session

from app.domain.deliveries import Delivery
from app.domain.errors import MainstayError, Transient
from app.store import deliveries
from app.store.engine import Database

GROUP_ROWS_MAX = 512
"""Deliveries of one transaction."""

GROUP_BYTES_MAX = 32 * 1024 * 1024
"""Bytes of bodies of one transaction, unless one delivery alone has more."""

WAITING_ROWS_MAX = 8192
"""Deliveries that may wait for their commit."""

WAITING_BYTES_MAX = 256 * 1024 * 1024
"""Bytes of bodies that may wait for their commit."""

_log = structlog.get_logger("app.intake")


class IntakeFull(Transient):
    """Too much waits to be stored; the sender has to come again."""


class IntakeClosed(Transient):
    """The process is about to end; the sender has to come again."""


class NotStored(Transient):
    """The transaction failed, or nobody knows; the sender has to come again."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    delivery: Delivery
    stored: asyncio.Future[bool]


class Intake:
    """Stores deliveries in groups; one for each process, closed before the database is."""

    def __init__(
        self,
        database: Database,
        *,
        waiting_rows_max: int = WAITING_ROWS_MAX,
        waiting_bytes_max: int = WAITING_BYTES_MAX,
        group_rows_max: int = GROUP_ROWS_MAX,
        group_bytes_max: int = GROUP_BYTES_MAX,
    ) -> None:
        self._database = database
        self._waiting_rows_max = waiting_rows_max
        self._waiting_bytes_max = waiting_bytes_max
        self._group_rows_max = group_rows_max
        self._group_bytes_max = group_bytes_max
        self._waiting: deque[_Waiting] = deque()
        # What is being committed counts as well, until its commit is over.
        self._rows = 0
        self._bytes = 0
        self._writer: asyncio.Task[None] | None = None
        self._is_closed = False

    async def store(self, delivery: Delivery) -> bool:
        """Store a delivery and say whether it is new; return only after the commit.

        Raises ``IntakeFull`` or ``IntakeClosed``, or ``NotStored`` when it was not stored as far as
        anybody knows. Whoever stops waiting does not stop it.
        """
        size = len(delivery.body)
        if self._is_closed:
            raise IntakeClosed("the intake was closed")
        if self._rows >= self._waiting_rows_max or self._bytes + size > self._waiting_bytes_max:
            raise IntakeFull("too many deliveries wait to be stored")
        waiting = _Waiting(delivery, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        self._rows += 1
        self._bytes += size
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write())
        return await asyncio.shield(waiting.stored)

    async def close(self) -> None:
        """Store what waits, and take nothing any more."""
        self._is_closed = True
        if self._writer is not None:
            await asyncio.wait([self._writer])

    async def _write(self) -> None:
        """Write group after group until nothing waits."""
        while self._waiting:
            group = self._next_group()
            try:
                await self._write_group(group)
            finally:
                self._rows -= len(group)
                self._bytes -= sum(len(each.delivery.body) for each in group)

    def _next_group(self) -> list[_Waiting]:
        """Take what waits, in its order, as far as one transaction shall hold it."""
        group: list[_Waiting] = []
        size = 0
        while self._waiting and len(group) < self._group_rows_max:
            size += len(self._waiting[0].delivery.body)
            if group and size > self._group_bytes_max:
                break
            group.append(self._waiting.popleft())
        return group

    async def _write_group(self, group: Sequence[_Waiting]) -> None:
        """Write one group in one transaction, and tell everybody who waits for it."""
        arrived = [each.delivery for each in group]

        def add(session: Session) -> list[bool]:
            return deliveries.add_many(session, arrived)

        try:
            are_new = await self._database.in_transaction(add)
        except Exception as error:  # noqa: BLE001 - whatever it was, nobody may wait for ever
            # A driver's own words may quote what it was given; ours never do.
            reason = str(error) if isinstance(error, MainstayError) else type(error).__name__
            _log.warning("deliveries were not stored", count=len(group), error=reason)
            for each in group:
                each.stored.set_exception(NotStored("the database did not take it"))
                each.stored.exception()  # whoever left does not need to be told
            return
        for each, is_new in zip(group, are_new, strict=True):
            each.stored.set_result(is_new)
