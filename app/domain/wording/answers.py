"""The five answers that a ticket always gives, one function a stage; no I/O.

Everybody reads them: the customer, the helper, the maintainers, and whoever comes by. So they name
people instead of saying "you", and never mention anybody.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

from app.domain.money import show
from app.domain.operator import Operator
from app.domain.tickets.clocks import Clock
from app.domain.tickets.stages import MoneyState, Stage
from app.domain.tickets.terms import PlanTerms
from app.domain.tickets.ticket import End, Ticket, Trouble
from app.domain.wording import frozen
from app.domain.wording.ends import why_over
from app.domain.wording.texts import join, moment, name, promise

UNLESS_PAID = "nothing, unless somebody pays for a plan."
NOT_TAKEN = "nothing; the bank did not pay, and nothing was taken."
FREE = "nothing; this is free."
PAID = "nothing more; it is paid."
_DONE = "there is nothing left to wait for."


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What a person wants to know of a ticket: sentences with no markup but code marks."""

    owe: str
    """What is there to pay?"""
    next: str
    """Who acts next?"""
    by: str
    """By when?"""
    otherwise: str
    """What if nobody does?"""
    stop: str
    """How is it stopped?"""


def answers(ticket: Ticket, operator: Operator) -> Answers:
    """Answer the five questions for the stage that the ticket is in, or for what froze it."""
    given = _of_stage(ticket, operator)
    if not ticket.is_frozen:
        return given
    return Answers(
        owe=frozen.owe(ticket),
        next=frozen.who(ticket, given.next),
        by=frozen.by(ticket),
        otherwise=frozen.otherwise(ticket),
        stop=frozen.stop(ticket),
    )


def _of_stage(ticket: Ticket, operator: Operator) -> Answers:
    """Answer for the stage that the ticket is in."""
    match ticket.stage:
        case Stage.OFFERED:
            return _offered(ticket)
        case Stage.QUEUED:
            return _queued(ticket)
        case Stage.WORKING:
            return _cancel_asked(ticket) if ticket.is_cancel_asked else _working(ticket)
        case Stage.WAITING_ON_CUSTOMER:
            return _waiting(ticket)
        case Stage.PROPOSED:
            return _proposed(ticket)
        case Stage.REVIEW:
            return _review(ticket)
        case Stage.ACCEPTED:
            return _accepted(ticket)
        case Stage.SETTLED | Stage.ANSWERED | Stage.CANCELLED | Stage.EXPIRED | Stage.REFUNDED:
            return _over(ticket, operator)
        case _:
            assert_never(ticket.stage)


def _by(ticket: Ticket, clock: Clock) -> str:
    """Write until when a clock runs."""
    due = ticket.due(clock)
    return moment(due, ticket.terms.zone) if due is not None else "no fixed time"


def _helper(ticket: Ticket) -> str:
    """Name the helper."""
    return name(ticket.helper.person) if ticket.helper else "the helper"


def all_of_it(ticket: Ticket) -> str:
    """Name what would go back: the whole price, or what is left of it."""
    paid, kept = ticket.payment, ticket.kept
    if paid is None or kept is None:
        return "all of it"
    return f"all of {show(kept)}" if kept == paid.amount else f"the remaining {show(kept)}"


def away(ticket: Ticket) -> str:
    """Say what it means that the App cannot reach the thread; empty where it can, or it is over."""
    if not ticket.is_away or ticket.stage.is_over:
        return ""
    told = "The App cannot write in this repository at the moment, so the thread says nothing new."
    if ticket.due(Clock.AWAY) is None:
        return f"{told} This ticket goes on at its own page."
    return (
        f"{told} If it is not back by {_by(ticket, Clock.AWAY)}, {all_of_it(ticket)} goes back to "
        f"{name(ticket.customer)}."
    )


def handed_over(ticket: Ticket) -> str:
    """Say that a new owner has to agree first; empty where nothing waits for that."""
    is_due = ticket.stage is Stage.OFFERED and ticket.money is not MoneyState.PENDING
    if ticket.handed_over_at is None or not is_due or not ticket.terms.plans:
        return ""
    return (
        "This repository has a new owner, who has to agree before anything can be paid here. "
        "Nothing is owed."
    )


def _offered(ticket: Ticket) -> Answers:
    """Answer for an offer: it is pending, free, or waits for somebody to choose."""
    customer = name(ticket.customer)
    if ticket.money is MoneyState.PENDING:
        return Answers(
            owe="nothing more; the bank was asked for the money.",
            next="the bank. As soon as it has paid, a helper is asked.",
            by="usually a few working days; banks do not promise a time.",
            otherwise=f"if the bank says no, nothing is owed, and {customer} can pay again.",
            stop=f"{customer} can say `/support cancel`; should the money still arrive, it goes "
            "straight back.",
        )
    if ticket.is_asking_volunteers:
        return _community(ticket)
    if not ticket.terms.plans:
        return _free(ticket)
    is_failed = ticket.money is MoneyState.FAILED
    first = ""
    if ticket.handed_over_at is not None:
        first = "the new owner of this repository, by agreeing to its support file; then "
    return Answers(
        owe=NOT_TAKEN if is_failed else UNLESS_PAID,
        next=f"{first}{customer}, by choosing {_choices(ticket)}; nobody has to.",
        by=f"{_by(ticket, Clock.OFFER)}.",
        otherwise="the offer ends, and nothing is owed.",
        stop=f"{customer} can say `/support cancel`, or simply not pay.",
    )


