"""Reviews that the operator decides by hand, once the maintainers did not.

What is decided becomes an event in the ticket's lane, as everything does that happens to a ticket.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlmodel import Session

from app.domain.errors import MainstayError
from app.domain.events import ReviewDecided, Verdict
from app.domain.ids import TicketId
from app.domain.money import Misread, Money, parse_amount, show
from app.domain.tickets import review
from app.domain.tickets.clocks import Clock
from app.domain.tickets.stages import Stage
from app.domain.tickets.ticket import Ticket
from app.store import events, tickets

REVIEWS_MAX = 1000


def waiting(session: Session) -> Iterator[dict[str, Any]]:
    """Give every ticket in review, the oldest first, with until when who decides."""
    for ticket in tickets.in_review(session, limit=REVIEWS_MAX):
        kept = ticket.kept
        yield {
            "ticket": ticket.id,
            "since": ticket.since,
            "customer": ticket.customer.login,
            "helper": ticket.helper.person.login if ticket.helper is not None else None,
            "kept": show(kept) if kept is not None else None,
            "maintainers_until": ticket.due(Clock.REVIEW),
            "operator_until": ticket.due(Clock.OPERATOR),
            "declines": list(ticket.declines),
        }


def decide(
    session: Session, name: str, verdict: Verdict, amount: str | None, *, now: datetime
) -> None:
    """Put the operator's word into the lane of a ticket that is in review; else say why not.

    Raises `MainstayError` for a ticket that is not there, is in no review or is still the
    maintainers' to decide, and for an amount that cannot go back.
    """
    ticket = tickets.get(session, TicketId(name))
    if ticket is None:
        raise MainstayError(f"There is no ticket {name!r}: `review list` names those in review.")
    if ticket.stage is not Stage.REVIEW:
        raise MainstayError(f"This ticket is not in review: it is {ticket.stage}.")
    if ticket.is_frozen:
        raise MainstayError("The payment of this ticket is frozen: `ledger unfreeze` says more.")
    due = ticket.due(Clock.REVIEW)
    if due is not None:
        raise MainstayError(f"The maintainers have until {due:%Y-%m-%d %H:%M} UTC to decide it.")
    decided = ReviewDecided(
        ticket=ticket.id, verdict=verdict, amount=_part(ticket, amount) if amount else None
    )
    lane, tenant = ticket.thread.lane, ticket.thread.installation
    key = f"{ticket.id}:review:{ticket.ticks}"
    if not events.add_once(session, decided, key=key, lane=lane, now=now, tenant=tenant):
        raise MainstayError("This review was decided a moment ago; its card will say how.")


def _part(ticket: Ticket, amount: str) -> Money:
    kept = ticket.kept
    assert kept is not None, "what is in review was paid"
    part = parse_amount(amount, kept.currency)
    if isinstance(part, Misread):
        raise MainstayError(part.sentence)
    if wrong := review.wrong_part(ticket, part):
        raise MainstayError(wrong)
    return part
