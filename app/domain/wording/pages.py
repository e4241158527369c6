"""The sentences of the public pages; no I/O."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never

from app.domain.assignment import Rule
from app.domain.clockwork import Promise
from app.domain.money import show
from app.domain.operator import Operator
from app.domain.people import Person
from app.domain.tickets.asking import CLAIMED
from app.domain.tickets.review import DECIDE_WITHIN, OPERATOR_WITHIN
from app.domain.tickets.stages import MoneyState, Stage
from app.domain.tickets.terms import PlanTerms
from app.domain.tickets.ticket import Asked, AskState, End, Ticket, Trouble
from app.domain.tickets.working import OBJECT_WITHIN
from app.domain.wording import card, frozen
from app.domain.wording.answers import away, handed_over
from app.domain.wording.texts import join, promise, span

TO_HELPER = "The helper"
TO_REPOSITORY = "The project"
TO_PLATFORM = "The platform"
FOR_PROCESSING = "Payment processing"

UNKNOWN_PLAN = "There is no such plan on offer here. These are the ones that there are."
NO_CHECKOUT = "Payments are switched off here at the moment. Please come back later."
NO_REPOSITORY = "The project does not offer support here any more."
NEW_OWNER = (
    "This repository has a new owner, who has to agree first. Nothing was charged; please come "
    "back later."
)

CUSTOMER = "the customer"
HELPER = "the helper"

_TROUBLES: dict[Trouble, str] = {
    Trouble.CHECKOUT: "The checkout could not be opened the last time. Nothing was charged; "
    "please try again.",
    Trouble.PAYMENT: "We could not read a payment from Stripe. A person is looking at it; "
    "nothing is lost.",
    Trouble.REFUND: "A refund did not go through. A person is looking at it; nothing is lost.",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One step on the way of a ticket that goes well."""

    name: str
    is_done: bool
    is_now: bool


_STEPS: dict[str, tuple[Stage, ...]] = {
    "Offer": (Stage.OFFERED,),
    "Paid": (Stage.QUEUED,),
    "Help": (Stage.WORKING, Stage.WAITING_ON_CUSTOMER),
    "Solved?": (Stage.PROPOSED, Stage.REVIEW),
    "Accepted": (Stage.ACCEPTED,),
    "Done": (Stage.SETTLED,),
}


@dataclass(frozen=True, slots=True)
class Assurance:
    """Something to know before paying: a question, and its answer."""

    question: str
    answer: str


def title(ticket: Ticket) -> str:
    """Give the heading of a ticket's pages: the same words as on its card."""
    return card.title(ticket)


def notes(ticket: Ticket) -> tuple[str, ...]:
    """Say what is out of the ordinary: what we could not do, and money that went another way."""
    told = [_TROUBLES[ticket.trouble]] if ticket.trouble is not None else []
    told += filter(None, [away(ticket), handed_over(ticket), frozen.note(ticket)])
    told += [
        f"Another payment, of {show(each.amount)}, was not needed. All of it goes straight back."
        for each in ticket.strays
    ]
    paid, kept = ticket.payment, ticket.kept
    if paid is not None and kept is not None and 0 < kept.amount < paid.amount.amount:
        told.append(f"{show(paid.amount - kept)} of {show(paid.amount)} was given back.")
    return tuple(told)


def without_names(ticket: Ticket) -> Ticket:
    """Take the people's names out: those of a private repository are nobody else's business."""

    def unnamed(asked: Asked) -> Asked:
        person = Person(asked.helper.person.id, "a helper")
        return replace(asked, helper=replace(asked.helper, person=person), reason="")

    helper = ticket.helper
    if helper is not None:
        helper = replace(helper, person=Person(helper.person.id, HELPER))
    return replace(
        ticket,
        customer=Person(ticket.customer.id, CUSTOMER),
        helper=helper,
        asked=tuple(unnamed(each) for each in ticket.asked),
        nobody_asked="",
        terms=replace(ticket.terms, helpers=()),
    )


def steps(ticket: Ticket) -> tuple[Step, ...]:
    """Show how far a ticket has come; empty where it went another way, or is free."""
    now = next((at for at, stages in enumerate(_STEPS.values()) if ticket.stage in stages), None)
    if now is None or not ticket.terms.plans:
        return ()
    is_over = ticket.stage.is_over
    return tuple(
        Step(name, is_done=at < now or is_over, is_now=at == now) for at, name in enumerate(_STEPS)
    )


def why_nothing_is_due(ticket: Ticket) -> str:
    """Say why there is nothing to pay, in one sentence."""
    if ticket.stage is Stage.OFFERED:
        if ticket.money is MoneyState.PENDING:
            return "Your bank was asked for the money; nothing else is needed from you."
        if ticket.handed_over_at is not None:
            return "Nothing was charged; please come back later."
        return "This help is free."
    if ticket.money in (MoneyState.REFUNDING, MoneyState.REFUNDED):
        return "It was paid, and the money was given back."
    if ticket.money is MoneyState.LOST:
        return "It was paid, and the customer's bank took the money back."
    if ticket.payment is not None and ticket.payment.succeeded_at is not None:
        return "It is paid. Thank you."
    match ticket.end:
        case End.BY_VOLUNTEER:
            return "A volunteer has answered it, for free."
        case End.OVERTAKEN:
            return "Somebody else in this thread has paid already."
        case End.UNPAID:
            return "The offer has ended. Comment `/support` to ask again."
        case End.BY_CUSTOMER | End.WITHDRAWN:
            return "The offer was withdrawn. Comment `/support` to ask again."
        case _:
            return "It is over. Comment `/support` to ask again."


