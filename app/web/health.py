"""/healthz, /readyz and /metrics: whether we live, whether we can work, and how much waits."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from http import HTTPStatus

from aiohttp import web
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector, CollectorRegistry
from sqlmodel import Session

from app.domain.errors import MainstayError, Transient
from app.store import operation
from app.store.engine import Database
from app.store.migrations import has_newest_schema

READY_SECONDS_MAX = 5.0
"""A database that does not answer in this time is away."""


_AWAY = "the database is away"


class OldSchema(MainstayError):  # noqa: N818 - it says what is the matter
    """The schema is not the one that this version needs."""


class Health:
    """What machines ask."""

    def __init__(self, *, database: Database, is_stopping: Callable[[], bool]) -> None:
        self._database = database
        self._is_stopping = is_stopping
        self._look: asyncio.Task[operation.Standing | str] | None = None

    async def alive(self, _: web.Request) -> web.Response:
        """Answer as long as the process lives."""
        return web.json_response({"status": "alive"})

    async def ready(self, _: web.Request) -> web.Response:
        """Say whether work can be done, and what a person has to look at."""
        if self._is_stopping():
            return _not_ready("this process is stopping")
        standing = await self._standing()
        if isinstance(standing, str):
            return _not_ready(standing)
        return web.json_response(
            {
                "status": "ready",
                "buried": dict(standing.buried),
                "waiting": dict(standing.waiting),
                "breaches": standing.breaches,
            }
        )

    async def metrics(self, _: web.Request) -> web.Response:
        """Give the figures for Prometheus."""
        standing = await self._standing()
        if isinstance(standing, str):
            return _not_ready(standing)
        registry = CollectorRegistry()
        registry.register(_Figures(standing))
        return web.Response(
            body=generate_latest(registry), headers={"Content-Type": CONTENT_TYPE_LATEST}
        )

    async def _standing(self) -> operation.Standing | str:
        """Give the figures, or why there are none.

        Counting rows is not free, and anybody may ask: it is done once at a time, for all who ask
        meanwhile.
        """
        if self._look is None or self._look.done():
            self._look = asyncio.create_task(self._read())
        try:
            async with asyncio.timeout(READY_SECONDS_MAX):
                return await asyncio.shield(self._look)
        except TimeoutError:
            return _AWAY

    async def _read(self) -> operation.Standing | str:
        try:
            return await self._database.reading(_standing)
        except Transient:
            return _AWAY
        except MainstayError as error:
            return str(error)


def _standing(session: Session) -> operation.Standing:
    if not has_newest_schema(session):
        raise OldSchema("the schema is old; run `python -m app migrate`")
    return operation.standing(session)


def _not_ready(reason: str) -> web.Response:
    return web.json_response(
        {"status": "not ready", "reason": reason}, status=HTTPStatus.SERVICE_UNAVAILABLE
    )


class _Figures(Collector):
    """What stood in the database at one moment."""

    def __init__(self, standing: operation.Standing) -> None:
        self._standing = standing

    def collect(self) -> list[GaugeMetricFamily]:
        """Give each figure with its labels, none of which comes from outside."""
        waiting = GaugeMetricFamily(
            "mainstay_rows_waiting", "Rows that wait or are at work.", labels=["table"]
        )
        buried = GaugeMetricFamily(
            "mainstay_rows_buried", "Rows that a person has to look at.", labels=["table"]
        )
        stages = GaugeMetricFamily("mainstay_tickets", "Tickets, by their stage.", labels=["stage"])
        for family, counts in (
            (waiting, self._standing.waiting),
            (buried, self._standing.buried),
            (stages, self._standing.tickets),
        ):
            for name, count in counts.items():
                family.add_metric([name], count)
        breaches = GaugeMetricFamily(
            "mainstay_ledger_breaches", "Breaches that the newest audit found."
        )
        breaches.add_metric([], self._standing.breaches)
        return [waiting, buried, stages, breaches]
