"""The laws of the books, run by ``ledger check`` and on a timer; the domain states each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

import structlog
from sqlmodel import Session

from app.domain.ids import TicketId
from app.domain.ledger import (
    Breach,
    Entry,
    Fact,
    accounts_sum_to_zero,
    banks_hold_what_is_disputed,
    chains_hold,
    finished_tickets_hold_nothing,
    settled_once,
    suspense_is_empty,
)
from app.domain.tickets.booking import is_booked
from app.domain.tickets.stages import MoneyState, Stage
from app.domain.tickets.ticket import Ticket
from app.store import audits, ledger
from app.store import tickets as ticket_rows

_log = structlog.get_logger("app.audit")


def breaches(session: Session) -> Iterator[Breach]:
    """Check every law over all that stands in the books, on one unchanging picture of them."""
    posted = list(ledger.posted(session))
    entries = [each.entry for each in posted]
    over = ticket_rows.over_and_paid(session)
    yield from accounts_sum_to_zero(entries)
    yield from finished_tickets_hold_nothing(
        entries, {ticket.id for ticket in over if _is_finished(ticket)}
    )
    yield from settled_once(
        entries, {ticket.id for ticket in over if ticket.stage is Stage.SETTLED}
    )
    yield from banks_hold_what_is_disputed(entries, _disputed(session, entries))
    yield from suspense_is_empty(entries)
    yield from chains_hold(posted)


def _disputed(session: Session, entries: Iterable[Entry]) -> dict[TicketId, int]:
    """Say what banks hold of the tickets that ever had a dispute, as each ticket knows it."""
    held: dict[TicketId, int] = {}
    for name in {each.ticket for each in entries if each.fact is Fact.DISPUTE_WITHDRAWN}:
        ticket = ticket_rows.get(session, name) if name is not None else None
        if ticket is not None:
            held[ticket.id] = sum(each.held.amount for each in ticket.disputes)
    return held


def _is_finished(ticket: Ticket) -> bool:
    """Say whether no money of the ticket is under way any more, as far as the books know."""
    is_given = ticket.money in (MoneyState.REFUNDED, MoneyState.LOST)
    is_at_rest = ticket.stage is Stage.SETTLED or is_given
    return is_at_rest and is_booked(ticket)


def audit(session: Session, *, now: datetime) -> None:
    """Check the laws and note what was found; a breach is an alarm."""
    found = list(breaches(session))
    for breach in found:
        _log.error("ledger_breach", law=breach.law, subject=breach.subject, words=breach.sentence)
    audits.note(session, breaches=len(found), now=now)
