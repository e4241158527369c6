"""Asking helpers, one after another, and what comes of it; no I/O."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final

from app.domain.assignment import Choice, choose
from app.domain.clockwork import Calendar, add_open
from app.domain.effects import Assign, Effect, NoticeKind, Unassign
from app.domain.events import HelperAssigned
from app.domain.ids import UserId
from app.domain.tickets.clocks import Clock
from app.domain.tickets.decision import Around, Decision, Nominee, may_notify, nothing, notify
from app.domain.tickets.stages import Stage
from app.domain.tickets.ticket import Asked, AskState, Helper, Ticket
from app.domain.wording import notices

CLAIMED: Final = "They claimed it."
"""Why a helper has a ticket for which nobody chose them."""


def ask_next(ticket: Ticket, around: Around, now: datetime) -> tuple[Ticket, tuple[Effect, ...]]:
    """Ask the next helper in turn; where nobody is left, the ticket waits for a claim."""
    plan = ticket.plan
    assert plan is not None, "only a paid ticket asks helpers"
    tried = {each.helper.user for each in ticket.asked}
    candidates = [
        replace(each.candidate, is_excluded=each.helper.user in tried)
        for each in around.nominees
        if each.helper.user != ticket.customer_user
    ]
    choice = choose(candidates, rule=ticket.terms.assignment, topics=around.topics)
    if not isinstance(choice, Choice):
        return replace(ticket, nobody_asked=choice.reason), ()
    nominee = around.nominee(choice.helper.user)
    assert nominee is not None, "whoever was chosen was a nominee"
    asked = Asked(helper=nominee.helper, at=now, reason=choice.reason)
    ticket = replace(ticket, asked=(*ticket.asked, asked), nobody_asked="")
    if plan.respond_within is not None:
        ticket = ticket.start(Clock.ASK, add_open(now, plan.respond_within, nominee.calendar))
    return assign(ticket, nominee.helper)


def assign(ticket: Ticket, helper: Helper) -> tuple[Ticket, tuple[Effect, ...]]:
    """Have GitHub assign a helper."""
    n = ticket.assigns + 1
    effect = Assign(
        ticket=ticket.id, thread=ticket.thread, user=helper.user, login=helper.person.login, n=n
    )
    return replace(ticket, assigns=n), (effect,)


def unassign(ticket: Ticket, asked: Asked) -> tuple[Ticket, tuple[Effect, ...]]:
    """Take a helper off the issue, unless GitHub never assigned them."""
    if asked.is_assigned is False:
        return ticket, ()
    n = ticket.assigns + 1
    effect = Unassign(
        ticket=ticket.id,
        thread=ticket.thread,
        user=asked.helper.user,
        login=asked.helper.person.login,
        n=n,
    )
    return replace(ticket, assigns=n), (effect,)


def mark(ticket: Ticket, user: UserId, state: AskState) -> Ticket:
    """Note what came of asking somebody; only their newest asking counts."""
    records = list(ticket.asked)
    newest = max(at for at, each in enumerate(records) if each.helper.user == user)
    records[newest] = replace(records[newest], state=state)
    return replace(ticket, asked=tuple(records))


def take(ticket: Ticket, nominee: Nominee, now: datetime) -> Decision:
    """Let a helper take the ticket: by acting, or by claiming it."""
    effects: tuple[Effect, ...] = ()
    asking = ticket.asking
    helper = nominee.helper
    if asking is None or asking.helper.user != helper.user:
        if asking is not None:
            ticket, effects = unassign(ticket, asking)
            ticket = mark(ticket, asking.helper.user, AskState.MOOT)
        claimed = Asked(helper=helper, at=now, reason=CLAIMED)
        ticket = replace(ticket, asked=(*ticket.asked, claimed))
    is_assigned = ticket.asked[-1].is_assigned
    ticket = replace(mark(ticket, helper.user, AskState.TOOK), helper=helper)
    ticket = _promise(ticket.enter(Stage.WORKING, now), nominee.calendar, now)
    if not is_assigned:
        ticket, assigned = assign(ticket, helper)
        effects = (*effects, *assigned)
    return Decision(ticket=ticket, effects=effects, reason="a helper took it")


def _promise(ticket: Ticket, calendar: Calendar, now: datetime) -> Ticket:
    """Let the promise to solve it run, in the helper's own calendar and from this moment."""
    ticket = replace(
        ticket.stop(Clock.RESOLVE),
        calendar=calendar,
        resolve_by=None,
        resolve_left=None,
        breaches=0,
    )
    promised = ticket.plan.resolve_within if ticket.plan is not None else None
    return ticket if promised is None else ticket.resolve_until(add_open(now, promised, calendar))


