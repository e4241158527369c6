"""The living card: what a ticket says in the thread, whatever its stage; no I/O.

A card always answers five questions: what is there to pay, who acts next, by when, what if nobody
does, and how is it stopped. It mentions nobody: whoever must act is told by a notice or by GitHub.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

from app.domain.assignment import Rule
from app.domain.clockwork import Promise
from app.domain.commands import help_table
from app.domain.money import Division, show
from app.domain.operator import Operator
from app.domain.people import Person
from app.domain.tickets import sums
from app.domain.tickets.paying import Stray
from app.domain.tickets.stages import MoneyState, Stage
from app.domain.tickets.terms import PlanTerms
from app.domain.tickets.ticket import End, Ticket, Trouble
from app.domain.wording import frozen, ladder
from app.domain.wording.answers import answers, away, handed_over
from app.domain.wording.texts import join, name, promise, quoted, span

DIVISIONS_MAX = 6
"""Rows about where the money goes that stand open; more of them are folded."""

_TITLES: dict[Stage, str] = {
    Stage.OFFERED: "Support is on offer",
    Stage.QUEUED: "Paid, and a helper is being asked",
    Stage.WORKING: "A helper is at work",
    Stage.WAITING_ON_CUSTOMER: "Waiting for an answer",
    Stage.PROPOSED: "Is it solved?",
    Stage.ACCEPTED: "Accepted",
    Stage.SETTLED: "Done",
    Stage.ANSWERED: "Answered",
    Stage.CANCELLED: "Stopped",
    Stage.EXPIRED: "The offer has ended",
    Stage.REFUNDED: "Refunded",
    Stage.REVIEW: "The maintainers decide",
}

_TROUBLES: dict[Trouble, str] = {
    Trouble.CHECKOUT: "The checkout could not be opened. Nothing was charged; "
    "please try the pay link again.",
    Trouble.PAYMENT: "We could not read a payment from Stripe. A person is looking at it; "
    "nothing is lost.",
    Trouble.REFUND: "A refund has not gone through yet. A person is looking at it; nothing is "
    "lost.",
}


@dataclass(frozen=True, slots=True)
class CardMark:
    """The hidden first line of a card, as CONTRACT writes it."""

    ticket: str
    v: int
    stage: Stage
    money: MoneyState

    def __str__(self) -> str:
        return (
            f"<!-- mainstay:card:{self.ticket} v={self.v} stage={self.stage} money={self.money} -->"
        )


def render(ticket: Ticket, operator: Operator) -> str:
    """Write the whole comment: the mark, then what people read."""
    mark = CardMark(ticket.id, ticket.card.v, ticket.stage, ticket.money)
    return f"{mark}\n{text(ticket, operator)}"


def said(ticket: Ticket, operator: Operator) -> str:
    """Give all that a card tells, to people and in its mark, but for its version."""
    return f"{ticket.stage} {ticket.money}\n{text(ticket, operator)}"


def text(ticket: Ticket, operator: Operator) -> str:
    """Write what people read; it is the same as long as there is nothing new to say."""
    parts = [f"### {title(ticket)}"]
    if ticket.line:
        parts.append(f"> {ticket.line}")
    if ticket.trouble is not None:
        parts.append(f"> ⚠️ {_TROUBLES[ticket.trouble]}")
    if told := away(ticket):
        parts.append(f"> {told}")
    if told := handed_over(ticket):
        parts.append(f"> {told}")
    if told := frozen.note(ticket):
        parts.append(f"> {told}")
    parts += [_stray(ticket, each) for each in ticket.strays]
    if ticket.stage is Stage.OFFERED and ticket.money is not MoneyState.PENDING:
        parts += _offer(ticket, operator)
    elif ticket.thanked is not None:
        parts.append(ladder.thanks(ticket.thanked))
    elif ticket.plan is not None and ticket.payment is not None:
        parts += _sold(ticket)
    if (rating := ticket.rating) is not None:
        words = f" {quoted(rating.text)}" if rating.text else ""
        parts.append(f"**Rated by the customer:** {rating.stars} of 5.{words}")
    elif ticket.stage in (Stage.SETTLED, Stage.ANSWERED):
        parts.append(
            f"**How was the help?** {name(ticket.customer)} can say it: "
            "`/support rate 5 thank you`, or any number from 1 to 5."
        )
    if ticket.is_human and not ticket.stage.is_over:
        parts.append("**People alone answer here:** the AI stays out of this thread.")
    parts.append(_five(ticket, operator))
    parts.append(_foot(ticket, operator))
    return "\n\n".join(parts) + "\n"


def title(ticket: Ticket) -> str:
    """Give the heading: the stage, or what a closer look makes of it."""
    if ticket.stage is Stage.OFFERED and ticket.money is MoneyState.PENDING:
        return "A bank payment is on its way"
    if ticket.stage is Stage.QUEUED and ticket.asking is None:
        return "Paid, and waiting for a helper"
    if ticket.end is End.BY_BANK:
        return "Taken back by the bank"
    return _TITLES[ticket.stage]


def _stray(ticket: Ticket, stray: Stray) -> str:
    """Tell of a payment that the ticket did not need."""
    is_gone = ticket.is_repaid(stray, is_done=True)
    how = "went straight back." if is_gone else "goes straight back."
    what = "A payment of" if ticket.payment is None else "Another payment of"
    return f"> {what} {show(stray.amount)} was not needed: all of it {how}"


def _offer(ticket: Ticket, operator: Operator) -> list[str]:
    """Write what is on offer: each rung with its price and how long it takes."""
    terms = ticket.terms
    parts = [quoted(terms.opened_text)] if terms.opened_text else []
    plans = sorted(terms.plans, key=lambda plan: plan.id != ticket.chosen)
    rows = [*ladder.free_rows(ticket), *(_row(ticket, plan, operator) for plan in plans)]
    if rows:
        table = ["| Help | Price | First answer | Solved |", "|---|---|---|---|"]
        parts.append("\n".join([*table, *rows]))
    parts += ladder.where_it_stands(ticket)
    return [*parts, _divisions(plans), _who(ticket)] if plans else parts


def _row(ticket: Ticket, plan: PlanTerms, operator: Operator) -> str:
    """Write one plan as a line of the table."""
    # The plan that was named has the plain link; every other one names itself in it.
    named = "" if plan.id == ticket.chosen else plan.id
    # The link stands near the front: a phone shows no more than the first columns.
    link = f"[**Pay {show(plan.price)}**]({operator.pay_url(ticket.token, named)})"
    if ticket.handed_over_at is not None:
        link = show(plan.price)  # nobody can pay it now
    return (
        f"| {quoted(plan.title)} | {link} | {_within(plan.respond_within)} "
        f"| {_within(plan.resolve_within)} |"
    )


def _within(given: Promise | None) -> str:
    """Write a promise as an answer to "when?"."""
    return f"within {promise(given)}" if given is not None else promise(given)


def divided(division: Division) -> str:
    """Write where a price goes, without the parts that are nothing."""
    parts = (
        (division.helper, "to the helper"),
        (division.repository, "to the project"),
        (division.platform, "to the platform"),
        (division.fee, "for payment processing"),
    )
    return ", ".join(f"{show(part)} {whither}" for part, whither in parts if part.amount)


def _divisions(plans: list[PlanTerms]) -> str:
    """Write where the price of each plan goes, for each class of helper that would change it."""
    rows: list[str] = []
    # A platform that takes nothing needs no column of noughts.
    takes = any(s.divide(plan.price).platform.amount for plan in plans for s in plan.shares)
    for plan in plans:
        cells = {s.klass: _parts(s.divide(plan.price), takes=takes) for s in plan.shares}
        what = f"| {quoted(plan.title)}, {show(plan.price)}"
        if len(set(cells.values())) == 1:
            rows.append(f"{what} | {next(iter(cells.values()))} |")
        else:
            rows += [f"{what}, by a *{klass}* helper | {each} |" for klass, each in cells.items()]
    heading = "Where the money goes"
    names = ["Helper", "Project", *(["Platform"] if takes else []), "Payment processing"]
    columns = f"{' | '.join(names)} |\n|---|{'---|' * len(names)}"
    table = "\n".join([columns, *rows])
    if len(rows) <= DIVISIONS_MAX:
        return f"| {heading} | {table}"
    return f"<details><summary>{heading}</summary>\n\n| | {table}\n\n</details>"


def _parts(division: Division, *, takes: bool) -> str:
    """Write the parts of a price as cells of a table; the platform's where it takes any."""
    platform = [division.platform] if takes else []
    parts = (division.helper, division.repository, *platform, division.fee)
    return " | ".join(show(part) for part in parts)


