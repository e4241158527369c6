"""A ticket on which the two sides disagree: the maintainers decide, never the helper; no I/O."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from app.domain.people import Person
from app.domain.tickets import refunds
from app.domain.tickets.clocks import Clock
from app.domain.tickets.decision import Decision
from app.domain.tickets.stages import Stage
from app.domain.tickets.ticket import End, Escalation, Ticket

DECIDE_WITHIN = timedelta(days=5)
"""How long the maintainers have; then the customer gets the money back."""


def begin(ticket: Ticket, now: datetime) -> Decision:
    """Lay the ticket before the maintainers."""
    ticket = ticket.enter(Stage.REVIEW, now).start(Clock.REVIEW, now + DECIDE_WITHIN)
    return Decision(ticket=ticket, reason="the maintainers decide")


def escalate(ticket: Ticket, by: Person, reason: str, now: datetime) -> Decision:
    """Lay the ticket before the maintainers because customer or helper wants it."""
    call = Escalation(by=by, reason=reason)
    return begin(replace(ticket, escalation=call, is_cancel_asked=False), now)


def pay(ticket: Ticket, now: datetime) -> Decision:
    """Accept in the customer's place; the grace runs before the price is divided."""
    ticket = replace(ticket.enter(Stage.ACCEPTED, now), end=End.BY_REVIEW)
    ticket = ticket.start(Clock.GRACE, now + ticket.terms.grace)
    return Decision(ticket=ticket, reason="the maintainers decided for the helper")


def refund(ticket: Ticket, now: datetime, end: End = End.BY_REVIEW) -> Decision:
    """Give the money back."""
    return refunds.give_back(ticket, end, Stage.REFUNDED, now)
