"""GET /dashboard/{repository}: a repository's file for whoever may decide on it, and their word.

Only GitHub knows who that is, and it is asked each time. For anybody else there is no such page.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from http import HTTPStatus

import structlog
from aiohttp import hdrs, web
from cachetools import TTLCache
from sqlmodel import Session

from app.domain.errors import Transient
from app.domain.ids import RepositoryId, UserId
from app.domain.operator import Operator
from app.domain.wording import repositories as words
from app.services import repositories
from app.services.repositories import Given, Listed, RepositoryPage
from app.services.sessions import SignedIn
from app.store.columns import new_id
from app.store.engine import Database
from app.web.limits import Limit
from app.web.rendering import Pages
from app.web.session import Sessions

OF_REPOSITORY = "{repository:[0-9]{1,18}}"
"""What no repository's number looks like is a 404 before anything is asked."""

LOOKS_MAX = 60
LOOKS_SECONDS = 60
"""How often one person may look: each look asks GitHub, whose patience the App's work needs too."""

KEPT_SECONDS = 60
KEPT_MAX = 4096
"""That somebody may not is remembered so long; that they may is so for a list of names alone."""

LIST_SECONDS_MAX = 3.0
"""How long a list waits for GitHub; what it did not say by then is left out."""

WAIT_SECONDS_MAX = 8.0
"""How long the button waits until a word has counted, before the page looks again by itself."""

LOOK_SECONDS = 0.05
LOOK_SECONDS_MAX = 0.5

REFRESH_SECONDS = 3

_FORM = re.compile(r"[0-9a-f]{32}")

_log = structlog.get_logger("app.web")


