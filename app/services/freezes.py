"""Tickets that a bank's warning of fraud has frozen: the operator looks, and lets them go on.

What the operator says becomes an event in the ticket's lane, as everything that happens to it.
"""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from app.domain.errors import MainstayError
from app.domain.events import WarningsLifted
from app.domain.ids import TicketId
from app.store import events, tickets


def unfreeze(session: Session, name: str, *, now: datetime) -> None:
    """Put the operator's word into the lane of a ticket that was warned of; else say why not.

    Raises `MainstayError` for a ticket that is not there, or whose bank decides about a dispute.
    """
    ticket = tickets.get(session, TicketId(name))
    if ticket is None:
        raise MainstayError(f"There is no ticket {name!r}.")
    if ticket.dispute is not None:
        raise MainstayError(
            "The payment is disputed, and only the bank ends that: answer it at Stripe."
        )
    if not ticket.is_frozen:
        raise MainstayError("This ticket is not frozen by a warning of fraud.")
    lifted = WarningsLifted(ticket=ticket.id)
    lane, tenant = ticket.thread.lane, ticket.thread.installation
    key = f"{ticket.id}:unfreeze:{len(ticket.warnings)}"
    if not events.add_once(session, lifted, key=key, lane=lane, now=now, tenant=tenant):
        raise MainstayError("You have said so a moment ago; its card will show it.")
