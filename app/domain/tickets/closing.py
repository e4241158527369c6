"""The issue was closed: done by its helper, that says as much as `/support propose`; no I/O.

What a commit, a pull request or a bot closes says nothing about the customer's question, and nobody
but the helper proposes. An issue that somebody else closes goes on as before.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from app.domain.effects import ReadClosing
from app.domain.events import ClosingRead, ThreadClosed
from app.domain.ids import UserId
from app.domain.people import Allowed, Role, may
from app.domain.tickets import working
from app.domain.tickets.decision import Around, Decision, Nominee, nothing
from app.domain.tickets.obeying import roles_for
from app.domain.tickets.stages import Stage
from app.domain.tickets.ticket import Ticket
from app.domain.verbs import Verb
from app.domain.wording import lines


def closed(ticket: Ticket, event: ThreadClosed, around: Around) -> Decision:
    """Have it read how the issue was closed, where that can be a proposal."""
    user = UserId(int(event.by.external_id))
    if not event.is_completed or _proposer(ticket, user, around) is None:
        return nothing(ticket, "an issue that is closed like this changes nothing here")
    effect = ReadClosing(
        ticket=ticket.id,
        thread=ticket.thread,
        user=user,
        issue=event.issue,
        at=event.at,
        ref=event.ref,
    )
    return Decision(ticket=ticket, effects=(effect,), reason="GitHub is asked how it was closed")


def read(ticket: Ticket, event: ClosingRead, around: Around, now: datetime) -> Decision:
    """Take it as a proposal where the helper closed it by hand, and still may propose."""
    if event.is_by_hand is None:
        return untold(ticket, event.user, around)
    nominee = _proposer(ticket, event.user, around)
    if not event.is_by_hand or nominee is None:
        return nothing(ticket, "this was not the helper's word")
    ticket = replace(ticket, line="")
    if ticket.stage is Stage.QUEUED:
        return working.take_and_propose(ticket, nominee, "", now)
    return working.propose(ticket, "", now)


def untold(ticket: Ticket, user: UserId, around: Around) -> Decision:
    """Ask the helper for the word itself, because GitHub did not tell how it was closed."""
    nominee = _proposer(ticket, user, around)
    if nominee is None:
        return nothing(ticket, "it would change nothing any more")
    told = replace(ticket, line=lines.to(nominee.helper.person, lines.CLOSING_UNTOLD))
    return Decision(ticket=told, reason="it is not known how the issue was closed")


def _proposer(ticket: Ticket, user: UserId, around: Around) -> Nominee | None:
    """Give the helper of the ticket, if that is who closed it, and if they may propose now."""
    nominee = around.nominee(user)
    roles = roles_for(ticket, user, None, is_in_file=nominee is not None)
    is_theirs = Role.HELPER in roles
    is_now = isinstance(may(Role.HELPER, Verb.PROPOSE, ticket.stage), Allowed)
    return nominee if is_theirs and is_now else None
