"""A story while it is played: what people do, what the product answers, and what must be true."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlmodel import Session

from app.rehearsal.cast import assemble
from app.rehearsal.github.state import Comment, Issue
from app.rehearsal.marks import Mark, read_mark
from app.rehearsal.said import Listener
from app.rehearsal.world import World
from app.services.invariants import breaches
from app.store import ledger, operation

NOTICES_MAX: Final = 4
"""The promise of the product: so many comments of their own a ticket makes at most."""

DETAIL_CHARACTERS_MAX: Final = 200


class StoryError(Exception):
    """Something is not as it must be; its text is the sentence that says what."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Beat:
    """One thing that happened, by the clock of the rehearsal."""

    at: datetime
    who: str
    what: str
    where: str
    detail: str = ""


class Story:
    """One run: a repository with its people, the issue that is talked in, and the timeline."""

    def __init__(self, world: World, *, hear: Callable[[Beat], None] = lambda _: None) -> None:
        self.world = world
        self.github = world.github
        self.repository = assemble(world.github)
        self.beats: list[Beat] = []
        self._hear = hear
        self._listener = Listener(world)
        self._issue: Issue | None = None

    # What people do

    async def opens_issue(self, by: str, title: str, body: str = "") -> None:
        """Open an issue, which the story goes on in."""
        self._issue = self.github.open_issue(self.repository, title, body, by=by)
        self.tell(by, "opens an issue", title)
        await self.rest()

    def goes_back_to(self, issue: Issue) -> None:
        """Go on in an issue that was opened before."""
        self._issue = issue

    async def says(self, by: str, text: str, *, reaction: str | None = None) -> None:
        """Comment, and see that the product reacts with this; with nothing if it is no command."""
        comment = self.github.comment(self.issue, text, by=by)
        self.tell(by, "comments", text)
        await self.rest()
        seen = [each.content for each in comment.reactions]
        wanted = [] if reaction is None else [reaction]
        self.check(seen == wanted, f"the reactions to {text!r} are {seen} instead of {wanted}")

    async def labels(self, by: str, name: str) -> None:
        """Put a label on the issue."""
        self.github.label(self.issue, name, by=by)
        self.tell(by, "sets a label", name)
        await self.rest()

    async def waits(self, duration: timedelta) -> None:
        """Let time pass."""
        self.tell("the clock", "moves on", str(duration), where="")
        await self.world.advance(duration)
        await self.rest()

    async def rest(self) -> None:
        """Wait until the product has done what follows, and see that nothing is broken."""
        await self.world.settle()
        self.listen()
        self._check_the_outside()
        await self._check_the_inside()

    def listen(self) -> None:
        """Add what the product has changed outside meanwhile to the timeline."""
        for said in self._listener.news():
            if said.is_change:
                self.tell("mainstay", said.what, at=said.at, where=said.to)

    # What is there

    @property
    def issue(self) -> Issue:
        """The issue that is talked in now."""
        assert self._issue is not None, "a story begins with an issue"
        return self._issue

    def ours(self, kind: str) -> list[tuple[Comment, Mark]]:
        """Give the product's comments of one kind in this issue, oldest first."""
        found = []
        for comment in self.issue.comments:
            mark = read_mark(comment.body) if comment.is_via_app else None
            if mark is not None and mark.kind == kind:
                found.append((comment, mark))
        return found

    @property
    def card(self) -> Mark:
        """The mark of the issue's one card."""
        return self._one_card()[1]

    @property
    def card_text(self) -> str:
        """What the issue's one card says."""
        return self._one_card()[0].body

    @property
    def newest_card(self) -> Mark | None:
        """The mark of the issue's card, if there is one."""
        cards = self.ours("card") if self._issue is not None else []
        return cards[-1][1] if cards else None

    def _one_card(self) -> tuple[Comment, Mark]:
        cards = self.ours("card")
        self.check(len(cards) == 1, f"there are {len(cards)} cards in the issue instead of one")
        return cards[0]

    @property
    def assignees(self) -> list[str]:
        """Who the issue is given to."""
        return [account.login for account in self.issue.assignees]

    async def balances(self) -> dict[str, int]:
        """Add up every account of the books that is not empty, in minor units."""

        def read(session: Session) -> Counter[str]:
            totals: Counter[str] = Counter()
            for posted in ledger.posted(session):
                for posting in posted.entry.postings:
                    totals[posting.account] += posting.amount
            return totals

        assert self.world.product is not None, "the product runs in this process"
        totals = await self.world.product.database.reading(read)
        return {account: amount for account, amount in totals.items() if amount}

    # What must be true

    def check(self, is_so: bool, sentence: str) -> None:  # noqa: FBT001 - reads like an assertion
        """Raise the sentence as an error unless it is so."""
        if not is_so:
            raise StoryError(sentence)

    def expect(self, stage: str, money: str) -> None:
        """See that the card says this."""
        seen, wanted = (self.card.stage, self.card.money), (stage, money)
        self.check(seen == wanted, f"the card is {seen} instead of {wanted}")

    def expect_words(self, words: str) -> None:
        """See that the card says this to people."""
        self.check(words in self.card_text, f"the card does not say {words!r}")

    def expect_notices(self, *kinds: str) -> None:
        """See that these notices stand in the issue, and no other."""
        seen = [mark.detail for _, mark in self.ours("notice")]
        self.check(seen == list(kinds), f"the notices are {seen} instead of {list(kinds)}")

    def expect_mentioned(self, login: str, words: str) -> None:
        """See that the newest notice is for this person, and says this."""
        newest = self.ours("notice")[-1][0].body
        is_so = f"@{login}" in newest and words in newest
        self.check(is_so, f"{login} is not told {words!r}")

    async def expect_all_given_back(self, amount: int) -> None:
        """See one full refund at Stripe, and that the books hold nothing for the ticket."""
        refunds = [(each["amount"], each["status"]) for each in self.world.stripe.all("refund")]
        self.check(refunds == [(amount, "succeeded")], f"the refunds at Stripe are {refunds}")
        balances = await self.balances()
        self.check(f"held:{self.card.ticket}" not in balances, "the ticket still holds money")
        owed = {account for account in balances if account.startswith("payee:")}
        self.check(not owed, f"somebody is owed something: {owed}")

    def tell(
        self,
        who: str,
        what: str,
        detail: str = "",
        *,
        at: datetime | None = None,
        where: str | None = None,
    ) -> None:
        """Add a line to the timeline; it happened in the issue unless somewhere else is named."""
        if where is None:
            where = f"{self.repository.full_name}#{self.issue.number}"
        beat = Beat(
            at=at or self.world.clock(),
            who=who,
            what=what,
            where=where,
            detail=detail[:DETAIL_CHARACTERS_MAX],
        )
        self.beats.append(beat)
        self._hear(beat)

    def _check_the_outside(self) -> None:
        """See that the product keeps its promises in every issue, and the stand-ins theirs."""
        marks = Counter(
            (mark.kind, mark.ticket)
            for issue in self.repository.issues.values()
            for comment in issue.comments
            if comment.is_via_app and (mark := read_mark(comment.body)) is not None
        )
        for (kind, ticket), count in marks.items():
            most = NOTICES_MAX if kind == "notice" else 1
            self.check(count <= most, f"ticket {ticket} has {count} comments of kind {kind}")
        for name, stand_in in self._stand_ins():
            self.check(not stand_in.defects, f"the stand-in for {name} broke: {stand_in.defects}")
        lost = [each.event for each in self.github.deliveries if not each.delivery.is_success]
        lost += [each.event for each in self.world.stripe.deliveries if not each.is_success]
        self.check(not lost, f"these webhooks were not taken: {lost}")

    def _stand_ins(self) -> list[tuple[str, Any]]:
        world = self.world
        return [("GitHub", world.github), ("Stripe", world.stripe), ("OpenAI", world.openai)]

    async def _check_the_inside(self) -> None:
        """See that every law of the books holds, and that nothing was given up."""
        assert self.world.product is not None, "the product runs in this process"
        database = self.world.product.database
        broken = await database.reading(lambda session: list(breaches(session)))
        self.check(not broken, f"a law of the books is broken: {broken}")
        standing = await database.reading(operation.standing)
        self.check(not any(standing.buried.values()), f"rows were buried: {standing.buried}")
