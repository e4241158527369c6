"""/setup: an operator makes the GitHub App in the browser, and then connects Stripe.

This is an application of its own, which answers only before there is anything to serve. Whoever
opens it shows the code that stands in the terminal; their browser then has a cookie, and one
browser at a time may go on. Nothing is kept here but in memory, and credentials in no answer.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import re
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, Final, Protocol

import structlog
from aiohttp import hdrs, web

from app.domain.errors import MainstayError, Refused, Transient
from app.domain.operator import Operator
from app.domain.wording import setup as words
from app.providers.github import register as github
from app.providers.github.register import AnswerLost, NewApp
from app.providers.stripe.register import AlreadyThere
from app.web.assets import Assets
from app.web.bodies import BODY_BYTES_MAX
from app.web.faults import fault_middleware
from app.web.headers import protect
from app.web.limits import Limit, limit_middleware
from app.web.rendering import HERE, Pages
from app.web.session import CSRF, form_fields, give_cookie, new_secret
from app.web.signing import Purpose, Signer

COOKIE: Final = "__Host-setup"
BACK_PATH: Final = "/setup/app"
"""Where GitHub sends the browser back to."""

STATE_LIFETIME: Final = timedelta(hours=1)
"""As long as GitHub's code is good."""

STATES_MAX: Final = 16
ATTEMPTS_MAX: Final = 30
ATTEMPTS_SECONDS: Final = 60

_STRIPE_KEY: Final = re.compile(r"[sr]k_[A-Za-z0-9_]{8,250}")
_OWN_PAGES: Final = frozenset({"same-origin", "none"})

_log = structlog.get_logger("app.web")


class ConnectStripe(Protocol):
    """Opens the webhook endpoint and keeps its secret; see ``providers/stripe/register.py``."""

    async def __call__(self, api_key: str, *, may_replace: bool) -> None:
        """Take a key, or an empty one where the operator's settings have it."""


