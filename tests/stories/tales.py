"""Tales for many at once: each goes on at every turn, and between turns the world settles.

A tale is an async generator that yields where its people wait for the product. What its cards must
say in the end, when all promised times are over, stands beside it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import aiohttp

from app.rehearsal.github.roles import Role
from app.rehearsal.github.state import Comment, Repository
from app.rehearsal.world import World
from tests.stories.scene import Scene, Talk, mark_of

PATIENCE: Final = 6
"""How often somebody presses a button that leads nowhere yet."""

POLICY: Final = """\
version: 1
helpers:
  - {login: ada, class: core}
  - {login: grace, class: community}
plans:
  - {id: question, title: Quick question, price: 49, respond_within: 8h, resolve_within: 3d}
  - {id: session, title: One-hour session, price: 180}
split: {repository: 10%}
limits: {open_per_customer: 100, commands_per_minute: 60}
"""


class Tale:
    """One issue with a customer of its own, and what was said in it."""

    def __init__(self, talk: Talk, customer: str, rival: str) -> None:
        self.talk = talk
        self.customer = customer
        self.rival = rival
        self.commands: list[Comment] = []

    def says(self, login: str, words: str) -> None:
        """Comment, and let somebody else wait for the answer."""
        comment = self.talk.scene.github.comment(self.talk.issue, words, by=login)
        if words.startswith("/support"):
            self.commands.append(comment)

    def asks(self, words: str = "/support") -> None:
        self.says(self.customer, words)

    async def presses(self, plan: str, *, of: int = 0) -> AsyncIterator[str]:
        """Press the button of one card until it leads to a session; its id comes last."""
        token = self.talk.links(self.talk.cards[of].body)[0][0]
        for _ in range(PATIENCE):
            pressing = asyncio.create_task(self.talk.sends(plan, token=token))
            yield ""
            try:
                status, where = await pressing
            except (aiohttp.ClientError, OSError):
                continue  # our page was away: who wants to pay presses again
            if status == 303:
                yield where.rpartition("/")[2]
                return
        raise AssertionError("the checkout was never opened")

    @property
    def ends(self) -> list[str]:
        """What the cards say, in an order of their own."""
        marks = [mark_of(each.body) for each in self.talk.cards]
        return sorted(f"{each.stage} {each.money}" for each in marks)


Turns = AsyncIterator[None]


async def _pay(tale: Tale, plan: str = "question", *, later: bool = False) -> Turns:
    """Go through the checkout; the session is the last one that was opened for this ticket."""
    session = ""
    async for session in tale.presses(plan):
        if not session:
            yield
    stripe = tale.talk.scene.stripe
    (stripe.pay_later if later else stripe.pay)(session)
    yield
    if later:
        stripe.settle_later(session, succeeds=True)
        yield


async def _help(tale: Tale, helper: str) -> Turns:
    for words in ("/support claim", "Set proxy=on.", "/support propose"):
        tale.says(helper, words)
        yield
    tale.asks("/support accept")
    yield


async def happy(tale: Tale) -> Turns:
    tale.asks()
    yield
    async for _ in _pay(tale):
        yield
    async for _ in _help(tale, "ada"):
        yield


async def by_label(tale: Tale) -> Turns:
    tale.talk.scene.github.label(tale.talk.issue, "paid-support", by="ada")
    yield
    async for _ in _pay(tale, "session"):
        yield
    async for _ in _help(tale, "grace"):
        yield


async def by_bank(tale: Tale) -> Turns:
    tale.asks("/support question")
    yield
    async for _ in _pay(tale, later=True):
        yield
    async for _ in _help(tale, "ada"):
        yield


async def stopped_before_paying(tale: Tale) -> Turns:
    tale.asks()
    yield
    async for session in tale.presses("question"):
        if not session:
            yield
    tale.asks("/support cancel")
    yield


async def stopped_after_paying(tale: Tale) -> Turns:
    tale.asks()
    yield
    async for _ in _pay(tale):
        yield
    tale.asks("/support cancel")
    yield


async def nobody_came(tale: Tale) -> Turns:
    tale.asks()
    yield
    async for _ in _pay(tale):
        yield


async def declined_once(tale: Tale) -> Turns:
    tale.asks()
    yield
    async for _ in _pay(tale):
        yield
    for login, words in (
        ("ada", "/support claim"),
        ("ada", "/support propose"),
        (tale.customer, "/support decline it still fails"),
    ):
        tale.says(login, words)
        yield
    tale.says("ada", "/support propose")
    yield
    tale.asks("/support accept")
    yield


async def handed_on(tale: Tale) -> Turns:
    tale.asks()
    yield
    async for _ in _pay(tale):
        yield
    for login, words in (("ada", "/support claim"), ("ada", "/support release")):
        tale.says(login, words)
        yield
    async for _ in _help(tale, "grace"):
        yield


async def changed_plans(tale: Tale) -> Turns:
    tale.asks()
    yield
    async for session in tale.presses("question"):
        if not session:
            yield
    async for _ in _pay(tale, "session"):
        yield
    async for _ in _help(tale, "ada"):
        yield


async def two_paid(tale: Tale) -> Turns:
    tale.asks()
    tale.says(tale.rival, "/support")
    yield
    sessions = []
    for of in (0, 1):
        async for session in tale.presses("question", of=of):
            if not session:
                yield
        sessions.append(session)
    for each in sessions:
        tale.talk.scene.stripe.pay(each)
    yield
    tale.says("ada", "/support claim")
    yield
    tale.says("ada", "/support propose")
    yield  # whoever paid says nothing, which is a yes after three days


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of tale, and how it ends."""

    tell: Callable[[Tale], Turns]
    ends: Sequence[str]
    refunds: int = 0


