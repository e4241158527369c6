"""The ticket: one customer's request for help in one conversation, whole and frozen; no I/O."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from app.domain.clockwork import ALWAYS_OPEN, Calendar, after_open_time, open_time_between
from app.domain.conversations import Thread
from app.domain.effects import NoticeKind
from app.domain.ids import ConversationId, TicketId, Token, UserId
from app.domain.money import Division, Money
from app.domain.people import Person
from app.domain.tickets.clocks import Clock, Running
from app.domain.tickets.parts import Card, Escalation, Rating
from app.domain.tickets.paying import (
    Checkout,
    Dispute,
    FraudWarning,
    Payment,
    Repayment,
    RepaymentState,
    Stray,
)
from app.domain.tickets.stages import MoneyState, Stage
from app.domain.tickets.terms import PlanTerms, Share, Terms

NOTICES_MAX = 4
"""Comments of their own that a ticket may make beside its card, its draft and its help."""

NEEDS_THREAD = frozenset({Stage.QUEUED, Stage.WORKING, Stage.WAITING_ON_CUSTOMER})
"""Stages in which the help itself is given in the thread, so that it ends with the thread."""

EXTENSIONS_MAX = 1
"""So many times a broken promise to solve is extended by as much again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Helper:
    """Somebody from the file, as far as a ticket needs them."""

    person: Person
    user: UserId
    klass: str


class AskState(StrEnum):
    """What came of asking a helper."""

    WAITING = "waiting"
    """They have not acted yet."""
    TOOK = "took"
    """They took the ticket by acting."""
    RELEASED = "released"
    """They gave it back."""
    PASSED = "passed"
    """They could not be reached, or did not act in time."""
    MOOT = "moot"
    """Before their time was over somebody else had it, or they were taken out of the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One helper who was asked, with the reason that the customer is told."""

    helper: Helper
    at: datetime
    reason: str
    state: AskState = AskState.WAITING
    is_assigned: bool | None = None
    """Whether GitHub assigned them; ``None`` until we know."""


class DraftState(StrEnum):
    """How far the AI draft is."""

    NONE = "none"
    """There is none, and there will be none."""
    ASKED = "asked"
    """It is being made."""
    SHOWN = "shown"
    """It stands in the thread."""
    HANDED_OFF = "handed_off"
    """The model found no answer, and said so: there is none."""
    KEPT = "kept"
    """It is kept for the helper, who may adopt it; nobody else sees it."""
    ADOPTED = "adopted"
    """The helper has checked it, and lets it stand in the thread as their answer."""


class LabelState(StrEnum):
    """How far the label is with which volunteers are looked for."""

    NONE = "none"
    """We have not put one on the issue, or have taken it off again."""
    ORDERED = "ordered"
    """It was ordered, and we do not know yet whether it is ours."""
    OURS = "ours"
    """It stands on the issue because we put it there."""


class End(StrEnum):
    """Why a ticket is over, or is ending."""

    NOT_YET = "not_yet"
    """It is not."""
    BY_CUSTOMER = "by_customer"
    """The customer cancelled it."""
    WITHDRAWN = "withdrawn"
    """The label was taken off before anybody paid."""
    OVERTAKEN = "overtaken"
    """Somebody else in the thread paid first."""
    UNPAID = "unpaid"
    """Nobody paid in time."""
    NOBODY_CAME = "nobody_came"
    """No helper took it in time."""
    BY_HELPER = "by_helper"
    """The helper agreed to the customer's wish to stop."""
    BY_SILENCE = "by_silence"
    """Whoever had to answer did not, in time."""
    BY_OPERATOR = "by_operator"
    """The operator gave all of the money back by hand."""
    BY_REVIEW = "by_review"
    """The maintainers decided."""
    ACCEPTED = "accepted"
    """The customer accepted."""
    APP_REMOVED = "app_removed"
    """The App was taken from the repository, and was not back in time."""
    BY_BANK = "by_bank"
    """The customer's bank took the money back for good."""
    BY_VOLUNTEER = "by_volunteer"
    """Somebody helped for free, and the customer thanked them."""