@dataclass(slots=True, kw_only=True)
class Standing:
    """How far it has come."""

    has_app: bool
    has_stripe: bool
    has_stripe_key: bool
    """The settings have it: nobody has to be asked for it."""
    app: NewApp | None = None
    """The App that was made here."""
    is_done: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What the pages need of the rest."""

    public_url: str
    github_url: str
    code: str = field(repr=False)
    """What the terminal shows, and whoever goes on has to show."""
    manifest: Mapping[str, Any]
    """The App of `app.yml`."""
    standing: Standing
    convert: Callable[[str], Awaitable[NewApp]]
    keep_app: Callable[[NewApp], None]
    connect_stripe: ConnectStripe
    kept_in: str
    """Where the credentials are, for people; empty where they were printed."""
    now: Callable[[], datetime]


def build(parts: Parts) -> web.Application:
    """Put the application together."""
    operator = Operator(
        public_url=parts.public_url,
        seller="",
        support_email="",
        terms_url="",
        currencies=(),
        fees={},
        platform_bp=0,
        has_checkout=False,
        has_model=False,
    )
    assets = Assets(HERE / "static")
    pages = Pages(operator, assets)
    middlewares = [fault_middleware(pages), limit_middleware()]
    app = web.Application(client_max_size=BODY_BYTES_MAX, middlewares=middlewares)
    protect(app, public_url=parts.public_url, form_targets=[parts.github_url])
    setup = SetUp(parts, pages)
    app.add_routes(
        [
            web.get("/", setup.go),
            web.get("/setup", setup.show),
            web.post("/setup", setup.open),
            web.post("/setup/app", setup.prepare),
            web.get(BACK_PATH, setup.come_back, allow_head=False),
            web.post("/setup/stripe", setup.connect),
            web.post("/setup/end", setup.end),
            web.get("/healthz", _alive),
            web.get("/static/{name}", assets.serve),
        ]
    )
    return app


async def _alive(_: web.Request) -> web.Response:
    return web.json_response({"status": "alive"})


class SetUp:
    """The pages, one after another."""

    def __init__(self, parts: Parts, pages: Pages) -> None:
        self._parts = parts
        self._pages = pages
        self._standing = parts.standing
        self._signer = Signer(new_secret())
        self._limit = Limit(requests_max=ATTEMPTS_MAX, window_seconds=ATTEMPTS_SECONDS)
        self._browser = ""
        """The secret of the one browser that showed the code last."""
        self._states: dict[str, datetime] = {}
        self._converting = asyncio.Lock()
        self._made: NewApp | None = None
        """An App whose credentials are here, whether or not they could be kept yet."""

    async def go(self, _: web.Request) -> web.Response:
        """Lead whoever comes to the front door to the only page."""
        return _see("/setup")

    async def show(self, request: web.Request) -> web.Response:
        """Show the step that is next."""
        if not self._is_open(request):
            return self._page("code")
        return self._next_step()

    async def open(self, request: web.Request) -> web.Response:
        """Take the code of the terminal, and let this browser go on; no other one from now on."""
        self._limit.check(request)
        shown = (await form_fields(request)).get("code", "")
        if not hmac.compare_digest(_bare(shown), _bare(self._parts.code)):
            _log.warning("somebody showed a wrong set-up code")
            return self._page("code", words.WRONG_CODE, HTTPStatus.FORBIDDEN)
        self._browser, self._states = new_secret(), {}
        response = _see("/setup")
        give_cookie(response, COOKIE, self._browser)
        return response

    async def prepare(self, request: web.Request) -> web.Response:
        """Fill the manifest, and show the button that takes it to GitHub."""
        fields = await self._form(request)
        if self._standing.has_app:
            return self._next_step(words.ALREADY_SET_UP, HTTPStatus.CONFLICT)
        name = " ".join(fields.get("name", "").split())
        organisation = fields.get("organisation", "").strip()
        if not 1 <= len(name) <= github.NAME_CHARACTERS_MAX:
            return self._next_step(words.WRONG_NAME, HTTPStatus.BAD_REQUEST)
        if organisation and not github.ORGANISATION.fullmatch(organisation):
            return self._next_step(words.WRONG_ORGANISATION, HTTPStatus.BAD_REQUEST)
        state = self._new_state()
        manifest = github.manifest_of(
            self._parts.manifest,
            public_url=self._parts.public_url,
            name=name,
            redirect_url=f"{self._parts.public_url}{BACK_PATH}",
        )
        return self._page(
            "github",
            address=github.form_address(
                self._parts.github_url, organisation=organisation, state=state
            ),
            manifest=json.dumps(manifest),
            owner=organisation,
        )

    async def come_back(self, request: web.Request) -> web.Response:
        """Take back whom GitHub sends, and the App's credentials for the code that they bring."""
        code, state = request.query.get("code", ""), request.query.get("state", "")
        if not self._is_open(request) or not github.CODE.fullmatch(code):
            return self._page("code", words.FORGED, HTTPStatus.BAD_REQUEST)
        async with self._converting:
            if self._standing.has_app:
                return _see("/setup")
            ends = self._states.get(state)
            if ends is None or ends <= self._parts.now():
                return self._next_step(words.FORGED, HTTPStatus.BAD_REQUEST)
            try:
                made = self._made = self._made or await self._parts.convert(code)
                self._parts.keep_app(made)
            except Transient as error:
                is_lost = isinstance(error, AnswerLost)
                _log.warning("GitHub gave no credentials", error=str(error))
                told = words.APP_LOST if is_lost else words.APP_AWAY
                return self._next_step(told, HTTPStatus.SERVICE_UNAVAILABLE)
            except Refused as error:
                _log.warning("GitHub refused the code", error=str(error))
                self._states.clear()
                return self._next_step(words.APP_REFUSED, HTTPStatus.BAD_REQUEST)
            except MainstayError as error:
                _log.error("the credentials were not kept", error=str(error))
                told = f"{error} {words.RELOAD}"
                return self._next_step(told, HTTPStatus.SERVICE_UNAVAILABLE)
            self._states.clear()
            self._standing.has_app, self._standing.app = True, made
        _log.info("the App was made", app_id=made.id, name=made.name)
        return _see("/setup")

    async def connect(self, request: web.Request) -> web.Response:
        """Open Stripe's webhook endpoint, with the operator's key."""
        fields = await self._form(request)
        key = "" if self._standing.has_stripe_key else fields.get("key", "").strip()
        if not self._standing.has_app or self._standing.has_stripe:
            return self._next_step()
        if not self._standing.has_stripe_key and not _STRIPE_KEY.fullmatch(key):
            return self._next_step(words.WRONG_KEY, HTTPStatus.BAD_REQUEST)
        try:
            await self._parts.connect_stripe(key, may_replace="replace" in fields)
        except AlreadyThere as error:
            return self._next_step(str(error), HTTPStatus.CONFLICT, may_replace=True)
        except MainstayError as error:
            _log.warning("Stripe was not connected", error=str(error))
            return self._next_step(str(error), HTTPStatus.BAD_GATEWAY)
        self._standing.has_stripe = True
        _log.info("Stripe is connected")
        return self._next_step()

    async def end(self, request: web.Request) -> web.Response:
        """Go on without Stripe, or close when all is done."""
        await self._form(request)
        if self._standing.has_app:
            self._standing.is_done = True
            return self._page("end")
        return self._next_step()

    def _next_step(
        self, told: str = "", status: HTTPStatus = HTTPStatus.OK, *, may_replace: bool = False
    ) -> web.Response:
        if not self._standing.has_app:
            return self._page("app", told, status, name=self._parts.manifest["name"])
        if not self._standing.has_stripe:
            return self._page("stripe", told, status, may_replace=may_replace)
        return self._page("done", told, status)

    def _page(
        self, step: str, told: str = "", status: HTTPStatus = HTTPStatus.OK, **values: Any
    ) -> web.Response:
        return self._pages.respond(
            f"setup_{step}.html",
            status=status,
            told=told,
            standing=self._standing,
            kept_in=self._parts.kept_in,
            csrf=self._signer.derive(Purpose.CSRF, self._browser),
            **values,
        )

    def _is_open(self, request: web.Request) -> bool:
        shown = request.cookies.get(COOKIE, "").encode(errors="replace")
        return bool(self._browser) and hmac.compare_digest(shown, self._browser.encode())

    async def _form(self, request: web.Request) -> Mapping[str, str]:
        """Take a form of the browser that showed the code, and of a page of ours."""
        is_own = request.headers.get("Sec-Fetch-Site", "none") in _OWN_PAGES
        if not is_own or not self._is_open(request):
            raise web.HTTPForbidden
        fields = await form_fields(request)
        if not self._signer.is_genuine(Purpose.CSRF, self._browser, fields.get(CSRF, "")):
            raise web.HTTPForbidden
        return fields

    def _new_state(self) -> str:
        while len(self._states) >= STATES_MAX:
            del self._states[next(iter(self._states))]
        state = secrets.token_urlsafe(32)
        self._states[state] = self._parts.now() + STATE_LIFETIME
        return state


def _bare(code: str) -> bytes:
    """Read a code as people write it: in capitals or not, with or without dashes."""
    return re.sub(r"[\s-]", "", code).upper().encode(errors="replace")


def _see(address: str) -> web.Response:
    return web.Response(status=HTTPStatus.SEE_OTHER, headers={hdrs.LOCATION: address})
