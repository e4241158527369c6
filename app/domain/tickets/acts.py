"""What somebody may do with a ticket by the buttons of its own page; no I/O.

A button is a row of the help whose verb the table of permissions allows now, and what is sent is
read by the same grammar as a comment.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from app.domain import commands
from app.domain.commands import HELP, HelpRow, Mistake, NotBuilt, Verb
from app.domain.ids import UserId
from app.domain.people import Allowed, Role, may
from app.domain.tickets import frozen
from app.domain.tickets.obeying import needs_permission
from app.domain.tickets.stages import MoneyState, Stage
from app.domain.tickets.ticket import End, Ticket

_ELSEWHERE: Final = frozenset({Verb.OPEN, Verb.STATUS, Verb.HELP, Verb.OFF})
"""What is no button: the page itself says it, a plan has its own page, a break is no ticket's."""

_FIELD: Final = re.compile(r"<(?P<needed>[^>]+)>|\[(?P<optional>[^\]]+)\]|(?P<login>@login)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """Something to fill in."""

    name: str
    is_needed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """A command that somebody may give now, and what belongs into it."""

    verb: Verb
    fields: tuple[Field, ...]


def acts(ticket: Ticket, roles: Sequence[Role]) -> tuple[Act, ...]:
    """Give what these roles may do now, in the order in which a ticket meets it."""
    return tuple(
        Act(verb=verb, fields=tuple(_fields(row)))
        for verb, row in _rows(ticket.stage)
        if any(isinstance(may(role, verb, ticket.stage), Allowed) for role in roles)
    )


def read(
    act: Act, given: Mapping[str, str], currency: str | None
) -> commands.Command | Mistake | NotBuilt:
    """Read what was filled into a form; an amount has a field of its own there."""
    if act.verb is Verb.REFUND:
        amount, why = (" ".join(given.get(name, "").split()) for name in ("amount", "why"))
        return commands.read_refund(amount, why, currency)
    command = commands.read(as_words(act, given), plan_ids=(), currency=currency)
    assert command is not None, "it begins with the sign of a command"
    return command


def has_use(ticket: Ticket, act: Act) -> bool:
    """Say whether an act that is allowed would change anything."""
    if frozen.obstacle(ticket, act.verb):
        return False
    match act.verb:
        case Verb.HUMAN:
            may_come = ticket.terms.has_draft and ticket.stage is Stage.OFFERED
            return (ticket.is_unseen or may_come) and not ticket.is_human
        case Verb.REOPEN:
            return ticket.end is not End.BY_REVIEW
        case Verb.COMMUNITY:
            return ticket.can_ask_volunteers and ticket.money is not MoneyState.PENDING
        case _:
            return True


def as_words(act: Act, given: Mapping[str, str]) -> str:
    """Write a command as a comment would have it, in one line."""
    parts = [f"/support {act.verb}"]
    for field in act.fields:
        words = " ".join(given.get(field.name, "").split())
        if field.name.startswith("@") and words:
            words = f"@{words.removeprefix('@')}"
        parts.append(words)
    return " ".join(filter(None, parts))


def needs_look(ticket: Ticket, user: UserId) -> bool:
    """Say whether there is anything that somebody may do only as a maintainer."""
    return any(needs_permission(ticket, verb, user) for verb, _ in _rows(ticket.stage))


def _rows(stage: Stage) -> Iterator[tuple[Verb, HelpRow]]:
    """Give the rows of the help that are verbs of a ticket."""
    words = frozenset(verb.value for verb in Verb)
    for row in HELP:
        _, _, usage = row.usage.partition(" ")
        word = usage.split(" ")[0]
        if word not in words or Verb(word) in _ELSEWHERE:
            continue
        # An offer is accepted by thanking a volunteer, and help that was paid for by a plain word.
        if word == Verb.ACCEPT and ("@login" in usage) != (stage is Stage.OFFERED):
            continue
        yield Verb(word), row


def _fields(row: HelpRow) -> Iterator[Field]:
    """Read what a row of the help leaves to fill in."""
    for found in _FIELD.finditer(row.usage):
        name = found["needed"] or found["optional"] or found["login"]
        yield Field(name=name, is_needed=found["optional"] is None)