def _who(ticket: Ticket) -> str:
    """Name those who may help; without mentioning anybody."""
    names = join(tuple(f"`{login}`" for login in ticket.terms.helpers))
    how = ""
    if ticket.terms.assignment is Rule.CLAIM:
        how = " Whoever claims it first takes it."
    elif len(ticket.terms.helpers) > 1:
        how = " They are asked one after another."
    within = span(ticket.terms.no_helper)
    return (
        f"**Who may help:** {names}, chosen by the maintainers.{how} If nobody takes it within "
        f"{within} after the payment, all of it goes back."
    )


def _sold(ticket: Ticket) -> list[str]:
    """Write what was bought, and who works on it and why."""
    plan, payment, stage = ticket.plan, ticket.payment, ticket.stage
    assert plan is not None, "the caller has looked"
    assert payment is not None, "the caller has looked"
    parts = [f"**{quoted(plan.title)}**, {show(payment.amount)}: {_money(ticket)}"]
    if ticket.asking is not None:
        person, reason = ticket.asking.helper.person, ticket.asking.reason
        parts.append(f"**Asked:** {name(person)}. {quoted(reason)}")
    elif ticket.helper is not None:
        parts.append(f"**Helper:** {_helper(ticket, ticket.helper.person)}")
    elif ticket.nobody_asked and stage is Stage.QUEUED:
        parts.append(f"**Asked:** nobody. {quoted(ticket.nobody_asked)}")
    if stage is Stage.REVIEW and (why := _why_review(ticket)):
        parts.append(f"**Why:** {why}")
    division = ticket.division
    if division is not None and not stage.is_over:
        parts.append(f"**Where it goes:** {divided(division)}.")
    if ticket.note and stage in (Stage.PROPOSED, Stage.REVIEW):
        parts.append(f"**The helper says:** {quoted(ticket.note)}")
    if ticket.why and (ticket.end is End.BY_REVIEW or ticket.is_cancel_asked):
        parts.append(f"**Why:** {quoted(ticket.why)}")
    if ticket.declines and stage in (Stage.WORKING, Stage.REVIEW):
        parts.append(f"**The customer says:** {quoted(ticket.declines[-1])}")
    return parts