def promises(plan: PlanTerms) -> tuple[str, ...]:
    """Write what a plan promises, and nothing about what it does not."""
    given: tuple[tuple[str, Promise | None], ...] = (
        ("First answer", plan.respond_within),
        ("Solved", plan.resolve_within),
    )
    return tuple(f"{what} within {promise(how)}" for what, how in given if how is not None)


def assurances(ticket: Ticket, operator: Operator) -> tuple[Assurance, ...]:
    """Answer what somebody wants to know before paying real money."""
    terms = ticket.terms
    seller = operator.seller or "the operator of this site"
    silence = span(OBJECT_WITHIN)
    told = [
        Assurance(
            "What if nobody comes?",
            f"If no helper takes it within {span(terms.no_helper)} after you paid, you get "
            "everything back, without asking.",
        ),
        Assurance(
            "What if you change your mind?",
            "Comment `/support cancel` in the issue. Until a helper has answered you get all "
            f"of it back at once; then the helper is asked, and {silence} of silence count as a "
            "yes.",
        ),
        Assurance(
            "What if it is not solved?",
            "You say so with `/support decline` and why, and the helper goes on. The second time "
            f"the maintainers decide, within {span(DECIDE_WITHIN)}; if they do not, {seller} "
            f"decides; and if nobody has after {span(OPERATOR_WITHIN)} more, you get everything "
            "back.",
        ),
        Assurance(
            "How does money come back?",
            "To the card or account that it came from, usually within 5 to 10 days.",
        ),
        Assurance(
            "When is the money divided?",
            f"{span(terms.grace).capitalize()} after you accepted the answer. A proposal that you "
            f"do not decline within {span(terms.accept_within)} counts as accepted, if a comment "
            "that mentions you has told you of it; else the maintainers decide.",
        ),
        Assurance(
            "Who charges you?",
            f"{seller[:1].upper()}{seller[1:]}. Stripe takes the payment; we never see your card.",
        ),
    ]
    who = _who(ticket)
    return (Assurance("Who helps?", who), *told) if who else tuple(told)


def _who(ticket: Ticket) -> str:
    """Name those who may help, where names may be shown."""
    names = ticket.terms.helpers
    if not names:
        return ""
    chosen = f"{join(tuple(f'`{name}`' for name in names))}, chosen by the maintainers."
    if len(names) == 1:
        return chosen
    if ticket.terms.assignment is Rule.CLAIM:
        return f"{chosen} Whoever of them claims it first takes it."
    return f"{chosen} They are asked one after another."


def timeline(ticket: Ticket) -> tuple[tuple[datetime, str], ...]:
    """Tell what happened so far, oldest first; nothing in it is private."""
    told = [(ticket.opened_at, "Support was offered.")]
    payment = ticket.payment
    if payment is not None and payment.succeeded_at is not None:
        # Stripe tells whole seconds, so that it can seem to come before what was sold.
        told.append(
            (max(payment.succeeded_at, ticket.opened_at), f"{show(payment.amount)} was paid.")
        )
    told += [(record.at, _of_asking(record)) for record in ticket.asked]
    entered = _of_stage(ticket)
    if entered:
        told.append((ticket.since, entered))
    return tuple(sorted(told, key=lambda each: each[0]))


def _of_asking(record: Asked) -> str:
    """Tell what came of asking somebody."""
    name = f"`{record.helper.person.login}`"
    match record.state:
        case AskState.RELEASED:
            return f"{name} was asked, and gave it back."
        case AskState.PASSED:
            return f"{name} was asked, and did not take it."
        case AskState.MOOT:
            return f"{name} was asked; then it went on without them."
        case AskState.TOOK if record.reason == CLAIMED:
            return f"{name} claimed it."
        case AskState.TOOK:
            return f"{name} was asked, and took it."
        case AskState.WAITING:
            return f"{name} was asked."
        case _:
            assert_never(record.state)


def _of_stage(ticket: Ticket) -> str:
    """Tell how the present stage began; empty where the rest of the story says it."""
    customer = f"`{ticket.customer.login}`"
    helper = f"`{ticket.helper.person.login}`" if ticket.helper is not None else HELPER
    match ticket.stage:
        case Stage.OFFERED | Stage.QUEUED:
            return ""
        case Stage.WORKING:
            return f"{customer} said what is still missing." if ticket.declines else ""
        case Stage.WAITING_ON_CUSTOMER:
            return f"{helper} asked {customer} something."
        case Stage.PROPOSED:
            said = f"{helper} said that it is solved."
            return f"{customer} left a question open." if ticket.is_unanswered else said
        case Stage.REVIEW:
            return "The maintainers were asked to decide."
        case Stage.ACCEPTED:
            return "It was accepted."
        case Stage.SETTLED:
            return "The price was divided."
        case Stage.ANSWERED:
            return "It was answered for free."
        case Stage.CANCELLED:
            return "It was stopped."
        case Stage.EXPIRED:
            return "The offer ended."
        case Stage.REFUNDED:
            by_bank = "It ended, because the customer's bank took the money back."
            is_lost = ticket.end is End.BY_BANK
            return by_bank if is_lost else "It ended, and all of the money was sent back."
        case _:
            assert_never(ticket.stage)
