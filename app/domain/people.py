"""People, their identities and roles, and who may do what: one table; no I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from app.domain.commands import Verb
from app.domain.deliveries import Provider
from app.domain.ids import PersonId
from app.domain.tickets.stages import Stage


@dataclass(frozen=True, slots=True)
class Identity:
    """An account somewhere, as a message from there names it."""

    provider: Provider
    external_id: str
    """The provider's own unchanging id of the account, as text."""
    login: str
    """The name of the account today; for display and mentions only."""
    is_bot: bool = False


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody we know, with the name by which the thread's channel mentions them."""

    id: PersonId
    login: str


class Permission(StrEnum):
    """What GitHub lets a person do in a repository, by a fresh check (its ``role_name``)."""

    ADMIN = "admin"
    """May do everything, including giving the repository away."""
    MAINTAIN = "maintain"
    """May manage the repository without its dangerous settings."""
    WRITE = "write"
    """May push."""
    TRIAGE = "triage"
    """May label and close."""
    READ = "read"
    """May read and comment."""
    NONE = "none"
    """Has no access."""

    @property
    def is_maintainer_of_money(self) -> bool:
        """Say whether acts about money are allowed to this permission."""
        return self in (Permission.ADMIN, Permission.MAINTAIN)


class Role(StrEnum):
    """What a person is to one ticket; of several roles one that may is enough."""

    CUSTOMER = "customer"
    """Opened it; for a label the issue's author."""
    HELPER = "helper"
    """Is asked for it or has taken it, and still stands in the file."""
    CANDIDATE = "candidate"
    """Stands in the file, and is not the one who is asked."""
    MAINTAINER = "maintainer"
    """May decide about its money by a fresh check, or about what costs none; never its helper."""
    ANYONE = "anyone"
    """Can write in the thread: everybody has this role."""


@dataclass(frozen=True, slots=True)
class Allowed:
    """The command is for this person, now."""


class Obstacle(StrEnum):
    """What stands in the way of a command."""

    ROLE = "role"
    """It is never for this person: they get a sign, and no line on another's card."""
    STAGE = "stage"
    """It is for this person, but not now."""
    NOT_BUILT = "not_built"
    """It is for nobody yet."""


@dataclass(frozen=True, slots=True)
class Denied:
    """The command is not for this person, or not now, with the sentence that says so."""

    obstacle: Obstacle
    sentence: str


_ALWAYS: Final = frozenset(Stage)
_GOES_ON: Final = frozenset(stage for stage in Stage if not stage.is_over)
_WITH_HELPER: Final = frozenset({Stage.WORKING, Stage.WAITING_ON_CUSTOMER})
_HELD: Final = _WITH_HELPER | {Stage.QUEUED, Stage.PROPOSED, Stage.REVIEW, Stage.ACCEPTED}
"""Paid, and not yet divided."""

PERMISSIONS: Final[Mapping[Verb, Mapping[Role, frozenset[Stage]]]] = MappingProxyType(
    {
        Verb.OPEN: {Role.ANYONE: _ALWAYS},
        Verb.STATUS: {Role.ANYONE: _ALWAYS},
        Verb.HELP: {Role.ANYONE: _ALWAYS},
        Verb.COMMUNITY: {Role.CUSTOMER: frozenset({Stage.OFFERED})},
        Verb.HUMAN: {
            Role.CUSTOMER: _GOES_ON,
            Role.HELPER: _GOES_ON,
            Role.CANDIDATE: _GOES_ON,
            Role.MAINTAINER: _GOES_ON,
        },
        Verb.CANCEL: {
            Role.CUSTOMER: _WITH_HELPER | {Stage.OFFERED, Stage.QUEUED},
        },
        Verb.ACCEPT: {
            Role.CUSTOMER: frozenset({Stage.OFFERED, Stage.PROPOSED}),
            Role.MAINTAINER: frozenset({Stage.REVIEW}),
        },
        Verb.DECLINE: {Role.CUSTOMER: frozenset({Stage.PROPOSED})},
        Verb.CLAIM: {
            Role.HELPER: frozenset({Stage.QUEUED}),
            Role.CANDIDATE: frozenset({Stage.QUEUED}),
        },
        Verb.RELEASE: {Role.HELPER: _WITH_HELPER | {Stage.QUEUED}},
        Verb.PROPOSE: {Role.HELPER: _WITH_HELPER | {Stage.QUEUED}},
        Verb.TRANSFER: {
            Role.HELPER: _WITH_HELPER | {Stage.QUEUED},
            Role.MAINTAINER: _WITH_HELPER | {Stage.QUEUED},
        },
        Verb.ESCALATE: {
            Role.CUSTOMER: _WITH_HELPER | {Stage.PROPOSED},
            Role.HELPER: _WITH_HELPER | {Stage.PROPOSED},
        },
        Verb.REFUND: {Role.MAINTAINER: _HELD},
        Verb.REOPEN: {Role.CUSTOMER: frozenset({Stage.ACCEPTED})},
        Verb.RATE: {
            Role.CUSTOMER: frozenset(
                {Stage.ACCEPTED, Stage.SETTLED, Stage.ANSWERED, Stage.REFUNDED}
            ),
        },
        Verb.OFF: {Role.HELPER: _ALWAYS, Role.CANDIDATE: _ALWAYS},
    }
)
"""THE TABLE: which role may give which command in which stages; what is not in it is denied."""