class RepositoryPages:
    """Shows somebody the file of a repository, and hears what they say of a change."""

    def __init__(
        self,
        *,
        database: Database,
        pages: Pages,
        operator: Operator,
        who: Sessions,
        now: Callable[[], datetime],
        is_stopping: Callable[[], bool],
    ) -> None:
        self._database = database
        self._pages = pages
        self._operator = operator
        self._who = who
        self._now = now
        self._is_stopping = is_stopping
        self._limit = Limit(requests_max=LOOKS_MAX, window_seconds=LOOKS_SECONDS)
        self._kept: TTLCache[tuple[UserId, RepositoryId], bool] = TTLCache(
            KEPT_MAX, ttl=KEPT_SECONDS
        )

    async def show(self, request: web.Request) -> web.Response:
        """Show how it is with a repository's file."""
        who, repository = await self._who.required(request), _repository(request)
        self._limit.count(who.person.id)
        try:
            await self._let_in(who, repository)
        except Transient:
            return self._github_away()
        return await self._show(request, who, repository)

    async def confirm(self, request: web.Request) -> web.Response:
        """Hear somebody's word for the change that was shown to them."""
        who, fields = await self._who.form(request)
        repository, form = _repository(request), fields.get("form", "")
        if not _FORM.fullmatch(form):
            raise web.HTTPBadRequest
        try:
            await self._let_in(who, repository)
        except Transient:
            return self._github_away()
        commit, now = fields.get("commit", ""), self._now()

        def give(session: Session) -> Given | None:
            return repositories.confirm(session, repository, who, commit, form=form, now=now)

        given = await self._database.in_transaction(give)
        if given is None:
            raise web.HTTPNotFound
        if given.refusal:
            status = HTTPStatus.CONFLICT
            return await self._show(request, who, repository, given.refusal, status=status)
        _log.info("a file was confirmed", person=who.person.id, repository=repository)
        await self._wait(repository, who, form)
        place = f"/dashboard/{repository}?form={form}"
        return web.Response(status=HTTPStatus.SEE_OTHER, headers={hdrs.LOCATION: place})

    async def may(self, who: SignedIn, repository: RepositoryId) -> bool:
        """Say whether somebody may decide on the file today; raise ``Transient`` if nobody says.

        A yes is always fresh. A no is kept for a moment: otherwise a stranger could have us use up
        what GitHub lets the App ask in a repository.
        """
        key = (who.user, repository)
        if self._kept.get(key) is False:
            return False
        if not await self._database.reading(
            lambda session: repositories.is_reached(session, repository)
        ):
            return False
        permission = await self._who.permission(who, repository)
        self._kept[key] = permission.is_maintainer_of_money
        return permission.is_maintainer_of_money

    async def of_person(self, who: SignedIn) -> tuple[tuple[Listed, ...], bool]:
        """List the repositories of somebody; and say whether GitHub has answered for all."""
        ids = await self._database.reading(lambda session: repositories.of_person(session, who))
        if not ids:
            return (), True
        answers = await self._may_list(who, ids)
        theirs = [each for each, may in zip(ids, answers, strict=True) if may]

        def read(session: Session) -> tuple[Listed, ...]:
            return repositories.listed(session, theirs, operator=self._operator)

        return await self._database.reading(read), None not in answers

    async def named(self, who: SignedIn, name: str) -> RepositoryId | None:
        """Find a repository that somebody may decide on by its name; ``None`` for any other one.

        Nor is one found while GitHub does not answer: that would tell that the App is there.
        """
        self._limit.count(who.person.id)
        found = await self._database.reading(lambda session: repositories.named(session, name))
        with suppress(Transient):
            if found is not None and await self.may(who, found):
                return found
        return None

    async def _let_in(self, who: SignedIn, repository: RepositoryId) -> None:
        """Go on only for who may decide there; for anybody else there is no such page.

        Raises ``Transient`` where GitHub does not answer about somebody who is known there anyway.
        """
        try:
            is_theirs = await self.may(who, repository)
        except Transient:
            known = await self._database.reading(
                lambda session: repositories.of_person(session, who)
            )
            if repository in known:
                raise
            is_theirs = False
        if not is_theirs:
            _log.info("a repository was refused", person=who.person.id, repository=repository)
            raise web.HTTPNotFound

    async def _may_list(self, who: SignedIn, ids: Sequence[RepositoryId]) -> list[bool | None]:
        async def may(repository: RepositoryId) -> bool | None:
            kept = self._kept.get((who.user, repository))
            if kept is not None:
                return kept
            try:
                async with asyncio.timeout(LIST_SECONDS_MAX):
                    return await self.may(who, repository)
            except (Transient, TimeoutError):
                return None

        return await asyncio.gather(*map(may, ids))

    async def _show(
        self,
        request: web.Request,
        who: SignedIn,
        repository: RepositoryId,
        note: str = "",
        *,
        status: int = HTTPStatus.OK,
    ) -> web.Response:
        form = request.query.get("form", "")
        operator, now = self._operator, self._now()

        def read(session: Session) -> tuple[RepositoryPage | None, str]:
            is_sent = not note and bool(_FORM.fullmatch(form))
            came = repositories.came_of(session, repository, who, form) if is_sent else note
            page = repositories.repository_page(
                session, repository, who, operator=operator, now=now
            )
            return page, came

        page, came = await self._database.reading(read)
        if page is None:
            raise web.HTTPNotFound
        response = self._pages.respond(
            "repository.html",
            status=status,
            page=page,
            who=who,
            note=came,
            is_under_way=came == words.UNDER_WAY,
            csrf=self._who.csrf(request),
            form=new_id(),
        )
        if came == words.UNDER_WAY:
            response.headers["Refresh"] = str(REFRESH_SECONDS)
        return response

    def _github_away(self) -> web.Response:
        told, status = words.GITHUB_AWAY, HTTPStatus.SERVICE_UNAVAILABLE
        response = self._pages.respond(
            "fault.html", status=status, title=told.title, sentence=told.lead
        )
        response.headers[hdrs.RETRY_AFTER] = str(KEPT_SECONDS)
        return response

    async def _wait(self, repository: RepositoryId, who: SignedIn, form: str) -> None:
        """Look until the word has counted, or the patience is over."""
        until = asyncio.get_running_loop().time() + WAIT_SECONDS_MAX
        pause = LOOK_SECONDS
        while await self._database.reading(
            lambda session: repositories.is_under_way(session, repository, who, form)
        ):
            if self._is_stopping() or asyncio.get_running_loop().time() + pause > until:
                return
            await asyncio.sleep(pause)
            pause = min(pause * 1.5, LOOK_SECONDS_MAX)


def _repository(request: web.Request) -> RepositoryId:
    return RepositoryId(int(request.match_info["repository"]))
