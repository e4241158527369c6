"""The ledger and the clocks of the product, read for the stage; nothing is changed here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlmodel import Session

from app.domain.events import TimeCame
from app.domain.ids import RepositoryId
from app.domain.money import Money, show
from app.domain.tickets.clocks import Clock
from app.store import ledger
from app.store import tickets as ticket_rows
from app.store.events import CODEC, EVENTS
from app.store.installations import repository
from app.store.people import IDENTITY
from app.store.queues import READY

TIMERS_LOOKED_AT_MAX: Final = 500
ENTRIES_SHOWN_MAX: Final = 20
DEADLINES_SHOWN_MAX: Final = 5

_WHAT_COMES: Final = {
    Clock.OFFER: "the unpaid offer ends",
    Clock.COMMUNITY: "the time for volunteers is over",
    Clock.NO_HELPER: "nobody came: everything goes back to the customer",
    Clock.ASK: "the next helper is asked",
    Clock.RESOLVE: "the promise to solve it is broken: extended once, then the maintainers decide",
    Clock.WAIT: "the customer is told that everything waits for them",
    Clock.UNANSWERED: "the question stays open: it counts as solved",
    Clock.REMIND: "the customer is reminded of the proposal",
    Clock.ACCEPT: "silence counts as acceptance",
    Clock.CANCEL: "silence counts as the helper's agreement to stop",
    Clock.REVIEW: "the maintainers did not decide: the operator does",
    Clock.OPERATOR: "nobody decided: everything goes back",
    Clock.AWAY: "the App is still away: unfinished work is paid back",
    Clock.GRACE: "the grace is over: the price is divided",
    Clock.LOOK: "Stripe is asked for its figures again",
}
_ACCOUNTS: Final = {
    "stripe_balance": "At Stripe",
    "stripe_fees": "Stripe's fees",
    "platform_revenue": "The platform's revenue",
    "tax": "Tax",
    "suspense": "Not explained",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """What happens by itself next, and when."""

    at: datetime
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """An account and an amount; debit is positive."""

    account: str
    amount: str
    is_credit: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryShown:
    """One fact in the books."""

    at: datetime
    fact: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """The ledger at a glance."""

    balances: tuple[Line, ...]
    entries: tuple[EntryShown, ...]
    """The newest first."""
    entries_count: int


def next_deadline(session: Session, now: datetime) -> Deadline | None:
    """Find the next timer that still means something."""
    return next(running(session, now), None)


def running(session: Session, now: datetime) -> Iterator[Deadline]:
    """Give the timers that still mean something, the next one first: their tickets' clocks run."""
    own = EVENTS.table.c
    timers = session.connection().execute(
        select(own.kind, own.payload, own.due_at)
        .where(own.state == READY, own.kind == TimeCame.__name__, own.due_at > now)
        .order_by(own.due_at, own.seq)
        .limit(TIMERS_LOOKED_AT_MAX)
    )
    for kind, payload, due_at in timers:
        event = CODEC.load(kind, payload)
        assert isinstance(event, TimeCame), "only these were asked for"
        ticket = ticket_rows.get(session, event.ticket)
        clocks = ticket.clocks if ticket is not None else ()
        if any(each.n == event.n and each.left is None for each in clocks):
            yield Deadline(at=due_at, what=_WHAT_COMES[event.clock])


def books(session: Session) -> Books:
    """Add up every account, and show the newest entries."""
    posted = sorted(ledger.posted(session), key=lambda each: (each.posted_at, each.seq))
    totals: Counter[tuple[str, str]] = Counter()
    for each in posted:
        for posting in each.entry.postings:
            totals[posting.account, posting.currency] += posting.amount
    names = {account: _name(session, account) for account, _ in totals}
    newest = posted[: -ENTRIES_SHOWN_MAX - 1 : -1]
    return Books(
        balances=tuple(
            _line(names[account], amount, currency)
            for (account, currency), amount in totals.items()
            if amount
        ),
        entries=tuple(
            EntryShown(
                at=each.entry.occurred_at,
                fact=each.entry.fact.replace("_", " ").capitalize(),
                lines=tuple(
                    _line(names[posting.account], posting.amount, posting.currency)
                    for posting in each.entry.postings
                ),
            )
            for each in newest
        ),
        entries_count=len(posted),
    )


def _line(name: str, amount: int, currency: str) -> Line:
    sign = "−" if amount < 0 else "+"
    return Line(
        account=name, amount=f"{sign}{show(Money(abs(amount), currency))}", is_credit=amount < 0
    )


def _name(session: Session, account: str) -> str:
    """Name an account for people."""
    match account.split(":"):
        case ["held", ticket]:
            return f"Held for ticket …{ticket[-6:]}"
        case ["unapplied", intent]:
            return f"To be given back, …{intent[-6:]}"
        case ["payee", "person", person]:
            return f"Owed to {next(_logins(session, person), 'a helper')}"
        case ["payee", "repository", number]:
            return f"Owed to {_repository_name(session, int(number))}"
        case _:
            return _ACCOUNTS.get(account, account.replace("_", " ").capitalize())


def _logins(session: Session, person: str) -> Iterator[str]:
    found = session.connection().execute(
        select(IDENTITY.c.login).where(IDENTITY.c.person_id == person)
    )
    for (login,) in found:
        yield str(login)


def _repository_name(session: Session, number: int) -> str:
    found = repository(session, RepositoryId(number))
    return f"{found.owner}/{found.name}" if found is not None else "a repository"
