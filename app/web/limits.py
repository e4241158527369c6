"""How often one address or one person may ask for what costs us; in memory, bounded."""

from __future__ import annotations

import time
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address

import structlog
from aiohttp import hdrs, web
from aiohttp.typedefs import Handler, Middleware
from cachetools import TTLCache

ADDRESSES_MAX = 16384
"""Addresses that are remembered; the one that was seen longest ago is forgotten first."""

NETWORK_BITS = 64
"""Whoever has one IPv6 address has a whole network of this size."""

PAGES_MAX = 600
PAGES_SECONDS = 60
"""How often one address may ask for anything: behind a proxy that nobody named, all are one."""

UNLIMITED = frozenset({"/hooks/{provider}", "/healthz", "/readyz", "/static/{name}"})
"""Routes that are always answered: a well-signed webhook is never refused for what others send from
its address (hooks have a limit of their own), nor is whoever watches over us; a file is cheap."""

_log = structlog.get_logger("app.web")


class Limit:
    """So many requests of one address within a window that begins with its first one.

    The address is that of the connection, or the one that a trusted proxy names. Behind a proxy
    that nobody trusts all customers share its address, so a limit has to leave room for all.
    """

    def __init__(
        self,
        *,
        requests_max: int,
        window_seconds: int,
        addresses_max: int = ADDRESSES_MAX,
        timer: Callable[[], float] = time.monotonic,
    ) -> None:
        self._requests_max = requests_max
        self._window_seconds = window_seconds
        # A count is changed in place: setting it anew would begin its window anew.
        self._counts: TTLCache[str, list[int]] = TTLCache(
            addresses_max, ttl=window_seconds, timer=timer
        )

    def check(self, request: web.Request) -> None:
        """Count a request of an address; raise the answer for one that is too many."""
        self.count(_network(request.remote))

    def is_used_up(self, request: web.Request) -> bool:
        """Whether the address has no request left; it is not counted."""
        return self._counts.get(_network(request.remote), [0])[0] >= self._requests_max

    def count(self, who: str) -> None:
        """Count a request of anybody who has a name; raise the answer for one that is too many."""
        count = self._counts.setdefault(who, [0])
        count[0] += 1
        if count[0] == self._requests_max + 1:  # one line, however many come
            _log.warning(
                "somebody asks too often",
                requests_max=self._requests_max,
                window_seconds=self._window_seconds,
            )
        if count[0] > self._requests_max:
            raise web.HTTPTooManyRequests(headers={hdrs.RETRY_AFTER: str(self._window_seconds)})


def limit_middleware() -> Middleware:
    """Make the middleware that answers one address so often and no more, whatever it asks for."""
    limit = Limit(requests_max=PAGES_MAX, window_seconds=PAGES_SECONDS)

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        resource = request.match_info.route.resource
        if resource is None or resource.canonical not in UNLIMITED:
            limit.check(request)
        return await handler(request)

    return middleware


def _network(remote: str | None) -> str:
    """Give the address, or the network of which one customer has all."""
    try:
        address = ip_address(remote or "")
    except ValueError:
        return ""  # a Unix socket has none: the proxy behind it is one sender
    if not isinstance(address, IPv6Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return f"{int(address) >> (128 - NETWORK_BITS):x}::"
