"""GET and POST /pay/{token}: our own pay link, which works as long as the ticket does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from http import HTTPStatus
from urllib.parse import urlsplit

import structlog
from aiohttp import hdrs, web
from sqlmodel import Session

from app.domain.operator import Operator
from app.services.pages import Due, PayPage, pay_page, request_checkout
from app.store.engine import Database
from app.web.limits import Limit
from app.web.rendering import Pages

OPEN_SECONDS_MAX = 8.0
"""How long the button waits for Stripe before it shows a page that looks again by itself."""

WAITING_MAX = 64
"""Buttons that may wait at one moment; one more shows that page at once."""

LOOK_SECONDS = 0.05
LOOK_SECONDS_MAX = 0.5
"""How often a button that waits looks: less and less often."""

REFRESH_SECONDS = 3
"""How often the page looks again."""

PRESSES_MAX = 300
PRESSES_SECONDS = 60
"""How often one address may press the button in how long: behind a proxy all customers are one."""

_log = structlog.get_logger("app.web")


class Pay:
    """The pay page; it changes nothing but by its button."""

    def __init__(
        self,
        *,
        database: Database,
        pages: Pages,
        operator: Operator,
        now: Callable[[], datetime],
        is_stopping: Callable[[], bool],
        checkouts: Sequence[str],
        open_seconds_max: float,
    ) -> None:
        self._database = database
        self._pages = pages
        self._operator = operator
        self._now = now
        self._is_stopping = is_stopping
        self._checkouts = frozenset(checkouts)
        self._limit = Limit(requests_max=PRESSES_MAX, window_seconds=PRESSES_SECONDS)
        self._open_seconds_max = open_seconds_max
        self._waiting = 0

    async def show(self, request: web.Request) -> web.Response:
        """Show what there is to pay; go on to a session only if one is open already."""
        return self._answer(await self._load(request))

    async def press(self, request: web.Request) -> web.Response:
        """Open a session and go there; while that takes long, show a page that looks again."""
        self._limit.check(request)
        token, plan = request.match_info["token"], request.query.get("plan")
        now, operator = self._now(), self._operator

        def ask(session: Session) -> bool:
            return request_checkout(session, token, plan, operator=operator, now=now)

        if not await self._database.in_transaction(ask):
            raise web.HTTPNotFound
        return self._answer(await self._wait_for_session(request))

    async def _wait_for_session(self, request: web.Request) -> PayPage:
        """Look until the session has an address, or the patience is over."""
        found = await self._load(request)
        if found.due is not Due.OPENING or self._waiting >= WAITING_MAX:
            return found
        until = asyncio.get_running_loop().time() + self._open_seconds_max
        pause = LOOK_SECONDS
        self._waiting += 1
        try:
            while found.due is Due.OPENING and not self._is_stopping():
                if asyncio.get_running_loop().time() + pause > until:
                    break
                await asyncio.sleep(pause)
                pause = min(pause * 1.5, LOOK_SECONDS_MAX)
                found = await self._load(request)
        finally:
            self._waiting -= 1
        return found

    def _answer(self, found: PayPage) -> web.Response:
        """Go to the session that is open, or show the page as it is now."""
        if found.session_url:
            self._make_sure_of(found.session_url)
            # As Stripe wrote it: a redirect of the library's would encode parts of it anew.
            return web.Response(
                status=HTTPStatus.SEE_OTHER, headers={hdrs.LOCATION: found.session_url}
            )
        if found.due is not Due.OPENING:
            return self._pages.respond("pay.html", pay=found)
        address = f"/pay/{found.page.token}?plan={found.offers[0].plan.id}"
        response = self._pages.respond("opening.html", pay=found, address=address)
        response.headers["Refresh"] = f"{REFRESH_SECONDS}; url={address}"
        return response

    def _make_sure_of(self, address: str) -> None:
        """Lead nobody to a checkout at a place that we do not know: a browser would not go."""
        parts = urlsplit(address)
        if f"{parts.scheme}://{parts.netloc}" not in self._checkouts:
            _log.error("the checkout is not at STRIPE_CHECKOUT_URL", host=parts.netloc)
            raise web.HTTPInternalServerError

    async def _load(self, request: web.Request) -> PayPage:
        """Read the page's facts; an unknown token is a 404."""
        token, plan = request.match_info["token"], request.query.get("plan")
        now, operator = self._now(), self._operator

        def read(session: Session) -> PayPage | None:
            return pay_page(session, token, plan, operator=operator, now=now)

        found = await self._database.reading(read)
        if found is None:
            raise web.HTTPNotFound
        return found
