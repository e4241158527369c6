"""A ticket that is handed to another helper, by its helper or by a maintainer; no I/O.

Handing on asks: whoever gets it takes it by acting, like everybody who is asked.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from app.domain.clockwork import add_open
from app.domain.effects import Effect
from app.domain.ids import UserId
from app.domain.people import Person
from app.domain.tickets import asking
from app.domain.tickets.clocks import Clock
from app.domain.tickets.decision import Around, Decision, Nominee
from app.domain.tickets.stages import Stage
from app.domain.tickets.ticket import Asked, AskState, Ticket
from app.domain.wording import lines


def obstacle(ticket: Ticket, login: str, around: Around) -> str:
    """Say why somebody cannot get the ticket now; empty: they can."""
    nominee = _nominee(login, around)
    if ticket.is_cancel_asked:
        return lines.WANTS_TO_STOP
    if nominee is None:
        return lines.not_in_file(login)
    user, who = nominee.helper.user, nominee.candidate
    if user == ticket.customer_user:
        return lines.is_customer(who.login)
    if user == _holder(ticket):
        return lines.has_it(who.login)
    if who.is_off or who.is_full or who.is_silent:
        return lines.takes_none(who.login)
    return ""


def hand_on(
    ticket: Ticket, login: str, by: Person, user: UserId, around: Around, now: datetime
) -> Decision:
    """Ask this helper, in the place of whoever has it; `obstacle` has found none."""
    nominee = _nominee(login, around)
    assert nominee is not None, "there is no obstacle"
    effects: tuple[Effect, ...] = ()
    holder = _holder(ticket)
    if holder is not None:
        ticket, effects = asking.unassign(ticket, ticket.asked[-1])
        state = AskState.RELEASED if holder == user else AskState.MOOT
        ticket = asking.mark(ticket, holder, state)
    if ticket.stage is Stage.QUEUED:
        ticket = ticket.stop(Clock.ASK)
    else:
        ticket = replace(ticket.enter(Stage.QUEUED, now), helper=None)
        ticket = ticket.start(Clock.NO_HELPER, now + ticket.terms.no_helper)
    record = Asked(helper=nominee.helper, at=now, reason=f"{by.login} handed it on.")
    ticket = replace(ticket, asked=(*ticket.asked, record), nobody_asked="")
    plan = ticket.plan
    if plan is not None and plan.respond_within is not None:
        ticket = ticket.start(Clock.ASK, add_open(now, plan.respond_within, nominee.calendar))
    ticket, assign = asking.assign(ticket, nominee.helper)
    return Decision(ticket=ticket, effects=(*effects, *assign), reason="it was handed on")


def _holder(ticket: Ticket) -> UserId | None:
    """Say who is asked for it or has taken it."""
    if ticket.asking is not None:
        return ticket.asking.helper.user
    return ticket.helper.user if ticket.helper is not None else None


def _nominee(login: str, around: Around) -> Nominee | None:
    """Find who is meant among those who are in the file now: by today's login, or the file's."""
    wanted = login.lower()
    today = [each for each in around.nominees if each.helper.person.login.lower() == wanted]
    named = [each for each in around.nominees if each.named.lower() == wanted]
    return next(iter([*today, *named]), None)