def _choices(ticket: Ticket) -> str:
    """Name the rungs that the customer can choose."""
    return "a plan or asking volunteers" if ticket.can_ask_volunteers else "a plan"


def _community(ticket: Ticket) -> Answers:
    """Answer while volunteers are asked; the plans stay on offer."""
    customer, is_sold = name(ticket.customer), bool(ticket.terms.plans)
    rest = f"{customer} can still choose a plan" if is_sold else f"{customer} can still thank one"
    is_failed = ticket.money is MoneyState.FAILED
    return Answers(
        owe=(NOT_TAKEN if is_failed else UNLESS_PAID) if is_sold else FREE,
        next=f"whoever can help, by answering here; then {customer}, by saying whether it did"
        f"{', or by choosing a plan' if is_sold else ''}.",
        by=f"{_by(ticket, Clock.COMMUNITY)}.",
        otherwise=f"{rest} until {_by(ticket, Clock.OFFER)}; then the offer ends, and nothing is "
        "owed.",
        stop=f"{customer} can say `/support cancel`, or simply leave it.",
    )


def _free(ticket: Ticket) -> Answers:
    """Answer where nothing can be bought: there is a draft or there are volunteers, or were."""
    customer, is_drafted = name(ticket.customer), ticket.is_drafted
    if ticket.can_ask_volunteers:
        reading = "by reading the AI draft, or " if is_drafted else ""
        who = f"{customer}, {reading}by asking volunteers."
    elif ticket.community_until is not None:
        who = f"{customer}, by thanking whoever helped; or nobody, if nobody did."
    elif is_drafted:
        who = f"{customer}, by reading the AI draft."
    else:
        who = "nobody: there is no AI draft this time, and nothing else is on offer here."
    return Answers(
        owe=FREE,
        next=who,
        by=f"{_by(ticket, Clock.OFFER)}.",
        otherwise="the offer closes, and nothing is owed.",
        stop=f"{customer} can say `/support cancel`, or simply leave it.",
    )


def _queued(ticket: Ticket) -> Answers:
    """Answer while a helper is asked, or anyone may claim."""
    customer, asking, rest = name(ticket.customer), ticket.asking, all_of_it(ticket)
    ends, ask = ticket.due(Clock.NO_HELPER), ticket.due(Clock.ASK)
    who = (
        "one of the helpers, by `/support claim`; or a maintainer, who can ask one by "
        "`/support transfer @login`, or give the money back."
    )
    if asking is not None:
        who = f"{name(asking.helper.person)}, by answering in the thread or with `/support claim`."
        if asking.is_assigned is False:
            who += " A first comment also lets GitHub assign them."
    until = _by(ticket, Clock.NO_HELPER)
    otherwise = f"{rest} goes back to {customer}."
    by = f"{until}."
    if ask is not None and ends is not None and ask < ends:
        by = f"{moment(ask, ticket.terms.zone)}."
        otherwise = (
            "the next helper is asked, if there is one. If nobody takes it by "
            f"{until}, {rest} goes back to {customer}."
        )
    return Answers(
        owe=PAID,
        next=who,
        by=by,
        otherwise=otherwise,
        stop=f"{customer} can say `/support cancel`: until a helper has answered, {rest} goes "
        "back at once.",
    )


def _cancel_asked(ticket: Ticket) -> Answers:
    """Answer while the helper has to say whether they agree to stop."""
    customer = name(ticket.customer)
    return Answers(
        owe=PAID,
        next=f"{_helper(ticket)}: `/support release` agrees to stop, `/support propose` says that "
        "it is solved.",
        by=f"{_by(ticket, Clock.CANCEL)}.",
        otherwise=f"silence counts as a yes, and {all_of_it(ticket)} goes back to {customer}."
        if ticket.silence_counts
        else "the maintainers decide.",
        stop=f"{customer} has asked for it already.",
    )


def _working(ticket: Ticket) -> Answers:
    """Answer while the helper works."""
    helper, plan, until = _helper(ticket), ticket.plan, ticket.resolve_by
    by = "no time was promised."
    otherwise = f"it stays open; {name(ticket.customer)} can stop it."
    if plan is not None and until is not None:
        by = f"{moment(until, ticket.terms.zone)}, as promised: {_promised(plan, ticket)}."
        otherwise = (
            "the maintainers decide."
            if ticket.breaches
            else f"{helper} gets as much time once more; then the maintainers decide."
        )
    return Answers(
        owe=PAID,
        next=f"{helper}, who says `/support propose` when it is solved.",
        by=by,
        otherwise=otherwise,
        stop=_stop(ticket),
    )


