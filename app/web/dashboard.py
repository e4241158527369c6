"""GET /dashboard: what is open of somebody's own."""

from __future__ import annotations

from aiohttp import web
from sqlmodel import Session

from app.domain.operator import Operator
from app.services.dashboard import Dashboard, dashboard
from app.store.engine import Database
from app.web.rendering import Pages
from app.web.session import Sessions


class DashboardPage:
    """The page of whoever is signed in."""

    def __init__(
        self, *, database: Database, pages: Pages, operator: Operator, who: Sessions
    ) -> None:
        self._database = database
        self._pages = pages
        self._operator = operator
        self._who = who

    async def show(self, request: web.Request) -> web.Response:
        """Show the open tickets of whoever is asking."""
        who, operator = await self._who.required(request), self._operator

        def read(session: Session) -> Dashboard:
            return dashboard(session, who, operator=operator)

        found = await self._database.reading(read)
        return self._pages.respond(
            "dashboard.html", who=who, dashboard=found, csrf=self._who.csrf(request)
        )