def _why_review(ticket: Ticket) -> str:
    """Say what led to a review, where no words of the customer's do."""
    if (call := ticket.escalation) is not None:
        words = f": {quoted(call.reason)}" if call.reason else "."
        return f"{name(call.by)} asked the maintainers to decide{words}"
    if ticket.is_unanswered:
        return f"{name(ticket.customer)} left a question open."
    if ticket.is_out_of_time:
        return "the time that was promised is over, and as much again."
    return "" if len(ticket.declines) > 1 else "nobody said yes or no in time."


def _helper(ticket: Ticket, person: Person) -> str:
    """Name the helper; and while they work, say why it is they."""
    is_at_work = ticket.stage is Stage.WORKING
    return f"{name(person)}." + (f" {quoted(ticket.asked[-1].reason)}" if is_at_work else "")


def _money(ticket: Ticket) -> str:
    """Say where the money is, in a few words."""
    match ticket.money:
        case MoneyState.PAID | MoneyState.WON:
            return _held(ticket)
        case MoneyState.REFUNDING if ticket.trouble is Trouble.REFUND:
            return "still to be given back to the customer."
        case MoneyState.REFUNDING:
            return "on its way back to the customer."
        case MoneyState.REFUNDED:
            return "given back to the customer."
        case MoneyState.PENDING:
            return "on its way from the bank."
        case MoneyState.RELEASING | MoneyState.RELEASED:
            return "paid out to those who helped."
        case MoneyState.DISPUTED:
            return "with the customer's bank, which decides."
        case MoneyState.LOST:
            return "taken back by the customer's bank."
        case MoneyState.UNPAID | MoneyState.AUTHORISED | MoneyState.LAPSED | MoneyState.FAILED:
            return "not charged."
        case _:
            assert_never(ticket.money)


def _held(ticket: Ticket) -> str:
    """Say what becomes of money that we hold, less what was given back by hand."""
    match ticket.stage:
        case Stage.SETTLED:
            then = "divided"
        case Stage.ACCEPTED:
            then = "kept until it is divided"
        case _:
            then = "kept until it is solved"
    paid, kept, owed = ticket.payment, ticket.kept, sums.owed_back(ticket)
    if owed is not None:
        return f"paid; {show(owed)} of it goes back to the customer, and the rest is {then}."
    if paid is None or kept is None or kept == paid.amount:
        return f"paid, and {then}."
    return f"paid; {show(paid.amount - kept)} of it was given back, and the rest is {then}."


def _five(ticket: Ticket, operator: Operator) -> str:
    """Write the five answers."""
    given = answers(ticket, operator)
    lines = (
        ("To pay", given.owe),
        ("Next", given.next),
        ("By", given.by),
        ("If not", given.otherwise),
        ("To stop", given.stop),
    )
    return "\n".join(f"- **{question}:** {words}" for question, words in lines)


def _foot(ticket: Ticket, operator: Operator) -> str:
    """Link the ticket's own page, and keep the commands at hand without taking room."""
    page = f"<sub>[This ticket's page]({operator.ticket_url(ticket.token)})</sub>"
    if ticket.stage.is_over:
        return page
    return f"{page}\n\n<details><summary>Commands</summary>\n\n{help_table()}\n\n</details>"
