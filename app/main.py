"""The composition root: settings become engine, performers, web and worker; no logic."""

from __future__ import annotations

import asyncio
import random
import secrets
import signal
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

import structlog
from aiohttp import web

from app.domain.deliveries import Provider
from app.domain.errors import MainstayError
from app.domain.operator import Operator
from app.providers import Hook, Performer, hooks
from app.providers.github.login import Login
from app.providers.github.perform import GitHub
from app.providers.openai.perform import OpenAI
from app.providers.stripe.perform import Stripe
from app.settings import Settings
from app.store.columns import new_id
from app.store.engine import Database
from app.store.migrations import is_current
from app.store.migrations import migrate as migrate_schema
from app.web.hooks import Source
from app.web.intake import Intake
from app.web.protocol import runner
from app.web.server import Parts, build
from app.web.session import SignIn
from app.worker import standstill, timers
from app.worker.drain import Pace, drain
from app.worker.steps import Deliveries, Effects, Events

Now = Callable[[], datetime]

TOKEN_BYTES = 18
"""144 random bits in the address of a ticket's pages."""

WEB_STOP_SECONDS_MAX = 5.0
"""How long requests under way may take to end once we were told to stop."""

LEASE_SECONDS = 15.0
"""How long the rows of a process that was killed stay its own; a living one renews every third."""

# Events are handled one lane at a time anyway; effects wait for others most of their time.
DELIVERY_PACE = Pace(batch=64, concurrency=16, lease_seconds=LEASE_SECONDS)
EVENT_PACE = Pace(batch=64, concurrency=32, lease_seconds=LEASE_SECONDS)
EFFECT_PACE = Pace(batch=64, concurrency=32, lease_seconds=LEASE_SECONDS)

_log = structlog.get_logger("app")


class OldSchemaError(MainstayError):
    """The schema is not the one that this version needs, and was not to be migrated."""


def utc_now() -> datetime:
    """Give the product's time: the system's, unless somebody injects another one."""
    return datetime.now(UTC)


def new_token() -> str:
    """Make the token of a ticket's pages."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def operator_of(settings: Settings) -> Operator:
    """Take the operator's published facts from the settings."""
    return Operator(
        public_url=settings.public_url,
        seller=settings.seller_name,
        support_email=settings.support_email or "",
        terms_url=settings.terms_url or "",
        currencies=settings.fees.currencies,
        fees=settings.fees.processing_fees,
        platform_bp=settings.fees.platform_share_basis_points,
        has_checkout=settings.stripe is not None,
        has_model=settings.openai is not None,
        has_sign_in=settings.github.client_id is not None,
        day_tokens=settings.openai.tokens_per_repository_and_day if settings.openai else 0,
        repository_url=settings.github.url,
        app_url=settings.github.app_url or "",
    )


def github_of(settings: Settings, now: Now) -> GitHub:
    """Make what acts at GitHub as the App."""
    return GitHub(
        app_id=settings.github.app_id,
        private_key=settings.github.private_key.get_secret_value(),
        api_url=settings.github.api_url,
        now=now,
    )


def performers_of(settings: Settings, now: Now) -> Mapping[Provider, Performer]:
    """Make a performer for each provider that is configured, each with its own connections."""
    made: dict[Provider, Performer] = {Provider.GITHUB: github_of(settings, now)}
    if settings.stripe is not None:
        made[Provider.STRIPE] = Stripe(
            api_key=settings.stripe.api_key.get_secret_value(), api_url=settings.stripe.api_url
        )
    if settings.openai is not None:
        made[Provider.OPENAI] = OpenAI(
            api_key=settings.openai.api_key.get_secret_value(),
            model=settings.openai.model,
            api=settings.openai.api,
            base_url=settings.openai.base_url,
        )
    return made


def sources_of(settings: Settings, table: Mapping[Provider, Hook]) -> Mapping[str, Source]:
    """Say whose messages are taken in, and which secrets they are signed with."""
    sources = {
        Provider.GITHUB.value: Source(
            verify=table[Provider.GITHUB].verify,
            secrets=(settings.github.webhook_secret.get_secret_value(),),
        )
    }
    if settings.stripe is not None:
        sources[Provider.STRIPE.value] = Source(
            verify=table[Provider.STRIPE].verify,
            secrets=tuple(each.get_secret_value() for each in settings.stripe.webhook_secrets),
        )
    return sources


