"""The GitHub stand-in: a server on loopback, and everything that people do at GitHub."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import aiohttp
from aiohttp import web
from aiohttp.typedefs import Handler

from app.rehearsal.faults import Faults
from app.rehearsal.github.auth import Gate
from app.rehearsal.github.hooks import PERMISSION_OF_EVENT, UNASKED_EVENTS, HookDelivery, Hooks
from app.rehearsal.github.limits import Limits
from app.rehearsal.github.manifests import PREFIXES, Manifests
from app.rehearsal.github.oauth import AUTHORIZE, EXCHANGE, OAuth
from app.rehearsal.github.person import People
from app.rehearsal.github.pipeline import Asked, Outcome, Pipeline
from app.rehearsal.github.routes import (
    applications,
    apps,
    assignees,
    checks,
    comments,
    contents,
    deliveries,
    graphql,
    issues,
    labels,
    manifests,
    pulls,
    reactions,
    repositories,
    users,
)
from app.rehearsal.github.routing import Route
from app.rehearsal.github.site import Site
from app.rehearsal.github.state import App, State
from app.rehearsal.records import remember
from app.rehearsal.webhooks import GITHUB_POLICY, Policy

NOUNS: Final = (
    *(apps, applications, deliveries, manifests, users, repositories, contents, pulls, checks),
    *(issues, comments, labels, assignees, reactions, graphql),
)
REQUEST_BYTES_MAX: Final = 8 * 1024 * 1024
SHUTDOWN_SECONDS_MAX: Final = 0.1
OUTCOME: Final = web.RequestKey("outcome", Outcome)
ROUTE: Final = web.RequestKey("route", Route)


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedRecord:
    """One request that the product made, for assertions and for the stage."""

    at: datetime
    method: str
    path: str
    query: Mapping[str, str]
    body: Any
    status: int | None
    """None: the connection was dropped without an answer."""
    caller: str
    repository_id: int | None
    is_content_creating: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """What somebody typed into GitHub's form for a new App, and the key that it made."""

    public_key_pem: str
    webhook_secret: str
    id: int = 2_718_281
    slug: str = "mainstay"
    name: str = "Mainstay"
    owner: str = "mainstay-operator"
    client_id: str = "Iv23liRehearsal0000"
    client_secret: str = "rehearsal-client-secret-0123456789abcdef"
    callback_url: str | Callable[[], str] = "http://127.0.0.1/login/callback"
    """Where people are sent back to who sign in, and nowhere else."""
    permissions: Mapping[str, str] = field(
        default_factory=lambda: {
            "checks": "write",
            "contents": "read",
            "issues": "write",
            "metadata": "read",
            "pull_requests": "read",
        }
    )
    events: Iterable[str] = (
        *("check_run", "check_suite", "issue_comment", "issues", "label", "pull_request"),
        *("push", "repository"),
    )

    def check(self) -> None:
        """Refuse events that GitHub would refuse, for want of a permission or a name."""
        for event in self.events:
            if event in UNASKED_EVENTS:
                continue
            needed = PERMISSION_OF_EVENT.get(event)
            if needed is None or needed not in self.permissions:
                because = "unknown" if needed is None else f"needs the permission {needed}"
                raise ValueError(f"Default events unsupported: {event} ({because})")


