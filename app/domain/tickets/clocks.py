"""The clocks of a ticket: what waits for whom; no I/O."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Clock(StrEnum):
    """Something that happens by itself when nobody acts."""

    OFFER = "offer"
    """An unpaid offer ends."""
    COMMUNITY = "community"
    """No volunteer's answer was thanked for: the next rung is the customer's to choose."""
    NO_HELPER = "no_helper"
    """Nobody came: the customer gets the money back."""
    ASK = "ask"
    """The helper who was asked did not act: the next one is asked."""
    RESOLVE = "resolve"
    """The helper did not keep the promise to solve it in time."""
    WAIT = "wait"
    """The customer did not answer a question: they are told that they are waited for."""
    UNANSWERED = "unanswered"
    """The question stays open: the ticket counts as solved, unless the customer objects."""
    REMIND = "remind"
    """The customer is reminded of a proposal."""
    ACCEPT = "accept"
    """A proposal that nobody answered counts as accepted."""
    CANCEL = "cancel"
    """The helper did not object to the customer's wish to stop."""
    REVIEW = "review"
    """The maintainers did not decide."""
    OPERATOR = "operator"
    """The operator did not decide either: the customer gets the money back."""
    GRACE = "grace"
    """The price is divided."""
    AWAY = "away"
    """The App did not come back to the thread: the customer gets the money back."""
    LOOK = "look"
    """Look at Stripe for what it should have told by now: how a bank debit or a refund ended, or
    what moved in the balance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A clock that runs: what happens at ``due_at`` if nobody acts before."""

    clock: Clock
    due_at: datetime
    n: int
    """Unique in the ticket, so that a clock which was stopped never strikes."""
    left: timedelta | None = None
    """The time that is left of it while it stands still; ``None``: it runs."""
