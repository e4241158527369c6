"""The web application alone, answering on a port, and what tests send to it."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from html import unescape
from typing import Any
from uuid import uuid4

import aiohttp
from aiohttp import web
from sqlalchemy import func, select
from sqlmodel import Session

from app.domain.ids import TicketId
from app.domain.operator import Operator
from app.domain.tickets.ticket import Ticket
from app.providers import hooks
from app.store import tickets as ticket_rows
from app.store.deliveries import DELIVERIES
from app.store.engine import Database
from app.store.tables import METADATA
from app.web.hooks import Source
from app.web.intake import Intake
from app.web.protocol import runner
from app.web.senders import Network
from app.web.server import Parts, build
from tests.web.samples import NOW, OPERATOR, shelve

SECRETS = {"github": "secret-of-github-hooks", "stripe": "whsec_secret_of_stripe"}

BODY = json.dumps({"action": "created", "issue": {"number": 1}}).encode()


@dataclass(slots=True)
class Served:
    """What answers, and what it answers from."""

    database: Database
    app: web.Application
    http: aiohttp.ClientSession
    port: int
    is_stopping: bool = False
    tickets: list[Ticket] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def has(self, ticket: Ticket, **how: Any) -> str:
        """Put a ticket into the database; give its token."""
        n = len(self.tickets)
        kept = await self.database.in_transaction(lambda s: shelve(s, ticket, n=n, **how))
        self.tickets.append(kept)
        return kept.token

    async def becomes(self, ticket: Ticket) -> None:
        """Let the newest ticket be another one."""
        now = replace(
            ticket,
            id=self.tickets[-1].id,
            token=self.tickets[-1].token,
            thread=self.tickets[-1].thread,
            conversation=self.tickets[-1].conversation,
            customer=self.tickets[-1].customer,
        )
        await self.database.in_transaction(lambda s: ticket_rows.save(s, now))

    async def ticket(self, id_: TicketId) -> Ticket:
        found = await self.database.reading(lambda s: ticket_rows.get(s, id_))
        assert found is not None
        return found

    async def get(self, path: str, **how: Any) -> Answer:
        return await self.ask("GET", path, **how)

    async def post(self, path: str, **how: Any) -> Answer:
        return await self.ask("POST", path, **how)

    async def ask(self, method: str, path: str, **how: Any) -> Answer:
        async with self.http.request(
            method, f"{self.url}{path}", allow_redirects=False, **how
        ) as answer:
            return Answer(answer.status, await answer.text(), answer.headers)

    async def send(self, body: bytes = BODY, /, **headers: str | None) -> Answer:
        """Send a delivery of GitHub's."""
        return await self.post("/hooks/github", data=body, headers=signed(body, **headers))

    async def stored(self) -> int:
        """Count the deliveries that are stored."""
        return await self.database.reading(count_deliveries)


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    text: str
    headers: Mapping[str, str]

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    @property
    def reason(self) -> str:
        """The sentence of a refusal, which is always JSON."""
        assert self.headers["Content-Type"].startswith("application/json")
        reason: str = self.json["error"]
        assert reason[0].isupper()
        assert reason.endswith(".")
        return reason


def words(page: Answer) -> str:
    """Give what a person reads on a page, in one line."""
    joined = re.sub(r"</?(?:a|b|code|small)\b[^>]*>", "", page.text)
    return unescape(" ".join(re.sub(r"<[^>]*>", " ", joined).split()))


def signed(body: bytes, /, **changes: str | None) -> dict[str, str]:
    """Give the headers of a delivery of GitHub's; ``None`` takes one away."""
    headers: dict[str, str | None] = {
        "content-type": "application/json",
        "x-github-event": "issues",
        "x-github-delivery": str(uuid4()),
        "x-hub-signature-256": signature(body),
        **{name.replace("_", "-"): value for name, value in changes.items()},
    }
    return {name: value for name, value in headers.items() if value is not None}


def signature(body: bytes, secret: str = SECRETS["github"]) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def count_deliveries(session: Session) -> int:
    statement = select(func.count()).select_from(DELIVERIES.table)
    return int(session.connection().execute(statement).scalar_one())


def count_rows(session: Session) -> dict[str, int]:
    """Count the rows of every table."""
    return {
        table.name: int(
            session.connection().execute(select(func.count()).select_from(table)).scalar_one()
        )
        for table in METADATA.sorted_tables
    }


@asynccontextmanager
async def serving(
    database: Database,
    *,
    intake: Intake | None = None,
    operator: Operator = OPERATOR,
    open_seconds_max: float = 0.2,
    checkouts: tuple[str, ...] = ("https://checkout.stripe.com",),
    trusted_proxies: tuple[Network, ...] = (),
) -> AsyncIterator[Served]:
    """Let the application answer until the block is left."""
    served: Served
    intake = intake or Intake(database)
    table = hooks(github_app_id=1)
    parts = Parts(
        database=database,
        intake=intake,
        sources={
            provider.value: Source(verify=hook.verify, secrets=(SECRETS[provider.value],))
            for provider, hook in table.items()
        },
        operator=operator,
        now=lambda: NOW,
        is_stopping=lambda: served.is_stopping,
        open_seconds_max=open_seconds_max,
        checkouts=checkouts,
        trusted_proxies=trusted_proxies,
    )
    app = build(parts)
    answering = runner(app, stop_seconds_max=0.2)
    await answering.setup()
    try:
        site = web.TCPSite(answering, "127.0.0.1", 0)
        await site.start()
        connector = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(connector=connector) as http:
            served = Served(database, app, http, answering.addresses[0][1])
            yield served
    finally:
        await answering.cleanup()
        await intake.close()
