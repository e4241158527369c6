"""What has to go back of a ticket's payments, and what that makes of its money; no I/O."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from app.domain.money import Money
from app.domain.tickets.paying import DisputeState, Payment, RepaymentState, Stray
from app.domain.tickets.stages import MoneyState, Stage
from app.domain.tickets.ticket import Ticket


def to_give_back(ticket: Ticket) -> Iterator[Payment | Stray]:
    """Give the payments of which all has to go back: strays, and one for help that ended badly."""
    yield from ticket.strays
    own = ticket.payment
    is_failed = ticket.stage.is_over and ticket.stage is not Stage.SETTLED
    if own is not None and own.succeeded_at is not None and is_failed:
        yield own


def on_order(ticket: Ticket) -> int:
    """Add up what we ordered back of the ticket's own payment and do not know of at Stripe yet."""
    own = ticket.payment
    return sum(
        each.amount.amount
        for each in ticket.repayments
        if own is not None and each.intent == own.intent and each.state is RepaymentState.ORDERED
    )


def owed_back(ticket: Ticket) -> Money | None:
    """Give what we promised back of the ticket's own payment and is not given; ``None``: nothing.

    What somebody gives by hand makes up for what was promised before it, and not for what comes
    later: repayments stand in the order in which we heard of them.
    """
    own = ticket.payment
    if own is None:
        return None
    owed = 0
    for each in ticket.repayments:
        if each.intent != own.intent:
            continue
        if each.n and not each.is_given:
            owed += each.amount.amount
        elif not each.n and each.is_given:
            owed = max(0, owed - each.amount.amount)
    return Money(owed, own.amount.currency) if owed else None


def is_square(ticket: Ticket) -> bool:
    """Say whether everything that has to go back has surely left, or is on its way as a part."""
    if not ticket.stage.is_over and owed_back(ticket) is not None:
        return False
    return all(ticket.is_repaid(each, is_done=True) for each in to_give_back(ticket))


def has_returned(ticket: Ticket, payment: Payment | Stray) -> bool:
    """Say whether a payment should have gone back, and a refund of it failed."""
    is_returned = any(
        each.intent == payment.intent and each.state is RepaymentState.RETURNED
        for each in ticket.repayments
    )
    return is_returned and not ticket.is_repaid(payment, is_done=True)


def money_when_over(ticket: Ticket) -> MoneyState:
    """Say where the money of a ticket is that is over; of its own payment, else of the strays."""
    own = ticket.payment
    if own is not None and own.succeeded_at is None:
        return MoneyState.PENDING
    if own is None and not ticket.strays:
        return ticket.money
    subject = ticket.strays if own is None else (own,)
    if all(ticket.is_repaid(each, is_done=True) for each in subject):
        return MoneyState.REFUNDED
    is_under_way = all(ticket.is_repaid(each) for each in subject)
    # Of a price that was divided nothing has to go back, whatever was given by hand.
    if ticket.stage is Stage.SETTLED and not is_under_way:
        return MoneyState.PAID
    return MoneyState.REFUNDING


def is_disputed(ticket: Ticket, intent: str) -> bool:
    """Say whether a bank may still decide about a payment: nothing of it can go back meanwhile."""
    return any(each.intent == intent and each.is_open for each in ticket.disputes)


def with_banks_word(ticket: Ticket) -> Ticket:
    """Let the state of the money say what the customer's bank did, if it did anything."""
    own = ticket.payment
    if own is None or own.succeeded_at is None:
        return ticket
    states = {each.state for each in ticket.disputes if each.intent == own.intent}
    is_open = ticket.dispute is not None and ticket.dispute.state is not DisputeState.INQUIRY
    if not states or (states <= {DisputeState.INQUIRY, DisputeState.CLOSED} and not is_open):
        return ticket
    money = money_when_over(ticket) if ticket.stage.is_over else MoneyState.PAID
    if is_open:
        money = MoneyState.DISPUTED
    elif ticket.lost(own) and money is MoneyState.REFUNDED:
        money = MoneyState.LOST
    elif DisputeState.WON in states and money is MoneyState.PAID:
        money = MoneyState.WON
    return replace(ticket, money=money)
