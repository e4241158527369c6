"""The scene of a story: the whole product between its stand-ins, one repository, and its people."""

from __future__ import annotations

import asyncio
import re
import socket
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import aiohttp

from app.domain.tickets.stages import MoneyState, Stage
from app.domain.tickets.ticket import Ticket
from app.rehearsal.github.roles import Role
from app.rehearsal.github.state import Comment, Installation, Issue, Repository
from app.rehearsal.world import Plot, World
from app.services.invariants import breaches
from app.store import operation
from app.store import tickets as ticket_rows
from app.store.engine import Database

WAIT_SECONDS_MAX = 15.0
"""What has not happened by then never will."""

START = datetime(2026, 11, 24, 9, tzinfo=UTC)
"""A Tuesday: stories are the same on every day."""

POLICY = """\
version: 1
helpers:
  - {login: ada, class: core, tickets_max: 3}
  - {login: grace, class: community, tickets_max: 1}
plans:
  - {id: question, title: Quick question, price: 49, respond_within: 8h, resolve_within: 3d}
  - {id: session, title: One-hour session, price: 180, respond_within: 4h, resolve_within: 2d}
split: {repository: 10%, classes: {core: 5%, community: 15%}}
promises: {offer: 14d, no_helper: 48h, accept_within: 3d, grace: 3d}
limits: {open_per_customer: 20, commands_per_minute: 60}
"""

FILES = {
    "README.md": "# Widgets\n\nUse `widget --fast` for speed.\n",
    "docs/network.md": "# Networking\n\nSet proxy=on to go through a proxy.\n",
}

PEOPLE = ("octo", "max", "ada", "grace", "carol", "dave", "mallory")
"""Owner, maintainer, two helpers, two customers, and somebody who is none of these."""

