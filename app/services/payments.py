"""News of money: whose it is, and in which lane it belongs."""

from __future__ import annotations

from typing import assert_never

import structlog
from sqlmodel import Session

from app.domain import ledger
from app.domain.deliveries import Provider
from app.domain.effects import Effect, ReadDispute, ReadPayment, ReadRefund, ReadWarning
from app.domain.events import (
    CheckoutEnded,
    DisputeMoved,
    DisputeRead,
    DisputeStatus,
    Event,
    FraudSuspected,
    OfferOvertaken,
    PaymentMoved,
    PaymentRead,
    PaymentStatus,
    RefundMoved,
    RefundRead,
    WarningRead,
)
from app.domain.money import Money
from app.domain.tickets import booking
from app.domain.tickets.stages import Stage
from app.domain.tickets.ticket import Ticket
from app.services import record, tickets
from app.services.context import Context, Handled
from app.store import known
from app.store import ledger as books
from app.store import tickets as ticket_rows

_log = structlog.get_logger("app.payments")

Moved = PaymentMoved | RefundMoved | DisputeMoved | FraudSuspected
Read = PaymentRead | RefundRead | DisputeRead | WarningRead


def moved(session: Session, event: Moved, context: Context) -> Handled:
    """Read the object itself: a message says that something happened, the object says what."""
    record.effects(session, [_order(event, context)], context)
    return Handled.DONE


def _order(event: Moved, context: Context) -> Effect:
    """Say what to read."""
    lane, cause = context.lane, context.key
    match event:
        case PaymentMoved(intent=intent):
            return ReadPayment(lane=lane, intent=intent, cause=cause)
        case RefundMoved(refund=refund):
            return ReadRefund(lane=lane, refund=refund, cause=cause)
        case DisputeMoved(dispute=dispute, intent=intent):
            return ReadDispute(lane=lane, dispute=dispute, intent=intent, cause=cause)
        case FraudSuspected(warning=warning, intent=intent):
            return ReadWarning(lane=lane, warning=warning, intent=intent, cause=cause)
        case _:
            assert_never(event)


def checkout_ended(session: Session, event: CheckoutEnded, context: Context) -> Handled:
    """Tell the ticket that its session is over; a session of nobody's is not ours."""
    found = known.lookup(session, Provider.STRIPE, [event.session])
    if found is None or found.ticket is None:
        return Handled.DONE
    return tickets.happened(session, found.ticket, event, context)


def read(session: Session, event: Read, context: Context) -> Handled:
    """Take in what Stripe holds."""
    match event:
        case PaymentRead():
            return _payment_read(session, event, context)
        case RefundRead():
            return _refund_read(session, event, context)
        case DisputeRead() | WarningRead():
            return _doubt_read(session, event, context)
        case _:
            assert_never(event)


def _payment_read(session: Session, event: PaymentRead, context: Context) -> Handled:
    """Give a payment to its ticket, in the ticket's lane; book one that is nobody's."""
    found = known.lookup(session, Provider.STRIPE, [event.intent])
    named = found.ticket if found is not None else event.ticket
    # Metadata at Stripe can name anything.
    ticket = ticket_rows.get(session, named) if named is not None else None
    if ticket is None:
        return _unknown_payment(session, event, context)
    return _in_its_lane(session, ticket, event, event.intent, context)


def _refund_read(session: Session, event: RefundRead, context: Context) -> Handled:
    """Give a refund to the ticket of its payment."""
    found = known.lookup(session, Provider.STRIPE, [event.intent, event.refund])
    if found is None or found.ticket is None:
        return _unknown_refund(session, event, context)
    ticket = ticket_rows.get(session, found.ticket)
    assert ticket is not None, "what is known of a ticket goes with it"
    return _in_its_lane(session, ticket, event, event.refund, context)


