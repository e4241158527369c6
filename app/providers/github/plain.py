"""Asking GitHub without being the App: small answers, read whole or not at all.

For what needs no token of the App's: signing in, registering, and looking whether all is well.
"""

from __future__ import annotations

import json
from typing import Any, Final

import aiohttp

from app.domain.errors import Refused, Transient
from app.providers.github.client import API_VERSION, CONNECT_SECONDS_MAX, USER_AGENT

CONNECTIONS_MAX: Final = 10
ANSWER_BYTES_MAX: Final = 64 * 1024


class Answered(Refused):
    """GitHub answered with a status that is no success, and that another try would not mend."""

    def __init__(self, status: int) -> None:
        super().__init__(f"GitHub answered {status}.")
        self.status = status


def connections(timeout_seconds: float) -> aiohttp.ClientSession:
    """Open a pool of connections; it has to be closed."""
    return aiohttp.ClientSession(
        timeout=aiohttp.ClientTimeout(
            total=timeout_seconds, sock_connect=min(CONNECT_SECONDS_MAX, timeout_seconds)
        ),
        connector=aiohttp.TCPConnector(limit=CONNECTIONS_MAX),
        cookie_jar=aiohttp.DummyCookieJar(),  # one person's cookies are not another's
    )


async def ask(
    http: aiohttp.ClientSession,
    method: str,
    url: str,
    headers: dict[str, str] | None = None,
    **content: Any,
) -> Any:
    """Ask, and read a small answer of JSON; an empty one is ``None``.

    Raises ``Answered``, ``Refused`` and ``Transient``.
    """
    sent = {
        "Accept": "application/json",
        "User-Agent": USER_AGENT,
        "X-GitHub-Api-Version": API_VERSION,
        **(headers or {}),
    }
    try:
        async with http.request(
            method, url, headers=sent, allow_redirects=False, **content
        ) as response:
            status = response.status
            body = await _bounded(response)
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise Transient(f"No answer of GitHub's came: {type(error).__name__}.") from error
    if status >= 500 or status in (403, 408, 429):
        raise Transient(f"GitHub answered {status}.")
    if not 200 <= status < 300:
        raise Answered(status)
    try:
        return json.loads(body) if body else None
    except ValueError as error:
        raise Transient("GitHub's answer could not be read.") from error


async def _bounded(response: aiohttp.ClientResponse) -> bytes:
    body = bytearray()
    async for chunk in response.content.iter_chunked(8192):
        body += chunk
        if len(body) > ANSWER_BYTES_MAX:
            raise Refused(f"GitHub's answer is larger than {ANSWER_BYTES_MAX} bytes.")
    return bytes(body)
