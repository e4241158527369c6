"""All routes on one screen."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from app.domain.operator import Operator
from app.store.engine import Database
from app.web.faults import fault_middleware
from app.web.health import Health
from app.web.hooks import BODY_BYTES_MAX, Hooks, Source
from app.web.intake import Intake
from app.web.pay import Pay
from app.web.rendering import HERE, Pages
from app.web.site import Site


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What the web needs of the rest."""

    database: Database
    intake: Intake
    sources: Mapping[str, Source]
    operator: Operator
    now: Callable[[], datetime]
    is_stopping: Callable[[], bool]
    form_targets: Sequence[str] = ("https:",)
    """Where a browser may be sent by our button: the checkout's origins."""


def build(parts: Parts) -> web.Application:
    """Put the web application together."""
    pages = Pages(parts.operator)
    hooks = Hooks(
        sources=parts.sources,
        intake=parts.intake,
        now=parts.now,
        is_stopping=parts.is_stopping,
    )
    pay = Pay(database=parts.database, pages=pages, operator=parts.operator, now=parts.now)
    site = Site(database=parts.database, pages=pages, operator=parts.operator)
    health = Health(database=parts.database, is_stopping=parts.is_stopping)
    # The limit of the root application is the one that counts for every route.
    app = web.Application(
        client_max_size=BODY_BYTES_MAX,
        middlewares=[fault_middleware(pages, form_targets=parts.form_targets)],
    )
    app.add_routes(
        [
            web.post("/hooks/{provider}", hooks.receive),
            web.get("/pay/{token}", pay.show),
            web.post("/pay/{token}", pay.press),
            web.get("/t/{token}", site.ticket),
            web.get("/", site.front),
            web.get("/healthz", health.alive),
            web.get("/readyz", health.ready),
            web.get("/metrics", health.metrics),
            web.static("/static", HERE / "static"),
        ]
    )
    return app
