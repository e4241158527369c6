"""Giving money back: ordered by the ticket, or by hand at Stripe, and what came of it; no I/O."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final

from app.domain.effects import Effect, NoticeKind, Refund
from app.domain.events import RefundRead, RefundStatus
from app.domain.money import Money
from app.domain.tickets import asking, booking, sums
from app.domain.tickets.decision import Decision, nothing, notify
from app.domain.tickets.paying import Repayment, RepaymentState
from app.domain.tickets.stages import Stage
from app.domain.tickets.ticket import End, Ticket, Trouble
from app.domain.wording import notices

_STATES: Final = {
    RefundStatus.PENDING: RepaymentState.UNDER_WAY,
    RefundStatus.SUCCEEDED: RepaymentState.DONE,
    RefundStatus.FAILED: RepaymentState.RETURNED,
}
_IN_ORDER: Final = list(RepaymentState)


def order(ticket: Ticket, intent: str, amount: Money) -> tuple[Ticket, Effect]:
    """Order a refund of a payment, or of what is left of it."""
    n = 1 + sum(each.n > 0 for each in ticket.repayments if each.intent == intent)
    ordered = Repayment(intent=intent, amount=amount, n=n)
    effect = Refund(lane=ticket.thread.lane, intent=intent, amount=amount, n=n, ticket=ticket.id)
    return replace(ticket, repayments=(*ticket.repayments, ordered)), effect


def give_back(ticket: Ticket, end: End, stage: Stage, now: datetime) -> Decision:
    """End a paid ticket and give back all that is kept of it."""
    payment, rest = ticket.payment, ticket.kept
    assert payment is not None, "only what was paid can be given back"
    assert rest is not None, "only what was paid can be given back"
    # A part that was ordered before goes back by that order.
    rest = Money(max(0, rest.amount - sums.on_order(ticket)), rest.currency)
    ordered: tuple[Effect, ...] = ()
    if rest.amount:
        ticket, refund = order(ticket, payment.intent, rest)
        ordered = (refund,)
    ticket, effects = _end(ticket, end, stage, rest, now)
    return Decision(
        ticket=ticket, effects=(*ordered, *effects), reason=f"the money goes back: {end}"
    )


def give_part_back(ticket: Ticket, amount: Money) -> Decision:
    """Give a part of what is kept back, while the rest stays where it is."""
    payment = ticket.payment
    assert payment is not None, "only what was paid can be given back"
    ticket, refund = order(ticket, payment.intent, amount)
    ticket, told = notify(ticket, NoticeKind.REFUND, notices.part(ticket, amount))
    return Decision(ticket=ticket, effects=(refund, *told), reason="a part of the money goes back")


def stop(
    ticket: Ticket, end: End, stage: Stage, now: datetime
) -> tuple[Ticket, tuple[Effect, ...]]:
    """End a paid ticket, and free its helper."""
    freed: tuple[Effect, ...] = ()
    if ticket.helper is not None or ticket.asking is not None:
        ticket, freed = asking.unassign(ticket, ticket.asked[-1])
    return replace(ticket.enter(stage, now), end=end, is_cancel_asked=False), freed


def _end(
    ticket: Ticket, end: End, stage: Stage, amount: Money, now: datetime
) -> tuple[Ticket, tuple[Effect, ...]]:
    """End a paid ticket whose money goes back: free the helper, and tell the customer."""
    ticket, freed = stop(ticket, end, stage, now)
    ticket = replace(ticket, money=sums.money_when_over(ticket))
    ticket, told = notify(ticket, NoticeKind.REFUND, notices.refund(ticket, amount))
    return ticket, (*freed, *told)


def refund_read(ticket: Ticket, event: RefundRead, now: datetime) -> Decision:
    """Take in what a refund says of itself."""
    ticket = ticket.calm(Trouble.PAYMENT)
    ticket, known = _known(ticket, event)
    state = max(known.state, _STATES[event.status], key=_IN_ORDER.index)
    repayment = replace(known, refund=event.refund, state=state)
    repayments = tuple(repayment if each is known else each for each in ticket.repayments)
    ticket, effects = _follow(replace(ticket, repayments=repayments), now)
    ticket, entries = booking.book_refund(ticket, repayment, event, now)
    return Decision(
        ticket=booking.watch(ticket, now),
        effects=effects,
        entries=entries,
        reason=f"the refund is {state}",
    )


def _known(ticket: Ticket, event: RefundRead) -> tuple[Ticket, Repayment]:
    """Find the repayment that a refund is: by its id, as what we ordered, or a new one by hand."""
    of_payment = [each for each in ticket.repayments if each.intent == event.intent]
    for each in of_payment:
        if each.refund == event.refund:
            return ticket, each
    for each in of_payment:
        if not each.refund and each.amount == event.amount:
            return ticket, each
    by_hand = Repayment(intent=event.intent, amount=event.amount, n=0)
    return replace(ticket, repayments=(*ticket.repayments, by_hand)), by_hand


def _follow(ticket: Ticket, now: datetime) -> tuple[Ticket, tuple[Effect, ...]]:
    """Let stage, money and trouble follow from what is given back by now."""
    effects: tuple[Effect, ...] = ()
    kept, payment = ticket.kept, ticket.payment
    if ticket.stage.is_over:
        ticket = replace(ticket, money=sums.money_when_over(ticket))
    elif payment is not None and kept is not None and not kept.amount:
        # All of it was given back by hand: whoever did that has decided.
        ticket, effects = _end(ticket, End.BY_OPERATOR, Stage.REFUNDED, payment.amount, now)
    if sums.is_square(ticket):
        return ticket.calm(Trouble.REFUND), effects
    due = [*sums.to_give_back(ticket)]
    if payment is not None and not ticket.stage.is_over:
        due.append(payment)  # of which a part was promised
    if any(sums.has_returned(ticket, each) for each in due):
        ticket = ticket.worry(Trouble.REFUND)
    return ticket, effects


def refund_failed(ticket: Ticket, effect: Refund) -> Decision:
    """Take in that an order could not be carried out; a person looks, and no money is forgotten."""
    ordered = [
        each
        for each in ticket.repayments
        if (each.intent, each.n, each.refund) == (effect.intent, effect.n, "")
    ]
    if not ordered or sums.is_square(ticket):
        return nothing(ticket, "the money went back all the same")
    return Decision(ticket=ticket.worry(Trouble.REFUND), reason="money could not be given back")
