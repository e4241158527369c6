"""What we do with money; no I/O."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.domain.deliveries import Provider
from app.domain.ids import InstallationId, Lane, TicketId
from app.domain.money import Money


class _AtStripe:
    """An effect about money."""

    __slots__ = ()

    @property
    def provider(self) -> Provider:
        """Say who performs it."""
        return Provider.STRIPE

    @property
    def tenant(self) -> InstallationId | None:
        """Stripe's limits are the platform's, not an installation's."""
        return None

    @property
    def slot(self) -> str | None:
        """Nothing coalesces unless an effect says so."""
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCheckout(_AtStripe):
    """Open a checkout session for a plan of a ticket."""

    ticket: TicketId
    lane: Lane
    n: int
    """Which session of this ticket it is, from 1; part of the idempotency key."""
    plan: str
    price: Money
    title: str
    """What the customer reads on the checkout page and the receipt."""
    success_url: str
    cancel_url: str
    expires_at: datetime

    @property
    def key(self) -> str:
        """One for each session."""
        return f"{self.ticket}:checkout:{self.n}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseCheckout(_AtStripe):
    """Close a checkout session, so that it cannot be paid any more."""

    ticket: TicketId
    lane: Lane
    session: str

    @property
    def key(self) -> str:
        """One for each session."""
        return f"{self.ticket}:close:{self.session}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadPayment(_AtStripe):
    """Read a PaymentIntent with its charge and balance transaction."""

    lane: Lane
    intent: str
    cause: str

    @property
    def key(self) -> str:
        """One for each cause."""
        return f"stripe:{self.intent}:read:{self.cause}"

    @property
    def slot(self) -> str | None:
        """Reading once serves everybody who waits."""
        return f"stripe:{self.intent}:read"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund(_AtStripe):
    """Give a payment back, whole or in part."""

    lane: Lane
    intent: str
    amount: Money
    n: int
    """Which refund of this payment it is, from 1; part of the idempotency key."""
    ticket: TicketId | None

    @property
    def key(self) -> str:
        """One for each refund of a payment."""
        return f"stripe:{self.intent}:refund:{self.n}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadRefund(_AtStripe):
    """Read a refund with its balance transaction."""

    lane: Lane
    refund: str
    cause: str

    @property
    def key(self) -> str:
        """One for each cause."""
        return f"stripe:{self.refund}:read:{self.cause}"

    @property
    def slot(self) -> str | None:
        """Reading once serves everybody who waits."""
        return f"stripe:{self.refund}:read"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadDispute(_AtStripe):
    """Read a dispute with its balance transactions."""

    lane: Lane
    dispute: str
    intent: str
    """The payment that it is about."""
    cause: str

    @property
    def key(self) -> str:
        """One for each cause."""
        return f"stripe:{self.dispute}:read:{self.cause}"

    @property
    def slot(self) -> str | None:
        """Reading once serves everybody who waits."""
        return f"stripe:{self.dispute}:read"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadWarning(_AtStripe):
    """Read a bank's warning of fraud."""

    lane: Lane
    warning: str
    intent: str
    """The payment that it is about."""
    cause: str

    @property
    def key(self) -> str:
        """One for each cause."""
        return f"stripe:{self.warning}:read:{self.cause}"
