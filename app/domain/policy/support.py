"""What ``.github/support.yml`` says once it is read: the policy of one repository; no I/O."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from app.domain.assignment import Rule
from app.domain.clockwork import Calendar, Promise


class HelperClass(StrEnum):
    """What a helper is to the project: it decides the repository's share."""

    CORE = "core"
    """Somebody who maintains it."""
    EXTENDED = "extended"
    """Somebody who knows it well and belongs to it."""
    COMMUNITY = "community"
    """Somebody from around it."""


class AiRung(StrEnum):
    """Where an AI draft goes."""

    COMMENT = "comment"
    """Into the thread, marked as an unchecked draft."""
    HELPERS = "helpers"
    """To the helper alone."""
    OFF = "off"
    """There is none."""


class Reports(StrEnum):
    """What a report that needs no sign-in may show."""

    TOTALS = "totals"
    """Sums alone."""
    HELPERS = "helpers"
    """Sums, and those of each helper."""
    OFF = "off"
    """Nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyHelper:
    """Somebody whom the maintainers chose; the login is resolved to an id at adoption."""

    login: str
    klass: HelperClass
    topics: tuple[str, ...]
    calendar: Calendar | None
    """Their own; ``None``: the repository's."""
    tickets_max: int | None
    """Open tickets that they take at once; ``None``: as many as come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Something that can be bought."""

    id: str
    title: str
    price_minor: int
    """In minor units of the policy's currency, without tax."""
    respond_within: Promise | None
    """Until the helper's first answer; ``None``: no promise."""
    resolve_within: Promise | None
    """Until the helper proposes a solution; ``None``: no promise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """The repository's part of what is left of a price; the helper always gets the rest."""

    repository_bp: int
    """In basis points."""
    classes: tuple[tuple[HelperClass, int], ...]
    """Where the part is another one, in basis points."""

    def repository_bp_of(self, klass: HelperClass) -> int:
        """Give the repository's part when a helper of this class does the work."""
        return dict(self.classes).get(klass, self.repository_bp)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rungs:
    """The ladder of help."""

    ai: AiRung
    community: timedelta | None
    """How long volunteers are waited for; ``None``: they are not asked."""
    is_expert: bool
    """Paid plans are on offer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Promises:
    """Waits in calendar time."""

    offer: timedelta
    """An unpaid offer ends."""
    no_helper: timedelta
    """From payment to a helper's first act; then the money goes back."""
    accept_within: timedelta
    """A proposal that nobody answers counts as accepted."""
    grace: timedelta
    """From acceptance to the division of the price."""


COMMANDS_PER_MINUTE_USUAL: Final = 10
"""Commands of one person that are listened to where no file says otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much is too much."""

    open_per_customer: int
    """Tickets that are not accepted yet, in this repository."""
    ai_drafts_per_day: int
    commands_per_minute: int
    """Of one person; more of them get no answer."""
    blocked: tuple[str, ...]
    """Logins of people whose words are only talk here."""

    def is_blocked(self, login: str) -> bool:
        """Say whether the maintainers do not want to hear somebody's commands."""
        return login.lower() in {each.lower() for each in self.blocked}


@dataclass(frozen=True, slots=True, kw_only=True)
class Messages:
    """Texts of the maintainers' own; escaped when they are shown."""

    opened: str
    """At the top of a new card; empty: ours."""
    notices: tuple[tuple[str, str], ...] = ()
    """For kinds of notices; where there are none, ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SupportPolicy:
    """All that a repository's file says, with every default filled in."""

    label: str
    currency: str
    """ISO code in lower case; the operator settles in it."""
    calendar: Calendar
    helpers: tuple[PolicyHelper, ...]
    """Never empty; in the order of the file."""
    plans: tuple[Plan, ...]
    split: Split
    assignment: Rule
    rungs: Rungs
    promises: Promises
    limits: Limits
    reports: Reports
    messages: Messages
    is_ai_private: bool = False
    """The AI may read the issues of the repository also while it is private."""

    @property
    def digest(self) -> str:
        """Give the SHA-256 of what is said, however it is written: 64 hexadecimal digits."""
        content = json.dumps(asdict(self), default=_plain, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(content.encode()).hexdigest()

    def plan(self, plan: str) -> Plan | None:
        """Give the plan with this id."""
        return next((each for each in self.plans if each.id == plan), None)

    def calendar_of(self, helper: PolicyHelper) -> Calendar:
        """Give the calendar in which a helper's promises run."""
        return helper.calendar or self.calendar


def _plain(value: object) -> object:
    """Write what JSON has no word for."""
    match value:
        case timedelta():
            return value.total_seconds()
        case _:
            raise TypeError(f"a policy holds no {type(value).__name__}")
