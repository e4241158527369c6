"""How a ticket begins: with the rung or plan that the customer named at once; no I/O."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from app.domain.tickets import community, offered
from app.domain.tickets.decision import Decision
from app.domain.tickets.ticket import Ticket
from app.domain.verbs import AI, Verb
from app.domain.wording import lines


def begin(ticket: Ticket, chosen: str, now: datetime) -> Decision:
    """Make the offer; where what they named is not to be had, the card says so."""
    wrong = ""
    if chosen == AI:
        wrong = offered.no_draft(ticket)
    elif chosen == Verb.COMMUNITY:
        wrong = community.obstacle(ticket)
        if not wrong:
            return community.ask(ticket, now)
    else:
        wrong = offered.no_plan(ticket, chosen)
    told = replace(ticket, line=lines.to(ticket.customer, wrong)) if wrong else ticket
    return Decision(ticket=told, reason="the offer is made")
