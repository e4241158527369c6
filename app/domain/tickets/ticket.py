"""The ticket: one customer's request for help in one conversation, whole and frozen; no I/O."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from app.domain.clockwork import ALWAYS_OPEN, Calendar, after_open_time, open_time_between
from app.domain.conversations import Thread
from app.domain.effects import NoticeKind
from app.domain.ids import ConversationId, TicketId, Token, UserId
from app.domain.money import Division, Money
from app.domain.people import Person
from app.domain.tickets.clocks import Clock
from app.domain.tickets.stages import MoneyState, Stage
from app.domain.tickets.terms import PlanTerms, Share, Terms

NOTICES_MAX = 4
"""Comments of their own that a ticket may make beside its card, its draft and its help."""

EXTENSIONS_MAX = 1
"""So many times a broken promise to solve is extended by as much again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A clock that runs: what happens at ``due_at`` if nobody acts before."""

    clock: Clock
    due_at: datetime
    n: int
    """Unique in the ticket, so that a clock which was stopped never strikes."""


class CheckoutState(StrEnum):
    """How far a checkout session is."""

    OPENING = "opening"
    """It was asked for, and has no address yet."""
    OPEN = "open"
    """It has an address and can be paid."""
    CLOSING = "closing"
    """It shall not be paid any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkout:
    """The ticket's one checkout session."""

    n: int
    plan: str
    state: CheckoutState
    session: str = ""
    url: str = ""
    expires_at: datetime | None = None
    next_plan: str = ""
    """The plan to open when this one is closed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """The payment that pays for the ticket."""

    intent: str
    amount: Money
    charge: str = ""
    succeeded_at: datetime | None = None
    """``None`` while a bank debit is on its way."""
    is_booked: bool = False
    """Its ledger entry is written, which needs Stripe's balance transaction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stray:
    """A payment that does not pay for the ticket (a second one, a late one) and goes back."""

    intent: str
    amount: Money
    is_booked: bool = False


class RepaymentState(StrEnum):
    """How far a repayment is; a later state is never followed by an earlier one."""

    ORDERED = "ordered"
    """We asked for it, and do not know of it at Stripe yet."""
    UNDER_WAY = "under_way"
    """Stripe has it, and has not said how it ended."""
    DONE = "done"
    """The money has left for the customer."""
    RETURNED = "returned"
    """It did not arrive, and the money is ours again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repayment:
    """A refund of one of the ticket's payments, whole or in part."""

    intent: str
    amount: Money
    n: int
    """Which one of those that we ordered for this payment, from 1; 0: given by hand at Stripe."""
    refund: str = ""
    state: RepaymentState = RepaymentState.ORDERED
    is_booked: bool = False
    is_return_booked: bool = False
    """What came back is in the books, too."""

    @property
    def is_given(self) -> bool:
        """Say whether it is at Stripe and did not come back."""
        return self.state in (RepaymentState.UNDER_WAY, RepaymentState.DONE)

    @property
    def is_read(self) -> bool:
        """Say whether the books have all that Stripe can tell of it so far."""
        is_complete = self.is_booked and self.state is not RepaymentState.RETURNED
        return not self.refund or is_complete or self.is_return_booked


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One helper who was asked, with the reason that the customer is told."""

    helper: Helper
    at: datetime
    reason: str
    state: AskState = AskState.WAITING
    is_assigned: bool | None = None
    """Whether GitHub assigned them; ``None`` until we know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """The living card."""

    v: int = 0
    """The newest version that was ordered; 0: none yet."""
    shown: int = 0
    comment: str = ""
    is_restored: bool = False
    """It was deleted once and posted again."""
    is_gone: bool = False
    """It was deleted twice: they do not want it, and the ticket goes on at its own page."""


class DraftState(StrEnum):
    """How far the AI draft is."""

    NONE = "none"
    """There is none, and there will be none."""
    ASKED = "asked"
    """It is being made."""
    SHOWN = "shown"
    """It stands in the thread."""


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
    declines: tuple[str, ...] = ()
    """The reasons of the customer, in order."""
    notices: tuple[NoticeKind, ...] = ()
    assigns: int = 0
    """How many times GitHub was asked to assign or unassign somebody."""
    card: Card = Card()
    draft: DraftState = DraftState.NONE
    trouble: Trouble | None = None
    line: str = ""
    """What the customer or helper should know about a command that was not understood."""

    @property
    def plan(self) -> PlanTerms | None:
        """Give the plan that was paid, or that was named first."""
        return self.terms.plan(self.chosen)

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

    def rest(self, paid: Payment | Stray) -> Money:
        """Give what of a payment did not go back; never less than nothing."""
        left = paid.amount.amount - self._repaid(paid)
        return Money(max(0, left), paid.amount.currency)

    def is_repaid(self, paid: Payment | Stray, *, is_done: bool = False) -> bool:
        """Say whether all of a payment is given back; with ``is_done`` that it has surely left."""
        return self._repaid(paid, is_done=is_done) >= paid.amount.amount

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
        return next((each.due_at for each in self.clocks if each.clock is clock), None)

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
        kept = tuple(each for each in self.clocks if each.clock is Clock.LOOK)
        entered = replace(
            self,
            clocks=kept,
            stage=stage,
            since=now,
            line="",
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
