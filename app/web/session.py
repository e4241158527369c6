"""Who is at the other end of a request: the cookie, the form's token, and what GitHub says of them.

The cookie holds 256 random bits and the database their hash. A form is taken only if it carries the
token that belongs to the cookie, and only from a page of our own.
"""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import parse_qsl, urlencode

import structlog
from aiohttp import hdrs, web
from sqlmodel import Session

from app.domain.errors import Postpone, Refused, Transient
from app.domain.ids import InstallationId, RepositoryId, UserId
from app.domain.people import Permission
from app.providers.github.login import Login
from app.services import sessions
from app.services.sessions import SignedIn
from app.store import installations
from app.store.engine import Database
from app.web.limits import Limit
from app.web.signing import Purpose, Signer

COOKIE = "__Host-sid"
"""A browser takes a cookie of such a name only from this very host, for all of it, and by https; a
machine's own loopback counts as that, so that the rehearsal has the same one."""

CSRF = "csrf"
"""The field of every form of somebody who is signed in."""

FORM_BYTES_MAX = 16 * 1024
FORM_SECONDS_MAX = 10.0
FIELDS_MAX = 64

FORMS_MAX = 60
FORMS_SECONDS = 60
"""How often one person may send a form, wherever they are signed in."""

ASK_SECONDS_MAX = 8.0
"""How long somebody waits until GitHub has said what they may do."""

SECRET_BYTES = 32

_SECRET = re.compile(r"[A-Za-z0-9_-]{43}")
_OWN_PAGES = frozenset({"same-origin", "none"})

_log = structlog.get_logger("app.web")

PermissionOf = Callable[[InstallationId, RepositoryId, UserId], Awaitable[Permission]]
"""Asks GitHub what somebody may do in a repository now."""


def new_secret() -> str:
    """Make the secret of one session: 43 characters."""
    return secrets.token_urlsafe(SECRET_BYTES)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """What signing in needs of the rest; on a server without it, nobody can."""

    secret_key: str = field(repr=False)
    login: Login
    permission_of: PermissionOf
    new_secret: Callable[[], str] = new_secret


class Sessions:
    """Finds out who is asking, and makes sure that it is them who ask."""

    def __init__(
        self,
        *,
        database: Database,
        signer: Signer,
        permission_of: PermissionOf,
        now: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._signer = signer
        self._permission_of = permission_of
        self._now = now
        self._limit = Limit(requests_max=FORMS_MAX, window_seconds=FORMS_SECONDS)

    async def signed_in(self, request: web.Request) -> SignedIn | None:
        """Say who is asking; ``None`` for anybody who is not signed in."""
        secret, now = secret_of(request), self._now()
        if not secret:
            return None

        def find(session: Session) -> SignedIn | None:
            return sessions.find(session, secret, now=now)

        found = await self._database.reading(find)
        if found is not None and found.is_to_be_noted:
            with suppress(Transient):  # the session would be idle a little earlier, no more
                await self._database.in_transaction(
                    lambda session: sessions.note(session, secret, now=now)
                )
        return found

    async def required(self, request: web.Request) -> SignedIn:
        """Say who is asking for a page; send anybody else to sign in, and then back to it."""
        found = await self.signed_in(request)
        if found is None:
            query = urlencode({"next": request.rel_url.raw_path_qs})
            way = web.HTTPSeeOther("/login")
            way.headers[hdrs.LOCATION] = f"/login?{query}"  # the library would encode it anew
            raise way
        return found

    async def form(self, request: web.Request) -> tuple[SignedIn, Mapping[str, str]]:
        """Give who sent a form, and its fields; refuse what was not sent from a page of ours."""
        found = await self.signed_in(request)
        if found is None or request.headers.get("Sec-Fetch-Site", "none") not in _OWN_PAGES:
            raise web.HTTPForbidden
        self._limit.count(found.person.id)
        fields = await form_fields(request)
        if not self._signer.is_genuine(Purpose.CSRF, secret_of(request), fields.get(CSRF, "")):
            _log.warning("a form was refused", person=found.person.id)
            raise web.HTTPForbidden
        return found, fields

    def csrf(self, request: web.Request) -> str:
        """Give the token for the forms of a page for whoever is signed in."""
        return self._signer.derive(Purpose.CSRF, secret_of(request))

    async def permission(self, who: SignedIn, repository: RepositoryId) -> Permission:
        """Ask what somebody may do in a repository now: before each act about its money.

        Raises ``Transient`` where GitHub does not say.
        """

        def find(session: Session) -> InstallationId | None:
            known = installations.repository(session, repository)
            return known.installation if known is not None else None

        installation = await self._database.reading(find)
        if installation is None:
            return Permission.NONE
        try:
            async with asyncio.timeout(ASK_SECONDS_MAX):
                return await self._permission_of(installation, repository, who.user)
        except Refused:
            return Permission.NONE  # the App is not there any more: nobody may act by it
        except Postpone as error:
            raise Transient("GitHub has us wait before it says what somebody may do.") from error


def secret_of(request: web.Request) -> str:
    """Take the session's secret from the cookie; empty where it cannot be one."""
    shown = request.cookies.get(COOKIE, "")
    return shown if _SECRET.fullmatch(shown) else ""


def give_cookie(response: web.StreamResponse, name: str, value: str) -> None:
    """Let the browser keep something that no script and no other site may see."""
    response.set_cookie(name, value, path="/", secure=True, httponly=True, samesite="Lax")


def take_cookie(response: web.StreamResponse, name: str) -> None:
    """Let the browser forget it."""
    response.del_cookie(name, path="/", secure=True, httponly=True, samesite="Lax")


async def form_fields(request: web.Request) -> Mapping[str, str]:
    """Read a small form; the last of several fields with one name counts."""
    if request.content_type != "application/x-www-form-urlencoded":
        raise web.HTTPUnsupportedMediaType
    async with asyncio.timeout(FORM_SECONDS_MAX):
        body = await request.clone(client_max_size=FORM_BYTES_MAX).read()
    try:
        given = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=FIELDS_MAX)
    except ValueError as error:
        raise web.HTTPBadRequest from error
    return dict(given)
