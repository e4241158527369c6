"""Writing a ticket's payments and refunds in the books, and looking for what is missing; no I/O.

A fact is written down when Stripe shows the balance transaction that it made, which may take a
while. Until then, and until a debit or a refund has ended, a clock makes us look: the end does not
depend on a message that may get lost.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from app.domain import ledger
from app.domain.effects import Effect, ReadDispute, ReadPayment, ReadRefund
from app.domain.events import PaymentRead, RefundRead
from app.domain.ids import RepositoryId, TicketId
from app.domain.ledger import Entry
from app.domain.money import Money
from app.domain.tickets.clocks import Clock
from app.domain.tickets.decision import Decision
from app.domain.tickets.paying import Dispute, Repayment, RepaymentState
from app.domain.tickets.stages import MoneyState
from app.domain.tickets.ticket import Ticket

FIRST_LOOK = timedelta(minutes=1)
"""When to look for a balance transaction; Stripe's message about it normally comes first."""
NEXT_LOOK = timedelta(hours=1)
"""When to look for it once more."""
SLOW_LOOK = timedelta(days=1)
"""When to look how a bank debit or a refund ended, which takes days."""

Booked = tuple[Ticket, tuple[Entry, ...]]
"""The ticket, which knows what is booked, and the entries."""


def book_payment(ticket: Ticket, event: PaymentRead, now: datetime) -> Booked:
    """Write the ticket's payment in the books."""
    payment = ticket.payment
    assert payment is not None, "a payment is noted before it is booked"
    if payment.is_booked or event.move is None:
        return ticket, ()
    entry = ledger.payment(
        ticket=ticket.id,
        repository=ticket.thread.repository,
        move=event.move.id,
        gross=event.amount,
        fee=event.move.fee,
        tax=Money(0, event.amount.currency),
        occurred_at=event.succeeded_at or now,
    )
    return replace(ticket, payment=replace(payment, is_booked=True)), (entry,)


def book_stray(ticket: Ticket, event: PaymentRead, now: datetime) -> Booked:
    """Write a payment that goes back in the books."""
    stray = next(each for each in ticket.strays if each.intent == event.intent)
    if stray.is_booked or event.move is None:
        return ticket, ()
    booked = replace(stray, is_booked=True)
    strays = tuple(booked if each is stray else each for each in ticket.strays)
    entry = ledger.unapplied_payment(
        ticket=ticket.id,
        repository=ticket.thread.repository,
        move=event.move.id,
        intent=event.intent,
        gross=event.amount,
        fee=event.move.fee,
        occurred_at=event.succeeded_at or now,
    )
    return replace(ticket, strays=strays), (entry,)


def failed_debit(
    event: PaymentRead,
    now: datetime,
    *,
    ticket: TicketId | None,
    repository: RepositoryId | None,
) -> tuple[Entry, ...]:
    """Write down a debit that stood in Stripe's balance and failed: both moves, or none.

    It never paid for anything. As long as only the first move is known it may still succeed.
    """
    move, back = event.move, event.returned
    if move is None or back is None:
        return ()
    came = ledger.unapplied_payment(
        ticket=ticket,
        repository=repository,
        move=move.id,
        intent=event.intent,
        gross=event.amount,
        fee=move.fee,
        occurred_at=move.at or now,
    )
    went = ledger.debit_returned(
        ticket=ticket,
        repository=repository,
        move=back.id,
        intent=event.intent,
        gross=event.amount,
        fee=back.fee,
        occurred_at=back.at or now,
    )
    return came, went


def book_refund(ticket: Ticket, repayment: Repayment, event: RefundRead, now: datetime) -> Booked:
    """Write a refund in the books; and if it failed after all, that the money came back."""
    entries: list[Entry] = []
    booked, move, back = repayment, event.move, event.returned
    if repayment.state is RepaymentState.RETURNED and move is None:
        booked = replace(booked, is_booked=True, is_return_booked=True)  # nothing ever moved
    if move is not None and not booked.is_booked and _has_enough(ticket, event):
        entries.append(_refund(ticket, event, move.id, ticket.divided))
        ticket = _with_shares(ticket, event, -event.amount)
        booked = replace(booked, is_booked=True)
    if back is not None and booked.is_booked and not booked.is_return_booked:
        ticket = _with_shares(ticket, event, event.amount)
        refund = _refund(ticket, event, back.id, ticket.divided)
        entries.append(ledger.refund_returned(refund, move=back.id, occurred_at=back.at or now))
        booked = replace(booked, is_return_booked=True)
    repayments = tuple(booked if each is repayment else each for each in ticket.repayments)
    return replace(ticket, repayments=repayments), tuple(entries)


def _is_own(ticket: Ticket, intent: str) -> bool:
    """Say whether a payment is the one that pays for the ticket."""
    own = ticket.payment
    return own is not None and own.intent == intent and own.succeeded_at is not None


