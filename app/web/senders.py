"""Whose request it is: the address of who sent it, behind proxies too, and its name in the log."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address

import structlog
from aiohttp import hdrs, web
from aiohttp.typedefs import Middleware

Network = IPv4Network | IPv6Network

HOPS_MAX = 16
"""Proxies that a request may have come through."""

REQUEST_ID = "X-Request-Id"
"""The name of a request: in its answer, and in every line that is logged meanwhile."""

_ID_BYTES = 8
_KEY = web.RequestKey("id", str)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def sender_middleware(proxies: Sequence[Network]) -> Middleware:
    """Make the middleware that names each request and finds out who sent it."""

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        with structlog.contextvars.bound_contextvars(request=name_of(request)):
            if proxies:
                forwarded = request.headers.getall(hdrs.X_FORWARDED_FOR, [])
                remote = sender(request.remote or "", forwarded, proxies)
                request = request.clone(remote=remote)
            return await handler(request)

    return middleware


def name_of(request: web.Request) -> str:
    """Give the name of a request, which is ours alone: what a sender calls it is not repeated."""
    name = request.get(_KEY)
    if name is None:
        name = request[_KEY] = secrets.token_hex(_ID_BYTES)
    return name


def sender(remote: str, forwarded: Sequence[str], proxies: Sequence[Network]) -> str:
    """Give the address nearest to us that is no proxy of ours.

    Each proxy adds at the right whom it heard; what stands left of that, anybody can write.
    """
    hops = ",".join(forwarded).rsplit(",", HOPS_MAX)[-HOPS_MAX:] if forwarded else []
    while hops and _is_among(remote, proxies):
        hop = hops.pop().strip()
        if not _is_address(hop):
            break
        remote = hop
    return remote


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _is_among(remote: str, proxies: Sequence[Network]) -> bool:
    try:
        address = ip_address(remote)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None) or address
    return any(mapped in network for network in proxies)
