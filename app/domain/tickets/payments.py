"""What a ticket does when a payment moved; the PaymentIntent decides, never a page; no I/O."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import assert_never

from app.domain import ledger
from app.domain.effects import Effect, NoticeKind
from app.domain.events import PaymentRead, PaymentStatus
from app.domain.ledger import Entry
from app.domain.tickets import asking, booking, checkout, community, refunds, sums
from app.domain.tickets.clocks import Clock
from app.domain.tickets.decision import Around, Decision, nothing, notify
from app.domain.tickets.paying import DisputeState, Payment, Stray
from app.domain.tickets.stages import MoneyState, Stage
from app.domain.tickets.ticket import Ticket, Trouble
from app.domain.wording import notices


def payment_read(ticket: Ticket, event: PaymentRead, around: Around, now: datetime) -> Decision:
    """Take in what a PaymentIntent says."""
    ticket = ticket.calm(Trouble.PAYMENT)
    match event.status:
        case PaymentStatus.PROCESSING:
            return _pending(ticket, event, now)
        case PaymentStatus.UNPAID | PaymentStatus.CANCELLED:
            return _unpaid(ticket, event, now)
        case PaymentStatus.SUCCEEDED:
            return _succeeded(ticket, event, around, now)
        case _:
            assert_never(event.status)


def _is_price(ticket: Ticket, event: PaymentRead) -> bool:
    """Say whether the payment is the price of the plan that it names."""
    plan = ticket.terms.plan(event.plan)
    return plan is not None and plan.price == event.amount


def _pending(ticket: Ticket, event: PaymentRead, now: datetime) -> Decision:
    """Wait for a bank debit; the offer does not run out meanwhile."""
    is_late = ticket.stage.is_over and ticket.money in (MoneyState.UNPAID, MoneyState.FAILED)
    if not (checkout.can_pay(ticket) or is_late) or not _is_price(ticket, event):
        return nothing(ticket, "a debit on its way changes nothing here; its success will")
    ticket, closing = checkout.drop(ticket, used=event.checkout)
    pending = replace(
        community.pause(ticket, now).stop(Clock.OFFER).calm(Trouble.CHECKOUT),
        money=MoneyState.PENDING,
        payment=Payment(intent=event.intent, amount=event.amount),
        chosen=event.plan,
        line="",
    )
    return Decision(
        ticket=booking.watch(pending, now), effects=closing, reason="a bank debit is on its way"
    )


def _unpaid(ticket: Ticket, event: PaymentRead, now: datetime) -> Decision:
    """Let the customer pay again after a debit that failed."""
    if _has_succeeded(ticket, event.intent):
        return nothing(ticket, "that payment was made since")
    entries = booking.failed_debit(
        event, now, ticket=ticket.id, repository=ticket.thread.repository
    )
    if ticket.payment is None or ticket.payment.intent != event.intent:
        reason = "a payment that was not made changes nothing"
        return Decision(ticket=ticket, entries=entries, reason=reason)
    ticket = _without_debit(ticket, MoneyState.FAILED, now)
    return Decision(
        ticket=booking.watch(ticket, now), entries=entries, reason="the bank debit failed"
    )


def _has_succeeded(ticket: Ticket, intent: str) -> bool:
    """Say whether we know that a payment was made."""
    own = ticket.payment
    is_own = own is not None and own.intent == intent and own.succeeded_at is not None
    return is_own or any(each.intent == intent for each in ticket.strays)


def _without_debit(ticket: Ticket, money: MoneyState, now: datetime) -> Ticket:
    """Forget a debit that pays for nothing; what is not over can be paid again."""
    ticket = replace(ticket, payment=None, money=money)
    if ticket.stage is Stage.OFFERED:
        return ticket.start(Clock.OFFER, now + ticket.terms.offer)
    return replace(ticket, money=sums.money_when_over(ticket))


def _succeeded(ticket: Ticket, event: PaymentRead, around: Around, now: datetime) -> Decision:
    """Take a payment for the ticket, or send it back; and write it in the books."""
    if _has_succeeded(ticket, event.intent):
        is_stray = any(each.intent == event.intent for each in ticket.strays)
        book = booking.book_stray if is_stray else booking.book_payment
        ticket, entries = book(ticket, event, now)
        watched = booking.watch(ticket, now)
        return Decision(ticket=watched, entries=entries, reason="the payment is known")
    if _is_due(ticket, event):
        return _take(ticket, event, around, now)
    if _came_earlier(ticket, event):
        return _swap(ticket, event, now)
    return _send_back(ticket, event, now)


def _is_due(ticket: Ticket, event: PaymentRead) -> bool:
    """Say whether a payment is what the ticket waits for, and nobody has given it back since."""
    is_given_back = any(each.intent == event.intent for each in ticket.repayments) or any(
        each.intent == event.intent and each.state is DisputeState.LOST for each in ticket.disputes
    )
    is_due = ticket.stage is Stage.OFFERED and _is_price(ticket, event)
    return is_due and not is_given_back and not _is_before_the_owners_word(ticket, event)


def _is_before_the_owners_word(ticket: Ticket, event: PaymentRead) -> bool:
    """Say whether it was paid while a new owner of the repository still had to agree.

    What the customer or their bank had done before the transfer is sold.
    """
    since, own = ticket.handed_over_at, ticket.payment
    if ticket.stage is not Stage.OFFERED or since is None:
        return False
    if own is not None and own.intent == event.intent:
        return False
    return event.succeeded_at is None or event.succeeded_at >= since


def _take(ticket: Ticket, event: PaymentRead, around: Around, now: datetime) -> Decision:
    """Start the work: the money is here."""
    ticket, closing = checkout.drop(ticket, used=event.checkout)
    ticket = replace(
        ticket.enter(Stage.QUEUED, now).calm(Trouble.CHECKOUT),
        money=MoneyState.PAID,
        payment=_payment(event, now),
        chosen=event.plan,
    )
    ticket = ticket.start(Clock.NO_HELPER, now + ticket.terms.no_helper)
    ticket, asks = asking.ask_next(ticket, around, now)
    ticket, entries = booking.book_payment(ticket, event, now)
    return Decision(
        ticket=booking.watch(ticket, now),
        effects=(*closing, *asks),
        entries=entries,
        reason="it is paid",
    )


def _payment(event: PaymentRead, now: datetime) -> Payment:
    """Note a payment that succeeded."""
    return Payment(
        intent=event.intent,
        amount=event.amount,
        charge=event.charge,
        succeeded_at=event.succeeded_at or now,
    )


def _came_earlier(ticket: Ticket, event: PaymentRead) -> bool:
    """Say whether a second payment in fact succeeded before the one that we heard of first.

    The other plan is taken only as long as no helper has begun with this one.
    """
    own = ticket.payment
    is_held = ticket.money is MoneyState.PAID and not ticket.stage.is_over
    if own is None or own.succeeded_at is None or event.succeeded_at is None or not is_held:
        return False
    is_possible = event.plan == ticket.chosen or ticket.stage is Stage.QUEUED
    moved = {each.intent for each in ticket.repayments} | {e.intent for e in ticket.disputes}
    is_whole = not moved & {own.intent, event.intent}
    is_earlier = event.succeeded_at < own.succeeded_at
    is_free = is_whole and not ticket.is_frozen
    return is_earlier and is_possible and is_free and _is_price(ticket, event)


def _swap(ticket: Ticket, event: PaymentRead, now: datetime) -> Decision:
    """Keep the payment that succeeded first, and send the later one back."""
    later = ticket.payment
    assert later is not None, "only a second payment can be swapped"
    moved: tuple[Entry, ...] = ()
    if later.is_booked:
        moved = (
            ledger.reapplied(
                ticket=ticket.id,
                repository=ticket.thread.repository,
                intent=later.intent,
                amount=later.amount,
                occurred_at=now,
            ),
        )
    stray = Stray(intent=later.intent, amount=later.amount, is_booked=later.is_booked)
    ticket = replace(
        ticket,
        payment=_payment(event, now),
        chosen=event.plan,
        strays=(*ticket.strays, stray),
    )
    ticket, refund = refunds.order(ticket, later.intent, later.amount)
    ticket, entries = booking.book_payment(ticket, event, now)
    return Decision(
        ticket=booking.watch(ticket, now),
        effects=(refund,),
        entries=(*moved, *entries),
        reason="of two payments the later one goes back",
    )


def _send_back(ticket: Ticket, event: PaymentRead, now: datetime) -> Decision:
    """Give a payment back that the ticket does not need."""
    stray = Stray(intent=event.intent, amount=event.amount)
    ticket = replace(ticket, strays=(*ticket.strays, stray))
    if ticket.payment is not None and ticket.payment.intent == event.intent:
        ticket = _without_debit(ticket, MoneyState.UNPAID, now)
    ticket, entries = booking.book_stray(ticket, event, now)
    effects: tuple[Effect, ...] = ()
    rest = ticket.rest(stray)
    if rest.amount and not sums.is_disputed(ticket, event.intent):
        ticket, refund = refunds.order(ticket, event.intent, rest)
        effects = (refund,)
    if ticket.stage.is_over:
        # Who pays for what is over would else not hear of it; the last notice is kept for this.
        ticket = replace(ticket, money=sums.money_when_over(ticket))
        ticket, told = notify(ticket, NoticeKind.REFUND, notices.late(ticket, event.amount))
        effects = (*effects, *told)
    elif _is_before_the_owners_word(ticket, event):
        body = notices.before_the_owners_word(ticket, event.amount)
        ticket, told = notify(ticket, NoticeKind.REFUND, body)
        effects = (*effects, *told)
    return Decision(
        ticket=booking.watch(ticket, now),
        effects=effects,
        entries=entries,
        reason="a payment that is not needed goes back",
    )
