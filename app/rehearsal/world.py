"""The whole product and all of its outside on one machine, with a clock that can be moved.

Only base URLs, credentials and the clock differ from the real thing: the product that runs here is
the one that ``serve`` runs. Its customers, helpers and maintainers live at the stand-ins.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from ruamel.yaml import YAML

from app.main import Product, running
from app.rehearsal.clock import Clock
from app.rehearsal.faults import Faults
from app.rehearsal.github.server import GitHubStandIn, Registration
from app.rehearsal.openai import OpenAIStandIn
from app.rehearsal.stripe.standin import StripeStandIn
from app.rehearsal.waiting import Work, work_under_way
from app.settings import Settings

MANIFEST = Path(__file__).parents[2] / "app.yml"
"""The App that is registered is the one that operators register."""

WEBHOOK_SECRET = "rehearsal-webhook-secret-0123456789"
SECRET_KEY = "rehearsal-secret-key-0123456789abcdef"

SETTLE_SECONDS_MAX = 60.0
"""What has not come to rest by then never will."""

QUIET_LOOKS = 2
"""So many looks in a row must find nothing under way."""

LOOK_SECONDS = 0.01


@cache
def _manifest() -> Mapping[str, Any]:
    """Read the App's own manifest, once a process."""
    found: Mapping[str, Any] = YAML(typ="safe").load(MANIFEST)
    return found


class RestlessError(Exception):
    """The world did not come to rest; its text says what was still under way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """A private key of the App's and the public half that GitHub knows."""

    private_pem: str
    public_pem: str


@cache
def new_keys() -> Keys:
    """Make a key, once a process: that takes a while."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return Keys(private_pem=private.decode(), public_pem=public.decode())


@dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    """How the world shall be."""

    database_url: str
    port: int = 0
    """Where the product answers; 0: anywhere."""
    seed: int = 0
    has_model: bool = True
    has_checkout: bool = True
    faults: Faults = field(default_factory=Faults)
    environment: Mapping[str, str] = field(default_factory=dict)
    """Settings beside those that the world needs."""
    start: datetime | None = None
    pages_url: str | None = None
    """Where people see GitHub's pages; at the stand-in's API, which has none, if nowhere else."""


class World:
    """The outside, and the product while it runs."""

    def __init__(self, plot: Plot) -> None:
        self.plot = plot
        self.clock = Clock(plot.start)
        self.faults = plot.faults
        self.keys = new_keys()
        self._product_port = plot.port
        self.product: Product | None = None
        hooks = self._hook
        manifest = _manifest()
        registration = Registration(
            public_key_pem=self.keys.public_pem,
            webhook_secret=WEBHOOK_SECRET,
            callback_url=lambda: f"{self.url}/login/callback",
            permissions=manifest["default_permissions"],
            events=manifest["default_events"],
        )
        self.github = GitHubStandIn(
            now=self.clock,
            faults=plot.faults,
            registration=registration,
            webhook_url=lambda: hooks("github"),
            seed=plot.seed,
            html_url_base=plot.pages_url,
        )
        self.stripe = StripeStandIn(
            now=self.clock,
            faults=plot.faults,
            webhook_url=lambda: hooks("stripe"),
            seed=plot.seed,
        )
        self.openai = OpenAIStandIn(now=self.clock, faults=plot.faults, seed=plot.seed)
        self.registration = registration

    def _hook(self, provider: str) -> str:
        return f"{self.url}/hooks/{provider}"

    @property
    def url(self) -> str:
        """The product's address."""
        return f"http://127.0.0.1:{self._product_port}"

    def environment(self) -> dict[str, str]:
        """Give the product's environment, as an operator would set it."""
        plot = self.plot
        values = {
            "DATABASE_URL": plot.database_url,
            "HOST": "127.0.0.1",
            "PORT": str(self._product_port),
            "PUBLIC_URL": self.url,
            "SECRET_KEY": SECRET_KEY,
            "GITHUB_APP_ID": str(self.registration.id),
            "GITHUB_PRIVATE_KEY": self.keys.private_pem,
            "GITHUB_WEBHOOK_SECRET": WEBHOOK_SECRET,
            "GITHUB_CLIENT_ID": self.registration.client_id,
            "GITHUB_CLIENT_SECRET": self.registration.client_secret,
            "GITHUB_API_URL": self.github.url,
            "GITHUB_URL": self.github.html_url_base,
            "SELLER_NAME": "Mainstay rehearsal",
            "STRIPE_API_URL": self.stripe.url,
            "STRIPE_CHECKOUT_URL": self.stripe.url,
        }
        if plot.has_checkout:
            values["STRIPE_API_KEY"] = self.stripe.account.api_key
            values["STRIPE_WEBHOOK_SECRET"] = self.stripe.account.webhook_secret
        if plot.has_model:
            values["OPENAI_API_KEY"] = self.openai.project.api_key
            values["OPENAI_BASE_URL"] = self.openai.base_url
            values["OPENAI_MODEL"] = self.openai.project.models[0]
        return values | dict(plot.environment)

    @asynccontextmanager
    async def outside(self) -> AsyncIterator[None]:
        """Run the stand-ins alone: the product may run in a process of its own."""
        async with AsyncExitStack() as stack:
            for service in (self.github, self.stripe, self.openai):
                await service.start()
                stack.push_async_callback(service.close)
            self.clock.watch(self.stripe.tick)
            yield

    @asynccontextmanager
    async def inside(self) -> AsyncIterator[Product]:
        """Run the product in this process."""
        settings = Settings.from_env(self.environment())
        async with running(settings, now=self.clock) as product:
            self.product = product
            self.clock.watch(lambda: product.database.wake("delivery", "event", "effect"))
            try:
                yield product
            finally:
                self.product = None

    async def advance(self, by: timedelta) -> None:
        """Move the clock forward, and let everything happen that this brings about."""
        self.clock.advance(by)
        await self.settle()

    async def settle(self, timeout_seconds: float = SETTLE_SECONDS_MAX) -> None:
        """Wait until nothing is under way: no webhook, no request, no row that is due.

        What waits for another try is under way as well, and the clock is moved to it: nobody wants
        to wait for the retries of a rehearsal.
        """
        loop = asyncio.get_running_loop()
        until = loop.time() + timeout_seconds
        quiet = 0
        while True:
            await self.github.settle(timeout_seconds)
            await self.stripe.settle(timeout_seconds)
            work = await self._work()
            quiet = 0 if work.is_under_way else quiet + 1
            if quiet == QUIET_LOOKS:
                return
            if work.is_waiting:
                wait = (work.until or self.clock()) - self.clock()
                self.clock.advance(max(wait, timedelta(0)))
            if loop.time() > until:
                raise RestlessError(f"still under way: {work}")
            await asyncio.sleep(LOOK_SECONDS)

    async def _work(self) -> Work:
        assert self.product is not None, "only a product in this process can be looked into"
        now = self.clock()
        return await self.product.database.reading(lambda session: work_under_way(session, now))


@asynccontextmanager
async def world(plot: Plot) -> AsyncIterator[World]:
    """Run everything in this process until the block is left."""
    made = World(plot)
    async with made.outside():
        if not plot.port:
            made._product_port = _free_port()  # noqa: SLF001 - this function is the class's own door
        async with made.inside():
            yield made


def _free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
