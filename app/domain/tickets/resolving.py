"""What follows where a helper does not keep the promise to solve a ticket in time; no I/O.

It is extended once by as much again; then the maintainers decide.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from app.domain.clockwork import add_open
from app.domain.effects import NoticeKind
from app.domain.tickets import review
from app.domain.tickets.clocks import Clock
from app.domain.tickets.decision import Decision, notify
from app.domain.tickets.ticket import Ticket
from app.domain.wording import notices


def broken(ticket: Ticket, now: datetime) -> Decision:
    """Go one step up the ladder: the helper gets as much time once more, then others decide."""
    if ticket.is_cancel_asked:
        over = replace(ticket.stop(Clock.RESOLVE), resolve_by=None, resolve_left=timedelta())
        return Decision(ticket=over, reason="the helper's answer to the wish to stop decides")
    promised = ticket.plan.resolve_within if ticket.plan is not None else None
    assert promised is not None, "only what was promised can be broken"
    ticket = replace(ticket, breaches=ticket.breaches + 1)
    if ticket.is_out_of_time:
        return review.begin(ticket, now)
    until = add_open(ticket.resolve_by or now, promised, ticket.calendar)
    if until <= now:  # nobody was told, because the product itself stood still
        until = add_open(now, promised, ticket.calendar)
    ticket, told = notify(
        ticket.resolve_until(until), NoticeKind.BREACH, notices.breach(ticket, until)
    )
    return Decision(ticket=ticket, effects=told, reason="the promise is extended once")
