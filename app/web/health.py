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

from app.domain.errors import MainstayError
from app.store import operation
from app.store.engine import Database
from app.store.migrations import is_current

READY_SECONDS_MAX = 5.0
"""A database that does not answer in this time is away."""


class Health:
    """What machines ask."""

    def __init__(self, *, database: Database, is_stopping: Callable[[], bool]) -> None:
        self._database = database
        self._is_stopping = is_stopping

    async def alive(self, _: web.Request) -> web.Response:
        """Answer as long as the process lives."""
        return web.json_response({"status": "alive"})

    async def ready(self, _: web.Request) -> web.Response:
        """Say whether work can be done, and what a person has to look at."""
        if self._is_stopping():
            return _not_ready("this process is stopping")
        try:
            async with asyncio.timeout(READY_SECONDS_MAX):
                if not await asyncio.to_thread(is_current, self._database):
                    return _not_ready("the schema is old; run `python -m app migrate`")
                standing = await self._database.reading(operation.standing)
        except (MainstayError, TimeoutError):
            return _not_ready("the database is away")
        return web.json_response(
            {
                "status": "ready",
                "buried": dict(standing.buried),
                "waiting": dict(standing.waiting),
                "breaches": standing.breaches,
            }
        )

    async def metrics(self, _: web.Request) -> web.Response:
        """Give the figures for Prometheus, read afresh."""
        figures = await self._database.reading(_figures)
        registry = CollectorRegistry()
        registry.register(figures)
        return web.Response(
            body=generate_latest(registry), headers={"Content-Type": CONTENT_TYPE_LATEST}
        )


def _not_ready(reason: str) -> web.Response:
    return web.json_response(
        {"status": "not ready", "reason": reason}, status=HTTPStatus.SERVICE_UNAVAILABLE
    )


class _Figures(Collector):
    """What stood in the database at one moment."""

    def __init__(self, standing: operation.Standing) -> None:
        self._standing = standing

    def collect(self) -> list[GaugeMetricFamily]:
        """Give each figure with its labels."""
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


def _figures(session: Session) -> _Figures:
    return _Figures(operation.standing(session))
