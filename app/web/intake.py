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
from app.domain.errors import Transient
from app.store import deliveries
from app.store.engine import Database

BATCH_ROWS_MAX = 512
"""Deliveries of one transaction."""

WAITING_ROWS_MAX = 8192
"""Deliveries that may wait for their transaction."""

WAITING_BYTES_MAX = 256 * 1024 * 1024
"""Bytes of bodies that may wait for their transaction."""

_log = structlog.get_logger("app.intake")


class IntakeFull(Transient):
    """Too much waits to be stored; the sender has to come again."""


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
    ) -> None:
        self._database = database
        self._rows_max = waiting_rows_max
        self._bytes_max = waiting_bytes_max
        self._waiting: deque[_Waiting] = deque()
        self._waiting_bytes = 0
        self._under_way_rows = 0
        self._writer: asyncio.Task[None] | None = None

    async def store(self, delivery: Delivery) -> bool:
        """Store a delivery and say whether it is new; return only after the commit.

        Raises ``IntakeFull``, or ``NotStored`` when it was not stored as far as anybody knows.
        """
        size_bytes = len(delivery.body)
        has_rows = len(self._waiting) + self._under_way_rows < self._rows_max
        if not has_rows or self._waiting_bytes + size_bytes > self._bytes_max:
            raise IntakeFull("too many deliveries wait to be stored; please send it again later")
        waiting = _Waiting(delivery, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        self._waiting_bytes += size_bytes
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write())
        return await asyncio.shield(waiting.stored)

    async def close(self) -> None:
        """Store what waits; nothing may be given afterwards."""
        while self._writer is not None and not self._writer.done():
            await asyncio.wait([self._writer])

    async def _write(self) -> None:
        """Write group after group until nothing waits."""
        while self._waiting:
            count = min(len(self._waiting), BATCH_ROWS_MAX)
            group = [self._waiting.popleft() for _ in range(count)]
            self._under_way_rows = count
            try:
                await self._write_group(group)
            finally:
                self._under_way_rows = 0
                self._waiting_bytes -= sum(len(each.delivery.body) for each in group)

    async def _write_group(self, group: Sequence[_Waiting]) -> None:
        """Write one group in one transaction, and tell everybody who waits for it."""
        arrived = [each.delivery for each in group]

        def add(session: Session) -> list[bool]:
            return deliveries.add_many(session, arrived)

        try:
            are_new = await self._database.in_transaction(add)
        except Exception as error:  # noqa: BLE001 - whatever it was, nobody may wait for ever
            _log.warning("deliveries were not stored", count=len(group), error=str(error))
            for each in group:
                if not each.stored.done():
                    each.stored.set_exception(NotStored("the database did not take it"))
                    each.stored.exception()  # whoever left does not need to be told
            return
        for each, is_new in zip(group, are_new, strict=True):
            if not each.stored.done():
                each.stored.set_result(is_new)
