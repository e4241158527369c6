"""A ticket whose helper has asked the customer something: the helper's clock stands still; no I/O.

Any message of the customer lets it go on. Without one the customer is told that they are waited
for, and at last the ticket counts as solved: then they have as long as ever to say that it is not.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from app.domain.effects import NoticeKind
from app.domain.ids import UserId
from app.domain.tickets import proposed, review
from app.domain.tickets.clocks import Clock
from app.domain.tickets.decision import Decision, may_notify, notify
from app.domain.tickets.stages import Stage
from app.domain.tickets.ticket import Ticket
from app.domain.wording import notices


def asked(ticket: Ticket, by: UserId, now: datetime) -> Ticket:
    """Wait for the customer if it was the helper at work who asked something.

    Not where the customer wants to stop: then it is the helper who has to answer.
    """
    is_helper = ticket.helper is not None and ticket.helper.user == by
    if not is_helper or ticket.stage is not Stage.WORKING or ticket.is_cancel_asked:
        return ticket
    within = ticket.terms.accept_within
    ticket = ticket.enter(Stage.WAITING_ON_CUSTOMER, now)
    return ticket.start(Clock.WAIT, now + within).start(Clock.UNANSWERED, now + 2 * within)


def heard(ticket: Ticket, by: UserId, now: datetime) -> Ticket:
    """Let the helper's clock go on if it was the customer who said something."""
    is_waited_for = ticket.stage is Stage.WAITING_ON_CUSTOMER and by == ticket.customer_user
    return ticket.enter(Stage.WORKING, now) if is_waited_for else ticket


def remind(ticket: Ticket) -> Decision:
    """Tell the customer that they are waited for, once."""
    ticket = ticket.stop(Clock.WAIT)
    ticket, told = notify(ticket, NoticeKind.WAITING, notices.waiting(ticket))
    return Decision(ticket=ticket, effects=told, reason="the customer has not answered yet")


def give_up(ticket: Ticket, now: datetime) -> Decision:
    """Let it count as solved, because the customer left the question open.

    Where they cannot be told of it any more, their silence decides nothing: the maintainers do.
    """
    if not may_notify(ticket, NoticeKind.PROPOSED):
        return review.begin(replace(ticket, is_unanswered=True), now)
    ticket = replace(proposed.begin(ticket, now), is_unanswered=True)
    ticket, told = notify(ticket, NoticeKind.PROPOSED, notices.unanswered(ticket))
    return Decision(ticket=ticket, effects=told, reason="the customer left a question open")


def answered_late(ticket: Ticket, by: UserId, now: datetime) -> Ticket:
    """Go on with the work if the customer answers after all, while they still can say no."""
    is_theirs = ticket.stage is Stage.PROPOSED and by == ticket.customer_user
    if not is_theirs or not ticket.is_unanswered:
        return ticket
    return replace(ticket.enter(Stage.WORKING, now), is_unanswered=False)
