"""Signing in: the page on which a person says who he is, and the exchange of the code.

These are pages of GitHub's and no part of its API: only the callback that was registered is sent
to, a code is good once and for ten minutes, and errors of the exchange come with status 200.
https://docs.github.com/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-user-access-token-for-a-github-app
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from app.rehearsal.github.auth import USER_TOKEN_LIFETIME, Gate
from app.rehearsal.github.state import Account, State

AUTHORIZE: Final = "/login/oauth/authorize"
EXCHANGE: Final = "/login/oauth/access_token"

CODE_LIFETIME: Final = timedelta(minutes=10)
CODES_MAX: Final = 1_000
CODE_CHARACTERS: Final = 20
REFRESH_TOKEN_LIFETIME: Final = timedelta(days=184)
CHALLENGE: Final = re.compile(r"[\w-]{43}", re.ASCII)

DENIED: Final = "The user has denied your application access."
MISMATCH: Final = "The redirect_uri MUST match the registered callback URL for this application."
BAD_CODE: Final = "The code passed is incorrect or expired."
BAD_CLIENT: Final = "The client_id and/or client_secret passed are incorrect."

_TEMPLATES: Final = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What an App asks of the person whom it sent here."""

    redirect_uri: str
    state: str
    challenge: str
    """Empty where the App uses no PKCE, which GitHub recommends and does not require."""
    login: str
    """The account that the App suggests."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """A code that waits to be exchanged."""

    account: Account
    wish: Wish
    expires_at: datetime


class OAuth:
    """GitHub's half of signing in with GitHub.

    ``callback_url`` is the one that was registered for the App.
    """

    def __init__(self, state: State, gate: Gate, *, callback_url: str | Callable[[], str]) -> None:
        self._state = state
        self._gate = gate
        self.registered_callback_url = callback_url
        self._codes: dict[str, Code] = {}

    def routes(self) -> list[web.RouteDef]:
        """Give the pages, for whoever serves the site that people look at."""
        return [
            web.get(AUTHORIZE, self.show),
            web.post(AUTHORIZE, self.choose),
            web.post(EXCHANGE, self.exchange),
        ]

    @property
    def callback_url(self) -> str:
        """The only address to which anybody is sent back."""
        registered = self.registered_callback_url
        return registered if isinstance(registered, str) else registered()

    async def show(self, request: web.Request) -> web.Response:
        """GET: the page that asks who the person is."""
        wish = self._wish(request)
        people = [one for one in self._state.accounts.values() if one.type == "User"]
        people.sort(key=lambda one: (one.login.lower() != wish.login.lower(), one.login.lower()))
        html = _TEMPLATES.get_template("authorize.html").render(
            app=self._state.app, people=people, suggested=wish.login, callback=wish.redirect_uri
        )
        return web.Response(text=html, content_type="text/html")

    async def choose(self, request: web.Request) -> web.Response:
        """POST: sign in as whom the person chose, or refuse; then back to the App."""
        wish = self._wish(request)
        form = await request.post()
        account = self._state.find_account(str(form.get("login", "")))
        if account is None or account.type != "User":
            raise _back(wish, error="access_denied", error_description=DENIED)
        raise _back(wish, code=self._issue(account, wish))

    async def exchange(self, request: web.Request) -> web.Response:
        """POST: give a token for a code, or say with status 200 why not."""
        answer = self._exchanged(await _fields(request))
        if "json" in request.headers.get("Accept", ""):
            return web.json_response(answer)
        return web.Response(
            text=urlencode(answer), content_type="application/x-www-form-urlencoded"
        )

    def _wish(self, request: web.Request) -> Wish:
        """Read what the App wants; a wrong address is told at the one that was registered."""
        query = request.query
        if query.get("client_id") != self._state.app.client_id:
            raise web.HTTPNotFound(text="There is no such App.")
        challenge, method = query.get("code_challenge", ""), query.get("code_challenge_method", "")
        if (challenge or method) and not (method == "S256" and CHALLENGE.fullmatch(challenge)):
            raise web.HTTPBadRequest(text="The code challenge must be 43 characters, by S256.")
        wish = Wish(
            redirect_uri=query.get("redirect_uri", self.callback_url),
            state=query.get("state", ""),
            challenge=challenge,
            login=query.get("login", ""),
        )
        if wish.redirect_uri != self.callback_url:
            raise web.HTTPFound(
                _address(
                    self.callback_url,
                    error="redirect_uri_mismatch",
                    error_description=MISMATCH,
                    state=wish.state,
                )
            )
        return wish

    def _issue(self, account: Account, wish: Wish) -> str:
        while len(self._codes) >= CODES_MAX:
            del self._codes[next(iter(self._codes))]
        text = self._state.random.randbytes(CODE_CHARACTERS // 2).hex()
        expires_at = self._state.now() + CODE_LIFETIME
        self._codes[text] = Code(account=account, wish=wish, expires_at=expires_at)
        return text

    def _exchanged(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        client = str(fields.get("client_id")), str(fields.get("client_secret"))
        if not self._gate.is_client(*client):
            return _refusal("incorrect_client_credentials", BAD_CLIENT)
        code = self._codes.pop(str(fields.get("code")), None)
        if code is None or code.expires_at <= self._state.now():
            return _refusal("bad_verification_code", BAD_CODE)
        if fields.get("redirect_uri", code.wish.redirect_uri) != code.wish.redirect_uri:
            return _refusal("redirect_uri_mismatch", MISMATCH)
        verifier = str(fields.get("code_verifier", ""))
        if code.wish.challenge and challenge_of(verifier) != code.wish.challenge:
            return _refusal("bad_verification_code", BAD_CODE)
        return {
            "access_token": self._gate.issue_for_user(code.account).text,
            "expires_in": int(USER_TOKEN_LIFETIME.total_seconds()),
            "refresh_token": f"ghr_{self._state.random.randbytes(38).hex()}",
            "refresh_token_expires_in": int(REFRESH_TOKEN_LIFETIME.total_seconds()),
            "scope": "",
            "token_type": "bearer",
        }


def challenge_of(verifier: str) -> str:
    """Give the challenge that belongs to a verifier (RFC 7636, S256)."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def _back(wish: Wish, **parameters: str) -> web.HTTPFound:
    """Send the person back to the App, with its own state."""
    return web.HTTPFound(_address(wish.redirect_uri, **parameters, state=wish.state))


def _address(url: str, **parameters: str) -> str:
    given = {name: value for name, value in parameters.items() if value}
    return f"{url}?{urlencode(given)}"


def _refusal(error: str, sentence: str) -> dict[str, str]:
    return {
        "error": error,
        "error_description": sentence,
        "error_uri": "https://docs.github.com/apps/oauth-apps/maintaining-oauth-apps",
    }


async def _fields(request: web.Request) -> Mapping[str, Any]:
    """Read a form, or the same as JSON."""
    if "json" not in request.content_type:
        return await request.post()
    try:
        given = json.loads(await request.read())
    except ValueError:
        return {}
    return given if isinstance(given, dict) else {}
