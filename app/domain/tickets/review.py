"""A ticket on which the two sides disagree: the maintainers decide, never the helper; no I/O."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import assert_never

from app.domain.assignment import Rule
from app.domain.effects import FindMaintainer, NoticeKind
from app.domain.events import MaintainerFound, ReviewDecided, Verdict
from app.domain.ids import UserId
from app.domain.money import Money
from app.domain.people import Person
from app.domain.tickets import refunds, sums
from app.domain.tickets.clocks import Clock
from app.domain.tickets.decision import Around, Decision, may_notify, nothing, notify
from app.domain.tickets.parts import Escalation
from app.domain.tickets.stages import Stage
from app.domain.tickets.ticket import End, Ticket
from app.domain.wording import lines, notices

DECIDE_WITHIN = timedelta(days=5)
"""How long the maintainers have; then the operator decides."""

OPERATOR_WITHIN = timedelta(days=14)
"""How long the operator has after them; then the customer gets the money back."""


def begin(ticket: Ticket, now: datetime) -> Decision:
    """Lay the ticket before the maintainers."""
    ticket = (
        replace(ticket, why="").enter(Stage.REVIEW, now).start(Clock.REVIEW, now + DECIDE_WITHIN)
    )
    return Decision(ticket=ticket, reason="the maintainers decide")


def call(before: Ticket, decision: Decision, around: Around) -> Decision:
    """Look for one maintainer to tell, whatever led to it: only they know that it waits for them.

    Whose money it is decides nothing here, so neither customer nor helper is that one.
    """
    ticket = decision.ticket
    kind = _to_tell(ticket)
    if kind is None or kind is _to_tell(before) or not may_notify(ticket, kind):
        return decision
    users = tuple(user for user in around.stewards if not has_stake(ticket, user))
    if not users:
        return decision
    effect = FindMaintainer(ticket=ticket.id, thread=ticket.thread, users=users, kind=kind)
    return replace(decision, effects=(*decision.effects, effect))


def _to_tell(ticket: Ticket) -> NoticeKind | None:
    """Say what a maintainer should hear of: a review, or that no helper is left to be asked."""
    if ticket.stage is Stage.REVIEW:
        return NoticeKind.REVIEW
    is_left = ticket.nobody_asked and ticket.terms.assignment is not Rule.CLAIM
    if ticket.stage is Stage.QUEUED and ticket.asking is None and is_left:
        return NoticeKind.UNCLAIMED
    return None


def found(ticket: Ticket, event: MaintainerFound) -> Decision:
    """Tell the maintainer who was found, once, if there is still something to decide."""
    if event.user is None or has_stake(ticket, event.user):
        return nothing(ticket, "no maintainer is known who could be told")
    kind = _to_tell(ticket)
    if kind is None or kind in ticket.notices:
        return nothing(ticket, "there is nothing to tell a maintainer")
    words = notices.review if kind is NoticeKind.REVIEW else notices.unclaimed
    to = (event.user, event.login)
    ticket, told = notify(ticket, kind, words(ticket, event.login), to=to)
    return Decision(ticket=ticket, effects=told, reason="a maintainer is told")


def has_stake(ticket: Ticket, user: UserId) -> bool:
    """Say whether the money would be theirs."""
    is_helper = ticket.helper is not None and ticket.helper.user == user
    return is_helper or ticket.customer_user == user


def escalate(ticket: Ticket, by: Person, reason: str, now: datetime) -> Decision:
    """Lay the ticket before the maintainers because customer or helper wants it."""
    call = Escalation(by=by, reason=reason)
    return begin(replace(ticket, escalation=call, is_cancel_asked=False), now)


def call_operator(ticket: Ticket, now: datetime) -> Decision:
    """Lay it before the operator, because the maintainers did not decide; they still may."""
    ticket = ticket.stop(Clock.REVIEW).start(Clock.OPERATOR, now + OPERATOR_WITHIN)
    return Decision(ticket=ticket, reason="the operator decides")


def wrong_part(ticket: Ticket, amount: Money) -> str:
    """Say why a part of the money cannot go back; empty: it can."""
    kept = ticket.kept
    assert kept is not None, "there is something to give back"
    if amount.currency != kept.currency:
        return lines.other_currency(kept.currency)
    if sums.owed_back(ticket) is not None:
        return lines.ONE_PART_AT_A_TIME
    return "" if amount.amount < kept.amount else lines.no_part(kept)


def give_part(ticket: Ticket, amount: Money, now: datetime) -> Decision:
    """Give a part back; that also decides a review: the helper gets paid from the rest."""
    given = refunds.give_part_back(ticket, amount)
    if ticket.stage is not Stage.REVIEW:
        return given
    decided = pay(given.ticket, now)
    return replace(decided, effects=given.effects)


def decided(ticket: Ticket, event: ReviewDecided, now: datetime) -> Decision:
    """Do what the operator decided, once the maintainers did not."""
    if ticket.stage is not Stage.REVIEW:
        return nothing(ticket, "it is decided already")
    if ticket.is_frozen:
        return nothing(ticket, "the payment is frozen")
    match event.verdict:
        case Verdict.PAY:
            return pay(ticket, now)
        case Verdict.REFUND:
            return refund(ticket, now)
        case Verdict.PART:
            if event.amount is None or wrong_part(ticket, event.amount):
                return nothing(ticket, "that is no part of what is kept")
            return give_part(ticket, event.amount, now)
        case _:
            assert_never(event.verdict)


def pay(ticket: Ticket, now: datetime) -> Decision:
    """Accept in the customer's place; the grace runs before the price is divided."""
    ticket = replace(ticket.enter(Stage.ACCEPTED, now), end=End.BY_REVIEW)
    ticket = ticket.start(Clock.GRACE, now + ticket.terms.grace)
    return Decision(ticket=ticket, reason="the maintainers decided for the helper")


def refund(ticket: Ticket, now: datetime, end: End = End.BY_REVIEW) -> Decision:
    """Give the money back."""
    return refunds.give_back(ticket, end, Stage.REFUNDED, now)
