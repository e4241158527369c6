"""What happened within the product itself; no I/O."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.domain.commands import Command, Mistake
from app.domain.ids import InstallationId, RepositoryId, TicketId, UserId
from app.domain.money import Money
from app.domain.people import Permission, Person
from app.domain.tickets.clocks import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandGiven:
    """Somebody gave a command about a ticket; made from a message that was understood."""

    ticket: TicketId
    ref: str
    by: Person
    user: UserId
    command: Command | Mistake
    permission: Permission | None = None
    """A fresh answer of GitHub's; ``None`` while nobody has asked."""
    is_question: bool = False
    """The same comment also asks something."""
    form: str = ""
    """The form of the ticket's own page by which it was given; empty: by a comment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerGiven:
    """Somebody wrote in the thread of a ticket without giving a command."""

    ticket: TicketId
    ref: str
    by: Person
    user: UserId
    is_question: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftAdopted:
    """The helper has checked the AI draft that was kept for them, and wants it to be shown."""

    ticket: TicketId
    by: Person
    user: UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftJudged:
    """The customer says whether the AI draft in the thread has helped."""

    ticket: TicketId
    has_helped: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class HelperWentOff:
    """A helper takes no new tickets for a while, and so not the one that they are asked for."""

    ticket: TicketId
    user: UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitReached:
    """The customer asked for one more ticket than one person may have open here."""

    ticket: TicketId
    """The newest one that they have."""
    by: Person
    most: int
    is_a_day: bool = False
    """It is how many may be opened and left in a day, and not how many may be open at once."""


class Verdict(StrEnum):
    """How a review ends."""

    PAY = "pay"
    """The helper is paid."""
    PART = "part"
    """A part goes back, and the helper is paid from the rest."""
    REFUND = "refund"
    """The customer gets all of it back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewDecided:
    """The operator decided a review."""

    ticket: TicketId
    verdict: Verdict
    amount: Money | None = None
    """What goes back, of a part."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WarningsLifted:
    """The operator has looked at a warning of fraud, and lets the ticket go on."""

    ticket: TicketId


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckoutRequested:
    """Somebody pressed the button on the pay page."""

    ticket: TicketId
    plan: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferOvertaken:
    """Somebody else's payment for the same conversation came first."""

    ticket: TicketId


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleWanted:
    """Somebody in the conversation wants people alone to answer, and said so on another ticket."""

    ticket: TicketId


@dataclass(frozen=True, slots=True, kw_only=True)
class CardLost:
    """The card's comment was deleted by somebody."""

    ticket: TicketId
    comment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeCame:
    """A ticket's clock ran out; it counts only while that same clock still runs."""

    ticket: TicketId
    clock: Clock
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessLost:
    """The App cannot reach the thread of a ticket any more."""

    ticket: TicketId
    is_for_good: bool
    """It was removed, and not only suspended or shut out of an archived repository."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessRegained:
    """The App reaches the thread of a ticket, maybe again."""

    ticket: TicketId
    installation: InstallationId


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpersChanged:
    """A file was adopted; the open tickets of its repository are told, a batch at a time."""

    repository: RepositoryId
    after: str = ""
    """The last ticket that was told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileChanged:
    """Whoever has the ticket in hand may not stand in the file any more."""

    ticket: TicketId


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessChanged:
    """The App lost or got a repository; its open tickets are told, a batch at a time."""

    repository: RepositoryId
    installation: InstallationId | None
    """``None``: it has none any more."""
    is_for_good: bool = True
    after: str = ""
    """The last ticket that was told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InstallationLost:
    """An installation ended or was suspended; its repositories are told, a batch at a time."""

    installation: InstallationId
    is_for_good: bool
    after: RepositoryId
    """The last repository that was told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InstallationRegained:
    """An installation may do again what it could not; its repositories come a batch at a time."""

    installation: InstallationId
    at: datetime | None
    """When it was made; ``None``: only GitHub knows."""
    was_suspended: bool
    """It reached none of its threads; else it only may do more by now."""
    after: RepositoryId
    """The last repository that was dealt with."""


class Chore(StrEnum):
    """Something that the product does for itself at regular times."""

    HEAL = "heal"
    """Ask GitHub for the deliveries that were lost."""
    AUDIT = "audit"
    """Check the laws of the ledger."""
    PRUNE = "prune"
    """Forget finished rows of the delivery path that are old."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoreCame:
    """The regular time of a chore has come."""

    chore: Chore
