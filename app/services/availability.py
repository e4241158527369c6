"""Helpers who take a break: from then on they get no new tickets of the repository."""

from __future__ import annotations

from sqlmodel import Session

from app.domain.commands import Off, Verb
from app.domain.conversations import Thread
from app.domain.effects import React, Reaction
from app.domain.events import HelperWentOff
from app.domain.ids import RepositoryId, UserId
from app.domain.people import Allowed, Role, may
from app.domain.policy import SupportPolicy
from app.domain.tickets.stages import Stage
from app.services import record
from app.services.context import Context, Handled
from app.store import availability, policies
from app.store import tickets as ticket_rows

ASKINGS_MAX = 100
"""Nobody is asked for so many tickets at once; what is beyond passes on by itself, in its time."""


def off(
    session: Session,
    thread: Thread,
    ref: str,
    user: UserId,
    command: Off,
    *,
    policy: SupportPolicy,
    context: Context,
) -> Handled:
    """Let a helper of the file go off or come back; whatever they are asked for passes on."""
    role = Role.CANDIDATE if _is_helper(session, thread.repository, user, policy) else Role.ANYONE
    # It is about no ticket, so every stage is the same.
    if not isinstance(may(role, Verb.OFF, Stage.OFFERED), Allowed):
        _sign(session, thread, ref, Reaction.REFUSED, context)
        return Handled.DONE
    _sign(session, thread, ref, Reaction.TAKEN, context)
    length = command.duration
    if length is not None and not length:
        availability.come_back(session, thread.repository, user)
        return Handled.DONE
    until = None if length is None else context.now + length
    availability.go_off(session, thread.repository, user, until=until)
    for ticket in ticket_rows.open_of_helper(session, user, limit=ASKINGS_MAX):
        if ticket.thread.repository == thread.repository and ticket.asking is not None:
            went = HelperWentOff(ticket=ticket.id, user=user)
            key = f"{context.key}:off:{ticket.id}"
            record.event(session, went, context, key=key, lane=ticket.thread.lane)
    return Handled.DONE


def _is_helper(
    session: Session, repository: RepositoryId, user: UserId, policy: SupportPolicy
) -> bool:
    """Say whether somebody stands in the file that is in force."""
    row = policies.in_force(session, repository)
    assert row is not None, "the policy was read from it"
    logins = {login.lower() for login, known in row.logins if known == user}
    return any(each.login.lower() in logins for each in policy.helpers)


def _sign(session: Session, thread: Thread, ref: str, reaction: Reaction, context: Context) -> None:
    """Put the sign on the command."""
    record.effects(session, [React(thread=thread, ref=ref, reaction=reaction)], context)