@asynccontextmanager
async def _signing_in(settings: Settings, now: Now) -> AsyncIterator[SignIn | None]:
    """Let people sign in, if that is set up, over connections of their own."""
    own = settings.github
    if own.client_id is None or own.client_secret is None:
        yield None
        return
    async with AsyncExitStack() as stack:
        login = Login(
            client_id=own.client_id,
            client_secret=own.client_secret.get_secret_value(),
            url=own.url,
            api_url=own.api_url,
        )
        stack.push_async_callback(login.close)
        github = github_of(settings, now)
        stack.push_async_callback(github.close)
        yield SignIn(
            secret_key=settings.secret_key.get_secret_value(),
            login=login,
            permission_of=github.permission_of,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """The product while it runs."""

    database: Database
    port: int | None
    """Where it answers; ``None`` where it only works."""


@asynccontextmanager
async def running(
    settings: Settings,
    *,
    now: Now = utc_now,
    with_web: bool = True,
    with_worker: bool = True,
) -> AsyncIterator[Product]:
    """Run the product until the block is left: then refuse, finish what is at work, and close."""
    stop = asyncio.Event()
    table = hooks(github_app_id=settings.github.app_id)
    async with AsyncExitStack() as stack:
        database = Database(settings.database_url.get_secret_value())
        stack.push_async_callback(database.close)
        port = None
        if with_web:
            intake = Intake(database)
            stack.push_async_callback(intake.close)
            parts = Parts(
                database=database,
                intake=intake,
                sources=sources_of(settings, table),
                operator=operator_of(settings),
                now=now,
                is_stopping=stop.is_set,
                sign_in=await stack.enter_async_context(_signing_in(settings, now)),
                checkouts=settings.stripe.checkout_urls if settings.stripe else (),
                trusted_proxies=settings.trusted_proxies,
            )
            port = await stack.enter_async_context(_answering(settings, parts))
        if with_worker:
            await stack.enter_async_context(_working(settings, database, table, now, stop))
        stack.callback(stop.set)
        yield Product(database=database, port=port)


@asynccontextmanager
async def _answering(settings: Settings, parts: Parts) -> AsyncIterator[int]:
    """Answer requests; give the port."""
    answering = runner(build(parts), stop_seconds_max=WEB_STOP_SECONDS_MAX)
    await answering.setup()
    try:
        site = web.TCPSite(answering, settings.host, settings.port)
        await site.start()
        port: int = answering.addresses[0][1]
        _log.info("answering", host=settings.host, port=port)
        yield port
    finally:
        await answering.cleanup()


@asynccontextmanager
async def _working(
    settings: Settings,
    database: Database,
    table: Mapping[Provider, Hook],
    now: Now,
    stop: asyncio.Event,
) -> AsyncIterator[None]:
    """Drain the three tables, and let the chores come."""
    operator = operator_of(settings)
    performers = performers_of(settings, now)
    translate = {provider: hook.translate for provider, hook in table.items()}
    loop = partial(drain, database, now=now, jitter=random.random, stop=stop)
    events = Events(
        database=database, operator=operator, now=now, new_id=new_id, new_token=new_token
    )
    steps = (
        (Deliveries(database=database, translate=translate, now=now), DELIVERY_PACE),
        (events, EVENT_PACE),
        (
            Effects(database=database, operator=operator, performers=performers, now=now),
            EFFECT_PACE,
        ),
    )
    await standstill.resume(database, now=now)
    tasks = [asyncio.create_task(loop(step, pace=pace, owner=new_id())) for step, pace in steps]
    tasks.append(asyncio.create_task(timers.run(database, now=now, stop=stop)))
    try:
        yield
    finally:
        stop.set()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
        for performer in performers.values():
            await performer.close()
        for error in ended:
            if isinstance(error, BaseException):
                _log.error("a worker ended with an error", exc_info=error)


def prepare_schema(settings: Settings, *, migrate_first: bool) -> None:
    """Bring the schema up to date, or make sure that it is."""
    with Database(settings.database_url.get_secret_value()) as database:
        if migrate_first:
            migrate_schema(database)
        elif not is_current(database):
            raise OldSchemaError("The database's schema is old. Run `python -m app migrate` first.")


def serve(settings: Settings, *, with_worker: bool, migrate_first: bool) -> int:
    """Answer webhooks and people, and work unless others do; until SIGTERM or SIGINT."""
    prepare_schema(settings, migrate_first=migrate_first)
    return asyncio.run(_until_told(settings, with_web=True, with_worker=with_worker))


def work(settings: Settings, *, migrate_first: bool) -> int:
    """Only work, beside any number of processes that answer; until SIGTERM or SIGINT."""
    prepare_schema(settings, migrate_first=migrate_first)
    return asyncio.run(_until_told(settings, with_web=False, with_worker=True))


def migrate(settings: Settings) -> int:
    """Bring the database to the newest schema."""
    prepare_schema(settings, migrate_first=True)
    return 0


async def _until_told(settings: Settings, *, with_web: bool, with_worker: bool) -> int:
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told.set)
    async with running(settings, with_web=with_web, with_worker=with_worker):
        await told.wait()
        _log.info("stopping")
    return 0
