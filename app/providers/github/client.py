"""How we speak to GitHub: credentials, limits, one connection pool, and errors in our own words.

Nothing is retried here but a request whose token had ended: waiting is the queue's work. Whoever
calls gets parsed JSON, or one of ``app.domain.errors``.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import aiohttp
import gidgethub
import gidgethub.aiohttp
import gidgethub.sansio
from cachetools import LRUCache

from app.domain.errors import OutOfReach, Postpone, Refused, Transient
from app.domain.ids import InstallationId
from app.providers.github.grants import Grant
from app.providers.github.tokens import Tokens
from app.providers.github.verdicts import NotBelieved, NotThere, unfinished, verdict

API_VERSION: Final = "2026-03-10"
USER_AGENT: Final = "mainstay"

TIMEOUT_SECONDS: Final = 20.0
CONNECT_SECONDS_MAX: Final = 5.0
CONNECTIONS_MAX: Final = 20

BODY_BYTES_MAX: Final = 10 * 1024 * 1024
"""GitHub's largest answer that we ask for is a tree, which it cuts at 7 MB."""

INSTALLATIONS_KEPT_MAX: Final = 256
ANSWERS_KEPT_MAX: Final = 32
ANSWER_KEPT_BYTES_MAX: Final = 16 * 1024
"""What GitHub answers again with "not modified" is free; so many answers, so small, are kept."""


@dataclass(frozen=True, slots=True)
class _Request:
    """What is asked, without who asks."""

    method: str
    path: str
    data: Any
    is_repeatable: bool


@dataclass(frozen=True, slots=True)
class _Page:
    """One answer: all there is, unless it says where to go on."""

    content: Any
    next_url: str | None


class _Api(gidgethub.aiohttp.GitHubAPI):
    """gidgethub with a version header, bounded answers and a cache of its own.

    There is one for each installation: the cache knows only addresses, and what one installation
    may see is not to be shown to another.
    """

    async def ask(self, request: _Request, token: str) -> _Page:
        """Send a request and parse the answer."""
        content, next_url, _ = await self._make_request(
            request.method,
            request.path,
            None,
            request.data,
            gidgethub.sansio.accept_format(),
            extra_headers={"authorization": f"Bearer {token}"},
        )
        return _Page(content, next_url)

    async def _request(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes = b""
    ) -> tuple[int, Mapping[str, str], bytes]:
        if not url.startswith(f"{self.base_url}/") and url != graphql_url(self.base_url):
            # A page's link says where to go; no token goes anywhere else.
            raise Refused("GitHub's answer leads to another server.")
        versioned = {**headers, "x-github-api-version": API_VERSION}
        async with self._session.request(
            method, url, headers=versioned, data=body, allow_redirects=False
        ) as response:
            content = bytearray()
            async for chunk in response.content.iter_chunked(65_536):
                content += chunk
                if len(content) > BODY_BYTES_MAX:
                    raise Refused(f"GitHub's answer is larger than {BODY_BYTES_MAX} bytes.")
            kept = response.headers.copy()
            if len(content) > ANSWER_KEPT_BYTES_MAX:
                kept.popall("etag", None)
                kept.popall("last-modified", None)
            return response.status, kept, bytes(content)


def graphql_url(api_url: str) -> str:
    """Give the address of the GraphQL API that belongs to a REST API, here or on a server."""
    return f"{api_url.removesuffix('/v3')}/graphql"


