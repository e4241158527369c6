"""/login, /login/callback and /logout: a person goes to GitHub, and comes back as somebody.

On the way the browser keeps a signed cookie with a random number. What GitHub hands back (the
state) and what we show when we exchange the code (the verifier) are derived from it, so that no
foreign page and no foreign code can sign anybody in, and the server keeps nothing meanwhile.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus

import structlog
from aiohttp import hdrs, web
from aiohttp.typedefs import Handler
from sqlmodel import Session

from app.domain.errors import Refused, Transient
from app.domain.people import Identity
from app.domain.wording import sign_in as words
from app.providers.github.login import CodeRefused
from app.services import sessions
from app.services.sessions import SignedIn
from app.store.engine import Database
from app.web.limits import Limit
from app.web.rendering import Pages
from app.web.session import COOKIE, Sessions, SignIn, give_cookie, secret_of, take_cookie
from app.web.signing import Purpose, Signer

WAY_COOKIE = "__Host-login"
WAY_LIFETIME = timedelta(minutes=10)
"""As long as GitHub's code is good."""

HOME = "/dashboard"
FRONT = "/"
NEXT_CHARACTERS_MAX = 512

ATTEMPTS_MAX = 120
ATTEMPTS_SECONDS = 60
"""How often one address may begin or end signing in: behind a proxy all people are one."""

_CODE = re.compile(r"[A-Za-z0-9_-]{1,256}")
_LOCAL = re.compile(r"/(?!/)[!-\[\]-~]*")
"""A path, without a backslash, which some browsers take for a slash, and without any blank."""

_log = structlog.get_logger("app.web")


@dataclass(frozen=True, slots=True)
class Way:
    """A browser that is on its way to GitHub."""

    nonce: str
    next: str


