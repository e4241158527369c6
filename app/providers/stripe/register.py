"""Opening the webhook endpoint at Stripe, once: which events come, in which version, and a secret.

Stripe shows a secret only when its endpoint is made. So one that is already there, and whose secret
nobody here has, can only be replaced: the new one is made before the old one goes. All that we
listen to are snapshot events; thin events would need a destination of their own.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from app.domain.errors import Ambiguous, Refused
from app.providers.stripe.translate import KINDS

if TYPE_CHECKING:
    from app.providers.stripe.client import Client

HOOK_PATH: Final = "/hooks/stripe"
DESCRIPTION: Final = "Mainstay: payments and refunds"
TIMEOUT_SECONDS: Final = 20.0
TRIES_MAX: Final = 3

PAGE_ROWS_MAX: Final = 100
"""Stripe allows an account sixteen endpoints."""


class AlreadyThere(Refused):
    """There is an endpoint for our address, whose secret nobody here has; it may be replaced."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """A webhook endpoint as Stripe shows it."""

    id: str
    events: frozenset[str]
    version: str | None
    """The version of the API in which it is told; None: the account's own."""
    is_enabled: bool

    @property
    def unheard(self) -> frozenset[str]:
        """What we listen to, and are not told."""
        return frozenset() if "*" in self.events else KINDS - self.events


async def register(*, api_key: str, api_url: str, url: str, may_replace: bool) -> str:
    """See to it that there is one endpoint for our address, and give its secret.

    Raises ``AlreadyThere`` where there is one and it may not be replaced, and the other errors of
    ``Client``.
    """
    client, version = await open_client(api_key=api_key, api_url=api_url)
    try:
        there = await endpoints(client, url)
        if there and not may_replace:
            raise AlreadyThere(
                "Stripe already has a webhook endpoint for this server, and does not show its "
                "secret again."
            )
        secret = await _make(client, url, version)
        for each in there:
            await client.ask(_deleting(each.id))
        return secret
    finally:
        await client.close()


async def endpoints(client: Client, url: str) -> list[Endpoint]:
    """List the endpoints for exactly this address."""
    listed = await client.ask(
        lambda api: api.v1.webhook_endpoints.list_async({"limit": PAGE_ROWS_MAX})
    )
    return [
        Endpoint(
            id=each["id"],
            events=frozenset(each["enabled_events"]),
            version=each["api_version"],
            is_enabled=each["status"] == "enabled",
        )
        for each in listed["data"]
        if each["url"] == url
    ]


async def open_client(*, api_key: str, api_url: str) -> tuple[Client, str]:
    """Open a client, and give the version of the API that it speaks."""
    make, version = await asyncio.to_thread(_load)  # the import takes half a second
    return make(api_key=api_key, api_url=api_url, timeout_seconds=TIMEOUT_SECONDS), version


def _load() -> tuple[type[Client], str]:
    import stripe

    from app.providers.stripe.client import Client

    return Client, stripe.api_version


async def _make(client: Client, url: str, version: str) -> str:
    """Make one; a lost answer is asked for again, under the same key, with the same secret."""
    params: Any = {
        "url": url,
        "enabled_events": sorted(KINDS),
        "api_version": version,
        "description": DESCRIPTION,
    }
    options: Any = {"idempotency_key": f"setup:{uuid4()}"}
    for tries_left in reversed(range(TRIES_MAX)):
        try:
            made = await client.ask(
                lambda api: api.v1.webhook_endpoints.create_async(params, options)
            )
            break
        except Ambiguous:
            if not tries_left:
                raise
    secret: str = made["secret"]
    return secret


def _deleting(id_: str) -> Any:
    return lambda api: api.v1.webhook_endpoints.delete_async(id_)
