"""The verbs of ``/support``, and what each command says; no I/O."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final, Literal

from app.domain.money import Money


class Verb(StrEnum):
    """What a person wants: the word after ``/support``."""

    OPEN = "open"
    """Ask for help: a bare ``/support``, or one with the rung or plan that is wanted."""
    STATUS = "status"
    """See where the ticket stands."""
    HELP = "help"
    """See which commands there are."""
    CANCEL = "cancel"
    """Stop, and have the money back."""
    ACCEPT = "accept"
    """Say that it is solved."""
    DECLINE = "decline"
    """Say that it is not solved, and why."""
    CLAIM = "claim"
    """Take the ticket as its helper."""
    RELEASE = "release"
    """Give the ticket back."""
    PROPOSE = "propose"
    """Say as its helper that it is solved."""
    REFUND = "refund"
    """Give the customer the money back, as a maintainer."""
    TRANSFER = "transfer"
    """Hand the ticket to another helper."""
    QUOTE = "quote"
    """Offer a price of one's own."""
    TIME = "time"
    """Write down time that was worked."""
    QUESTION = "question"
    """Ask the customer something, while the clock stands still."""
    ESCALATE = "escalate"
    """Call the maintainers."""
    REOPEN = "reopen"
    """Go on with a ticket that was over."""
    RATE = "rate"
    """Say how good the help was."""
    HUMAN = "human"
    """Stop the AI for good."""
    OFF = "off"
    """Take no tickets for a while."""
    COMMUNITY = "community"
    """Ask volunteers."""
    BUDGET = "budget"
    """Say how much one would pay."""
    PRIVATE = "private"
    """Ask without the public."""


AI: Final = "ai"
"""The rung that a draft stands on, as it is chosen: ``/support ai``."""

VERBS: Final = (
    AI,
    *(verb.value for verb in Verb if verb not in (Verb.OPEN, Verb.QUESTION)),
)
"""The words that no plan may be called. ``question`` is not among them: a plan has it first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """Ask for help."""

    choice: str | None = None
    """The plan's id as the file writes it, ``ai``, or ``None``: show me everything."""
    verb: Literal[Verb.OPEN] = Verb.OPEN


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """See where the ticket stands."""

    verb: Literal[Verb.STATUS] = Verb.STATUS


@dataclass(frozen=True, slots=True, kw_only=True)
class Help:
    """See which commands there are."""

    verb: Literal[Verb.HELP] = Verb.HELP


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancel:
    """Stop, and have the money back."""

    reason: str = ""
    verb: Literal[Verb.CANCEL] = Verb.CANCEL


@dataclass(frozen=True, slots=True, kw_only=True)
class Accept:
    """Say that it is solved."""

    login: str | None = None
    """Whom the customer thanks; ``None``: the helper of the ticket."""
    verb: Literal[Verb.ACCEPT] = Verb.ACCEPT


@dataclass(frozen=True, slots=True, kw_only=True)
class Decline:
    """Say that it is not solved, and why."""

    reason: str
    verb: Literal[Verb.DECLINE] = Verb.DECLINE


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """Take the ticket as its helper."""

    verb: Literal[Verb.CLAIM] = Verb.CLAIM


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """Give the ticket back."""

    verb: Literal[Verb.RELEASE] = Verb.RELEASE


@dataclass(frozen=True, slots=True, kw_only=True)
class Propose:
    """Say as its helper that it is solved."""

    note: str = ""
    verb: Literal[Verb.PROPOSE] = Verb.PROPOSE


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund:
    """Give the customer the money back, as a maintainer."""

    reason: str
    amount: Money | None = None
    """``None``: all of it."""
    verb: Literal[Verb.REFUND] = Verb.REFUND


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """Hand the ticket to another helper."""

    login: str
    verb: Literal[Verb.TRANSFER] = Verb.TRANSFER


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalate:
    """Call the maintainers."""

    reason: str = ""
    verb: Literal[Verb.ESCALATE] = Verb.ESCALATE


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopen:
    """Go on with a ticket that was accepted, while its price is not divided yet."""

    reason: str
    verb: Literal[Verb.REOPEN] = Verb.REOPEN


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """Say how good the help was."""

    stars: int
    """From 1 to 5."""
    text: str = ""
    verb: Literal[Verb.RATE] = Verb.RATE


@dataclass(frozen=True, slots=True, kw_only=True)
class Off:
    """Take no new tickets in this repository, or take them again."""

    duration: timedelta | None = None
    """For how long; ``None``: until they say that they are back; zero: they are back."""
    verb: Literal[Verb.OFF] = Verb.OFF


@dataclass(frozen=True, slots=True, kw_only=True)
class Community:
    """Ask volunteers, for free and for a while."""

    verb: Literal[Verb.COMMUNITY] = Verb.COMMUNITY


@dataclass(frozen=True, slots=True, kw_only=True)
class Human:
    """Let people alone answer in this conversation."""

    verb: Literal[Verb.HUMAN] = Verb.HUMAN


@dataclass(frozen=True, slots=True, kw_only=True)
class NotBuilt:
    """Something that the product will do one day; it was understood and is refused."""

    sentence: str
    verb: Verb


# Each member has its verb as a field: stored as JSON, that is what tells them apart.
Command = (
    Open
    | Status
    | Help
    | Cancel
    | Accept
    | Decline
    | Claim
    | Release
    | Propose
    | Refund
    | Transfer
    | Escalate
    | Reopen
    | Rate
    | Off
    | Community
    | Human
    | NotBuilt
)


class MistakeKind(StrEnum):
    """Why a command line could not be understood."""

    UNKNOWN = "unknown"
    """The word is no command, and no plan of this repository."""
    REASON = "reason"
    """A reason is needed and missing."""
    RATING = "rating"
    """It is no number from 1 to 5."""
    AMOUNT = "amount"
    """The amount cannot be read, or in two ways."""
    LOGIN = "login"
    """The name is not one that an account can have."""
    DURATION = "duration"
    """How long it shall be cannot be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """A command line that we did not understand, with the sentence to answer."""

    kind: MistakeKind
    sentence: str