class LoginPages:
    """Signs people in and out."""

    def __init__(
        self,
        *,
        database: Database,
        pages: Pages,
        public_url: str,
        sign_in: SignIn,
        signer: Signer,
        who: Sessions,
        now: Callable[[], datetime],
        limit: Limit | None = None,
    ) -> None:
        self._database = database
        self._pages = pages
        self._callback = f"{public_url}/login/callback"
        self._login = sign_in.login
        self._new_secret = sign_in.new_secret
        self._signer = signer
        self._who = who
        self._now = now
        self._limit = limit or Limit(requests_max=ATTEMPTS_MAX, window_seconds=ATTEMPTS_SECONDS)

    async def begin(self, request: web.Request) -> web.Response:
        """Send a person to GitHub; ``next`` is where they want to be afterwards."""
        self._limit.check(request)
        way = Way(self._new_secret(), local(request.query.get("next", "")))
        response = _see(
            self._login.address(
                redirect_uri=self._callback,
                state=self._signer.derive(Purpose.STATE, way.nonce),
                verifier=self._signer.derive(Purpose.VERIFIER, way.nonce),
            )
        )
        give_cookie(response, WAY_COOKIE, self._written(way))
        return response

    async def end(self, request: web.Request) -> web.Response:
        """Take back whom GitHub sends, and begin their session."""
        self._limit.check(request)
        way, state = self._read(request.cookies.get(WAY_COOKIE, "")), request.query.get("state", "")
        if way is None or not self._signer.is_genuine(Purpose.STATE, way.nonce, state):
            _log.warning("somebody came back who did not begin here")
            return self._told(words.FORGED, HTTPStatus.BAD_REQUEST)
        response = await self._came_back(request, way)
        take_cookie(response, WAY_COOKIE)  # one way leads back once
        return response

    async def leave(self, request: web.Request) -> web.Response:
        """Sign out here."""
        if await self._who.signed_in(request) is None:
            return _see(FRONT)
        await self._who.form(request)
        secret, now = secret_of(request), self._now()
        await self._database.in_transaction(lambda session: sessions.end(session, secret, now=now))
        return _left()

    async def leave_everywhere(self, request: web.Request) -> web.Response:
        """Sign out in every browser."""
        if await self._who.signed_in(request) is None:
            return _see(FRONT)
        who, _ = await self._who.form(request)
        now = self._now()
        count = await self._database.in_transaction(
            lambda session: sessions.end_everywhere(session, who.person, now=now)
        )
        _log.info("somebody signed out everywhere", person=who.person.id, count=count)
        return _left()

    async def _came_back(self, request: web.Request, way: Way) -> web.Response:
        query = request.query
        if query.get("error") == "access_denied":
            return self._told(words.DENIED, HTTPStatus.OK)
        code = query.get("code", "")
        if "error" in query or not _CODE.fullmatch(code):
            _log.error("GitHub sent somebody back without a code")
            return self._told(words.OUR_FAULT, HTTPStatus.SERVICE_UNAVAILABLE)
        try:
            identity = await self._login.identify(
                code,
                redirect_uri=self._callback,
                verifier=self._signer.derive(Purpose.VERIFIER, way.nonce),
            )
        except CodeRefused as error:
            _log.warning("a code was refused", error=str(error))
            return self._told(words.USED, HTTPStatus.BAD_REQUEST)
        except Refused as error:
            _log.error("nobody can sign in", error=str(error))
            return self._told(words.OUR_FAULT, HTTPStatus.SERVICE_UNAVAILABLE)
        except Transient as error:
            _log.warning("GitHub did not say who somebody is", error=str(error))
            return self._told(words.AWAY, HTTPStatus.SERVICE_UNAVAILABLE)
        return await self._let_in(request, identity, way)

    async def _let_in(self, request: web.Request, identity: Identity, way: Way) -> web.Response:
        """Begin a session, with a secret that no browser had before."""
        secret, replacing, now = self._new_secret(), secret_of(request), self._now()

        def begin(session: Session) -> SignedIn:
            return sessions.begin(session, identity, secret, replacing=replacing, now=now)

        who = await self._database.in_transaction(begin)
        _log.info("somebody signed in", person=who.person.id)
        response = _see(way.next)
        give_cookie(response, COOKIE, secret)
        return response

    def _told(self, told: words.Told, status: HTTPStatus) -> web.Response:
        return told_page(self._pages, told, status)

    def _written(self, way: Way) -> str:
        ends = int((self._now() + WAY_LIFETIME).timestamp())
        packed = base64.urlsafe_b64encode(way.next.encode()).decode().rstrip("=")
        text = f"{way.nonce}.{ends}.{packed}"
        return f"{text}.{self._signer.derive(Purpose.LOGIN, text)}"

    def _read(self, cookie: str) -> Way | None:
        """Read the cookie of the way; ``None`` if it is not ours, or too old."""
        text, _, mark = cookie.rpartition(".")
        if not self._signer.is_genuine(Purpose.LOGIN, text, mark):
            return None
        nonce, ends, packed = text.split(".")
        if self._now().timestamp() >= int(ends):
            return None
        return Way(nonce, base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)).decode())


def closed(pages: Pages) -> Handler:
    """Make the handler of a server on which nobody can sign in."""

    async def say_so(_: web.Request) -> web.StreamResponse:
        return told_page(pages, words.NOT_SET_UP, HTTPStatus.SERVICE_UNAVAILABLE)

    return say_so


def told_page(pages: Pages, told: words.Told, status: HTTPStatus) -> web.Response:
    """Say in one clear sentence why somebody is not signed in."""
    return pages.respond("signing_in.html", status=status, told=told)


def local(path: str) -> str:
    """Give a place on this site to go on to; the person's own page for everything else."""
    is_local = len(path) <= NEXT_CHARACTERS_MAX and _LOCAL.fullmatch(path) is not None
    is_on_the_way = path.startswith(("/login", "/logout"))
    return path if is_local and not is_on_the_way else HOME


def _see(address: str) -> web.Response:
    return web.Response(status=HTTPStatus.SEE_OTHER, headers={hdrs.LOCATION: address})


def _left() -> web.Response:
    # Only for whoever was signed in: another site's form must not take anybody's cookie away.
    response = _see(FRONT)
    take_cookie(response, COOKIE)
    return response
