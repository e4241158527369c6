"""The ticket's one checkout session: opened when asked for, closed when it is not due; no I/O.

A session is an effect, so it takes time; what is asked for meanwhile is remembered, and done when
the answer has come.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from app.domain.effects import CloseCheckout, Effect, OpenCheckout
from app.domain.events import CheckoutClosed, CheckoutEnded, CheckoutOpened, CheckoutRequested
from app.domain.tickets.decision import Around, Decision, nothing
from app.domain.tickets.paying import Checkout, CheckoutState
from app.domain.tickets.stages import MoneyState, Stage
from app.domain.tickets.ticket import Ticket, Trouble

SESSION_LASTS = timedelta(hours=2)
"""Stripe allows 30 minutes to 24 hours; our own link opens a new session at any time."""


def can_pay(ticket: Ticket) -> bool:
    """Say whether a payment is due, and nobody has to agree first."""
    is_unpaid = ticket.money in (MoneyState.UNPAID, MoneyState.FAILED)
    return ticket.stage is Stage.OFFERED and is_unpaid and ticket.handed_over_at is None


def request(ticket: Ticket, event: CheckoutRequested, around: Around, now: datetime) -> Decision:
    """Open a session for a plan, or make sure that one is on its way."""
    plan = ticket.terms.plan(event.plan)
    if plan is None or not can_pay(ticket):
        return nothing(ticket, "nothing is due")
    checkout = ticket.checkout
    if checkout is None or (checkout.expires_at is not None and checkout.expires_at <= now):
        return _open(ticket, plan.id, around, now)
    if checkout.state is CheckoutState.OPEN and checkout.plan != plan.id:
        return _close(ticket, next_plan=plan.id)
    if checkout.state is CheckoutState.OPEN:
        return nothing(ticket, "a session for this plan is open")
    next_plan = plan.id if checkout.plan != plan.id or checkout.next_plan else ""
    if checkout.state is CheckoutState.CLOSING:
        next_plan = plan.id
    wanted = replace(checkout, next_plan=next_plan)
    return Decision(ticket=replace(ticket, checkout=wanted), reason="the plan is remembered")


def _open(ticket: Ticket, plan_id: str, around: Around, now: datetime) -> Decision:
    """Order a new session."""
    plan = ticket.terms.plan(plan_id)
    assert plan is not None, "a plan is looked up before it is opened"
    n = ticket.checkouts + 1
    operator = around.operator
    effect = OpenCheckout(
        ticket=ticket.id,
        lane=ticket.thread.lane,
        n=n,
        plan=plan.id,
        price=plan.price,
        title=plan.title,
        success_url=operator.back_url(ticket.token),
        cancel_url=operator.ticket_url(ticket.token),
        expires_at=now + SESSION_LASTS,
    )
    checkout = Checkout(n=n, plan=plan.id, state=CheckoutState.OPENING)
    opening = replace(ticket, checkout=checkout, checkouts=n)
    return Decision(ticket=opening, effects=(effect,), reason="a session is being opened")


def _close(ticket: Ticket, *, next_plan: str = "") -> Decision:
    """Order the open session to be closed."""
    checkout = ticket.checkout
    assert checkout is not None, "only a session that is there can be closed"
    closing = replace(checkout, state=CheckoutState.CLOSING, next_plan=next_plan)
    effect = CloseCheckout(ticket=ticket.id, lane=ticket.thread.lane, session=checkout.session)
    return Decision(
        ticket=replace(ticket, checkout=closing),
        effects=(effect,),
        reason="the session is being closed",
    )


def opened(ticket: Ticket, event: CheckoutOpened) -> Decision:
    """Take in the address of the session; close it at once if it is not wanted any more."""
    checkout = ticket.checkout
    if checkout is None or checkout.n != event.n:
        effect = CloseCheckout(ticket=ticket.id, lane=ticket.thread.lane, session=event.session)
        return Decision(
            ticket=ticket, effects=(effect,), reason="that session is not the ticket's any more"
        )
    if checkout.state is not CheckoutState.OPENING:
        return nothing(ticket, "the session was known")
    checkout = replace(
        checkout,
        state=CheckoutState.OPEN,
        session=event.session,
        url=event.url,
        expires_at=event.expires_at,
    )
    ticket = replace(ticket, checkout=checkout).calm(Trouble.CHECKOUT)
    if not can_pay(ticket):
        return _close(ticket)
    if checkout.next_plan and checkout.next_plan != checkout.plan:
        return _close(ticket, next_plan=checkout.next_plan)
    return Decision(
        ticket=replace(ticket, checkout=replace(checkout, next_plan="")),
        reason="the session is open",
    )


def closed(ticket: Ticket, event: CheckoutClosed, around: Around, now: datetime) -> Decision:
    """Take in that a session is over, and open the one that was wanted instead."""
    checkout = ticket.checkout
    if checkout is None or checkout.session != event.session:
        return nothing(ticket, "that session is not the ticket's any more")
    ticket = replace(ticket, checkout=None)
    if event.is_completed:
        return Decision(ticket=ticket, reason="the session was paid before it could be closed")
    if checkout.next_plan and can_pay(ticket):
        return _open(ticket, checkout.next_plan, around, now)
    return Decision(ticket=ticket, reason="the session is over")


def ended(ticket: Ticket, event: CheckoutEnded, around: Around, now: datetime) -> Decision:
    """Take in that a session ended without a payment."""
    closing = CheckoutClosed(ticket=ticket.id, session=event.session, is_completed=False)
    return closed(ticket, closing, around, now)


def drop(ticket: Ticket, *, used: int = 0) -> tuple[Ticket, tuple[Effect, ...]]:
    """Make sure that no session of the ticket can be paid any more; the used one cannot anyway."""
    if ticket.checkout is not None and ticket.checkout.n == used:
        return replace(ticket, checkout=None), ()
    if ticket.checkout is None or ticket.checkout.state is not CheckoutState.OPEN:
        return ticket, ()  # one that is still being opened is closed as soon as it is there
    decision = _close(ticket)
    return decision.ticket, decision.effects


def failed(ticket: Ticket, n: int) -> Decision:
    """Take in that a session could not be opened."""
    if ticket.checkout is None or ticket.checkout.n != n:
        return nothing(ticket, "that session is not the ticket's any more")
    ticket = replace(ticket, checkout=None)
    if can_pay(ticket):
        ticket = ticket.worry(Trouble.CHECKOUT)
    return Decision(ticket=ticket, reason="the checkout could not be opened")
