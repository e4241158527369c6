"""A shop that sells through the stand-in: its client, its webhooks, its clock."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import stripe
from aiohttp import web
from aiohttp.test_utils import TestServer

from app.rehearsal.faults import Faults
from app.rehearsal.stripe import Account, StripeStandIn
from app.rehearsal.webhooks import Policy

START = datetime(2026, 11, 24, 12, tzinfo=UTC)
QUICK = Policy(timeout_seconds=2, retry_delays_seconds=(0.001, 0.01))


class Clock:
    """The injected clock."""

    def __init__(self) -> None:
        self.at = START

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **duration: float) -> None:
        self.at += timedelta(**duration)

    @property
    def seconds(self) -> int:
        return int(self.at.timestamp())


@dataclass
class Hooks:
    """Takes webhooks, and keeps those whose signature is good."""

    clock: Clock
    secret: str
    statuses: list[int] = field(default_factory=list)
    events: list[Any] = field(default_factory=list)

    async def receive(self, request: web.Request) -> web.Response:
        body = await request.read()
        signature = request.headers["Stripe-Signature"]
        assert request.content_type == "application/json"
        # The library compares with the system's clock, so our own compares the time that is signed.
        stripe.WebhookSignature.verify_header(body, signature, self.secret, tolerance=None)
        assert signature.startswith(f"t={self.clock.seconds},v1=")
        status = self.statuses.pop(0) if self.statuses else 202
        if status < 300:
            self.events.append(stripe.Event.construct_from(await request.json(), "key"))
        return web.Response(status=status)

    @property
    def types(self) -> list[str]:
        """What happened, sorted: Stripe promises no order."""
        return sorted(event.type for event in self.events)

    def last(self, type_: str) -> Any:
        """The object of the newest event of a type."""
        return next(event for event in reversed(self.events) if event.type == type_).data.object


@dataclass
class Shop:
    """Everything that a test needs."""

    standin: StripeStandIn
    client: stripe.StripeClient
    http: aiohttp.ClientSession
    hooks: Hooks
    clock: Clock
    faults: Faults

    async def open(self, *, key: str | None = None, **changes: Any) -> stripe.checkout.Session:
        """Open a Checkout Session for $49, with these parameters changed (None: left out)."""
        params = {name: value for name, value in (order() | changes).items() if value is not None}
        options: stripe.RequestOptions = {} if key is None else {"idempotency_key": key}
        sessions = self.client.v1.checkout.sessions
        return await sessions.create_async(params, options)  # type: ignore[arg-type]  # may be wrong on purpose

    async def session(self, id_: str, *expand: str) -> Any:
        """Give a session as the API shows it, with these paths expanded."""
        sessions = self.client.v1.checkout.sessions
        return await sessions.retrieve_async(id_, {"expand": list(expand)})

    async def paid(self, **changes: Any) -> str:
        """Sell something by card, and give the PaymentIntent's id."""
        opened = await self.open(**changes)
        self.standin.pay(opened.id)
        return str((await self.session(opened.id)).payment_intent)

    async def post(self, path: str, form: dict[str, str], **headers: str) -> tuple[int, Any]:
        """Post a form by hand, where the client would not let a test be wrong."""
        given = {"Authorization": f"Bearer {self.standin.account.api_key}"} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        url = f"{self.standin.url}{path}"
        async with self.http.post(url, data=form, headers=given) as response:
            return response.status, await response.json()


def order() -> dict[str, Any]:
    """What the product sends when somebody wants to pay."""
    return {
        "mode": "payment",
        "client_reference_id": "tkt_1",
        "metadata": {"ticket_id": "tkt_1"},
        "line_items": [line()],
        "payment_intent_data": {
            "transfer_group": "tkt_1",
            "metadata": {"ticket_id": "tkt_1"},
            "statement_descriptor_suffix": "SUPPORT",
        },
        "adaptive_pricing": {"enabled": False},
        "automatic_tax": {"enabled": False},
        "invoice_creation": {"enabled": True},
        "billing_address_collection": "auto",
        "tax_id_collection": {"enabled": True},
        "success_url": "https://shop.example/t/x?sid={CHECKOUT_SESSION_ID}",
        "cancel_url": "https://shop.example/t/x",
    }


def line(amount: int = 4900, currency: str = "usd", **changes: Any) -> dict[str, Any]:
    """One line item."""
    return {"quantity": 1, "price_data": price(currency, unit_amount=amount)} | changes


def price(currency: str = "usd", **changes: Any) -> dict[str, Any]:
    """What one piece costs."""
    return {"currency": currency, "product_data": {"name": "Quick question"}} | changes


@asynccontextmanager
async def open_shop(account: Account | None = None) -> AsyncIterator[Shop]:
    """Open a shop; when it closes, the stand-in must have made no mistake of its own."""
    clock, faults = Clock(), Faults(timeout_seconds=0.05, reorder_seconds=0.05)
    account = account or Account(webhook_policy=QUICK)
    hooks = Hooks(clock, account.webhook_secret)
    app = web.Application()
    app.router.add_post("/hooks/stripe", hooks.receive)
    async with TestServer(app) as server, aiohttp.ClientSession() as http:
        standin = StripeStandIn(
            now=clock,
            faults=faults,
            account=account,
            webhook_url=lambda: str(server.make_url("/hooks/stripe")),
        )
        await standin.start()
        client = stripe.StripeClient(
            account.api_key,
            http_client=stripe.AIOHTTPClient(session=http, timeout=5),
            base_addresses={"api": standin.url},
            max_network_retries=0,
        )
        try:
            yield Shop(standin, client, http, hooks, clock, faults)
        finally:
            await standin.close()
        assert standin.defects == []
