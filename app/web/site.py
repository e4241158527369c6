"""GET /t/{token}: the ticket's own page, and the front page."""

from __future__ import annotations

from http import HTTPStatus

from aiohttp import web
from sqlmodel import Session

from app.domain.operator import CHECKOUT_DONE, Operator
from app.services.pages import TicketPage, ticket_page
from app.store.engine import Database
from app.web.desk import REFRESH_SECONDS, Seen, TicketDesk
from app.web.rendering import Pages

CONFIRM_SECONDS = 3
"""How often the page looks whether Stripe has told us of a payment."""


class Site:
    """The public pages, and what somebody who is signed in sees and does on a ticket's page."""

    def __init__(
        self,
        *,
        database: Database,
        pages: Pages,
        operator: Operator,
        desk: TicketDesk | None = None,
    ) -> None:
        self._database = database
        self._pages = pages
        self._operator = operator
        self._desk = desk

    async def front(self, _: web.Request) -> web.Response:
        """Say what this is."""
        return self._pages.respond("front.html")

    async def ticket(self, request: web.Request) -> web.Response:
        """Show where a ticket stands, also when its issue is locked, moved or gone.

        A customer who comes back from the checkout may be faster than Stripe's message to us.
        """
        seen = await self._desk.seen(request) if self._desk is not None else None
        found = await self._find(request, seen)
        is_back = request.query_string == CHECKOUT_DONE
        is_confirming = is_back and found.has_open_checkout
        response = self._show(found, seen, is_confirming=is_confirming)
        if is_confirming:
            response.headers["Refresh"] = str(CONFIRM_SECONDS)
        elif seen is not None and seen.is_under_way:
            response.headers["Refresh"] = str(REFRESH_SECONDS)
        return response

    async def act(self, request: web.Request) -> web.Response:
        """Hear the word of somebody who pressed a button on a ticket's page."""
        assert self._desk is not None, "there is such a route only where people can sign in"
        heard = await self._desk.hear(request)
        if isinstance(heard, web.Response):
            return heard
        seen = await self._desk.seen(request, heard)
        return self._show(await self._find(request, seen), seen, status=HTTPStatus.CONFLICT)

    def _show(
        self,
        found: TicketPage,
        seen: Seen | None,
        *,
        status: int = HTTPStatus.OK,
        is_confirming: bool = False,
    ) -> web.Response:
        return self._pages.respond(
            "ticket.html", status=status, ticket=found, seen=seen, is_confirming=is_confirming
        )

    async def _find(self, request: web.Request, seen: Seen | None) -> TicketPage:
        token, operator = request.match_info["token"], self._operator
        sees_names = seen is not None and seen.sees_names

        def read(session: Session) -> TicketPage | None:
            return ticket_page(session, token, operator=operator, sees_names=sees_names)

        found = await self._database.reading(read)
        if found is None:
            raise web.HTTPNotFound
        return found