class Trouble(StrEnum):
    """Something that we could not do, and that a person is looking at; the worst stands last."""

    CHECKOUT = "checkout"
    """The checkout could not be opened."""
    PAYMENT = "payment"
    """A payment or refund could not be read."""
    REFUND = "refund"
    """Money could not be given back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """One customer's request for help, with the terms that it was offered under."""

    id: TicketId
    token: Token
    conversation: ConversationId
    thread: Thread
    customer: Person
    customer_user: UserId
    opened_at: datetime
    terms: Terms
    stage: Stage = Stage.OFFERED
    money: MoneyState = MoneyState.UNPAID
    end: End = End.NOT_YET
    since: datetime
    """When the stage was entered."""
    chosen: str = ""
    """The plan that the customer named first; once paid, the plan that was paid."""
    clocks: tuple[Running, ...] = ()
    ticks: int = 0
    """How many clocks were ever started."""
    checkout: Checkout | None = None
    checkouts: int = 0
    """How many sessions were ever asked for."""
    payment: Payment | None = None
    strays: tuple[Stray, ...] = ()
    repayments: tuple[Repayment, ...] = ()
    """All that goes or went back, of its payment and of the strays."""
    disputes: tuple[Dispute, ...] = ()
    """What banks were asked to take back, of its payment and of the strays."""
    warnings: tuple[FraudWarning, ...] = ()
    divided: Money | None = None
    """How much the helper, the repository and the platform have of it, once it was divided."""
    asked: tuple[Asked, ...] = ()
    nobody_asked: str = ""
    """Why nobody is asked at the moment, where that is so: a sentence that people can read."""
    helper: Helper | None = None
    """Who has taken it."""
    calendar: Calendar = ALWAYS_OPEN
    """The helper's when they took it: in it runs the promise to solve."""
    resolve_by: datetime | None = None
    """Until when it shall be solved; ``None`` where nothing was promised or nobody works on it."""
    resolve_left: timedelta | None = None
    """The open time that is left of that promise while it stands still."""
    breaches: int = 0
    """How many times the helper did not keep it."""
    note: str = ""
    """What the helper said with the newest proposal."""
    is_unanswered: bool = False
    """Nobody proposed: it counts as solved because the customer left a question open."""
    is_cancel_asked: bool = False
    silence_counts: bool = True
    """Whoever has to answer a proposal, or a wish to stop, was told, and has said nothing since;
    else the maintainers decide where nobody answers."""
    has_talked: bool = False
    """The customer has said something about the proposal that is neither a yes nor a no."""
    why: str = ""
    """Why it was stopped, or money was given back, in somebody's own words; may be empty."""
    declines: tuple[str, ...] = ()
    """The reasons of the customer, in order."""
    notices: tuple[NoticeKind, ...] = ()
    assigns: int = 0
    """How many times GitHub was asked to assign or unassign somebody."""
    card: Card = field(default_factory=Card)
    draft: DraftState = DraftState.NONE
    adoptions: int = 0
    """How many times a draft was ordered into the thread by the helper."""
    is_asked_for: bool = False
    """The customer asked for it themselves, so that it does not hang on a label."""
    is_human: bool = False
    """Somebody wants people alone to answer: no draft is made or shown any more."""
    community_until: datetime | None = None
    """Until when volunteers were to be asked, also after that; ``None``: they were not."""
    community_left: timedelta | None = None
    """What is left of that time, while a bank decides about a payment."""
    help_wanted: LabelState = LabelState.NONE
    escalation: Escalation | None = None
    """Who called the maintainers, and why; ``None``: nobody did."""
    rating: Rating | None = None
    """What the customer says of the help; the newest counts."""
    thanked: Person | None = None
    """The volunteer whose answer was accepted."""
    trouble: Trouble | None = None
    is_away: bool = False
    """The App cannot reach the thread: nothing is posted, and the ticket's page goes on."""
    handed_over_at: datetime | None = None
    """Since when a new owner of the repository has to agree before an offer can be paid."""
    line: str = ""
    """What the customer or helper should know about a command that was not understood."""

    @property
    def plan(self) -> PlanTerms | None:
        """Give the plan that was paid, or that was named first."""
        return self.terms.plan(self.chosen)

    @property
    def is_drafted(self) -> bool:
        """Say whether a draft stands in the thread unchecked, or is being made for it."""
        is_coming = self.draft is DraftState.ASKED and not self.terms.is_draft_for_helpers
        return is_coming or self.draft is DraftState.SHOWN

    @property
    def is_unseen(self) -> bool:
        """Say whether a draft is being made, or is kept, so that it can still be dropped."""
        return self.draft in (DraftState.ASKED, DraftState.KEPT)

    @property
    def is_asking_volunteers(self) -> bool:
        """Say whether volunteers are asked now."""
        return self.due(Clock.COMMUNITY) is not None

    @property
    def can_ask_volunteers(self) -> bool:
        """Say whether the customer may still choose that rung: it is there once."""
        return self.terms.community is not None and self.community_until is None

    @property
    def asking(self) -> Asked | None:
        """Give the helper who is being asked now."""
        if self.stage is Stage.QUEUED and self.asked and self.asked[-1].state is AskState.WAITING:
            return self.asked[-1]
        return None

    @property
    def is_out_of_time(self) -> bool:
        """Say whether the promise to solve was broken once more than it can be extended."""
        return self.breaches > EXTENSIONS_MAX

    @property
    def share(self) -> Share | None:
        """Give the rule by which the price is divided, once the helper is known."""
        if self.plan is None or self.helper is None:
            return None
        return self.plan.share(self.helper.klass)

    @property
    def kept(self) -> Money | None:
        """Give what of the payment did not go back; ``None`` while nothing is paid."""
        paid = self.payment
        if paid is None or paid.succeeded_at is None:
            return None
        return self.rest(paid)

    @property
    def division(self) -> Division | None:
        """Give the division of what is kept, once it is paid and the helper is known."""
        if self.share is None or self.kept is None:
            return None
        return self.share.divide(self.kept)

    @property
    def dispute(self) -> Dispute | None:
        """Give the dispute about the payment that pays for it, as long as its bank may decide."""
        own = self.payment
        is_about = (each for each in self.disputes if own and each.intent == own.intent)
        return next((each for each in is_about if each.is_open), None)

    @property
    def is_frozen(self) -> bool:
        """Say whether nothing is divided, paid out or given back of its payment now."""
        own = self.payment
        if own is None or own.succeeded_at is None:
            return False
        warned = any(each.intent == own.intent and not each.is_lifted for each in self.warnings)
        return self.dispute is not None or (warned and not self.is_repaid(own))

    def lost(self, paid: Payment | Stray) -> int:
        """Add up what banks kept of a payment, in minor units."""
        return sum(each.lost.amount for each in self.disputes if each.intent == paid.intent)

    def rest(self, paid: Payment | Stray) -> Money:
        """Give what of a payment did not go back; never less than nothing."""
        left = paid.amount.amount - self._repaid(paid) - self.lost(paid)
        return Money(max(0, left), paid.amount.currency)

    def is_repaid(self, paid: Payment | Stray, *, is_done: bool = False) -> bool:
        """Say whether all of a payment is given back; with ``is_done`` that it has surely left.

        What a bank kept is as good as given back.
        """
        return self._repaid(paid, is_done=is_done) + self.lost(paid) >= paid.amount.amount

    def is_given_twice(self, paid: Payment | Stray) -> bool:
        """Say whether more seems given back than was paid: then one of those refunds has failed."""
        return self._repaid(paid) > paid.amount.amount

    def _repaid(self, paid: Payment | Stray, *, is_done: bool = False) -> int:
        """Add up what of a payment is given back, in minor units."""
        return sum(
            each.amount.amount
            for each in self.repayments
            if each.intent == paid.intent
            and (each.state is RepaymentState.DONE if is_done else each.is_given)
        )

    def due(self, clock: Clock) -> datetime | None:
        """Say when a clock strikes; ``None`` where it does not run."""
        running = (each for each in self.clocks if each.left is None)
        return next((each.due_at for each in running if each.clock is clock), None)

    def start(self, clock: Clock, due_at: datetime) -> Ticket:
        """Start a clock; one of the same kind that runs is stopped."""
        n = self.ticks + 1
        kept = self.stop(clock).clocks
        return replace(self, ticks=n, clocks=(*kept, Running(clock=clock, due_at=due_at, n=n)))

    def stop(self, *clocks: Clock) -> Ticket:
        """Stop these clocks."""
        kept = tuple(each for each in self.clocks if each.clock not in clocks)
        return replace(self, clocks=kept)

    def enter(self, stage: Stage, now: datetime) -> Ticket:
        """Enter a stage: the clocks of the old one stop, and its line is gone.

        The promise to solve runs while somebody works, and at no other time.
        """
        left = self.resolve_left
        if self.resolve_by is not None:
            left = open_time_between(now, self.resolve_by, self.calendar)
        goes_on = {Clock.LOOK} | ({Clock.AWAY} if stage in NEEDS_THREAD else set())
        kept = tuple(each for each in self.clocks if each.clock in goes_on)
        entered = replace(
            self,
            clocks=kept,
            stage=stage,
            since=now,
            line="",
            draft=DraftState.NONE if stage.is_over and self.is_unseen else self.draft,
            resolve_by=None,
            resolve_left=left,
        )
        if stage is not Stage.WORKING or left is None:
            return entered
        return entered.resolve_until(after_open_time(now, left, self.calendar))

    def resolve_until(self, due_at: datetime) -> Ticket:
        """Let the promise to solve run until then."""
        running = replace(self, resolve_by=due_at, resolve_left=None)
        return running.start(Clock.RESOLVE, due_at)

    def worry(self, trouble: Trouble) -> Ticket:
        """Note a trouble, unless a worse one stands there."""
        worst = max(filter(None, (self.trouble, trouble)), key=list(Trouble).index)
        return replace(self, trouble=worst)

    def calm(self, trouble: Trouble) -> Ticket:
        """Take a trouble off, if it is the one that stands there."""
        return replace(self, trouble=None) if self.trouble is trouble else self
