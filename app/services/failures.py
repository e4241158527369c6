"""What follows when an effect was given up: whoever ordered it learns of it."""

from __future__ import annotations

from typing import assert_never

from sqlmodel import Session

from app.domain.deliveries import Provider
from app.domain.effects import (
    Assign,
    CheckPermission,
    CloseCheckout,
    DraftReply,
    ExplainHelp,
    FetchDocs,
    FindMaintainer,
    ListDocs,
    ListLostDeliveries,
    Notify,
    OpenCheckout,
    PutLabel,
    React,
    ReadClosing,
    ReadDispute,
    ReadPayment,
    ReadPolicy,
    ReadProposal,
    ReadRefund,
    ReadWarning,
    Redeliver,
    Refund,
    ShowCard,
    ShowCheck,
    ShowDraft,
    TakeLabel,
    Unassign,
)
from app.domain.events import EffectFailed
from app.domain.ids import TicketId
from app.services import drafts, policies, tickets
from app.services.context import Context, Handled
from app.store import known


def effect_failed(session: Session, event: EffectFailed, context: Context) -> Handled:
    """Tell the ticket; the buried row itself stays for the operator, who sees it in /readyz."""
    effect = event.effect
    match effect:
        case (
            ShowCard()
            | Notify()
            | Assign()
            | Unassign()
            | PutLabel()
            | TakeLabel()
            | CheckPermission()
            | FindMaintainer()
            | ReadClosing()
            | OpenCheckout()
            | CloseCheckout()
        ):
            return tickets.happened(session, effect.ticket, event, context)
        case ReadPayment(intent=external_id) | ReadRefund(refund=external_id):
            return _to_the_payer(session, external_id, event, context)
        case (
            Refund(intent=external_id)
            | ReadDispute(intent=external_id)
            | ReadWarning(intent=external_id)
        ):
            return _to_the_payer(session, external_id, event, context)
        case DraftReply(ticket=ticket):
            return drafts.unanswered(
                session, ticket, event.reason, context, is_certain=event.is_certain
            )
        case ShowDraft() if effect.adopted:
            return tickets.happened(session, effect.ticket, event, context)
        case ListDocs() | FetchDocs() | ShowDraft():
            return drafts.failed(session, effect.ticket, event.reason, context)
        case ReadPolicy():
            return policies.unreadable(session, effect, event.reason, context)
        case (
            React()
            | ExplainHelp()
            | ReadProposal()
            | ShowCheck()
            | ListLostDeliveries()
            | Redeliver()
        ):
            return Handled.DONE
        case _:
            assert_never(effect)


def _to_the_payer(
    session: Session, external_id: str, event: EffectFailed, context: Context
) -> Handled:
    """Find the ticket that a payment or refund belongs to."""
    found = known.lookup(session, Provider.STRIPE, [external_id])
    ticket: TicketId | None = found.ticket if found is not None else None
    if ticket is None:
        return Handled.DONE
    return tickets.happened(session, ticket, event, context)
