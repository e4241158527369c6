"""A ticket whose payment is frozen: a bank decides about it, or has warned of fraud; no I/O.

The help goes on, and so does everything that is said. But nothing is divided, accepted or given
back, and every clock that would do so stands still until the ticket is lifted.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from app.domain.effects import Refund
from app.domain.ledger import Fact
from app.domain.tickets import sums
from app.domain.tickets.clocks import Clock
from app.domain.tickets.decision import Decision
from app.domain.tickets.ticket import Ticket
from app.domain.verbs import Verb
from app.domain.wording import lines

LEFT_MIN: Final = timedelta(hours=24)
"""So long at least a clock runs once the ticket is lifted: nobody is surprised by its end."""

STANDING_STILL: Final = frozenset(
    {
        Clock.NO_HELPER,
        Clock.REMIND,
        Clock.ACCEPT,
        Clock.CANCEL,
        Clock.REVIEW,
        Clock.OPERATOR,
        Clock.GRACE,
        Clock.AWAY,
    }
)
"""The clocks that decide about the money, and the reminder of one of them."""


def obstacle(ticket: Ticket, verb: Verb) -> str:
    """Say why a command about money cannot be given now; empty: it can, or is about none."""
    is_about_money = verb in (Verb.ACCEPT, Verb.CANCEL, Verb.REFUND) or (
        verb is Verb.RELEASE and ticket.is_cancel_asked
    )
    if not is_about_money or not ticket.is_frozen:
        return ""
    return lines.DISPUTED if ticket.dispute is not None else lines.WARNED


def moves_money(ticket: Ticket, decision: Decision) -> bool:
    """Say whether a decision would divide or give back what is frozen."""
    own = ticket.payment
    return any(
        isinstance(each, Refund) and own is not None and each.intent == own.intent
        for each in decision.effects
    ) or any(each.fact is Fact.SETTLEMENT for each in decision.entries)


def hold(decision: Decision, now: datetime) -> Decision:
    """Let the clocks about money stand still as long as the ticket is frozen, and then go on."""
    ticket = sums.with_banks_word(decision.ticket)
    held = _stop(ticket, now) if ticket.is_frozen else _go_on(ticket, now)
    return replace(decision, ticket=held)


def _stop(ticket: Ticket, now: datetime) -> Ticket:
    """Let the clocks stand still; what somebody was told of one of them is not true any more."""
    stopping = {
        each.clock for each in ticket.clocks if each.clock in STANDING_STILL and each.left is None
    }
    if stopping & {Clock.ACCEPT, Clock.CANCEL}:
        ticket = replace(ticket, silence_counts=False)
    clocks = tuple(
        replace(each, left=max(timedelta(), each.due_at - now)) if each.clock in stopping else each
        for each in ticket.clocks
    )
    return replace(ticket, clocks=clocks)


def _go_on(ticket: Ticket, now: datetime) -> Ticket:
    """Let the clocks go on for what is left of them, and tell whose silence may count then."""
    if ticket.line.endswith((lines.DISPUTED, lines.WARNED)):
        ticket = replace(ticket, line="")
    for each in ticket.clocks:
        if each.left is not None and each.clock is not Clock.REMIND:
            ticket = ticket.start(each.clock, now + max(each.left, LEFT_MIN))
            if each.clock is Clock.ACCEPT:
                ticket = ticket.start(Clock.REMIND, now)
    return ticket
