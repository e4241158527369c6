"""The ticket: one customer's request for help in one conversation, whole and frozen; no I/O."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from app.domain.conversations import Thread
from app.domain.effects import NoticeKind
from app.domain.ids import ConversationId, TicketId, Token, UserId
from app.domain.money import Division, Money
from app.domain.people import Person
from app.domain.tickets.clocks import Clock
from app.domain.tickets.stages import MoneyState, Stage
from app.domain.tickets.terms import PlanTerms, Terms

NOTICES_MAX = 4
"""Comments of their own that a ticket may make beside its card, its draft and its help."""


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
    is_booked: bool = False
    """Its ledger entry is written, which needs Stripe's balance transaction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stray:
    """A payment that does not pay for the ticket (a second one, a late one) and goes back."""

    intent: str
    amount: Money
    is_booked: bool = False
    is_refunded: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundAsked:
    """The refund of the ticket's payment."""

    n: int
    amount: Money
    refund: str = ""
    is_booked: bool = False


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
    """It was deleted once and posted again; it is not posted a third time."""


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
    """The operator gave the money back by hand."""
    BY_REVIEW = "by_review"
    """The maintainers decided."""
    ACCEPTED = "accepted"
    """The customer accepted."""


class Trouble(StrEnum):
    """Something that we could not do, and that a person is looking at."""

    CHECKOUT = "checkout"
    """The checkout could not be opened."""
    PAYMENT = "payment"
    """A payment could not be read."""
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
    refund: RefundAsked | None = None
    asked: tuple[Asked, ...] = ()
    helper: Helper | None = None
    """Who has taken it."""
    resolve_by: datetime | None = None
    """Until when it shall be solved, as promised; ``None`` where nothing was."""
    note: str = ""
    """What the helper said with the newest proposal."""
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
    def division(self) -> Division | None:
        """Give the division of the price with the helper who took it, once both are known."""
        if self.plan is None or self.helper is None:
            return None
        return self.plan.share(self.helper.klass).divide(self.plan.price)

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
        """Enter a stage: the clocks of the old one stop, and its line is gone."""
        kept = tuple(each for each in self.clocks if each.clock is Clock.BOOK)
        return replace(self, clocks=kept, stage=stage, since=now, line="")
