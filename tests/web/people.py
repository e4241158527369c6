"""People at browsers, the application, and the GitHub at which they sign in."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import aiohttp
from aiohttp import web
from sqlalchemy import select

from app.domain.ids import InstallationId, RepositoryId, UserId
from app.domain.people import Permission
from app.providers.github.login import Login
from app.rehearsal.faults import Faults
from app.rehearsal.github import auth
from app.rehearsal.github.server import GitHubStandIn, Registration
from app.services.sessions import SignedIn
from app.store.engine import Database
from app.store.sessions import WEB_SESSION
from app.web.intake import Intake
from app.web.server import Parts, build
from app.web.session import SignIn
from tests.web.samples import NOW, OPERATOR

PUBLIC_URL = "https://support.example.org"
SECRET_KEY = "the-operators-own-secret-key"
_, PUBLIC_KEY = auth.key_pair()

SID, WAY = "__Host-sid", "__Host-login"


@dataclass
class Clock:
    at: datetime = NOW

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **spans: float) -> None:
        self.at += timedelta(**spans)


@dataclass
class House:
    """All of it, while it runs."""

    database: Database
    github: GitHubStandIn
    faults: Faults
    clock: Clock
    http: aiohttp.ClientSession
    port: int = 0
    permission: Permission | Exception | Mapping[int, Permission | Exception] = Permission.NONE
    """What GitHub says of anybody, anywhere or in each repository; nothing: it takes its time."""
    asked: list[tuple[int, int, int]] = field(default_factory=list)

    def browser(self) -> Browser:
        return Browser(self)

    async def permission_of(
        self, installation: InstallationId, repository: RepositoryId, user: UserId
    ) -> Permission:
        self.asked.append((installation, repository, user))
        said = self.permission
        if isinstance(said, Mapping):
            if repository not in said:
                await asyncio.sleep(60)
            said = said[repository]
        if isinstance(said, Exception):
            raise said
        return said

    async def rows(self) -> list[Any]:
        """Give the sessions as they are stored."""
        return await self.database.reading(
            lambda session: list(
                session.connection().execute(select(WEB_SESSION).order_by(WEB_SESSION.c.created_at))
            )
        )


@dataclass(frozen=True)
class Seen:
    """What a browser was answered."""

    status: int
    text: str
    headers: Mapping[str, str]
    set_cookies: list[str]

    @property
    def place(self) -> str:
        """Where it is sent."""
        return self.headers["Location"]

    @property
    def csrf(self) -> str:
        """The token of the first form."""
        found = re.search(r'name="csrf" value="([^"]+)"', self.text)
        assert found is not None, self.text
        return found[1]

    def cookie(self, name: str) -> str:
        """The one line that sets this cookie."""
        (line,) = [each for each in self.set_cookies if each.startswith(f"{name}=")]
        return line


@dataclass
class Browser:
    """Keeps cookies as a browser does, and follows redirects only when told."""

    house: House
    cookies: dict[str, str] = field(default_factory=dict)

    async def ask(
        self, method: str, path: str, *, form: Any = None, headers: Mapping[str, str] | None = None
    ) -> Seen:
        url = f"http://127.0.0.1:{self.house.port}{path}"
        kept = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        sent = {**({"Cookie": kept} if kept else {}), **(headers or {})}
        async with self.house.http.request(
            method, url, data=form, headers=sent, allow_redirects=False
        ) as answer:
            lines = answer.headers.getall("Set-Cookie", [])
            for line in lines:
                for name, morsel in SimpleCookie(line).items():
                    self.cookies.pop(name, None)
                    if morsel["max-age"] != "0":
                        self.cookies[name] = morsel.value
            return Seen(answer.status, await answer.text(), dict(answer.headers), lines)

    async def get(self, path: str, **headers: str) -> Seen:
        return await self.ask("GET", path, headers=headers)

    async def post(self, path: str, form: Any = None, **headers: str) -> Seen:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.ask("POST", path, form=form or {}, headers=named)

    async def begins(self, following: str = "") -> str:
        """Ask to sign in; give the page of GitHub's."""
        query = f"?{urlencode({'next': following})}" if following else ""
        seen = await self.get(f"/login{query}")
        assert seen.status == 303, seen.text
        return seen.place

    async def chooses(self, page: str, login: str = "carol") -> str:
        """Say at GitHub who one is; give the path of our callback to which that leads."""
        async with self.house.http.post(
            page, data={"login": login}, allow_redirects=False
        ) as answer:
            assert answer.status == 302
            address = urlsplit(answer.headers["Location"])
            assert f"{address.scheme}://{address.netloc}" == PUBLIC_URL
            return f"{address.path}?{address.query}"

    async def signs_in(self, login: str = "carol", following: str = "") -> Seen:
        """Go all the way, and come back signed in."""
        back = await self.get(await self.chooses(await self.begins(following), login))
        assert back.status == 303, back.text
        return back

    async def is_signed_in(self) -> bool:
        seen = await self.get("/dashboard")
        assert seen.status in (200, 303)
        return seen.status == 200


def query_of(path: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(path).query).items()}


@asynccontextmanager
async def house(database: Database, **changes: Any) -> AsyncIterator[House]:
    """Open it until the block is left; ``changes`` are those of the sign-in's settings."""
    clock, faults = Clock(), Faults(timeout_seconds=0.02)
    registration = Registration(
        public_key_pem=PUBLIC_KEY,
        webhook_secret="secret-of-the-webhooks",
        callback_url=f"{PUBLIC_URL}/login/callback",
    )
    github = GitHubStandIn(now=clock, faults=faults, registration=registration, webhook_url="")
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(aiohttp.ClientSession())
        await github.start()
        stack.push_async_callback(github.close)
        for name in ("carol", "ada", "mallory"):
            github.add_user(name)
        login = Login(
            client_id=registration.client_id,
            client_secret=changes.pop("client_secret", registration.client_secret),
            url=github.url,
            api_url=github.url,
        )
        stack.push_async_callback(login.close)
        opened = House(database, github, faults, clock, http)
        intake = Intake(database)
        stack.push_async_callback(intake.close)
        parts = Parts(
            database=database,
            intake=intake,
            sources={},
            operator=replace(OPERATOR, public_url=PUBLIC_URL),
            now=clock,
            is_stopping=lambda: False,
            sign_in=SignIn(
                secret_key=SECRET_KEY, login=login, permission_of=opened.permission_of, **changes
            ),
        )
        runner = web.AppRunner(build(parts), access_log=None, shutdown_timeout=1)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        opened.port = runner.addresses[0][1]
        yield opened


async def who_has(database: Database, user: int) -> SignedIn:
    """Give somebody as a page knows them."""
    from app.domain.deliveries import Provider
    from app.domain.people import Identity
    from app.store import people

    identity = Identity(Provider.GITHUB, str(user), "carol")
    person = await database.in_transaction(lambda session: people.resolve(session, identity))
    return SignedIn(person=person, user=UserId(user))
