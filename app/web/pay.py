"""GET and POST /pay/{token}: our own pay link, which works as long as the ticket does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime

from aiohttp import web
from sqlmodel import Session

from app.domain.operator import Operator
from app.services.pages import Due, PayPage, pay_page, request_checkout
from app.store.engine import Database
from app.web.rendering import Pages

OPEN_SECONDS_MAX = 8.0
"""How long the button waits for Stripe before it shows a page that looks again by itself."""

LOOK_SECONDS = 0.1
"""How often it looks meanwhile, besides being woken."""

REFRESH_SECONDS = 3
"""How often that page looks again."""


class Pay:
    """The pay page; it changes nothing but by its button."""

    def __init__(
        self,
        *,
        database: Database,
        pages: Pages,
        operator: Operator,
        now: Callable[[], datetime],
        wait_seconds: float = OPEN_SECONDS_MAX,
    ) -> None:
        self._database = database
        self._pages = pages
        self._operator = operator
        self._now = now
        self._wait_seconds = wait_seconds

    async def show(self, request: web.Request) -> web.StreamResponse:
        """Show what there is to pay; go on to a session only if one is open already."""
        found = await self._load(request)
        if found.session_url:
            raise web.HTTPSeeOther(found.session_url)
        if found.due is Due.OPENING:
            return self._opening(request, found)
        return self._pages.respond("pay.html", pay=found)

    async def press(self, request: web.Request) -> web.StreamResponse:
        """Open a session and go there; while that takes long, show a page that looks again."""
        token, plan = request.match_info["token"], _plan(request)
        now = self._now()

        def ask(session: Session) -> bool:
            return request_checkout(session, token, plan, now=now)

        if not await self._database.in_transaction(ask):
            raise web.HTTPNotFound
        found = await self._wait_for_session(request)
        if found.session_url:
            raise web.HTTPSeeOther(found.session_url)
        if found.due in (Due.NOTHING, Due.CHOICE) or found.reason:
            return self._pages.respond("pay.html", pay=found)
        return self._opening(request, found)

    async def _wait_for_session(self, request: web.Request) -> PayPage:
        """Look until the session has an address, or the patience is over."""
        loop = asyncio.get_running_loop()
        until = loop.time() + self._wait_seconds
        while True:
            found = await self._load(request)
            is_waiting = found.due in (Due.OPENING, Due.PLAN) and not found.session_url
            if not is_waiting or loop.time() >= until:
                return found
            await asyncio.sleep(LOOK_SECONDS)

    def _opening(self, request: web.Request, found: PayPage) -> web.Response:
        """Say that the checkout is being opened; the page looks again by itself."""
        response = self._pages.respond("opening.html", pay=found)
        plan = _plan(request)
        query = f"?plan={plan}" if plan else ""
        # The plan is one of the ticket's own ids here, so it cannot break the header.
        address = f"/pay/{found.page.token}{query}"
        response.headers["Refresh"] = f"{REFRESH_SECONDS}; url={address}"
        return response

    async def _load(self, request: web.Request) -> PayPage:
        """Read the page's facts; an unknown token is a 404."""
        token, plan = request.match_info["token"], _plan(request)
        now, operator = self._now(), self._operator

        def read(session: Session) -> PayPage | None:
            return pay_page(session, token, plan, operator=operator, now=now)

        found = await self._database.reading(read)
        if found is None:
            raise web.HTTPNotFound
        return found


def _plan(request: web.Request) -> str:
    """Take the plan of the address; what could be no plan's id is none."""
    plan = request.query.get("plan", "")
    return plan if plan.replace("-", "").replace("_", "").isalnum() and len(plan) <= 40 else ""