class GitHubStandIn(People):
    """GitHub on one machine.

    `seed` decides every id, node id, token and delivery's guid: two stand-ins with one seed tell
    the same story, and must not serve the same database. Without a `registration` there is no App
    until somebody makes one from a manifest. `html_url_base` is where the pages for
    people are; the API's own address when it is not given.
    """

    def __init__(
        self,
        *,
        now: Callable[[], datetime],
        faults: Faults,
        registration: Registration | None,
        webhook_url: str | Callable[[], str] = "",
        seed: int = 0,
        html_url_base: str | None = None,
        port: int = 0,
        webhook_policy: Policy = GITHUB_POLICY,
    ) -> None:
        state = State(now=now, seed=seed)
        if registration is None:
            registration = Registration(public_key_pem="", webhook_secret="", client_secret="")
        else:
            registration.check()
            _register(state, registration)
        hooks = Hooks(
            state=state,
            secret=registration.webhook_secret,
            url=webhook_url,
            faults=faults,
            policy=webhook_policy,
        )
        super().__init__(Site(state, hooks))
        self.requests: list[AskedRecord] = []
        self.faults = faults
        self._html_url_base = html_url_base
        self._port = port
        self._pipeline = Pipeline(
            self.site, hooks.defects, client_secret=registration.client_secret
        )
        self.oauth = OAuth(state, self._pipeline.gate, callback_url=registration.callback_url)
        self._manifests = Manifests(self.site, self._pipeline.gate, self.oauth)
        self._session: aiohttp.ClientSession | None = None
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        """The address of the API."""
        return self.state.urls.api

    @property
    def html_url_base(self) -> str:
        """Where the pages for people are; may be set at any time."""
        return self.state.urls.html

    @html_url_base.setter
    def html_url_base(self, url: str) -> None:
        self._html_url_base = self.state.urls.html = url.rstrip("/")

    @property
    def defects(self) -> list[str]:
        """What the stand-in itself did wrong; empty, or it is broken."""
        return self.site.hooks.defects

    @property
    def deliveries(self) -> list[HookDelivery]:
        """Every webhook that was sent, oldest first."""
        return self.site.hooks.log

    @property
    def limits(self) -> Limits:
        """The rate limits, to be changed or switched off."""
        return self._pipeline.limits

    @property
    def gate(self) -> Gate:
        """The tokens, to be ended before their time."""
        return self._pipeline.gate

    @property
    def serves_public_reads(self) -> bool:
        """Whether public repositories can be read without the permission for it.

        GitHub allows that on most routes; here it is off unless asked for, so that the product
        asks for what it uses and works in private repositories too.
        """
        return self._pipeline.serves_public_reads

    @serves_public_reads.setter
    def serves_public_reads(self, value: bool) -> None:
        self._pipeline.serves_public_reads = value

    async def start(self) -> None:
        """Listen on loopback, on a free port unless one was given."""
        app = web.Application(
            middlewares=[self._record, self.faults.middleware], client_max_size=REQUEST_BYTES_MAX
        )
        app.add_routes([*self.oauth.routes(), *self._manifests.routes()])
        for noun in NOUNS:
            for route in noun.table.routes:
                self._add(app, route)
        app.router.add_route("*", "/{path:.*}", self._handler(None))
        self._session = aiohttp.ClientSession(auto_decompress=False)
        self.site.hooks.open(self._session)
        self._runner = web.AppRunner(
            app, access_log=None, shutdown_timeout=SHUTDOWN_SECONDS_MAX, handle_signals=False
        )
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.state.urls.api = f"http://{host}:{port}"
        self.state.urls.html = self._html_url_base or self.state.urls.api

    async def settle(self, timeout_seconds: float = 30.0) -> None:
        """Wait until every webhook has had its attempts."""
        await self.site.hooks.sender.settle(timeout_seconds)

    async def close(self) -> None:
        """Stop listening and sending."""
        if self._session is not None:
            await self.site.hooks.sender.close()
            await self._session.close()
        if self._runner is not None:
            await self._runner.cleanup()

    def _add(self, app: web.Application, route: Route) -> None:
        handler = self._handler(route)
        if not route.is_in_repository:
            app.router.add_route(route.method, route.path, handler)
            return
        for prefix in ("/repos/{owner}/{repo}", r"/repositories/{repository_id:\d+}"):
            app.router.add_route(route.method, prefix + route.path, handler)

    def _handler(self, route: Route | None) -> Handler:
        async def handle(request: web.Request) -> web.StreamResponse:
            asked = Asked(
                method=request.method,
                path=request.rel_url.raw_path,
                query=request.query,
                headers=request.headers,
                parameters=request.match_info,
                body=await request.read(),
            )
            if route is not None:
                request[ROUTE] = route
            try:
                outcome = request[OUTCOME] = self._pipeline.take(route, asked)
            except Exception as error:
                self.defects.append(f"{asked.method} {asked.path}: {error!r}")
                raise
            answer = outcome.answer
            headers = {"Content-Type": answer.media_type, **answer.headers}
            if not answer.body:
                del headers["Content-Type"]
            return web.Response(status=answer.status, body=answer.body, headers=headers)

        return handle

    @web.middleware
    async def _record(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path.startswith((AUTHORIZE, *PREFIXES)):
            return await handler(request)  # it is a person who asks here, not the product
        at, body = self.state.now(), await request.read()
        status: int | None = None
        try:
            response = await handler(request)
            is_dropped = request.transport is None or request.transport.is_closing()
            status = None if is_dropped else response.status
        finally:
            outcome, route = request.get(OUTCOME, Outcome()), request.get(ROUTE)
            record = AskedRecord(
                at=at,
                method=request.method,
                path=request.path,
                query=dict(request.query),
                body=None if _has_credentials(request.path) else _parsed(body),
                status=status,
                caller=outcome.caller.name,
                repository_id=None if outcome.repository is None else outcome.repository.id,
                is_content_creating=route is not None and route.is_content_creating,
            )
            remember(self.requests, record)
        return response


def _has_credentials(path: str) -> bool:
    return path == EXCHANGE or path.startswith("/applications/")


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body) if body else None
    except ValueError:
        return body.decode("utf-8", "replace")


def _register(state: State, registration: Registration) -> None:
    owner = state.add_account(registration.owner, "User")
    bot = state.add_account(f"{registration.slug}[bot]", "Bot")
    state.register(
        App(
            id=registration.id,
            slug=registration.slug,
            name=registration.name,
            client_id=registration.client_id,
            owner=owner,
            bot=bot,
            public_key_pem=registration.public_key_pem,
            permissions=dict(registration.permissions),
            events=tuple(one for one in registration.events if one not in UNASKED_EVENTS),
            created_at=state.now(),
        )
    )