def _doubt_read(session: Session, event: DisputeRead | WarningRead, context: Context) -> Handled:
    """Give a bank's doubt about a payment to the payment's ticket; book a dispute of nobody's."""
    found = known.lookup(session, Provider.STRIPE, [event.intent])
    named = found.ticket if found is not None else event.ticket
    # Metadata at Stripe can name anything.
    ticket = ticket_rows.get(session, named) if named is not None else None
    if ticket is not None:
        own = event.dispute if isinstance(event, DisputeRead) else event.warning
        _log.info("a bank doubts a payment", ticket=ticket.id, id=own)
        return _in_its_lane(session, ticket, event, own, context)
    if isinstance(event, DisputeRead):
        return _unknown_dispute(session, event, context)
    return Handled.DONE


def _in_its_lane(
    session: Session,
    ticket: Ticket,
    event: Read,
    external_id: str,
    context: Context,
) -> Handled:
    """Handle what is in the ticket's lane; move what came in another one there first."""
    lane = ticket.thread.lane
    if lane == context.lane:
        if ticket.stage is Stage.OFFERED and _is_sold_to_another(session, ticket):
            # The news of that may stand behind this payment in the lane.
            tickets.happened(session, ticket.id, OfferOvertaken(ticket=ticket.id), context)
        return tickets.happened(session, ticket.id, event, context)
    known.know(session, Provider.STRIPE, external_id, lane=lane, ticket=ticket.id)
    moved_event: Event = event
    record.event(session, moved_event, context, key=f"{context.key}:moved", lane=lane)
    return Handled.DONE


def _is_sold_to_another(session: Session, ticket: Ticket) -> bool:
    """Say whether somebody else's payment in this conversation came first."""
    return any(
        other.id != ticket.id and other.stage is not Stage.OFFERED and not other.stage.is_over
        for other in ticket_rows.in_conversation(session, ticket.conversation)
    )


def _unknown_payment(session: Session, event: PaymentRead, context: Context) -> Handled:
    """Book a payment that we did not ask for; what becomes of it, the operator decides.

    The account at Stripe may sell other things as well, so nothing is sent back unasked
    (docs/decisions/0007-unknown-payments.md).
    """
    for failed in booking.failed_debit(event, context.now, ticket=None, repository=None):
        books.post(session, failed, posted_at=context.now)
    if event.status is not PaymentStatus.SUCCEEDED or event.move is None:
        return Handled.DONE
    entry = ledger.unapplied_payment(
        ticket=None,
        repository=None,
        move=event.move.id,
        intent=event.intent,
        gross=event.amount,
        fee=event.move.fee,
        occurred_at=event.succeeded_at or context.now,
    )
    books.post(session, entry, posted_at=context.now)
    return Handled.DONE


def _unknown_refund(session: Session, event: RefundRead, context: Context) -> Handled:
    """Book the refund of a payment that we did not ask for."""
    if event.move is None:
        return Handled.DONE
    entry = ledger.refund_unapplied(
        ticket=None,
        repository=None,
        move=event.move.id,
        intent=event.intent,
        amount=event.amount,
        occurred_at=event.occurred_at,
    )
    books.post(session, entry, posted_at=context.now)
    if event.returned is not None:
        back = event.returned
        returned = ledger.refund_returned(entry, move=back.id, occurred_at=back.at or context.now)
        books.post(session, returned, posted_at=context.now)
    return Handled.DONE


def _unknown_dispute(session: Session, event: DisputeRead, context: Context) -> Handled:
    """Book the dispute of a payment that we did not ask for."""
    taken = Money(0, event.amount.currency)
    for move in event.moves:
        taken -= move.amount
        is_back = move.amount.amount > 0
        book = ledger.dispute_won if is_back else ledger.dispute_withdrawn
        entry = book(
            ticket=None,
            repository=None,
            move=move.id,
            amount=move.amount if is_back else -move.amount,
            fee=move.fee,
            occurred_at=move.at or context.now,
        )
        books.post(session, entry, posted_at=context.now)
    if event.status is DisputeStatus.LOST and taken.amount > 0:
        lost = ledger.dispute_lost_unapplied(
            ticket=None,
            repository=None,
            dispute=event.dispute,
            intent=event.intent,
            amount=taken,
            beyond=Money(0, taken.currency),
            occurred_at=context.now,
        )
        books.post(session, lost, posted_at=context.now)
    return Handled.DONE
