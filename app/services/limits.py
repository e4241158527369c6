"""How much one person may ask of a repository: beyond it there is one line, and then silence."""

from __future__ import annotations

from sqlmodel import Session

from app.domain.conversations import Thread
from app.domain.effects import React, Reaction
from app.domain.events import LimitReached
from app.domain.ids import RepositoryId
from app.domain.people import Person
from app.domain.policy import SupportPolicy
from app.domain.tickets.stages import Stage
from app.domain.tickets.ticket import Ticket
from app.services import record
from app.services.context import Context
from app.store import pace
from app.store import tickets as ticket_rows

OFFERS_PER_CONVERSATION_MAX = 5
"""So many people hold an offer in one issue at the same time; each of them has a card there."""


def is_heard(
    session: Session,
    thread: Thread,
    ref: str,
    person: Person,
    ticket: Ticket | None,
    policy: SupportPolicy | None,
    context: Context,
) -> bool:
    """Say whether a person's command is listened to.

    Who is blocked can still speak about a ticket of their own that is paid for: it is their money.
    The first command that is too many gets a sign, and the ones after it get nothing.
    """
    if policy is None:
        return True
    is_buyer = (
        ticket is not None and ticket.customer.id == person.id and ticket.stage is not Stage.OFFERED
    )
    if policy.limits.is_blocked(person.login) and not is_buyer:
        return False
    given = pace.count_command(session, thread.repository, person.id, now=context.now)
    if given == policy.limits.commands_per_minute + 1:
        sign = React(thread=thread, ref=ref, reaction=Reaction.CONFUSED)
        record.effects(session, [sign], context)
    return given <= policy.limits.commands_per_minute


def may_open(
    session: Session,
    repository: RepositoryId,
    person: Person,
    policy: SupportPolicy,
    context: Context,
) -> bool:
    """Say whether a person may open one more ticket here; else the newest open card tells them."""
    most = policy.limits.open_per_customer
    mine = ticket_rows.asking_of_customer(session, repository, person.id, limit=most)
    if len(mine) < most:
        return True
    newest = mine[0]
    reached = LimitReached(ticket=newest.id, by=person, most=most)
    key = f"{context.key}:limit:{newest.id}"
    record.event(session, reached, context, key=key, lane=newest.thread.lane)
    return False


def is_crowded(here: list[Ticket]) -> bool:
    """Say whether as many people as may be hold an offer in one conversation."""
    offered = [each for each in here if each.stage is Stage.OFFERED]
    return len(offered) >= OFFERS_PER_CONVERSATION_MAX
