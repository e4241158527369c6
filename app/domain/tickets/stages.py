"""The two axes of a ticket: how far the help has come, and where the money is; no I/O."""

from __future__ import annotations

from enum import StrEnum


class Stage(StrEnum):
    """How far the help has come."""

    OFFERED = "offered"
    """The plans stand in the thread and nobody has paid."""
    QUEUED = "queued"
    """Paid; a helper is being asked, and nobody has taken it yet."""
    WORKING = "working"
    """A helper has taken it."""
    WAITING_ON_CUSTOMER = "waiting_on_customer"
    """The helper has asked the customer something; the helper's clock stands still."""
    PROPOSED = "proposed"
    """The helper says that it is solved; the customer looks."""
    ACCEPTED = "accepted"
    """The customer agrees, or stayed silent long enough; the grace runs."""
    SETTLED = "settled"
    """The grace is over and the price is divided."""
    ANSWERED = "answered"
    """The free end: somebody helped without being paid."""
    CANCELLED = "cancelled"
    """The customer or the maintainers stopped it before it was accepted."""
    EXPIRED = "expired"
    """Nobody paid in time."""
    REFUNDED = "refunded"
    """Nobody came, or the help was not good; the customer has the money back."""
    REVIEW = "review"
    """The two sides disagree; the maintainers decide."""

    @property
    def is_over(self) -> bool:
        """Say whether nothing more is expected from anybody about the help."""
        return self in _OVER

    @property
    def is_with_helper(self) -> bool:
        """Say whether a helper's work is under way."""
        return self in (Stage.WORKING, Stage.WAITING_ON_CUSTOMER)


_OVER = frozenset({Stage.SETTLED, Stage.ANSWERED, Stage.CANCELLED, Stage.EXPIRED, Stage.REFUNDED})


class MoneyState(StrEnum):
    """Where the customer's money is."""

    UNPAID = "unpaid"
    """Nothing was paid."""
    AUTHORISED = "authorised"
    """The card holds the amount for us; nothing moved."""
    PENDING = "pending"
    """A bank debit is on its way; it can still fail."""
    PAID = "paid"
    """We hold it."""
    RELEASING = "releasing"
    """Transfers to the payees are under way."""
    RELEASED = "released"
    """Every payee has a transfer."""
    LAPSED = "lapsed"
    """The hold on the card was let go without a payment."""
    FAILED = "failed"
    """The bank debit did not come through."""
    REFUNDING = "refunding"
    """A refund was asked for and is not confirmed yet."""
    REFUNDED = "refunded"
    """The refund is confirmed."""
    DISPUTED = "disputed"
    """The customer's bank has taken it back until it decides."""
    WON = "won"
    """The bank decided for us."""
    LOST = "lost"
    """The bank decided for the customer."""

    @property
    def is_held(self) -> bool:
        """Say whether the money is with us."""
        return self in (MoneyState.PAID, MoneyState.RELEASING, MoneyState.WON)
