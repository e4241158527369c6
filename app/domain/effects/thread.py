"""What we say and do in a thread on GitHub; no I/O."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from app.domain.commands import Command
from app.domain.conversations import Thread
from app.domain.deliveries import Provider
from app.domain.ids import InstallationId, Lane, TicketId, UserId
from app.domain.people import Person


class _OnGitHub:
    """An effect that speaks in a thread on GitHub."""

    __slots__ = ()
    thread: Thread

    @property
    def provider(self) -> Provider:
        """Say who performs it."""
        return Provider.GITHUB

    @property
    def lane(self) -> Lane:
        """Give the conversation's lane."""
        return self.thread.lane

    @property
    def tenant(self) -> InstallationId | None:
        """Give the installation whose limits it counts against."""
        return self.thread.installation

    @property
    def slot(self) -> str | None:
        """Nothing coalesces unless an effect says so."""
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowCard(_OnGitHub):
    """Post the card of a ticket, or edit the one that stands there."""

    ticket: TicketId
    thread: Thread
    v: int
    since: datetime
    """When the ticket was opened: a card of ours cannot be older."""
    comment: str | None = None
    """The comment that is the card, where we know it."""
    body: str = ""
    """Filled when the effect is claimed, from the ticket as it is then."""
    is_last: bool = False
    """The comment is the second one: where it is gone as well, no third one is posted."""

    @property
    def key(self) -> str:
        """One for each version."""
        return f"{self.ticket}:card:{self.v}"

    @property
    def slot(self) -> str | None:
        """Only the newest state of a card matters."""
        return f"{self.ticket}:card"


class NoticeKind(StrEnum):
    """Why somebody is mentioned in a comment of its own."""

    ASKED = "asked"
    """A helper is asked, and GitHub would not assign them."""
    PROPOSED = "proposed"
    """The helper says that it is solved; the customer's time to look has begun."""
    REMINDER = "reminder"
    """Half of that time is over."""
    DECLINED = "declined"
    """The customer says by a button that it is not solved; no comment tells the helper."""
    CANCEL_ASKED = "cancel_asked"
    """The customer wants to stop; the helper's time to object has begun."""
    WAITING = "waiting"
    """The customer has not answered a question of the helper's; all waits for them."""
    BREACH = "breach"
    """The helper did not keep the promise to solve it in time; it is extended once."""
    UNCLAIMED = "unclaimed"
    """Every helper was asked and nobody took it; a maintainer can still find one."""
    REVIEW = "review"
    """The two sides disagree; a maintainer's time to decide has begun."""
    REFUND = "refund"
    """The customer's money goes back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notify(_OnGitHub):
    """Post one short comment that mentions one person."""

    ticket: TicketId
    thread: Thread
    kind: NoticeKind
    n: int
    """Which notice of this ticket it is, from 1."""
    since: datetime
    body: str
    user: UserId | None = None
    """Whom it mentions; ``None``: nobody whose account we know."""
    login: str = ""
    """What we know them by, as ``body`` mentions them: it may be a stranger's by now."""

    @property
    def key(self) -> str:
        """One for each notice of a ticket."""
        return f"{self.ticket}:notice:{self.n}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowDraft(_OnGitHub):
    """Post the AI draft of a ticket."""

    ticket: TicketId
    thread: Thread
    since: datetime
    body: str
    """Of an adopted draft it is written when it is posted; until then it is empty."""
    adopted: int = 0
    """How many times the helper has ordered it; 0: it is shown without them, unchecked."""

    @property
    def key(self) -> str:
        """Once a ticket, or once each time that the helper adopts it."""
        return f"{self.ticket}:draft:{self.adopted}" if self.adopted else f"{self.ticket}:draft"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainHelp(_OnGitHub):
    """Post the help, once an issue, ever."""

    thread: Thread
    since: datetime
    body: str

    @property
    def key(self) -> str:
        """Once an issue."""
        return f"{self.thread.lane}:help"


