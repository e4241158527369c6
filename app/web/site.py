"""GET /t/{token}: the ticket's own page, and the front page."""

from __future__ import annotations

from aiohttp import web
from sqlmodel import Session

from app.domain.operator import CHECKOUT_DONE, Operator
from app.services.pages import TicketPage, ticket_page
from app.store.engine import Database
from app.web.rendering import Pages

CONFIRM_SECONDS = 3
"""How often the page looks whether Stripe has told us of a payment."""


class Site:
    """The public pages."""

    def __init__(self, *, database: Database, pages: Pages, operator: Operator) -> None:
        self._database = database
        self._pages = pages
        self._operator = operator

    async def front(self, _: web.Request) -> web.Response:
        """Say what this is."""
        return self._pages.respond("front.html")

    async def ticket(self, request: web.Request) -> web.Response:
        """Show where a ticket stands, also when its issue is locked, moved or gone.

        A customer who comes back from the checkout may be faster than Stripe's message to us.
        """
        token, operator = request.match_info["token"], self._operator

        def read(session: Session) -> TicketPage | None:
            return ticket_page(session, token, operator=operator)

        found = await self._database.reading(read)
        if found is None:
            raise web.HTTPNotFound
        is_back = request.query_string == CHECKOUT_DONE
        is_confirming = is_back and found.has_open_checkout
        response = self._pages.respond("ticket.html", ticket=found, is_confirming=is_confirming)
        if is_confirming:
            response.headers["Refresh"] = str(CONFIRM_SECONDS)
        return response
