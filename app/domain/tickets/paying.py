"""What a ticket keeps of money at Stripe: its session, payments, refunds and disputes; no I/O."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.domain.money import Money


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


class DisputeState(StrEnum):
    """How far a dispute is; a later state is never followed by an earlier one."""

    INQUIRY = "inquiry"
    """The bank only asks, and has taken nothing."""
    OPEN = "open"
    """The bank takes the payment back until it decides."""
    CLOSED = "closed"
    """The bank asked, and asks no more."""
    WON = "won"
    """The bank decided for us."""
    LOST = "lost"
    """The bank decided for the customer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispute:
    """A dispute about one of the ticket's payments, at the customer's bank."""

    dispute: str
    intent: str
    state: DisputeState
    held: Money
    """What the bank has taken back and not decided about, as far as the books know."""
    lost: Money
    """What it kept for good, as far as the books know."""
    beyond: Money
    """What of that was over all that was left of the payment: a part had gone back before."""
    answer_by: datetime | None = None
    """Until when the operator may answer the bank."""
    moves: tuple[str, ...] = ()
    """The balance transactions that are in the books."""
    is_loss_booked: bool = False

    @property
    def is_open(self) -> bool:
        """Say whether the bank may still decide, or the books do not know yet what it did."""
        if self.state is DisputeState.LOST:
            return not self.is_loss_booked
        return self.state in (DisputeState.INQUIRY, DisputeState.OPEN) or self.held.amount > 0

    @property
    def is_read(self) -> bool:
        """Say whether the books have all that there can be of it so far."""
        return self.state in (DisputeState.INQUIRY, DisputeState.OPEN) or not self.is_open


@dataclass(frozen=True, slots=True, kw_only=True)
class FraudWarning:
    """A bank's word that one of the ticket's payments may not be its cardholder's."""

    warning: str
    intent: str
    is_lifted: bool = False
    """It does not freeze the ticket any more."""
