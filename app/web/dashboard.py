"""GET /dashboard: what is open of somebody's own, and the projects that they maintain."""

from __future__ import annotations

from http import HTTPStatus

from aiohttp import hdrs, web
from sqlmodel import Session

from app.domain.operator import Operator
from app.domain.wording import repositories as words
from app.services.dashboard import Dashboard, dashboard
from app.services.sessions import SignedIn
from app.store.engine import Database
from app.web.rendering import Pages
from app.web.repositories import RepositoryPages
from app.web.session import Sessions

NAME_CHARACTERS_MAX = 200
"""An account's name has at most 39, a repository's 100."""


class DashboardPage:
    """The page of whoever is signed in."""

    def __init__(
        self,
        *,
        database: Database,
        pages: Pages,
        operator: Operator,
        who: Sessions,
        repositories: RepositoryPages,
    ) -> None:
        self._database = database
        self._pages = pages
        self._operator = operator
        self._who = who
        self._repositories = repositories

    async def show(self, request: web.Request) -> web.Response:
        """Show the open tickets of whoever is asking, and their projects."""
        return await self._show(request, await self._who.required(request))

    async def find(self, request: web.Request) -> web.Response:
        """Lead a maintainer to the page of a repository that they name.

        One that is not there and one that is not theirs get the same answer.
        """
        who, name = await self._who.required(request), request.query.get("name", "")
        found = await self._repositories.named(who, name[:NAME_CHARACTERS_MAX])
        if found is None:
            return await self._show(request, who, words.NOT_FOUND, status=HTTPStatus.NOT_FOUND)
        place = f"/dashboard/{found}"
        return web.Response(status=HTTPStatus.SEE_OTHER, headers={hdrs.LOCATION: place})

    async def _show(
        self, request: web.Request, who: SignedIn, note: str = "", *, status: int = HTTPStatus.OK
    ) -> web.Response:
        operator = self._operator

        def read(session: Session) -> Dashboard:
            return dashboard(session, who, operator=operator)

        found = await self._database.reading(read)
        projects, is_whole = await self._repositories.of_person(who)
        return self._pages.respond(
            "dashboard.html",
            status=status,
            who=who,
            dashboard=found,
            projects=projects,
            some_missing="" if is_whole else words.SOME_MISSING,
            note=note,
            csrf=self._who.csrf(request),
        )