class Client:
    """One process's way to GitHub, on behalf of every installation.

    A path is relative to the API and must already be encoded. ``grant`` says with which power to
    ask; ``None`` asks as the App itself. Raises ``NotThere`` and the other ``Refused``,
    ``Transient``, ``Ambiguous`` and ``Postpone``.
    """

    def __init__(
        self,
        *,
        app_id: int,
        private_key: str,
        api_url: str,
        now: Callable[[], datetime],
        timeout_seconds: float = TIMEOUT_SECONDS,
    ) -> None:
        self.app_id = app_id
        self._api_url = api_url.rstrip("/")
        self._now = now
        self._timeout = aiohttp.ClientTimeout(
            total=timeout_seconds, sock_connect=min(CONNECT_SECONDS_MAX, timeout_seconds)
        )
        self._tokens = Tokens(app_id=app_id, private_key=private_key, now=now, mint=self._mint)
        self._apis: LRUCache[int | None, _Api] = LRUCache(INSTALLATIONS_KEPT_MAX)
        self._postponed: LRUCache[int | None, int] = LRUCache(INSTALLATIONS_KEPT_MAX)
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()

    async def get(self, grant: Grant | None, path: str) -> Any:
        """Read something that must be there."""
        return (await self._ask(grant, "GET", path, is_repeatable=True)).content

    async def find(self, grant: Grant | None, path: str) -> Any | None:
        """Read something that may be missing: ``None`` where it is. An empty answer is ``{}``."""
        try:
            return await self.get(grant, path) or {}
        except NotThere:
            return None

    async def pages(self, grant: Grant | None, path: str) -> AsyncIterator[list[Any]]:
        """Read a list page by page, as long as the caller wants more."""
        next_url: str | None = path
        while next_url is not None:
            page = await self._ask(grant, "GET", next_url, is_repeatable=True)
            yield page.content
            next_url = page.next_url

    async def post(
        self, grant: Grant | None, path: str, data: Any = b"", *, is_repeatable: bool = False
    ) -> Any:
        """Make something. ``is_repeatable`` is for what GitHub itself makes only once."""
        return (await self._ask(grant, "POST", path, data, is_repeatable=is_repeatable)).content

    async def query(self, grant: Grant, question: str, variables: Mapping[str, Any]) -> Any:
        """Ask the GraphQL API a question that changes nothing: gives data and errors as they came.

        Raises ``Transient`` also where it answers nothing but that too much was asked lately.
        """
        data = {"query": question, "variables": dict(variables)}
        answer = await self.post(grant, graphql_url(self._api_url), data, is_repeatable=True)
        kinds = {each.get("type") for each in answer.get("errors", ())}
        if "RATE_LIMITED" in kinds:
            raise Transient("GitHub's GraphQL answers no more questions for a while.")
        return answer

    async def patch(self, grant: Grant, path: str, data: Any) -> Any:
        """Change something; doing it twice is the same as doing it once."""
        return (await self._ask(grant, "PATCH", path, data, is_repeatable=True)).content

    async def delete(self, grant: Grant, path: str, data: Any = b"") -> None:
        """Take something away; doing it twice is the same as doing it once."""
        await self._ask(grant, "DELETE", path, data, is_repeatable=True)

    async def _ask(
        self, grant: Grant | None, method: str, path: str, data: Any = b"", *, is_repeatable: bool
    ) -> _Page:
        request = _Request(method, path, data, is_repeatable)
        if grant is None:
            return await self._send(request, None, self._tokens.for_app())
        token = await self._tokens.for_grant(grant)
        try:
            return await self._send(request, grant.installation, token)
        except NotBelieved:  # it was revoked before its time: once more, with a new one
            self._tokens.drop(grant, token)
        token = await self._tokens.for_grant(grant)
        return await self._send(request, grant.installation, token)

    async def _send(self, request: _Request, tenant: InstallationId | None, token: str) -> _Page:
        try:
            page = await self._api(tenant).ask(request, token)
        except gidgethub.HTTPException as error:
            judged = verdict(
                error,
                is_repeatable=request.is_repeatable,
                is_for_tenant=tenant is not None,
                now=self._now(),
                postponed_before=self._postponed.get(tenant, 0),
            )
            if isinstance(judged, Postpone):
                self._postponed[tenant] = self._postponed.get(tenant, 0) + 1
            raise judged from error
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise Transient("GitHub could not be reached.") from error
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            reason = f"No answer of GitHub's came: {type(error).__name__}."
            raise unfinished(reason, is_repeatable=request.is_repeatable) from error
        except (ValueError, LookupError, TypeError) as error:
            # gidgethub raises these where a body is not what its headers say.
            reason = "GitHub's answer could not be read."
            raise unfinished(reason, is_repeatable=request.is_repeatable) from error
        self._postponed.pop(tenant, None)
        return page

    def _api(self, tenant: InstallationId | None) -> _Api:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                timeout=self._timeout, connector=aiohttp.TCPConnector(limit=CONNECTIONS_MAX)
            )
        api = self._apis.get(tenant)
        if api is None:
            kept: LRUCache[str, Any] = LRUCache(ANSWERS_KEPT_MAX)
            api = _Api(self._session, USER_AGENT, cache=kept, base_url=self._api_url)
            self._apis[tenant] = api
        return api

    async def _mint(self, path: str, data: dict[str, Any]) -> Any:
        try:
            return await self.post(None, path, data, is_repeatable=True)
        except NotThere as error:
            raise OutOfReach("The App is not installed there any more.") from error