def _has_enough(ticket: Ticket, event: RefundRead) -> bool:
    """Say whether the shares have what a refund takes; if not, one that came back is read first."""
    if ticket.divided is None or not _is_own(ticket, event.intent):
        return True
    return event.amount.amount <= ticket.divided.amount


def _with_shares(ticket: Ticket, event: RefundRead, change: Money) -> Ticket:
    """Note what the shares hold after a refund of a price that was divided, or its return."""
    if ticket.divided is None or not _is_own(ticket, event.intent):
        return ticket
    return replace(ticket, divided=ticket.divided + change)


def _refund(ticket: Ticket, event: RefundRead, move: str, shares: Money | None) -> Entry:
    """Write down a refund: of a stray payment, of what is held, or of what the shares hold."""
    repository, at = ticket.thread.repository, event.occurred_at
    tax = Money(0, event.amount.currency)
    if not _is_own(ticket, event.intent):
        return ledger.refund_unapplied(
            ticket=ticket.id,
            repository=repository,
            move=move,
            intent=event.intent,
            amount=event.amount,
            occurred_at=at,
        )
    if shares is None:
        return ledger.refund(
            ticket=ticket.id,
            repository=repository,
            move=move,
            amount=event.amount,
            tax=tax,
            occurred_at=at,
        )
    helper, share = ticket.helper, ticket.share
    assert helper is not None, "a price is divided with a helper"
    assert share is not None, "a price is divided by a rule"
    return ledger.refund_after_settlement(
        ticket=ticket.id,
        repository=repository,
        helper=helper.person.id,
        move=move,
        part=share.divide_part(shares, shares - event.amount),
        tax=tax,
        occurred_at=at,
    )


# ------------------------------------------------------------------ looking for what is missing


def is_booked(ticket: Ticket) -> bool:
    """Say whether the books have all that Stripe has told of the ticket's money."""
    return not any(True for _ in _unbooked(ticket))


def _unbooked(ticket: Ticket, cause: str = "") -> Iterator[Effect]:
    """Read what is not in the books yet."""
    lane, own = ticket.thread.lane, ticket.payment
    if own is not None and own.succeeded_at is not None and not own.is_booked:
        yield ReadPayment(lane=lane, intent=own.intent, cause=cause)
    for stray in ticket.strays:
        if not stray.is_booked:
            yield ReadPayment(lane=lane, intent=stray.intent, cause=cause)
    # A refund can be known before we hear that the one which it replaces has failed.
    payments = (*ticket.strays, *((own,) if own is not None else ()))
    twice = {each.intent for each in payments if ticket.is_given_twice(each)}
    for each in ticket.repayments:
        if not each.is_read or (each.is_given and each.intent in twice):
            yield ReadRefund(lane=lane, refund=each.refund, cause=cause)
    for dispute in ticket.disputes:
        if not dispute.is_read:
            yield _read(ticket, dispute, cause)


def _unended(ticket: Ticket, cause: str = "") -> Iterator[Effect]:
    """Read what is on its way and takes days, or weeks."""
    lane = ticket.thread.lane
    if ticket.payment is not None and ticket.money is MoneyState.PENDING:
        yield ReadPayment(lane=lane, intent=ticket.payment.intent, cause=cause)
    for each in ticket.repayments:
        if each.state is RepaymentState.UNDER_WAY and each.is_booked:
            yield ReadRefund(lane=lane, refund=each.refund, cause=cause)
    for dispute in ticket.disputes:
        if dispute.is_open and dispute.is_read:
            yield _read(ticket, dispute, cause)


def _read(ticket: Ticket, dispute: Dispute, cause: str) -> Effect:
    """Read a dispute."""
    return ReadDispute(
        lane=ticket.thread.lane, dispute=dispute.dispute, intent=dispute.intent, cause=cause
    )


def watch(ticket: Ticket, now: datetime) -> Ticket:
    """See to it that we look in time, as long as anything is missing."""
    due = ticket.due(Clock.LOOK)
    if not is_booked(ticket):
        first, latest = FIRST_LOOK, NEXT_LOOK
    elif any(True for _ in _unended(ticket)):
        first, latest = SLOW_LOOK, SLOW_LOOK
    else:
        return ticket.stop(Clock.LOOK)
    if due is not None and due <= now + latest:
        return ticket
    return ticket.start(Clock.LOOK, now + first)


def look(ticket: Ticket, n: int, now: datetime) -> Decision:
    """Read whatever is missing, and come back later if that did not help."""
    wait = SLOW_LOOK if is_booked(ticket) else NEXT_LOOK
    cause = f"look:{n}"
    effects = (*_unbooked(ticket, cause), *_unended(ticket, cause))
    ticket = ticket.stop(Clock.LOOK)
    if effects:
        ticket = ticket.start(Clock.LOOK, now + wait)
    return Decision(ticket=ticket, effects=effects, reason="looking at Stripe")
