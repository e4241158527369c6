"""What we do for the App itself; no I/O."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.domain.deliveries import Provider
from app.domain.ids import InstallationId, Lane

LANE_OF_THE_APP = Lane("github:app")
"""Where the App's own housekeeping with GitHub happens."""


class _ForTheApp:
    """An effect that the App does for itself at GitHub."""

    __slots__ = ()

    @property
    def provider(self) -> Provider:
        """Say who performs it."""
        return Provider.GITHUB

    @property
    def lane(self) -> Lane:
        """Give the App's own lane."""
        return LANE_OF_THE_APP

    @property
    def tenant(self) -> InstallationId | None:
        """Nobody's installation."""
        return None

    @property
    def slot(self) -> str | None:
        """Nothing coalesces unless an effect says so."""
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListLostDeliveries(_ForTheApp):
    """Ask GitHub which deliveries it could not hand over."""

    since: datetime
    until: datetime
    """Deliveries younger than this may still be on their way."""

    @property
    def key(self) -> str:
        """One for each time that the chore comes."""
        return f"{self.lane}:lost:{self.until.isoformat()}"

    @property
    def slot(self) -> str | None:
        """One look at a time is enough."""
        return f"{self.lane}:lost"


@dataclass(frozen=True, slots=True, kw_only=True)
class Redeliver(_ForTheApp):
    """Ask GitHub to hand over a delivery again."""

    delivery: int
    guid: str
    n: int
    """Which attempt it is, from 1 to 3."""

    @property
    def key(self) -> str:
        """One for each attempt."""
        return f"{self.lane}:redeliver:{self.guid}:{self.n}"
