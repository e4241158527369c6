"""What we ask of the model; no I/O."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.deliveries import Provider
from app.domain.ids import InstallationId, Lane, TicketId


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftReply:
    """Ask the model for a draft."""

    ticket: TicketId
    lane: Lane
    system: str
    user: str
    customer_hash: str
    """A hash that stands for the customer at the model's provider, never their name."""

    @property
    def key(self) -> str:
        """Once a ticket."""
        return f"{self.ticket}:reply"

    @property
    def provider(self) -> Provider:
        """Say who performs it."""
        return Provider.OPENAI

    @property
    def tenant(self) -> InstallationId | None:
        """The model's limits are the platform's."""
        return None

    @property
    def slot(self) -> str | None:
        """Nothing coalesces."""
        return None
