"""What a ticket does when money moved; the PaymentIntent decides, never a page; no I/O."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from app.domain import ledger
from app.domain.effects import Effect, NoticeKind, ReadPayment, ReadRefund, Refund
from app.domain.events import PaymentRead, PaymentStatus, RefundRead, RefundStatus
from app.domain.ledger import Entry
from app.domain.money import Money
from app.domain.tickets import asking, checkout
from app.domain.tickets.clocks import Clock
from app.domain.tickets.decision import Around, Decision, nothing, notify
from app.domain.tickets.stages import MoneyState, Stage
from app.domain.tickets.ticket import End, Payment, RefundAsked, Stray, Ticket, Trouble
from app.domain.wording import notices

BOOK_AGAIN = timedelta(minutes=1)
"""When to look again for a balance transaction that Stripe has not made yet; its message about it
normally comes first."""


def payment_read(ticket: Ticket, event: PaymentRead, around: Around, now: datetime) -> Decision:
    """Take in what a PaymentIntent says."""
    match event.status:
        case PaymentStatus.PROCESSING:
            return _pending(ticket, event)
        case PaymentStatus.UNPAID | PaymentStatus.CANCELLED:
            return _unpaid(ticket, event, now)
        case PaymentStatus.SUCCEEDED:
            return _succeeded(ticket, event, around, now)


def _pending(ticket: Ticket, event: PaymentRead) -> Decision:
    """Wait for a bank debit; the offer does not run out meanwhile."""
    if not checkout.can_pay(ticket) or not _is_price(ticket, event):
        return nothing(ticket, "a debit on its way changes nothing here; its success will")
    payment = Payment(intent=event.intent, amount=event.amount)
    pending = replace(
        ticket.stop(Clock.OFFER),
        money=MoneyState.PENDING,
        payment=payment,
        chosen=event.plan,
        checkout=None,
        line="",
    )
    return Decision(ticket=pending, reason="a bank debit is on its way")


def _unpaid(ticket: Ticket, event: PaymentRead, now: datetime) -> Decision:
    """Let the customer pay again after a debit that failed."""
    is_ours = ticket.payment is not None and ticket.payment.intent == event.intent
    if not is_ours or ticket.money is not MoneyState.PENDING:
        return nothing(ticket, "a payment that was not made changes nothing")
    failed = replace(ticket, money=MoneyState.FAILED, payment=None)
    if ticket.stage is Stage.OFFERED:
        failed = failed.start(Clock.OFFER, now + ticket.terms.offer)
    return Decision(ticket=failed, reason="the bank debit failed")


def _is_price(ticket: Ticket, event: PaymentRead) -> bool:
    """Say whether the payment is the price of the plan that it names."""
    plan = ticket.terms.plan(event.plan)
    return plan is not None and plan.price == event.amount


def _succeeded(ticket: Ticket, event: PaymentRead, around: Around, now: datetime) -> Decision:
    """Take a payment for the ticket, book it, or send it back."""
    payment = ticket.payment
    if payment is not None and payment.intent == event.intent and payment.succeeded_at:
        return _book_payment(ticket, event, now)
    if any(each.intent == event.intent for each in ticket.strays):
        return _book_stray(ticket, event, now)
    is_due = ticket.stage is Stage.OFFERED and _is_price(ticket, event)
    if is_due and (payment is None or payment.succeeded_at is None):
        return _take_payment(ticket, event, around, now)
    if _came_earlier(ticket, event):
        return _swap(ticket, event, now)
    return _send_back(ticket, event, now)


def _take_payment(ticket: Ticket, event: PaymentRead, around: Around, now: datetime) -> Decision:
    """Start the work: the money is here."""
    payment = Payment(
        intent=event.intent,
        amount=event.amount,
        charge=event.charge,
        succeeded_at=event.succeeded_at or now,
    )
    ticket, closing = checkout.drop(ticket)
    ticket = replace(
        ticket.enter(Stage.QUEUED, now), money=MoneyState.PAID, payment=payment, chosen=event.plan
    )
    ticket = ticket.start(Clock.NO_HELPER, now + ticket.terms.no_helper)
    ticket, asks = asking.ask_next(ticket, around, now)
    booked = _book_payment(ticket, event, now)
    return Decision(
        ticket=booked.ticket,
        effects=(*closing, *asks, *booked.effects),
        entries=booked.entries,
        reason="it is paid",
    )


def _came_earlier(ticket: Ticket, event: PaymentRead) -> bool:
    """Say whether a second payment in fact succeeded before the first one that we heard of."""
    payment = ticket.payment
    return (
        ticket.stage is Stage.QUEUED
        and ticket.money is MoneyState.PAID
        and payment is not None
        and payment.succeeded_at is not None
        and event.succeeded_at is not None
        and event.succeeded_at < payment.succeeded_at
        and _is_price(ticket, event)
        and event.plan == ticket.chosen
    )


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
    payment = Payment(
        intent=event.intent,
        amount=event.amount,
        charge=event.charge,
        succeeded_at=event.succeeded_at,
    )
    stray = Stray(intent=later.intent, amount=later.amount, is_booked=later.is_booked)
    ticket = replace(ticket, payment=payment, strays=(*ticket.strays, stray))
    booked = _book_payment(ticket, event, now)
    return Decision(
        ticket=booked.ticket,
        effects=(_refund(ticket, later.intent, later.amount), *booked.effects),
        entries=(*moved, *booked.entries),
        reason="of two payments the later one goes back",
    )


def _send_back(ticket: Ticket, event: PaymentRead, now: datetime) -> Decision:
    """Refund a payment that the ticket does not need."""
    stray = Stray(intent=event.intent, amount=event.amount)
    payment = ticket.payment
    money = ticket.money
    if payment is not None and payment.intent == event.intent:
        payment, money = None, MoneyState.REFUNDING  # a debit that arrived after the ticket's end
    ticket = replace(ticket, strays=(*ticket.strays, stray), payment=payment, money=money)
    booked = _book_stray(ticket, event, now)
    return Decision(
        ticket=booked.ticket,
        effects=(_refund(ticket, event.intent, event.amount), *booked.effects),
        entries=booked.entries,
        reason="a payment that is not needed goes back",
    )


def _refund(ticket: Ticket, intent: str, amount: Money, n: int = 1) -> Effect:
    """Order a refund."""
    return Refund(lane=ticket.thread.lane, intent=intent, amount=amount, n=n, ticket=ticket.id)


def _book_payment(ticket: Ticket, event: PaymentRead, now: datetime) -> Decision:
    """Write the payment in the books once Stripe says what moved in the balance."""
    payment = ticket.payment
    assert payment is not None, "a payment is noted before it is booked"
    if payment.is_booked:
        return nothing(ticket, "the payment is booked")
    if event.move is None:
        return _look_again(ticket, now)
    entry = ledger.payment(
        ticket=ticket.id,
        repository=ticket.thread.repository,
        move=event.move.id,
        gross=event.amount,
        fee=event.move.fee,
        tax=Money(0, event.amount.currency),
        occurred_at=event.succeeded_at or now,
    )
    booked = replace(ticket, payment=replace(payment, is_booked=True))
    return _all_booked(booked, "the payment is booked").then(entries=(entry,))


def _book_stray(ticket: Ticket, event: PaymentRead, now: datetime) -> Decision:
    """Write a payment that goes back in the books."""
    stray = next(each for each in ticket.strays if each.intent == event.intent)
    if stray.is_booked:
        return nothing(ticket, "the payment is booked")
    if event.move is None:
        return _look_again(ticket, now)
    entry = ledger.unapplied_payment(
        ticket=ticket.id,
        repository=ticket.thread.repository,
        move=event.move.id,
        intent=event.intent,
        gross=event.amount,
        fee=event.move.fee,
        occurred_at=event.succeeded_at or now,
    )
    booked = _with_stray(ticket, replace(stray, is_booked=True))
    return _all_booked(booked, "the payment is booked").then(entries=(entry,))


def _with_stray(ticket: Ticket, stray: Stray) -> Ticket:
    """Put a changed stray payment in the place of the old one."""
    strays = tuple(stray if each.intent == stray.intent else each for each in ticket.strays)
    return replace(ticket, strays=strays)


def _look_again(ticket: Ticket, now: datetime) -> Decision:
    """Look for the balance transaction again after a while."""
    if ticket.due(Clock.BOOK) is not None:
        return nothing(ticket, "the balance transaction is not there yet")
    return Decision(
        ticket=ticket.start(Clock.BOOK, now + BOOK_AGAIN), reason="it will be booked in a moment"
    )


def _unbooked(ticket: Ticket) -> tuple[str, ...]:
    """Name the payments that are not in the books yet."""
    own = ticket.payment
    first = (own.intent,) if own and own.succeeded_at and not own.is_booked else ()
    return (*first, *(each.intent for each in ticket.strays if not each.is_booked))


def _unbooked_refund(ticket: Ticket) -> str:
    """Name the refund that is not in the books yet."""
    asked = ticket.refund
    return asked.refund if asked and asked.refund and not asked.is_booked else ""


def _all_booked(ticket: Ticket, reason: str) -> Decision:
    """Stop looking for balance transactions once everything is in the books."""
    if not _unbooked(ticket) and not _unbooked_refund(ticket):
        ticket = ticket.stop(Clock.BOOK)
    return Decision(ticket=ticket, reason=reason)


def book_again(ticket: Ticket, n: int, now: datetime) -> Decision:
    """Read whatever is not in the books yet, and come back later if that did not help."""
    lane = ticket.thread.lane
    ticket = ticket.stop(Clock.BOOK)
    effects: list[Effect] = [
        ReadPayment(lane=lane, intent=intent, cause=f"book:{n}") for intent in _unbooked(ticket)
    ]
    if refund := _unbooked_refund(ticket):
        effects.append(ReadRefund(lane=lane, refund=refund, cause=f"book:{n}"))
    if not effects:
        return Decision(ticket=ticket, reason="everything is booked")
    wait = min(BOOK_AGAIN * 2 ** min(n, 6), timedelta(hours=1))
    return Decision(
        ticket=ticket.start(Clock.BOOK, now + wait),
        effects=tuple(effects),
        reason="looking for the balance transaction",
    )


# ------------------------------------------------------------------ giving back


def give_back(ticket: Ticket, end: End, stage: Stage, now: datetime) -> Decision:
    """End a paid ticket with a full refund, free the helper, and tell the customer."""
    payment = ticket.payment
    assert payment is not None, "only what was paid can be given back"
    n = ticket.refund.n + 1 if ticket.refund else 1
    freed: tuple[Effect, ...] = ()
    if ticket.helper is not None or ticket.asking is not None:
        ticket, freed = asking.unassign(ticket, ticket.asked[-1])
    ticket = replace(
        ticket.enter(stage, now),
        end=end,
        money=MoneyState.REFUNDING,
        refund=RefundAsked(n=n, amount=payment.amount),
    )
    ticket, told = notify(ticket, NoticeKind.REFUND, notices.refund(ticket))
    return Decision(
        ticket=ticket,
        effects=(_refund(ticket, payment.intent, payment.amount, n), *freed, *told),
        reason=f"the money goes back: {end}",
    )


def refund_read(ticket: Ticket, event: RefundRead, now: datetime) -> Decision:
    """Take in what a refund says of itself."""
    stray = next((each for each in ticket.strays if each.intent == event.intent), None)
    if stray is not None:
        return _stray_refunded(ticket, stray, event)
    payment = ticket.payment
    if payment is None or payment.intent != event.intent:
        return nothing(ticket, "that refund is for no payment of this ticket")
    if event.status is RefundStatus.FAILED:
        return Decision(
            ticket=replace(ticket, trouble=Trouble.REFUND), reason="the refund did not go through"
        )
    asked = ticket.refund or RefundAsked(n=0, amount=event.amount)
    if asked.refund and asked.refund != event.refund:
        return nothing(ticket, "another refund of this payment is known")
    asked = replace(asked, refund=event.refund)
    ticket = replace(ticket, refund=asked)
    if asked.n == 0:
        ticket = _given_by_hand(ticket, event, now)
    if event.status is RefundStatus.SUCCEEDED and ticket.money is MoneyState.REFUNDING:
        trouble = None if ticket.trouble is Trouble.REFUND else ticket.trouble
        ticket = replace(ticket, money=MoneyState.REFUNDED, trouble=trouble)
    if asked.is_booked:
        return Decision(ticket=ticket, reason="the refund is known")
    if event.move is None:
        return _look_again(ticket, now)
    entry = ledger.refund(
        ticket=ticket.id,
        repository=ticket.thread.repository,
        move=event.move.id,
        amount=event.amount,
        tax=Money(0, event.amount.currency),
        occurred_at=event.occurred_at,
    )
    booked = replace(ticket, refund=replace(asked, is_booked=True))
    return _all_booked(booked, "the refund is booked").then(entries=(entry,))


def _given_by_hand(ticket: Ticket, event: RefundRead, now: datetime) -> Ticket:
    """Follow the operator, who gave money back without the ticket's asking."""
    payment = ticket.payment
    assert payment is not None, "a refund by hand is one of the ticket's payment"
    if event.amount != payment.amount or ticket.stage.is_over:
        return replace(ticket, trouble=Trouble.REFUND)
    return replace(
        ticket.enter(Stage.REFUNDED, now), end=End.BY_OPERATOR, money=MoneyState.REFUNDING
    )


def _stray_refunded(ticket: Ticket, stray: Stray, event: RefundRead) -> Decision:
    """Take in the refund of a payment that the ticket did not need."""
    if event.status is RefundStatus.FAILED:
        return Decision(
            ticket=replace(ticket, trouble=Trouble.REFUND), reason="the refund did not go through"
        )
    if ticket.payment is None and ticket.money is MoneyState.REFUNDING:
        ticket = replace(ticket, money=MoneyState.REFUNDED)
    if event.move is None or stray.is_refunded:
        return Decision(ticket=ticket, reason="the refund is known")
    entry = ledger.refund_unapplied(
        ticket=ticket.id,
        repository=ticket.thread.repository,
        move=event.move.id,
        intent=event.intent,
        amount=event.amount,
        occurred_at=event.occurred_at,
    )
    refunded = _with_stray(ticket, replace(stray, is_refunded=True))
    return Decision(ticket=refunded, entries=(entry,), reason="the refund is booked")
