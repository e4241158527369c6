"""The last look before an effect is performed: what it says is what is true now."""

from __future__ import annotations

from dataclasses import replace

from sqlmodel import Session

from app.domain.conversations import Thread
from app.domain.effects import (
    DraftReply,
    Effect,
    FetchDocs,
    ListDocs,
    ShowCard,
    ShowDraft,
    TakeLabel,
)
from app.domain.events import EffectFailed
from app.domain.ids import TicketId
from app.domain.operator import Operator
from app.domain.tickets.ticket import DraftState
from app.domain.wording import card
from app.services import drafts
from app.services.around import may_read
from app.store import installations
from app.store import tickets as ticket_rows


def prepare(
    session: Session, effect: Effect, *, operator: Operator
) -> Effect | EffectFailed | None:
    """Fill in what depends on the moment; ``None`` when there is nothing to do any more.

    Where somebody waits for what may not be done any more, they are told so instead.
    """
    if _is_out_of_reach(session, effect):
        return None
    match effect:
        case ListDocs() | FetchDocs():
            return effect if _is_awaited(session, effect.ticket) else None
        case ShowDraft() if effect.adopted:
            return _adopted(session, effect, operator)
        case DraftReply() | ShowDraft():
            return _draft(session, effect, operator)
        case TakeLabel():
            return None if _is_wanted_by_others(session, effect) else effect
        case ShowCard():
            return _card(session, effect, operator)
        case _:
            return effect


def _is_out_of_reach(session: Session, effect: Effect) -> bool:
    """Say whether it is for a thread in which the App may not speak: the ticket knows of that."""
    thread: Thread | None = getattr(effect, "thread", None)
    return thread is not None and installations.is_silenced(session, thread.repository)


def _is_awaited(session: Session, ticket_id: TicketId) -> bool:
    """Say whether a draft is still waited for: somebody may want people alone by now."""
    ticket = ticket_rows.get(session, ticket_id)
    return ticket is not None and ticket.draft is DraftState.ASKED


def _draft(
    session: Session, effect: DraftReply | ShowDraft, operator: Operator
) -> Effect | EffectFailed | None:
    """Go on with a draft that is waited for, unless the repository turned private meanwhile."""
    ticket = ticket_rows.get(session, effect.ticket)
    if ticket is None or ticket.draft is not DraftState.ASKED:
        return None
    if may_read(session, ticket.thread.repository, operator):
        return effect
    # An earlier try may have asked the model already: then it has cost what was counted for it.
    return EffectFailed(effect=effect, reason="the repository is private by now", is_certain=False)


def _adopted(session: Session, effect: ShowDraft, operator: Operator) -> ShowDraft | None:
    """Write the draft that the helper has adopted, unless somebody wants people alone by now."""
    ticket = ticket_rows.get(session, effect.ticket)
    if ticket is None or ticket.draft is not DraftState.ADOPTED or ticket.helper is None:
        return None
    body = drafts.adopted_body(session, ticket, ticket.helper.person, operator)
    return replace(effect, body=body)


def _is_wanted_by_others(session: Session, effect: TakeLabel) -> bool:
    """Say whether another ticket in the thread asks volunteers now; it takes the label off then."""
    ticket = ticket_rows.get(session, effect.ticket)
    if ticket is None:
        return False
    all_tickets = ticket_rows.in_conversation(session, ticket.conversation)
    return any(each.is_asking_volunteers for each in all_tickets)


def _card(session: Session, effect: ShowCard, operator: Operator) -> ShowCard | None:
    """Write what the card says now."""
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