def _promised(plan: PlanTerms, ticket: Ticket) -> str:
    """Write the promise to solve, and whether it was broken once."""
    within = f"within {promise(plan.resolve_within)}"
    return f"{within}, and as much again since that was not kept" if ticket.breaches else within


def _stop(ticket: Ticket) -> str:
    """Say how a ticket is stopped that a helper has taken."""
    return (
        f"{name(ticket.customer)} can say `/support cancel`: {_helper(ticket)} is asked then, "
        f"silence counts as a yes, and {all_of_it(ticket)} goes back."
    )


def _waiting(ticket: Ticket) -> Answers:
    """Answer while the helper waits for the customer's answer."""
    return Answers(
        owe=PAID,
        next=f"{name(ticket.customer)}, by answering the question of {_helper(ticket)}; any words "
        "in the thread will do.",
        by=f"{_by(ticket, Clock.UNANSWERED)}; the clock of {_helper(ticket)} stands still.",
        otherwise="it counts as solved, and there is time again to say that it is not.",
        stop=_stop(ticket),
    )


def _proposed(ticket: Ticket) -> Answers:
    """Answer while the customer looks."""
    again = (
        "this time the maintainers decide"
        if ticket.declines
        else f"{_helper(ticket)} goes on; a second time the maintainers decide"
    )
    who = f"{name(ticket.customer)}: `/support accept`, or `/support decline` and what is missing."
    if ticket.is_unanswered:
        who = (
            f"{name(ticket.customer)}: any answer to the open question of {_helper(ticket)} lets "
            "the work go on, `/support accept` says that it is solved."
        )
    return Answers(
        owe=PAID,
        next=who,
        by=f"{_by(ticket, Clock.ACCEPT)}.",
        otherwise="without a no it counts as a yes, and it is accepted."
        if ticket.silence_counts
        else "the maintainers decide.",
        stop=f"`/support decline` and why: {again}.",
    )


def _review(ticket: Ticket) -> Answers:
    """Answer while the maintainers decide."""
    customer, helper = name(ticket.customer), _helper(ticket)
    who = (
        f"a maintainer who is neither {customer} nor {helper}: `/support accept` pays "
        f"{helper}, `/support refund` and why gives the money back, with an amount a part of it."
    )
    if ticket.due(Clock.OPERATOR) is not None:
        return Answers(
            owe=PAID,
            next=f"the operator of this service, since no maintainer decided; or still {who}",
            by=f"{_by(ticket, Clock.OPERATOR)}.",
            otherwise=f"{all_of_it(ticket)} goes back to {customer}.",
            stop="nobody else needs to do anything.",
        )
    return Answers(
        owe=PAID,
        next=who,
        by=f"{_by(ticket, Clock.REVIEW)}.",
        otherwise="the operator of this service decides.",
        stop="it is the maintainers' turn; nobody else needs to do anything.",
    )


def _accepted(ticket: Ticket) -> Answers:
    """Answer while the grace runs; the customer takes back no decision of the maintainers."""
    again = (
        ""
        if ticket.end is End.BY_REVIEW
        else f"{name(ticket.customer)} can still say `/support reopen` and why, and "
    )
    return Answers(
        owe=PAID,
        next="nobody; the price is divided by itself.",
        by=f"{_by(ticket, Clock.GRACE)}.",
        otherwise="it happens all the same; nobody needs to do anything.",
        stop=f"until then {again}a maintainer can give the money back: `/support refund` and why.",
    )


def _over(ticket: Ticket, operator: Operator) -> Answers:
    """Answer where nothing is expected from anybody any more."""
    customer, email = name(ticket.customer), operator.support_email
    has_money = ticket.payment is not None or ticket.strays
    contact = f" Questions about money go to {email}." if email and has_money else ""
    match ticket.money:
        case MoneyState.REFUNDING if ticket.trouble is Trouble.REFUND:
            owe = f"nothing; {_gone(ticket)} still has to go back to {customer}."
            by = "as soon as a person has looked at it."
        case MoneyState.REFUNDING:
            owe = f"nothing; {_gone(ticket)} is on its way back to {customer}."
            by = "usually 5 to 10 days."
        case MoneyState.REFUNDED:
            owe = f"nothing; {_gone(ticket)} went back to {customer}."
            by = "usually 5 to 10 days until a bank shows it."
        case MoneyState.LOST:
            owe = f"nothing; the bank of {customer} has taken {_gone(ticket)} back."
            by = _DONE
        case MoneyState.PENDING:
            owe = "nothing; should the bank still pay, it goes straight back."
            by = "usually a few working days."
        case _:
            owe, by = "nothing.", _DONE
    return Answers(
        owe=owe,
        next=f"nobody. {why_over(ticket)}",
        by=by,
        otherwise=f"nothing more happens.{contact}",
        stop="it is over. `/support` asks for help again.",
    )


def _gone(ticket: Ticket) -> str:
    """Name what goes or went back: all of the payment, or of those that were not needed."""
    own = ticket.payment
    amounts = [own.amount] if own is not None else [each.amount for each in ticket.strays]
    return f"all of {join(tuple(show(each) for each in amounts))}"
