"""What a ticket decides when something happens, and what it knows around it; no I/O."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from app.domain.assignment import Candidate
from app.domain.clockwork import Calendar
from app.domain.effects import Effect, NoticeKind, Notify
from app.domain.ids import UserId
from app.domain.ledger import Entry
from app.domain.operator import Operator
from app.domain.people import Person
from app.domain.tickets.ticket import NOTICES_MAX, Helper, Ticket


@dataclass(frozen=True, slots=True, kw_only=True)
class Nominee:
    """Somebody who is in the file now, with what choosing needs to know of them."""

    helper: Helper
    candidate: Candidate
    calendar: Calendar
    named: str = ""
    """What the file calls them, which may be a login that they have not any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """The surroundings of a ticket when something happens to it."""

    operator: Operator
    nominees: tuple[Nominee, ...]
    """Empty when the repository has no valid file any more."""
    topics: frozenset[str] = frozenset()
    """Those of the helpers' topics that the ticket is about, where they decide who is asked."""
    people: tuple[Person, ...] = ()
    """The people of the ticket, as their accounts are called today."""
    writers: tuple[Person, ...] = ()
    """Who has written in the thread, where the customer may thank one of them for help."""
    handed_over_at: datetime | None = None
    """Since when the repository has another owner, who has not agreed to its file yet."""
    stewards: tuple[UserId, ...] = ()
    """Who agreed to the file or installed the App, the newest first: GitHub knows what they may."""

    def nominee(self, user: UserId) -> Nominee | None:
        """Give the nominee with this user id: authority is theirs only while they are here."""
        return next((each for each in self.nominees if each.helper.user == user), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The ticket as it is now, what to do outside, and what to write in the books."""

    ticket: Ticket
    effects: tuple[Effect, ...] = ()
    entries: tuple[Entry, ...] = ()
    reason: str
    """Why, in a few words; also why nothing changed."""

    def then(self, *effects: Effect, entries: tuple[Entry, ...] = ()) -> Decision:
        """Add what else to do."""
        return replace(self, effects=(*self.effects, *effects), entries=(*self.entries, *entries))


def nothing(ticket: Ticket, reason: str) -> Decision:
    """Decide that nothing changes, and say why."""
    return Decision(ticket=ticket, reason=reason)


_NOTICES_BEFORE: dict[NoticeKind, int] = {
    NoticeKind.WAITING: 0,
    NoticeKind.ASKED: 1,
    NoticeKind.REMINDER: 1,
    NoticeKind.BREACH: 1,
    NoticeKind.DECLINED: 1,
    NoticeKind.UNCLAIMED: 1,
    NoticeKind.CANCEL_ASKED: 1,
    NoticeKind.PROPOSED: 1,
    NoticeKind.REVIEW: 2,
    NoticeKind.REFUND: NOTICES_MAX - 1,
}
"""How many notices a ticket may have made before one of this kind, so that the last one is always
left for money that goes back, and the one before it for a maintainer who has to decide. What there
is no notice for, the card says; and the comment that caused it is in everybody's mail."""


def may_notify(ticket: Ticket, kind: NoticeKind) -> bool:
    """Say whether the ticket may still make a notice of this kind."""
    return len(ticket.notices) <= _NOTICES_BEFORE[kind]


def notify(
    ticket: Ticket, kind: NoticeKind, body: str, *, to: tuple[UserId, str] | None = None
) -> tuple[Ticket, tuple[Effect, ...]]:
    """Make a notice while the ticket may; else the card alone says it.

    ``to`` is who is mentioned, by id and login, where that is neither customer nor helper.
    """
    if not may_notify(ticket, kind):
        return ticket, ()
    noticed = replace(ticket, notices=(*ticket.notices, kind))
    user, login = to or _addressee(ticket, body)
    effect = Notify(
        ticket=ticket.id,
        thread=ticket.thread,
        kind=kind,
        n=len(noticed.notices),
        since=ticket.opened_at,
        body=body,
        user=user,
        login=login,
    )
    return noticed, (effect,)


def _addressee(ticket: Ticket, body: str) -> tuple[UserId | None, str]:
    """Say which side of the ticket a notice begins with."""
    words = body.partition("\n")[2]
    helpers = [each.helper for each in ticket.asked]
    sides = [(ticket.customer_user, ticket.customer)]
    sides += [(each.user, each.person) for each in reversed(helpers)]
    for user, person in sides:
        if words.startswith((f"@{person.login},", f"@{person.login}:")):
            return user, person.login
    return None, ""