def release(
    ticket: Ticket, around: Around, now: datetime, state: AskState = AskState.RELEASED
) -> Decision:
    """Let the helper give the ticket back, or take it from them, and ask the next one."""
    record = ticket.asked[-1]
    ticket, effects = unassign(ticket, record)
    ticket = mark(ticket, record.helper.user, state)
    if ticket.stage is Stage.QUEUED:
        ticket = ticket.stop(Clock.ASK)
    else:
        ticket = replace(ticket.enter(Stage.QUEUED, now), helper=None)
        ticket = ticket.start(Clock.NO_HELPER, now + ticket.terms.no_helper)
    ticket, asks = ask_next(ticket, around, now)
    return Decision(ticket=ticket, effects=(*effects, *asks), reason="the helper gave it back")


def pass_on(ticket: Ticket, around: Around, now: datetime, reason: str) -> Decision:
    """Ask the next helper, because the one who is asked cannot be told or did not act."""
    asking = ticket.asking
    assert asking is not None, "only somebody who is asked can be passed over"
    ticket, effects = unassign(ticket, asking)
    ticket = mark(ticket, asking.helper.user, AskState.PASSED).stop(Clock.ASK)
    ticket, asks = ask_next(ticket, around, now)
    return Decision(ticket=ticket, effects=(*effects, *asks), reason=reason)


def went_off(ticket: Ticket, user: UserId, around: Around, now: datetime) -> Decision:
    """Ask the next helper, because the one who is asked takes a break: they said so, in time."""
    if ticket.asking is None or ticket.asking.helper.user != user:
        return nothing(ticket, "this helper is not asked for it")
    return release(ticket, around, now)


def assigned(ticket: Ticket, event: HelperAssigned, around: Around, now: datetime) -> Decision:
    """Take in what came of assigning a helper."""
    if event.is_gone:
        return account_gone(ticket, event.user, around, now)
    return note_assignment(ticket, event.user, around, now, is_assigned=event.is_assigned)


def note_assignment(
    ticket: Ticket, user: UserId, around: Around, now: datetime, *, is_assigned: bool
) -> Decision:
    """Take in whether GitHub assigned a helper; who cannot be assigned is asked in a comment."""
    if not ticket.asked or ticket.asked[-1].helper.user != user:
        return nothing(ticket, "that helper is not the newest one any more")
    if ticket.asked[-1].is_assigned is is_assigned:
        return nothing(ticket, "the assignment was known")
    record = replace(ticket.asked[-1], is_assigned=is_assigned)
    ticket = replace(ticket, asked=(*ticket.asked[:-1], record))
    if is_assigned or ticket.asking is None:
        return Decision(ticket=ticket, reason="the assignment is known")
    if not may_notify(ticket, NoticeKind.ASKED):
        return pass_on(ticket, around, now, "the helper can neither be assigned nor told")
    ticket, effects = notify(ticket, NoticeKind.ASKED, notices.asked(ticket, record))
    return Decision(ticket=ticket, effects=effects, reason="GitHub cannot assign this helper")


def account_gone(ticket: Ticket, user: UserId, around: Around, now: datetime) -> Decision:
    """Ask the next helper, because the account of the one who is asked is deleted."""
    if ticket.asking is None or ticket.asking.helper.user != user:
        return nothing(ticket, "this helper is not asked for it")
    record = replace(ticket.asking, is_assigned=False)
    ticket = replace(ticket, asked=(*ticket.asked[:-1], record))
    return pass_on(ticket, around, now, "the helper's account is gone")
