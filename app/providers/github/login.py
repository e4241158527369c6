"""Signing in with GitHub: where a person is sent, and who came back.

All that we want to know is which account somebody has. The token that GitHub gives for it is used
for that one question, ended and forgotten.
https://docs.github.com/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-user-access-token-for-a-github-app
"""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Any, Final
from urllib.parse import quote, urlencode, urlsplit

import aiohttp
import structlog

from app.domain.deliveries import Provider
from app.domain.errors import MainstayError, Refused, Transient
from app.domain.people import Identity
from app.providers.github.plain import ask, connections

TIMEOUT_SECONDS: Final = 8.0
"""A person waits, for two of these at most."""

DROP_SECONDS_MAX: Final = 2.0
"""How long the person waits for the token's end, which would come in eight hours anyway."""

OUR_FAULTS: Final = frozenset(
    {"application_suspended", "incorrect_client_credentials", "redirect_uri_mismatch"}
)
"""Errors of the exchange that no other try would mend, since the registration is not in order."""

_log = structlog.get_logger(__name__)


class CodeRefused(Refused):
    """GitHub does not take this code: it was used before, is too old, or is another browser's."""


class Login:
    """The way to GitHub for those who sign in; ``url`` is where its pages are."""

    def __init__(
        self,
        *,
        client_id: str,
        client_secret: str,
        url: str,
        api_url: str,
        timeout_seconds: float = TIMEOUT_SECONDS,
    ) -> None:
        self._client_id = client_id
        self._client_secret = client_secret
        self._url = url
        self._api_url = api_url
        self._timeout_seconds = timeout_seconds
        self._http: aiohttp.ClientSession | None = None

    @property
    def origin(self) -> str:
        """Where its pages are, without a path."""
        parts = urlsplit(self._url)
        return f"{parts.scheme}://{parts.netloc}"

    def address(self, *, redirect_uri: str, state: str, verifier: str) -> str:
        """Give the page of GitHub's that asks the person, and then sends them back."""
        query = {
            "client_id": self._client_id,
            "redirect_uri": redirect_uri,
            "state": state,
            "code_challenge": challenge_of(verifier),
            "code_challenge_method": "S256",
        }
        return f"{self._url}/login/oauth/authorize?{urlencode(query)}"

    async def identify(self, code: str, *, redirect_uri: str, verifier: str) -> Identity:
        """Say whose account it is that came back with this code.

        Raises ``CodeRefused`` where the person may begin again, ``Refused`` where nobody can sign
        in, and ``Transient``.
        """
        token = await self._exchange(code, redirect_uri, verifier)
        try:
            account = await self._ask(
                "GET", f"{self._api_url}/user", {"Authorization": f"Bearer {token}"}
            )
        finally:
            await self._drop(token)
        match account:
            case {"id": int(number), "login": str(login), "type": "User"} if number > 0:
                return Identity(Provider.GITHUB, str(number), login)
        raise Refused("GitHub's answer names no person.")

    async def close(self) -> None:
        """Close the connections."""
        if self._http is not None:
            await self._http.close()

    async def _exchange(self, code: str, redirect_uri: str, verifier: str) -> str:
        answer = await self._ask(
            "POST",
            f"{self._url}/login/oauth/access_token",
            data={
                "client_id": self._client_id,
                "client_secret": self._client_secret,
                "code": code,
                "redirect_uri": redirect_uri,
                "code_verifier": verifier,
            },
        )
        match answer:
            case {"error": error}:
                name = str(error) if re.fullmatch(r"[a-z_]{1,64}", str(error)) else "an error"
                kind = Refused if name in OUR_FAULTS else CodeRefused
                raise kind(f"GitHub answered {name}.")
            case {"access_token": str(token)} if token:
                return token
        raise Transient("GitHub's answer has no token in it.")

    async def _drop(self, token: str) -> None:
        """End the token; that this went wrong is not the person's trouble."""
        basic = aiohttp.encode_basic_auth(self._client_id, self._client_secret)
        try:
            await self._ask(
                "DELETE",
                f"{self._api_url}/applications/{quote(self._client_id, safe='')}/token",
                {"Authorization": basic},
                json={"access_token": token},
                timeout=aiohttp.ClientTimeout(total=DROP_SECONDS_MAX),
            )
        except MainstayError as error:
            _log.warning("a token was dropped, but not ended", error=str(error))

    async def _ask(
        self, method: str, url: str, headers: dict[str, str] | None = None, **content: Any
    ) -> Any:
        if self._http is None:
            self._http = connections(self._timeout_seconds)
        return await ask(self._http, method, url, headers, **content)


def challenge_of(verifier: str) -> str:
    """Give the challenge that belongs to a verifier (RFC 7636, S256)."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
