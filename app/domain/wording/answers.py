"""The five answers that a ticket always gives, one function a stage; no I/O."""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

from app.domain.money import show
from app.domain.operator import Operator
from app.domain.tickets.clocks import Clock
from app.domain.tickets.stages import MoneyState, Stage
from app.domain.tickets.ticket import End, Ticket
from app.domain.wording.texts import moment, promise


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What a person wants to know of a ticket, in sentences without markup of their own."""

    owe: str
    """What do I owe?"""
    next: str
    """Who acts next?"""
    by: str
    """By when?"""
    otherwise: str
    """What if nobody does?"""
    stop: str
    """How do I stop?"""


def answers(ticket: Ticket, operator: Operator) -> Answers:
    """Answer the five questions for the stage that the ticket is in."""
    match ticket.stage:
        case Stage.OFFERED:
            return _offered(ticket)
        case Stage.QUEUED:
            return _queued(ticket)
        case Stage.WORKING | Stage.WAITING_ON_CUSTOMER:
            return _working(ticket)
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
    return moment(due) if due is not None else "no fixed time"


def _price(ticket: Ticket) -> str:
    """Write what was paid."""
    return show(ticket.payment.amount) if ticket.payment else "the price"


def _helper(ticket: Ticket) -> str:
    """Name the helper, without mentioning them."""
    return f"`{ticket.helper.person.login}`" if ticket.helper else "the helper"


def _customer(ticket: Ticket) -> str:
    """Name the customer, without mentioning them."""
    return f"`{ticket.customer.login}`"


def _offered(ticket: Ticket) -> Answers:
    if ticket.money is MoneyState.PENDING:
        return Answers(
            owe="nothing more; your bank was asked for the money.",
            next="your bank. As soon as it has paid, a helper is asked.",
            by="usually a few working days; banks do not promise a time.",
            otherwise="if the bank says no, nothing is owed and you can pay again.",
            stop="`/support cancel`; should the money still arrive, it goes straight back.",
        )
    if not ticket.terms.plans:
        return Answers(
            owe="nothing; this is free.",
            next=f"{_customer(ticket)}, by reading the draft.",
            by=f"{_by(ticket, Clock.OFFER)}.",
            otherwise="this card closes, and nothing is owed.",
            stop="`/support cancel`.",
        )
    failed = ticket.money is MoneyState.FAILED
    return Answers(
        owe="nothing; your bank did not pay." if failed else "nothing, unless you pay for a plan.",
        next=f"{_customer(ticket)}, by choosing a plan; or nobody, if you do not need one.",
        by=f"{_by(ticket, Clock.OFFER)}.",
        otherwise="the offer ends, and nothing is owed.",
        stop="`/support cancel`, or simply do not pay.",
    )


def _queued(ticket: Ticket) -> Answers:
    asking = ticket.asking
    until = _by(ticket, Clock.NO_HELPER)
    if asking is None:
        who = "one of the helpers, by `/support claim`."
    elif asking.is_assigned is False:
        who = (
            f"`{asking.helper.person.login}`, by answering here or with `/support claim`. "
            "A first comment also lets GitHub assign them."
        )
    else:
        who = f"`{asking.helper.person.login}`, by answering here or with `/support claim`."
    ask = ticket.due(Clock.ASK)
    passes = f"from {moment(ask)} on the next helper is asked; " if asking and ask else ""
    return Answers(
        owe="nothing more; it is paid.",
        next=who,
        by=f"{until}.",
        otherwise=f"{passes}if nobody takes it by {until}, all of {_price(ticket)} goes back.",
        stop="`/support cancel`: free until a helper has answered, you get everything back.",
    )


def _working(ticket: Ticket) -> Answers:
    if ticket.is_cancel_asked:
        due = _by(ticket, Clock.CANCEL)
        return Answers(
            owe="nothing more; it is paid.",
            next=f"{_helper(ticket)}: `/support release` agrees to stop, `/support propose` "
            "says that it is solved.",
            by=f"{due}.",
            otherwise=f"silence counts as agreement: all of {_price(ticket)} goes back.",
            stop="you have asked to; nothing else is needed.",
        )
    return Answers(
        owe="nothing more; it is paid.",
        next=f"{_helper(ticket)}, who says `/support propose` when it is solved.",
        by=_resolution(ticket),
        otherwise=f"{_customer(ticket)} can ask to stop at any time, and silence counts as yes.",
        stop="`/support cancel` asks the helper; without an objection in 48 hours you get "
        "everything back.",
    )


def _resolution(ticket: Ticket) -> str:
    """Write the promise to solve, as it was sold."""
    plan, by = ticket.plan, ticket.resolve_by
    if plan is None or by is None:
        return "no time was promised."
    return f"{moment(by)}: {promise(plan.resolve_within)} were promised."


def _proposed(ticket: Ticket) -> Answers:
    due = _by(ticket, Clock.ACCEPT)
    return Answers(
        owe="nothing more; it is paid.",
        next=f"{_customer(ticket)}: `/support accept`, or `/support decline` and why.",
        by=f"{due}.",
        otherwise="silence counts as acceptance.",
        stop="`/support decline` and why sends it back; the second time the maintainers decide.",
    )


def _review(ticket: Ticket) -> Answers:
    due = _by(ticket, Clock.REVIEW)
    return Answers(
        owe="nothing more; it is paid.",
        next="a maintainer who is not the helper: `/support accept` pays the helper, "
        "`/support refund` and why gives the money back.",
        by=f"{due}.",
        otherwise=f"all of {_price(ticket)} goes back to {_customer(ticket)}.",
        stop="it is the maintainers' turn; nothing is needed from you.",
    )


def _accepted(ticket: Ticket) -> Answers:
    return Answers(
        owe="nothing.",
        next="nobody; the price is divided after the grace.",
        by=f"{_by(ticket, Clock.GRACE)}.",
        otherwise="it happens by itself.",
        stop="a maintainer can still give the money back until then; please ask here.",
    )


_ENDS: dict[End, str] = {
    End.NOT_YET: "It is over.",
    End.BY_CUSTOMER: "The customer stopped it.",
    End.WITHDRAWN: "The label was taken off.",
    End.OVERTAKEN: "Somebody else in this thread paid first, so this offer ended.",
    End.UNPAID: "Nobody chose a plan in time.",
    End.NOBODY_CAME: "No helper took it in time. We are sorry.",
    End.BY_HELPER: "Customer and helper agreed to stop.",
    End.BY_SILENCE: "Time ran out without an answer.",
    End.BY_OPERATOR: "The operator gave the money back.",
    End.BY_REVIEW: "The maintainers decided.",
    End.ACCEPTED: "The customer accepted the help.",
}


def _over(ticket: Ticket, operator: Operator) -> Answers:
    contact = f" Questions about money: {operator.support_email}." if operator.support_email else ""
    match ticket.money:
        case MoneyState.REFUNDING:
            owe, by = f"nothing; {_price(ticket)} is on its way back.", "usually 5 to 10 days."
        case MoneyState.REFUNDED:
            owe, by = "nothing; the money was given back.", "5 to 10 days until your bank shows it."
        case MoneyState.PENDING:
            owe = "nothing; should your bank still pay, it goes straight back."
            by = "a few working days."
        case _:
            owe, by = "nothing.", "nothing is waited for."
    return Answers(
        owe=owe,
        next=f"nobody. {_ENDS[ticket.end]}",
        by=by,
        otherwise=f"nothing happens.{contact}",
        stop="it is over. `/support` asks for help again.",
    )