FREE_OF_MONEY: Final = frozenset({Verb.HUMAN})
"""What a maintainer may say who may only push: nobody's money depends on it."""


def is_maintainer(permission: Permission | None, verb: Verb | None = None) -> bool:
    """Say whether a fresh permission makes a maintainer for one verb, or else for any of them."""
    if permission is Permission.WRITE:
        return verb in FREE_OF_MONEY
    return permission is not None and permission.is_maintainer_of_money


_NOT_NOW: Final = MappingProxyType(
    {
        Verb.COMMUNITY: "It is paid already, so volunteers are not asked any more.",
        Verb.CANCEL: "It cannot be cancelled now; is it not solved? `/support decline` and why.",
        Verb.ACCEPT: "There is nothing to accept at the moment.",
        Verb.DECLINE: "There is nothing to decline at the moment.",
        Verb.CLAIM: "This ticket cannot be claimed at the moment.",
        Verb.RELEASE: "This ticket is not in your hands.",
        Verb.PROPOSE: "There is nothing to propose at the moment.",
        Verb.TRANSFER: "There is nothing to hand on at the moment.",
        Verb.ESCALATE: "There is nothing for the maintainers to decide at the moment.",
        Verb.REFUND: "There is nothing to give back at the moment.",
        Verb.REOPEN: "It is not accepted, so it is open anyway.",
        Verb.RATE: "It can be rated once it is accepted.",
    }
)
_DIVIDED: Final = (
    "The price is divided already. Money that should still go back is the operator's to give: "
    "please write to them."
)


def may(role: Role, verb: Verb, stage: Stage) -> Allowed | Denied:
    """Say whether a role may give a command in a stage; everybody has the role ``anyone``, too."""
    roles = PERMISSIONS.get(verb)
    if roles is None:
        return Denied(Obstacle.NOT_BUILT, f"`{verb}` is not possible yet.")
    stages = roles.get(role, frozenset()) | roles.get(Role.ANYONE, frozenset())
    if stage in stages:
        return Allowed()
    if not stages:
        who = " or a ".join(each.value for each in roles)
        return Denied(Obstacle.ROLE, f"Only the {who} of this ticket can do that.")
    if verb is Verb.REFUND and stage.is_over:
        return Denied(Obstacle.STAGE, _DIVIDED if stage is Stage.SETTLED else _NOT_NOW[verb])
    if stage.is_over:
        return Denied(Obstacle.STAGE, "This ticket is over; `/support` opens a new one.")
    return Denied(Obstacle.STAGE, _NOT_NOW[verb])


def permission_table() -> str:
    """Give the table as Markdown, for the documentation; who may the same stands in one line."""
    rows = ["| Command | Who | In which stage |", "| --- | --- | --- |"]
    for verb, roles in PERMISSIONS.items():
        same: dict[frozenset[Stage], list[Role]] = {}
        for role, stages in roles.items():
            same.setdefault(stages, []).append(role)
        for stages, those in same.items():
            word = "/support" if verb is Verb.OPEN else f"/support {verb}"
            when = ", ".join(stage.value for stage in Stage if stage in stages)
            rows.append(
                f"| `{word}` | {', '.join(those)} | {'any' if stages == _ALWAYS else when} |"
            )
    return "\n".join(rows)
