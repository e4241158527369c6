"""The last look before an effect is performed: what it says is what is true now."""

from __future__ import annotations

from dataclasses import replace

from sqlmodel import Session

from app.domain.effects import Effect, ShowCard
from app.domain.operator import Operator
from app.domain.wording import card
from app.store import tickets as ticket_rows


def prepare(session: Session, effect: Effect, *, operator: Operator) -> Effect | None:
    """Fill in what depends on the moment; ``None`` when there is nothing to do any more."""
    if not isinstance(effect, ShowCard):
        return effect
    ticket = ticket_rows.get(session, effect.ticket)
    if ticket is None or ticket.card.is_gone:
        return None
    return replace(
        effect,
        v=ticket.card.v,
        comment=ticket.card.comment or None,
        is_last=ticket.card.is_restored,
        body=card.render(ticket, operator),
    )
