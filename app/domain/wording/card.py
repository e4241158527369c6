"""The living card: what a ticket says in the thread, whatever its stage; no I/O.

A card always answers five questions: what do I owe, who acts next, by when, what if nobody does,
and how do I stop. It mentions nobody: whoever must act is told by a notice or by GitHub itself.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.commands import help_table
from app.domain.money import Division, show
from app.domain.operator import Operator
from app.domain.tickets.stages import MoneyState, Stage
from app.domain.tickets.terms import PlanTerms
from app.domain.tickets.ticket import DraftState, Ticket, Trouble
from app.domain.wording.answers import answers
from app.domain.wording.texts import join, promise, quoted, span

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
    Trouble.REFUND: "A refund did not go through. A person is looking at it; nothing is lost.",
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


def text(ticket: Ticket, operator: Operator) -> str:
    """Write what people read; it is the same as long as there is nothing new to say."""
    parts = [f"### {title(ticket)}"]
    if ticket.line:
        parts.append(f"> **{ticket.line}**")
    if ticket.trouble is not None:
        parts.append(f"> ⚠️ {_TROUBLES[ticket.trouble]}")
    if ticket.stage is Stage.OFFERED:
        parts += _offer(ticket, operator)
    elif ticket.plan is not None and ticket.payment is not None:
        parts.append(_sold(ticket))
    parts.append(_five(ticket, operator))
    parts.append(_foot(ticket, operator))
    return "\n\n".join(part for part in parts if part) + "\n"


def title(ticket: Ticket) -> str:
    """Give the heading: the stage, or what a payment on its way makes of it."""
    if ticket.stage is Stage.OFFERED and ticket.money is MoneyState.PENDING:
        return "A bank payment is on its way"
    return _TITLES[ticket.stage]


def _offer(ticket: Ticket, operator: Operator) -> list[str]:
    """Write what is on offer: the free draft, and each plan with its price and promises."""
    terms = ticket.terms
    own_words = quoted(terms.opened_text) if terms.opened_text else ""
    parts = [own_words] if own_words else []
    if ticket.draft is not DraftState.NONE:
        parts.append(
            "**Free:** an unchecked AI draft, grounded in this repository's documentation, "
            "comes as its own comment."
        )
    if not terms.plans or ticket.money is MoneyState.PENDING:
        return parts
    plans = sorted(terms.plans, key=lambda plan: plan.id != ticket.chosen)
    rows = [_row(ticket, plan, operator) for plan in plans]
    table = ["| Plan | Price | First answer within | Solved within | |", "|---|---|---|---|---|"]
    parts.append("\n".join([*table, *rows]))
    parts += [_divisions(plans[0]), _who(ticket)]
    return parts


def _row(ticket: Ticket, plan: PlanTerms, operator: Operator) -> str:
    """Write one plan as a line of the table."""
    # The plan that was named has the plain link; every other one names itself in it.
    named = "" if plan.id == ticket.chosen else plan.id
    link = f"[Pay {show(plan.price)}]({operator.pay_url(ticket.token, named)})"
    return (
        f"| {quoted(plan.title)} | **{show(plan.price)}** | {promise(plan.respond_within)} "
        f"| {promise(plan.resolve_within)} | {link} |"
    )


def divided(division: Division) -> str:
    """Write where a price goes, without the parts that are nothing."""
    parts = (
        (division.helper, "to the helper"),
        (division.repository, "to the repository"),
        (division.platform, "to the platform"),
        (division.fee, "for payment processing"),
    )
    return ", ".join(f"{show(part)} {name}" for part, name in parts if part.amount)


def _divisions(plan: PlanTerms) -> str:
    """Write where the price of a plan goes, for each class of helper that would change it."""
    whole = f"**Where {show(plan.price)} goes:** "
    texts = {share.klass: divided(share.divide(plan.price)) for share in plan.shares}
    if len(set(texts.values())) == 1:
        return f"{whole}{next(iter(texts.values()))}. The other plans are divided the same way."
    lines = [f"- with a *{klass}* helper: {words}" for klass, words in texts.items()]
    return "\n".join([whole.strip(), *lines])


def _who(ticket: Ticket) -> str:
    """Name those who may help; without mentioning anybody."""
    names = tuple(f"`{login}`" for login in ticket.terms.helpers)
    how = (
        "Whoever of them claims it first takes it."
        if ticket.terms.assignment == "claim"
        else "They are asked one after another."
    )
    within = span(ticket.terms.no_helper)
    return (
        f"**Who may help:** {join(names)}, chosen by the maintainers. {how} "
        f"If nobody takes it within {within} after you paid, you get everything back."
    )


def _sold(ticket: Ticket) -> str:
    """Write what was bought, and who works on it and why."""
    plan, payment = ticket.plan, ticket.payment
    assert plan is not None, "the caller has looked"
    assert payment is not None, "the caller has looked"
    lines = [f"**{quoted(plan.title)}**, {show(payment.amount)}: {_money(ticket)}"]
    if ticket.asked and ticket.stage in (Stage.QUEUED, Stage.WORKING):
        newest = ticket.asked[-1]
        who = "Helper" if ticket.helper else "Asked"
        if ticket.helper is not None or ticket.asking is not None:
            lines.append(f"**{who}:** `{newest.helper.person.login}`. {newest.reason}")
    elif ticket.helper is not None:
        lines.append(f"**Helper:** `{ticket.helper.person.login}`.")
    division = ticket.division
    if division is not None and not ticket.stage.is_over:
        lines.append(f"**Where it goes:** {divided(division)}.")
    if ticket.note and ticket.stage is Stage.PROPOSED:
        lines.append(f"**The helper says:** {quoted(ticket.note)}")
    if ticket.declines and ticket.stage in (Stage.WORKING, Stage.REVIEW):
        lines.append(f"**The customer says:** {quoted(ticket.declines[-1])}")
    return "\n\n".join(lines)


def _money(ticket: Ticket) -> str:
    """Say where the money is, in a few words."""
    match ticket.money:
        case MoneyState.PAID | MoneyState.WON if ticket.stage is Stage.SETTLED:
            return "paid, and divided."
        case MoneyState.PAID | MoneyState.WON:
            return "paid, and kept until it is solved."
        case MoneyState.REFUNDING:
            return "on its way back to the customer."
        case MoneyState.REFUNDED:
            return "given back to the customer."
        case MoneyState.PENDING:
            return "on its way from the bank."
        case MoneyState.RELEASING | MoneyState.RELEASED:
            return "paid out to those who helped."
        case MoneyState.DISPUTED | MoneyState.LOST:
            return "with the customer's bank, which decides."
        case MoneyState.UNPAID | MoneyState.AUTHORISED | MoneyState.LAPSED | MoneyState.FAILED:
            return "not charged."


def _five(ticket: Ticket, operator: Operator) -> str:
    """Write the five answers."""
    given = answers(ticket, operator)
    lines = (
        ("You owe", given.owe),
        ("Next", given.next),
        ("By", given.by),
        ("If not", given.otherwise),
        ("To stop", given.stop),
    )
    return "\n".join(f"- **{name}:** {words}" for name, words in lines)


def _foot(ticket: Ticket, operator: Operator) -> str:
    """Link the ticket's own page, and keep the commands at hand without taking room."""
    page = f"[This ticket's page]({operator.ticket_url(ticket.token)})"
    if ticket.stage.is_over:
        return f"<sub>{page}</sub>"
    return (
        f"<sub>{page}</sub>\n\n<details><summary>Commands</summary>\n\n{help_table()}\n\n</details>"
    )
