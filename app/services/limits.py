"""How much one person may ask of a repository: beyond it there is one line, and then silence."""

from __future__ import annotations

from datetime import timedelta

from sqlmodel import Session

from app.domain.conversations import Thread
from app.domain.effects import React, Reaction
from app.domain.events import LimitReached
from app.domain.ids import RepositoryId
from app.domain.people import Person
from app.domain.policy import SupportPolicy
from app.domain.policy.support import COMMANDS_PER_MINUTE_USUAL
from app.domain.tickets.stages import Stage
from app.domain.tickets.ticket import Ticket
from app.services import record
from app.services.context import Context
from app.store import pace
from app.store import tickets as ticket_rows

OFFERS_PER_DAY_MAX = 5
"""So many offers of one person a day may end unpaid, or as many as they may have at once."""

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

    Who is blocked can still speak about a ticket that is paid for, as its customer or its helper:
    it is their money. The first command that is too many gets a sign, and the ones after it get
    nothing; without a file the pace is the usual one.
    """
    is_blocked = policy is not None and policy.limits.is_blocked(person.login)
    if is_blocked and not (ticket is not None and _has_part(ticket, person)):
        return False
    most = policy.limits.commands_per_minute if policy else COMMANDS_PER_MINUTE_USUAL
    given = pace.count_command(session, thread.repository, person.id, now=context.now)
    if given == most + 1:
        sign = React(thread=thread, ref=ref, reaction=Reaction.CONFUSED)
        record.effects(session, [sign], context)
    return given <= most


def _has_part(ticket: Ticket, person: Person) -> bool:
    """Say whether somebody has paid for a ticket, works on it, or is asked for it."""
    if ticket.stage is Stage.OFFERED:
        return False
    asked = ticket.asking.helper if ticket.asking is not None else None
    helpers = {each.person.id for each in (ticket.helper, asked) if each is not None}
    return person.id == ticket.customer.id or person.id in helpers


def may_open(
    session: Session,
    repository: RepositoryId,
    person: Person,
    policy: SupportPolicy,
    context: Context,
) -> bool:
    """Say whether a person may open one more ticket here; else their newest card tells them.

    They may have so many at once; and so many a day that end before anybody pays.
    """
    most = policy.limits.open_per_customer
    mine = ticket_rows.asking_of_customer(session, repository, person.id, limit=most)
    most_a_day = max(most, OFFERS_PER_DAY_MAX)
    since = context.now - timedelta(days=1)
    of_late = ticket_rows.offers_of_customer(
        session, repository, person.id, since=since, limit=most_a_day
    )
    is_a_day = len(of_late) >= most_a_day
    if len(mine) < most and not is_a_day:
        return True
    newest = of_late[0] if is_a_day else mine[0]
    reached = LimitReached(
        ticket=newest.id, by=person, most=most_a_day if is_a_day else most, is_a_day=is_a_day
    )
    key = f"{context.key}:limit:{newest.id}"
    record.event(session, reached, context, key=key, lane=newest.thread.lane)
    return False


def is_crowded(here: list[Ticket]) -> bool:
    """Say whether as many people as may be hold an offer in one conversation."""
    offered = [each for each in here if each.stage is Stage.OFFERED]
    return len(offered) >= OFFERS_PER_CONVERSATION_MAX