KINDS: Final[Mapping[str, Kind]] = MappingProxyType(
    {
        kind.tell.__name__: kind
        for kind in (
            Kind(tell=happy, ends=["settled paid"]),
            Kind(tell=by_label, ends=["settled paid"]),
            Kind(tell=by_bank, ends=["settled paid"]),
            Kind(tell=stopped_before_paying, ends=["cancelled unpaid"]),
            Kind(tell=stopped_after_paying, ends=["cancelled refunded"], refunds=1),
            Kind(tell=nobody_came, ends=["refunded refunded"], refunds=1),
            Kind(tell=declined_once, ends=["settled paid"]),
            Kind(tell=handed_on, ends=["settled paid"]),
            Kind(tell=changed_plans, ends=["settled paid"]),
            Kind(tell=two_paid, ends=["cancelled refunded", "settled paid"], refunds=1),
        )
    }
)


async def next_turn(going_on: Sequence[Turns]) -> list[Turns]:
    """Let each tale go on until it waits, and give those that are not told yet."""
    still = []
    for turns in going_on:
        with suppress(StopAsyncIteration):
            await anext(turns)
            still.append(turns)
    return still


def ends_right(tale: Tale, kind: Kind) -> None:
    """Hold that a tale ended as it should, and that each command got one sign."""
    name = kind.tell.__name__
    assert tale.ends == kind.ends, f"{name}: {tale.ends}"
    for command in tale.commands:
        assert tale.talk.signs(command) == ["eyes"], f"{name}: {command.body}"


def places(played: World, many: int) -> list[Repository]:
    """Make repositories of as many owners, each with an installation of its own."""
    github, made = played.github, []
    for n in range(many):
        github.add_user(f"owner-{n}")
        repository = github.create_repository(
            f"owner-{n}",
            "widgets",
            files={
                ".github/support.yml": POLICY,
                "README.md": "# Widgets\n\nSet proxy=on to go through a proxy.\n",
            },
        )
        github.set_permission(repository, "ada", Role.WRITE)
        github.install_app(f"owner-{n}")
        made.append(repository)
    return made


def begin(scene: Scene, place: Repository, n: int) -> Tale:
    """Open the issue of tale number ``n``."""
    customer, rival = f"carol-{n}", f"dave-{n}"
    scene.github.add_user(customer)
    scene.github.add_user(rival)
    issue = scene.github.open_issue(place, "No proxy", "How do I use a proxy?", by=customer)
    return Tale(Talk(scene, issue), customer, rival)