_MARK = re.compile(
    r"<!-- mainstay:card:(?P<ticket>\w+) v=(?P<v>\d+) stage=(?P<stage>\w+) money=(?P<money>\w+) -->"
)
_PAY = re.compile(r"/pay/(?P<token>[\w-]+)(?:\?plan=(?P<plan>[\w-]+))?\)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """The hidden first line of a card, read."""

    ticket: str
    v: int
    stage: Stage
    money: MoneyState


class Scene:
    """A repository whose maintainers sell support, as its people see it."""

    def __init__(
        self,
        played: World,
        running: AsyncExitStack,
        http: aiohttp.ClientSession,
        repository: Repository,
    ) -> None:
        self.world = played
        self.buried = 0
        """How many rows the story expects to be given up."""
        self._running = running
        self.http = http
        self.github, self.stripe, self.openai = played.github, played.stripe, played.openai
        self.repository = repository

    @property
    def database(self) -> Database:
        assert self.world.product is not None
        return self.world.product.database

    @property
    def installation(self) -> Installation:
        found = self.github.state.installation_of(self.repository)
        assert found is not None
        return found

    async def settle(self) -> None:
        await self.world.settle()

    async def until(self, is_so: Callable[[], bool]) -> None:
        """Wait for something to happen outside, without moving the clock."""
        async with asyncio.timeout(WAIT_SECONDS_MAX):
            while not is_so():  # noqa: ASYNC110 - it happens in a stand-in, which sets no event
                await asyncio.sleep(0.01)

    async def heard(self) -> None:
        """Wait until the product has taken what GitHub told last."""
        last = self.github.deliveries[-1].delivery
        await self.until(lambda: last.is_success)

    async def wait(self, **by: float) -> None:
        """Let time pass, and what it brings about happen."""
        await self.world.advance(timedelta(**by))

    async def opens(
        self, by: str = "carol", *, title: str = "No proxy", labels: tuple[str, ...] = ()
    ) -> Talk:
        """Open an issue, and look what the product makes of it."""
        body = "How do I get through a proxy?"
        issue = self.github.open_issue(self.repository, title, body, by=by, labels=labels)
        await self.settle()
        return Talk(self, issue)

    async def asked(self, by: str = "carol", words: str = "/support") -> Talk:
        """Open an issue and ask for support in it."""
        talk = await self.opens(by)
        await talk.says(by, words)
        return talk

    @asynccontextmanager
    async def away(self) -> AsyncIterator[None]:
        """Let the operator stop the product, and start it again later."""
        await self._running.aclose()
        yield
        await self._running.enter_async_context(self.world.inside())

    async def paid(self, by: str = "carol", plan: str = "question") -> Talk:
        """Open an issue, ask for support, and pay for it."""
        talk = await self.asked(by)
        await talk.pays(plan)
        return talk

    async def adopts(self, policy: str | None) -> None:
        """Push another file to the default branch."""
        self.github.push(self.repository, {".github/support.yml": policy}, by="octo")
        await self.settle()

    async def ready(self) -> Mapping[str, Any]:
        """Ask what an operator's monitoring asks."""
        async with self.http.get(f"{self.world.url}/readyz") as answer:
            assert answer.status == 200
            facts: Mapping[str, Any] = await answer.json()
            return facts

    async def is_in_order(self) -> None:
        """Hold what must be true of every story, whatever happens in it."""
        assert [*self.github.defects, *self.stripe.defects, *self.openai.defects] == []
        assert await self.database.reading(lambda session: list(breaches(session))) == []
        standing = await self.database.reading(operation.standing)
        assert sum(standing.buried.values()) == self.buried, standing.buried
        nothing_twice(self.world)


def nothing_twice(played: World) -> None:
    """Hold that no comment, checkout session or refund was made a second time."""
    marks = Counter(
        (comment.issue.id, _only_once(comment.body))
        for comment in played.github.state.comments.values()
        if comment.is_via_app and not comment.is_deleted
    )
    assert [mark for mark, times in marks.items() if times > 1] == []
    sessions = Counter(
        (each["metadata"]["ticket_id"], each["metadata"]["n"])
        for each in played.stripe.all("checkout.session")
    )
    assert [names for names, times in sessions.items() if times > 1] == []
    refunds = Counter(
        (each["payment_intent"], (each["metadata"] or {}).get("n"))
        for each in played.stripe.all("refund")
        if each["status"] not in ("failed", "canceled")
    )
    assert [intent for intent, times in refunds.items() if times > 1] == []


def _only_once(body: str) -> str:
    """Name what a comment of ours is: of a notice the last line says which one."""
    first, *_, last = body.strip().splitlines()
    mark = _MARK.match(first)
    if mark is not None:
        return f"card:{mark['ticket']}"
    assert first.startswith("<!-- mainstay:"), "every comment of ours has a hidden first line"
    return f"{first}{last}" if ":notice:" in first else first


class Talk:
    """An issue, and what is said and done about it."""

    def __init__(self, scene: Scene, issue: Issue) -> None:
        self.scene = scene
        self.issue = issue

    async def says(self, login: str, text: str) -> Comment:
        """Comment, and let the product answer."""
        comment = self.scene.github.comment(self.issue, text, by=login)
        await self.scene.settle()
        return comment

    # What stands in the thread

    @property
    def ours(self) -> list[Comment]:
        return [each for each in self.issue.comments if each.is_via_app]

    @property
    def cards(self) -> list[Comment]:
        return [each for each in self.ours if _MARK.match(each.body)]

    @property
    def card(self) -> str:
        """The text of the only card."""
        (card,) = self.cards
        return card.body

    @property
    def mark(self) -> Mark:
        return mark_of(self.card)

    @property
    def state(self) -> tuple[str, str]:
        """Stage and money, as the card says."""
        return self.mark.stage.value, self.mark.money.value

    @property
    def drafts(self) -> list[str]:
        return [each.body for each in self.ours if "mainstay:draft:" in each.body]

    def notices(self, kind: str = "") -> list[str]:
        mark = re.compile(rf"<!-- mainstay:notice:\w+:{kind or '[a-z_]+'} -->")
        return [each.body for each in self.ours if mark.match(each.body)]

    @property
    def assignees(self) -> list[str]:
        return [each.login for each in self.issue.assignees]

    def signs(self, comment: Comment) -> list[str]:
        return [each.content for each in comment.reactions if each.account.is_bot]

    # Paying

    def links(self, card: str | None = None) -> list[tuple[str, str]]:
        """Token and plan of each pay link of a card."""
        found = _PAY.finditer(self.card if card is None else card)
        return [(each["token"], each["plan"] or "") for each in found]

    @property
    def token(self) -> str:
        (token,) = re.findall(r"/t/([\w-]+)\)", self.card)
        return str(token)

    async def ticket(self, token: str | None = None) -> Ticket:
        named = token or self.token
        found = await self.scene.database.reading(
            lambda session: ticket_rows.by_token(session, named)
        )
        assert found is not None
        return found

    async def page(self, path: str) -> tuple[int, str]:
        """Look at one of our pages; ``path`` is ``t`` or ``pay``."""
        url = f"{self.scene.world.url}/{path}/{self.token}"
        async with self.scene.http.get(url, allow_redirects=False) as answer:
            return answer.status, unescape(await answer.text())

    async def sends(self, plan: str = "question", *, token: str | None = None) -> tuple[int, str]:
        """Press the button of the pay page; give the status, and where to go or what is shown."""
        url = f"{self.scene.world.url}/pay/{token or self.token}"
        query = {"plan": plan} if plan else None
        async with self.scene.http.post(url, params=query, allow_redirects=False) as answer:
            return answer.status, answer.headers.get("Location") or unescape(await answer.text())

    async def presses(self, plan: str = "question", *, token: str | None = None) -> str:
        """Press the button of the pay page; give the id of the session to which it leads."""
        status, where = await self.sends(plan, token=token)
        assert status == 303, where
        await self.scene.settle()
        return where.rpartition("/")[2]

    async def pays(self, plan: str = "question", *, token: str | None = None) -> str:
        """Pay by card; give the session's id."""
        session = await self.presses(plan, token=token)
        self.scene.stripe.pay(session)
        await self.scene.settle()
        return session

    def payment(self, session: str) -> str:
        """Give the PaymentIntent of a session."""
        found = next(
            each for each in self.scene.stripe.all("checkout.session") if each["id"] == session
        )
        return str(found["payment_intent"])

    @property
    def refunds(self) -> list[tuple[str, int]]:
        """Payment and amount of every refund that there is."""
        return [
            (each["payment_intent"], each["amount"]) for each in self.scene.stripe.all("refund")
        ]


def mark_of(card: str) -> Mark:
    read = _MARK.match(card)
    assert read is not None
    return Mark(
        ticket=read["ticket"],
        v=int(read["v"]),
        stage=Stage(read["stage"]),
        money=MoneyState(read["money"]),
    )


@asynccontextmanager
async def scene(
    database_url: str,
    *,
    policy: str | None = POLICY,
    files: Mapping[str, str] = FILES,
    buried: int = 0,
    is_private: bool = False,
    **plot: Any,
) -> AsyncIterator[Scene]:
    """Set the scene, play the story, and hold what must be true at the end of every story."""
    usual: dict[str, Any] = {"start": START, "port": free_port()}
    played = World(Plot(database_url=database_url, **(usual | plot)))
    async with (
        played.outside(),
        AsyncExitStack() as running,
        aiohttp.ClientSession() as http,
    ):
        await running.enter_async_context(played.inside())
        repository = people_of(played, policy=policy, files=files, is_private=is_private)
        set_up = Scene(played, running, http, repository)
        set_up.buried = buried
        await set_up.settle()
        yield set_up
        await set_up.settle()
        await set_up.is_in_order()


def free_port() -> int:
    """Find a port that stays the product's own over a restart."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def people_of(
    played: World, *, policy: str | None, files: Mapping[str, str], is_private: bool
) -> Repository:
    """Make octo/widgets with its people, and install the App there."""
    github = played.github
    for login in PEOPLE:
        github.add_user(login)
    own = {} if policy is None else {".github/support.yml": policy}
    repository = github.create_repository(
        "octo", "widgets", files={**files, **own}, is_private=is_private
    )
    github.set_permission(repository, "max", Role.MAINTAIN)
    github.set_permission(repository, "ada", Role.WRITE)
    for login in PEOPLE[3:] if is_private else ():
        github.set_permission(repository, login, Role.TRIAGE if login == "grace" else Role.READ)
    github.install_app("octo")
    return repository
