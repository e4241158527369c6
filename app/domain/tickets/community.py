"""The rung between the AI and a plan: volunteers are asked, and one may be thanked; no I/O.

The window lies over an offer: its plans stay on offer meanwhile, and whatever ends the offer ends
the window with it. So nobody has to think of the label that volunteers find it by: it is taken off
as soon as the window's clock does not run any more, if it was we who put it there.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from app.domain.effects import Effect, PutLabel, TakeLabel
from app.domain.events import LabelPut
from app.domain.tickets import offered
from app.domain.tickets.clocks import Clock
from app.domain.tickets.decision import Around, Decision, nothing
from app.domain.tickets.stages import MoneyState, Stage
from app.domain.tickets.ticket import End, LabelState, Ticket
from app.domain.wording import lines

CHOOSE_WITHIN = timedelta(days=1)
"""So long at least an offer stands after its window, for the customer to thank or to choose."""


def obstacle(ticket: Ticket) -> str:
    """Say why volunteers cannot be asked for an offer; empty: they can, or they are."""
    if ticket.terms.community is None:
        return lines.NO_COMMUNITY
    if ticket.money is MoneyState.PENDING:
        return lines.PENDING
    if ticket.community_until is not None and not ticket.is_asking_volunteers:
        return lines.COMMUNITY_OVER
    return ""


def ask(ticket: Ticket, now: datetime) -> Decision:
    """Open the window, once; the offer lasts longer than it does."""
    window = ticket.terms.community
    if window is None or not ticket.can_ask_volunteers:
        return nothing(ticket, "volunteers are asked already")
    ticket, effect = _open(ticket, now + window)
    return Decision(ticket=ticket, effects=(effect,), reason="volunteers are asked")


def _open(ticket: Ticket, until: datetime) -> tuple[Ticket, Effect]:
    """Ask volunteers until then."""
    ticket = replace(ticket, community_until=until, help_wanted=LabelState.ORDERED)
    ticket = ticket.start(Clock.COMMUNITY, until)
    ends = ticket.due(Clock.OFFER)
    if ends is not None and ends < until + CHOOSE_WITHIN:
        ticket = ticket.start(Clock.OFFER, until + CHOOSE_WITHIN)
    return ticket, PutLabel(ticket=ticket.id, thread=ticket.thread, n=ticket.ticks)


def pause(ticket: Ticket, now: datetime) -> Ticket:
    """Ask nobody while a bank decides about a payment, and keep what is left of the window."""
    until = ticket.due(Clock.COMMUNITY)
    if until is None:
        return ticket
    return replace(ticket.stop(Clock.COMMUNITY), community_left=max(until - now, timedelta()))


def end(ticket: Ticket) -> Decision:
    """End the window, because nobody was thanked in time; the plans stay on offer."""
    ended = ticket.stop(Clock.COMMUNITY)
    return Decision(ticket=ended, reason="no volunteer's answer was accepted in time")


def label_put(ticket: Ticket, event: LabelPut) -> Decision:
    """Remember whether the label is ours to take off."""
    if ticket.help_wanted is not LabelState.ORDERED:
        return nothing(ticket, "the label was known")
    state = LabelState.OURS if event.is_ours else LabelState.NONE
    return Decision(ticket=replace(ticket, help_wanted=state), reason="the label is there")


def tidy(decision: Decision, now: datetime) -> Decision:
    """Take our label off again once nobody is asked any more, however that came about.

    Where a bank has said no, the rest of the window goes on.
    """
    ticket = decision.ticket
    left = ticket.community_left
    if (
        left is not None
        and ticket.stage is Stage.OFFERED
        and ticket.money is not MoneyState.PENDING
    ):
        ticket, put = _open(replace(ticket, community_left=None), now + left)
        return replace(decision, ticket=ticket, effects=(*decision.effects, put))
    if ticket.help_wanted is not LabelState.OURS or ticket.is_asking_volunteers:
        return decision
    without = replace(ticket, help_wanted=LabelState.NONE)
    effect = TakeLabel(ticket=ticket.id, thread=ticket.thread, n=ticket.ticks)
    return replace(decision, ticket=without, effects=(*decision.effects, effect))


def wrong_thanks(ticket: Ticket, login: str | None, around: Around) -> str:
    """Say why nobody of that name can be thanked for an offer; empty: they can."""
    if ticket.money is MoneyState.PENDING:
        return lines.PENDING
    if ticket.community_until is None:
        return lines.NOBODY_ASKED if ticket.can_ask_volunteers else lines.NOTHING_TO_ACCEPT
    if login is None:
        return lines.NO_NAME
    if login.lower() == ticket.customer.login.lower():
        return lines.ONESELF
    if not any(_is(each.login, login) for each in around.writers):
        return lines.not_a_writer(login)
    return ""


def thank(ticket: Ticket, login: str, around: Around, now: datetime) -> Decision:
    """End the offer, because a volunteer's answer helped; nothing is owed to anybody."""
    who = next(each for each in around.writers if _is(each.login, login))
    return offered.finish(replace(ticket, thanked=who), End.BY_VOLUNTEER, Stage.ANSWERED, now)


def _is(one: str, other: str) -> bool:
    return one.lower() == other.lower()
