"""The rooms that every provider's folder has: what each takes, and what it gives back.

``verify`` and ``translate`` are pure functions; a performer owns a client, and with it a connection
pool. Nobody here knows a database.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from app.domain.deliveries import Delivery, Unverified
from app.domain.effects import Effect
from app.domain.events import Arrival, Event
from app.domain.findings import Finding


class Verify(Protocol):
    """Tell whether a message is what it says it is, before anybody reads it; never raises."""

    def __call__(
        self, body: bytes, headers: Mapping[str, str], secrets: Sequence[str], now: datetime
    ) -> Delivery | Unverified:
        """Take header names in lower case; a message that fits any of the secrets is good."""


class Translate(Protocol):
    """Say in the domain's words what a delivery tells."""

    def __call__(self, delivery: Delivery, /) -> list[Arrival]:
        """Give nothing for what we do not listen to.

        Raise at most ``Refused``, for what a person has to look at.
        """


@dataclass(frozen=True, slots=True)
class Hook:
    """How the messages of a provider come in."""

    verify: Verify
    translate: Translate


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """Which try of an effect this is: what to look for first depends on it."""

    number: int
    """From 1. One that only postponed does not count."""
    first_at: datetime
    """When the first try was made."""
    at: datetime
    """Now, by the product's clock."""

    @property
    def is_first(self) -> bool:
        """Whether nothing of this effect can have been done yet."""
        return self.number == 1


class Performer(Protocol):
    """Does what an effect orders, outside; made once a process."""

    async def perform(self, effect: Effect, attempt: Attempt) -> Event | None:
        """Give what came of it, ``None`` where nobody needs to know.

        Raise ``Transient``, ``Ambiguous``, ``Postpone`` or ``Refused`` of ``app.domain.errors``.
        """

    async def close(self) -> None:
        """Close the connections; nothing is performed afterwards."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that the doctor looks at; it changes nothing."""

    name: str
    look: Callable[[], Awaitable[Finding]]
    """May raise any of ``app.domain.errors``: then it could not be looked at."""
    place: str = ""
    """The host that it asks, for people; empty where it asks none."""
