"""The sentences of the public pages; no I/O."""

from __future__ import annotations

from datetime import datetime

from app.domain.money import show
from app.domain.tickets.stages import MoneyState, Stage
from app.domain.tickets.ticket import AskState, End, Ticket
from app.domain.wording import card

TO_HELPER = "The helper"
TO_REPOSITORY = "The repository"
TO_PLATFORM = "The platform"
FOR_PROCESSING = "Payment processing"

CHECKOUT_TROUBLE = (
    "The checkout could not be opened the last time. Nothing was charged; please try again."
)


def title(ticket: Ticket) -> str:
    """Give the heading of a ticket's pages: the same words as on its card."""
    return card.title(ticket)


def why_nothing_is_due(ticket: Ticket) -> str:
    """Say why there is nothing to pay, in one sentence."""
    if ticket.stage is Stage.OFFERED:
        if ticket.money is MoneyState.PENDING:
            return "Your bank was asked for the money; nothing else is needed from you."
        return "This help is free."
    match ticket.end:
        case End.OVERTAKEN:
            return "Somebody else in this thread has paid already."
        case End.UNPAID:
            return "The offer has ended; ask for help again with /support."
        case End.BY_CUSTOMER | End.WITHDRAWN if ticket.payment is None:
            return "The offer was withdrawn."
        case _:
            pass
    if ticket.money in (MoneyState.REFUNDING, MoneyState.REFUNDED):
        return "The payment was given back."
    return "It is paid. Thank you!"


def timeline(ticket: Ticket) -> tuple[tuple[datetime, str], ...]:
    """Tell what happened so far, oldest first; nothing in it is private."""
    told = [(ticket.opened_at, "Support was offered.")]
    payment = ticket.payment
    if payment is not None and payment.succeeded_at is not None:
        told.append((payment.succeeded_at, f"{show(payment.amount)} was paid."))
    for record in ticket.asked:
        name = record.helper.person.login
        match record.state:
            case AskState.RELEASED:
                told.append((record.at, f"{name} was asked, and gave it back."))
            case AskState.PASSED:
                told.append((record.at, f"{name} was asked, and did not take it."))
            case AskState.TOOK:
                told.append((record.at, f"{name} was asked, and took it."))
            case AskState.WAITING:
                told.append((record.at, f"{name} was asked."))
    if ticket.since > ticket.opened_at and ticket.stage is not Stage.OFFERED:
        told.append((ticket.since, f"{title(ticket)}."))
    return tuple(sorted(told, key=lambda each: each[0]))
