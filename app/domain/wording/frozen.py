"""What a ticket says while its payment is frozen, because a bank doubts it; no I/O."""

from __future__ import annotations

from app.domain.money import show
from app.domain.tickets.paying import DisputeState
from app.domain.tickets.stages import MoneyState, Stage
from app.domain.tickets.ticket import End, Ticket
from app.domain.wording.texts import moment, name

STANDS_STILL = (
    "The payment is frozen at the moment, as the card says, so nothing is decided before that is "
    "over."
)
PROPOSED = f"If it is not, please say `/support decline` and what is missing. {STANDS_STILL}"


def note(ticket: Ticket) -> str:
    """Say what froze it, and what that means; empty where nothing did."""
    if not ticket.is_frozen:
        return ""
    stands = "nothing is divided or given back here, and every clock about money waits."
    dispute = ticket.dispute
    if dispute is None:
        return (
            "A bank has warned that this payment may be fraud. Until a person has looked at it, "
            f"{stands}"
        )
    if dispute.state is DisputeState.INQUIRY:
        return f"The customer's bank asks about this payment. Until it has its answer, {stands}"
    if dispute.state is DisputeState.OPEN:
        return (
            "The customer's bank was asked to take this payment back. Until it has decided, "
            f"{stands}"
        )
    return f"The customer's bank has decided. Until Stripe has moved the money, {stands}"


def owe(ticket: Ticket) -> str:
    """Say what there is to pay."""
    if ticket.money is not MoneyState.DISPUTED:
        return "nothing more; it is paid."
    return "nothing more; the bank decides about what was paid."


def who(ticket: Ticket, next_: str) -> str:
    """Say who acts next about the payment, and who may go on with the help."""
    dispute = ticket.dispute
    if dispute is None:
        first = "the operator of this service, by looking at the bank's warning."
    elif dispute.answer_by is None:
        first = "the operator of this service, by answering the bank; then the bank decides."
    else:
        until = moment(dispute.answer_by, ticket.terms.zone)
        first = (
            f"the operator of this service, who may answer the bank until {until}; then the bank "
            "decides."
        )
    return f"{first}{_meanwhile(ticket, next_)}"


def _meanwhile(ticket: Ticket, next_: str) -> str:
    """Say who may go on with the help; empty where nothing is left to do."""
    customer = name(ticket.customer)
    helper = name(ticket.helper.person) if ticket.helper else "the helper"
    match ticket.stage:
        case Stage.QUEUED if ticket.asking is None:
            return " Meanwhile a helper can still take it, by `/support claim`."
        case Stage.WORKING if ticket.is_cancel_asked:
            return f" Meanwhile {helper} can still say `/support propose`."
        case Stage.QUEUED | Stage.WORKING | Stage.WAITING_ON_CUSTOMER:
            return f" Meanwhile the help goes on: {next_}"
        case Stage.PROPOSED:
            return f" Meanwhile {customer} can still say `/support decline` and what is missing."
        case Stage.ACCEPTED if ticket.end is not End.BY_REVIEW:
            return f" Meanwhile {customer} can still say `/support reopen` and why."
        case _:
            return ""


def by(ticket: Ticket) -> str:
    """Say by when that is over."""
    if ticket.dispute is None:
        return "as soon as a person has looked at it."
    return "usually within three months; banks do not promise a time."


def otherwise(ticket: Ticket) -> str:
    """Say what happens if the operator does nothing."""
    if ticket.dispute is None:
        return "it stays as it is: nothing is divided, and nothing goes back."
    paid = ticket.payment
    what = show(paid.amount) if paid is not None else "the money"
    if ticket.dispute.state is DisputeState.INQUIRY:
        return f"the bank may take {what} back, and then decide."
    on = "everything stays as it was" if ticket.stage.is_over else "everything goes on"
    return (
        f"the bank decides without an answer. Should it keep {what}, nobody is paid for this; "
        f"should it give the money back, {on}."
    )


def stop(ticket: Ticket) -> str:
    """Say how that is stopped."""
    if ticket.dispute is None:
        return "nobody else needs to do anything; the operator lets it go on, or pays it back."
    return f"{name(ticket.customer)} can tell their bank that the payment is right after all."
