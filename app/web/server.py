"""All routes on one screen."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from app.domain.operator import Operator
from app.store.engine import Database
from app.web.assets import Assets
from app.web.bodies import BODY_BYTES_MAX, Bodies
from app.web.dashboard import DashboardPage
from app.web.desk import TicketDesk
from app.web.faults import fault_middleware
from app.web.headers import protect
from app.web.health import Health
from app.web.hooks import Hooks, Source
from app.web.intake import Intake
from app.web.limits import limit_middleware
from app.web.login import LoginPages, closed
from app.web.pay import OPEN_SECONDS_MAX, Pay
from app.web.rendering import HERE, Pages
from app.web.repositories import OF_REPOSITORY, RepositoryPages
from app.web.senders import Network, sender_middleware
from app.web.session import Sessions, SignIn
from app.web.signing import Signer
from app.web.site import Site

OF_TICKET = "{token:[A-Za-z0-9_-]{1,64}}"
"""What no token looks like is a 404 before any table is asked for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What the web needs of the rest."""

    database: Database
    intake: Intake
    sources: Mapping[str, Source]
    operator: Operator
    now: Callable[[], datetime]
    is_stopping: Callable[[], bool]
    sign_in: SignIn | None = None
    """None: nobody can sign in."""
    checkouts: Sequence[str] = ()
    """Where the checkout may be, and our button may lead: origins, and nothing else."""
    trusted_proxies: Sequence[Network] = ()
    """Who may say from where a request came."""
    open_seconds_max: float = OPEN_SECONDS_MAX
    """How long that button waits for the checkout."""


def build(parts: Parts) -> web.Application:
    """Put the web application together."""
    database, operator = parts.database, parts.operator
    assets = Assets(HERE / "static")
    pages = Pages(operator, assets, can_sign_in=parts.sign_in is not None)
    hooks = Hooks(
        sources=parts.sources,
        intake=parts.intake,
        bodies=Bodies(),
        now=parts.now,
        is_stopping=parts.is_stopping,
    )
    pay = Pay(
        database=database,
        pages=pages,
        operator=operator,
        now=parts.now,
        is_stopping=parts.is_stopping,
        checkouts=parts.checkouts,
        open_seconds_max=parts.open_seconds_max,
    )
    who = _who(parts)
    desk = None
    if who is not None:
        desk = TicketDesk(
            database=database,
            who=who,
            operator=operator,
            now=parts.now,
            is_stopping=parts.is_stopping,
        )
    site = Site(database=database, pages=pages, operator=operator, desk=desk)
    health = Health(database=database, is_stopping=parts.is_stopping)
    middlewares = [
        sender_middleware(parts.trusted_proxies),
        fault_middleware(pages),
        limit_middleware(),
    ]
    # The limit of the root application is the one that counts for every route.
    app = web.Application(client_max_size=BODY_BYTES_MAX, middlewares=middlewares)
    sign_in = [parts.sign_in.login.origin] if parts.sign_in is not None else []
    protect(app, public_url=operator.public_url, form_targets=[*parts.checkouts, *sign_in])
    app.add_routes(
        [
            web.route("*", "/hooks/{provider}", hooks.receive),
            web.get(f"/pay/{OF_TICKET}", pay.show),
            web.post(f"/pay/{OF_TICKET}", pay.press),
            web.get(f"/t/{OF_TICKET}", site.ticket),
            *([web.post(f"/t/{OF_TICKET}/{{verb:[a-z]{{1,20}}}}", site.act)] if desk else []),
            web.get("/", site.front),
            *_personal(parts, pages, who),
            web.get("/healthz", health.alive),
            web.get("/readyz", health.ready),
            web.get("/metrics", health.metrics),
            web.get("/static/{name}", assets.serve),
        ]
    )
    return app


def _who(parts: Parts) -> Sessions | None:
    """Make what finds out who is asking; ``None`` where nobody can sign in."""
    sign_in = parts.sign_in
    if sign_in is None:
        return None
    return Sessions(
        database=parts.database,
        signer=Signer(sign_in.secret_key),
        permission_of=sign_in.permission_of,
        now=parts.now,
    )


def _personal(parts: Parts, pages: Pages, who: Sessions | None) -> list[web.RouteDef]:
    """Give the routes of people who are signed in; where nobody can be, they say so."""
    sign_in, database, operator = parts.sign_in, parts.database, parts.operator
    if sign_in is None or who is None:
        own = f"/dashboard/{OF_REPOSITORY}"
        paths = ("/login", "/login/callback", "/dashboard", "/dashboard/find", own)
        return [web.get(path, closed(pages)) for path in paths]
    signer = Signer(sign_in.secret_key)
    login = LoginPages(
        database=database,
        pages=pages,
        public_url=operator.public_url,
        sign_in=sign_in,
        signer=signer,
        who=who,
        now=parts.now,
    )
    repositories = RepositoryPages(
        database=database,
        pages=pages,
        operator=operator,
        who=who,
        now=parts.now,
        is_stopping=parts.is_stopping,
    )
    dashboard = DashboardPage(
        database=database, pages=pages, operator=operator, who=who, repositories=repositories
    )
    return [
        web.get("/login", login.begin, allow_head=False),
        web.get("/login/callback", login.end, allow_head=False),
        web.post("/logout", login.leave),
        web.post("/logout/everywhere", login.leave_everywhere),
        web.get("/dashboard", dashboard.show),
        web.get("/dashboard/find", dashboard.find),
        web.get(f"/dashboard/{OF_REPOSITORY}", repositories.show),
        web.post(f"/dashboard/{OF_REPOSITORY}/confirm", repositories.confirm),
    ]
