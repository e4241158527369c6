"""POST /t/{token}/{verb}, and what GET /t/{token} shows to somebody who is signed in.

Nothing is decided here: a form becomes an event in the ticket's lane, as a comment would.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from aiohttp import hdrs, web
from cachetools import TTLCache
from sqlmodel import Session

from app.domain.errors import Transient
from app.domain.ids import RepositoryId, UserId
from app.domain.operator import Operator
from app.domain.people import Permission
from app.domain.wording import desk as words
from app.services import desk
from app.services.desk import Desk, Given, Look
from app.services.sessions import SignedIn
from app.store import events
from app.store.columns import new_id
from app.store.engine import Database
from app.web.session import Sessions

KEPT_SECONDS = 60
KEPT_MAX = 4096
"""What GitHub said of somebody is kept so long for showing buttons; never for what they do."""

WAIT_SECONDS_MAX = 8.0
"""How long a button waits until its word is heard, before the page looks again by itself."""

LOOK_SECONDS = 0.05
LOOK_SECONDS_MAX = 0.5

REFRESH_SECONDS = 3

_FORM = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a page of a ticket shows to somebody who is signed in."""

    who: SignedIn
    csrf: str
    form: str
    """Names the forms of this page: what is sent twice is one word."""
    desk: Desk | None
    sees_names: bool
    note: str = ""
    is_under_way: bool = False


class TicketDesk:
    """Shows somebody what they may do with a ticket, and hears their word."""

    def __init__(
        self,
        *,
        database: Database,
        who: Sessions,
        operator: Operator,
        now: Callable[[], datetime],
        is_stopping: Callable[[], bool],
    ) -> None:
        self._database = database
        self._who = who
        self._operator = operator
        self._now = now
        self._is_stopping = is_stopping
        self._kept: TTLCache[tuple[UserId, RepositoryId], Permission] = TTLCache(
            KEPT_MAX, ttl=KEPT_SECONDS
        )

    async def seen(self, request: web.Request, note: str = "") -> Seen | None:
        """Say what the page shows to whoever is asking; ``None`` for who is not signed in."""
        who = await self._who.signed_in(request)
        if who is None:
            return None
        token, form = request.match_info["token"], request.query.get("form", "")
        look = await self._look(token, who)
        permission = None
        if look.needs_permission or look.is_private:
            try:
                permission = await self._permission_to_show(who, look.repository)
            except Transient:
                note = note or words.GITHUB_AWAY

        def read(session: Session) -> tuple[Desk | None, bool]:
            is_sent = bool(_FORM.fullmatch(form))
            waits = is_sent and desk.is_under_way(session, token, who, form)
            return desk.desk(session, token, who, permission, operator=self._operator), waits

        found, waits = await self._database.reading(read)
        return Seen(
            who=who,
            csrf=self._who.csrf(request),
            form=new_id(),
            desk=found,
            sees_names=permission not in (None, Permission.NONE),
            note=words.UNDER_WAY if waits else note,
            is_under_way=waits,
        )

    async def hear(self, request: web.Request) -> web.Response | str:
        """Take somebody's word: go back to the page, or say why it was refused."""
        who, fields = await self._who.form(request)
        token, verb = request.match_info["token"], request.match_info["verb"]
        form = fields.get("form", "")
        if not _FORM.fullmatch(form):
            raise web.HTTPBadRequest
        look = await self._look(token, who, verb)
        permission = None
        if look.needs_permission:
            try:
                permission = await self._who.permission(who, look.repository)
            except Transient:
                return words.GITHUB_AWAY
            self._kept[who.user, look.repository] = permission
        now = self._now()

        def give(session: Session) -> Given | None:
            return desk.give(session, token, who, verb, fields, permission, form=form, now=now)

        given = await self._database.in_transaction(give)
        if given is None:
            raise web.HTTPNotFound
        if given.refusal:
            return given.refusal
        waits = await self._wait(given.key)
        place = f"/t/{token}?form={form}" if waits else f"/t/{token}"
        return web.Response(status=HTTPStatus.SEE_OTHER, headers={hdrs.LOCATION: place})

    async def _look(self, token: str, who: SignedIn, verb: str = "") -> Look:
        found = await self._database.reading(lambda session: desk.look(session, token, who, verb))
        if found is None:
            raise web.HTTPNotFound
        return found

    async def _permission_to_show(self, who: SignedIn, repository: RepositoryId) -> Permission:
        key = (who.user, repository)
        found = self._kept.get(key)
        if found is None:
            found = self._kept[key] = await self._who.permission(who, repository)
        return found

    async def _wait(self, key: str) -> bool:
        """Look until the word is heard, or the patience is over; say whether it still waits."""
        until = asyncio.get_running_loop().time() + WAIT_SECONDS_MAX
        pause = LOOK_SECONDS
        while await self._database.reading(lambda session: events.is_waiting(session, key)):
            if self._is_stopping() or asyncio.get_running_loop().time() + pause > until:
                return True
            await asyncio.sleep(pause)
            pause = min(pause * 1.5, LOOK_SECONDS_MAX)
        return False
