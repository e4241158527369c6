"""A ticket of which the helper says that it is solved; no I/O."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from app.domain import ledger
from app.domain.effects import NoticeKind
from app.domain.ids import UserId
from app.domain.tickets import booking, review, sums
from app.domain.tickets.clocks import Clock
from app.domain.tickets.decision import Decision, nothing, notify
from app.domain.tickets.stages import Stage
from app.domain.tickets.ticket import End, Ticket
from app.domain.wording import notices
from app.domain.wording.lines import REOPENED, YES_OR_NO, to


def begin(ticket: Ticket, now: datetime) -> Ticket:
    """Let the customer look, within the promised time."""
    within = ticket.terms.accept_within
    ticket = replace(ticket.enter(Stage.PROPOSED, now), is_cancel_asked=False)
    ticket = replace(ticket, note="", is_unanswered=False, silence_counts=True)
    ticket = replace(ticket, has_talked=False, why="")
    return ticket.start(Clock.REMIND, now + within / 2).start(Clock.ACCEPT, now + within)


def accept(ticket: Ticket, now: datetime, end: End = End.ACCEPTED) -> Decision:
    """Accept the solution; the grace runs before the price is divided."""
    ticket = replace(ticket.enter(Stage.ACCEPTED, now), end=end, is_cancel_asked=False)
    ticket = ticket.start(Clock.GRACE, now + ticket.terms.grace)
    return Decision(ticket=ticket, reason="it is accepted")


def unanswered(ticket: Ticket, now: datetime) -> Decision:
    """Take silence for a yes; where nobody was told of the proposal, the maintainers decide."""
    if not ticket.silence_counts:
        return review.begin(ticket, now)
    return accept(ticket, now, End.BY_SILENCE)


def talked(ticket: Ticket, by: UserId, now: datetime) -> Ticket:
    """Begin the time to look anew, once, where the customer says something else than yes or no.

    Their line on the card tells them how to say it.
    """
    is_theirs = ticket.stage is Stage.PROPOSED and by == ticket.customer_user
    if not is_theirs or ticket.has_talked:
        return ticket
    line = to(ticket.customer, YES_OR_NO)
    ticket = ticket.start(Clock.ACCEPT, now + ticket.terms.accept_within)
    return replace(ticket, has_talked=True, line=line)


def decline(ticket: Ticket, reason: str, now: datetime) -> Decision:
    """Send it back to the helper; the second time the maintainers decide."""
    ticket = replace(ticket, declines=(*ticket.declines, reason), is_unanswered=False)
    if len(ticket.declines) > 1:
        return review.begin(ticket, now)
    ticket = ticket.enter(Stage.WORKING, now)
    return Decision(ticket=ticket, reason="the customer says that it is not solved")


def tell_helper(decision: Decision) -> Decision:
    """Tell the helper of a no that came by a button: no comment did."""
    if decision.ticket.stage is not Stage.WORKING:
        return decision
    ticket, told = notify(decision.ticket, NoticeKind.DECLINED, notices.declined(decision.ticket))
    return replace(decision, ticket=ticket, effects=(*decision.effects, *told))


def reopened(ticket: Ticket, by: UserId, now: datetime) -> Decision:
    """Take it as a no when the customer opens the issue again while they are to look."""
    if ticket.stage is not Stage.PROPOSED or by != ticket.customer_user:
        return nothing(ticket, "an issue that is opened again changes nothing here")
    return decline(ticket, REOPENED, now)


def reopen(ticket: Ticket, reason: str, now: datetime) -> Decision:
    """Take an acceptance back in the grace, which is as good as having declined."""
    return decline(replace(ticket, end=End.NOT_YET), reason, now)


def remind(ticket: Ticket) -> Decision:
    """Remind the customer of the proposal, once."""
    ticket = ticket.stop(Clock.REMIND)
    ticket, told = notify(ticket, NoticeKind.REMINDER, notices.reminder(ticket))
    ticket = replace(ticket, silence_counts=ticket.silence_counts or bool(told))
    return Decision(ticket=ticket, effects=told, reason="half of the time to look is over")


def settle(ticket: Ticket, now: datetime) -> Decision:
    """Divide what is kept of the price, now that the grace is over."""
    division, helper = ticket.division, ticket.helper
    assert division is not None, "only what is paid is accepted"
    assert helper is not None, "only a ticket with a helper is accepted"
    if sums.owed_back(ticket) is not None or not booking.is_booked(ticket):
        # What is divided must be in the books before, or they would divide what they do not hold.
        waiting = ticket.start(Clock.GRACE, now + booking.NEXT_LOOK)
        return Decision(ticket=waiting, reason="the books do not have all of it yet")
    entry = ledger.settlement(
        ticket=ticket.id,
        repository=ticket.thread.repository,
        helper=helper.person.id,
        division=division,
        occurred_at=now,
    )
    settled = replace(ticket.enter(Stage.SETTLED, now), divided=division.gross)
    return Decision(ticket=settled, entries=(entry,), reason="the price is divided")