class Reaction(StrEnum):
    """A sign on somebody's comment."""

    TAKEN = "eyes"
    """The command was taken."""
    CONFUSED = "confused"
    """The command was not understood."""
    REFUSED = "-1"
    """The command is not for this person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class React(_OnGitHub):
    """Put a sign on a comment; on the issue itself where ``ref`` is empty."""

    thread: Thread
    ref: str
    reaction: Reaction

    @property
    def key(self) -> str:
        """One sign of a kind for each comment."""
        return f"{self.thread.lane}:react:{self.ref}:{self.reaction}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Assign(_OnGitHub):
    """Assign a helper to the issue, if GitHub lets us."""

    ticket: TicketId
    thread: Thread
    user: UserId
    login: str
    n: int
    """Which attempt of this ticket it is, from 1."""

    @property
    def key(self) -> str:
        """One for each attempt."""
        return f"{self.ticket}:assign:{self.n}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unassign(_OnGitHub):
    """Take a helper off the issue."""

    ticket: TicketId
    thread: Thread
    user: UserId
    login: str
    n: int

    @property
    def key(self) -> str:
        """One for each attempt."""
        return f"{self.ticket}:unassign:{self.n}"


HELP_WANTED: Final = "help wanted"
"""The label by which volunteers all over GitHub find what they can help with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PutLabel(_OnGitHub):
    """Put the label on the issue by which volunteers find it, unless it is there."""

    ticket: TicketId
    thread: Thread
    n: int = 0
    """How many clocks the ticket had started by then."""

    @property
    def key(self) -> str:
        """Once for each time that volunteers begin to be asked, which starts a clock."""
        return f"{self.ticket}:label:{self.n}"


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeLabel(_OnGitHub):
    """Take the label off that we put on."""

    ticket: TicketId
    thread: Thread
    n: int = 0
    """How many clocks the ticket had started by then."""

    @property
    def key(self) -> str:
        """Once for each time that it was put on, before which a clock was started."""
        return f"{self.ticket}:unlabel:{self.n}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckPermission(_OnGitHub):
    """Ask GitHub what a person may do in the repository now, for one command of theirs."""

    ticket: TicketId
    thread: Thread
    by: Person
    user: UserId
    ref: str
    command: Command
    form: str = ""
    """The form by which it was given; empty: the comment `ref`."""

    @property
    def key(self) -> str:
        """One for each command."""
        return f"{self.ticket}:permission:{self.form or self.ref}"


@dataclass(frozen=True, slots=True, kw_only=True)
class FindMaintainer(_OnGitHub):
    """Ask GitHub who of a few people may decide about money here now, to tell one of them."""

    ticket: TicketId
    thread: Thread
    users: tuple[UserId, ...]
    """Those who may be maintainers by what we know; the likeliest first."""
    kind: NoticeKind = NoticeKind.REVIEW
    """What they are to be told."""

    @property
    def key(self) -> str:
        """Once a ticket for each thing to tell."""
        what = "" if self.kind is NoticeKind.REVIEW else f":{self.kind}"
        return f"{self.ticket}:maintainer{what}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadClosing(_OnGitHub):
    """Ask GitHub whether a helper closed the issue by hand, which its message does not tell."""

    ticket: TicketId
    thread: Thread
    user: UserId
    """The helper who closed it."""
    issue: str
    """The issue as GitHub's GraphQL names it."""
    at: datetime
    """When it was closed."""
    ref: str
    """The message that told it."""

    @property
    def key(self) -> str:
        """One for each closing."""
        return f"{self.ticket}:closing:{self.ref}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListDocs(_OnGitHub):
    """Read which documentation files the default branch has."""

    ticket: TicketId
    thread: Thread

    @property
    def key(self) -> str:
        """Once a ticket."""
        return f"{self.ticket}:docs"


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchDocs(_OnGitHub):
    """Read the texts of documentation files that we do not have yet."""

    ticket: TicketId
    thread: Thread
    blobs: tuple[str, ...]

    @property
    def key(self) -> str:
        """Once a ticket."""
        return f"{self.ticket}:blobs"
