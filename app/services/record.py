"""Writing down what was decided: the ticket, its clocks, the books, and what to do outside."""

from __future__ import annotations

from collections.abc import Iterable

from sqlmodel import Session

from app.domain.deliveries import Provider
from app.domain.effects import Effect
from app.domain.events import Event, OfferOvertaken, PeopleWanted, TimeCame
from app.domain.ids import Lane
from app.domain.tickets.decision import Decision
from app.domain.tickets.stages import Stage
from app.domain.tickets.ticket import Ticket
from app.services.context import Context
from app.store import effects as effect_rows
from app.store import events as event_rows
from app.store import known, ledger
from app.store import tickets as ticket_rows


def decision(session: Session, before: Ticket | None, decided: Decision, context: Context) -> None:
    """Record a decision whole; nothing of it exists outside this transaction."""
    after = decided.ticket
    if after != before:
        ticket_rows.save(session, after)
    _start_clocks(session, before, after, context)
    _remember_objects(session, before, after)
    for entry in decided.entries:
        ledger.post(session, entry, posted_at=context.now)
    effects(session, decided.effects, context)
    if before is not None and before.stage is Stage.OFFERED and after.stage is Stage.QUEUED:
        _overtake(session, after, context)
    if after.is_human and before is not None and not before.is_human:
        _let_people_answer(session, after, context)


def effects(session: Session, ordered: Iterable[Effect], context: Context) -> None:
    """Put effects into the outbox, in their order."""
    for effect in ordered:
        effect_rows.add_once(session, effect, now=context.now)


def event(session: Session, happened: Event, context: Context, *, key: str, lane: Lane) -> None:
    """Put an event into a lane, to be handled after this one."""
    event_rows.add_once(session, happened, key=key, lane=lane, now=context.now)


def _start_clocks(session: Session, before: Ticket | None, after: Ticket, context: Context) -> None:
    """Make an event that is due later of every clock that was started."""
    known_clocks = before.ticks if before else 0
    for running in after.clocks:
        if running.n <= known_clocks:
            continue
        strike = TimeCame(ticket=after.id, clock=running.clock, n=running.n)
        event_rows.add_once(
            session,
            strike,
            key=f"{after.id}:clock:{running.n}",
            lane=after.thread.lane,
            now=context.now,
            due_at=running.due_at,
            tenant=after.thread.installation,
        )


def _remember_objects(session: Session, before: Ticket | None, after: Ticket) -> None:
    """Remember which of Stripe's objects belong to this ticket, so that news of them finds it."""
    old, new = _objects(before), _objects(after)
    for external_id in new - old:
        known.know(
            session,
            Provider.STRIPE,
            external_id,
            lane=after.thread.lane,
            ticket=after.id,
        )


def _objects(ticket: Ticket | None) -> set[str]:
    """Name Stripe's objects that a ticket knows of."""
    if ticket is None:
        return set()
    names = {each.intent for each in ticket.strays}
    if ticket.checkout is not None:
        names.add(ticket.checkout.session)
    if ticket.payment is not None:
        names.add(ticket.payment.intent)
    names |= {each.refund for each in ticket.repayments}
    names |= {name for each in ticket.disputes for name in (each.dispute, each.intent)}
    names |= {name for each in ticket.warnings for name in (each.warning, each.intent)}
    return names - {""}


def _overtake(session: Session, paid: Ticket, context: Context) -> None:
    """Withdraw the other offers in the conversation: the first payment wins."""
    for other in ticket_rows.in_conversation(session, paid.conversation):
        if other.id != paid.id and other.stage is Stage.OFFERED:
            overtaken = OfferOvertaken(ticket=other.id)
            key = f"{other.id}:overtaken:{paid.id}"
            event(session, overtaken, context, key=key, lane=context.lane)


def _let_people_answer(session: Session, wanted: Ticket, context: Context) -> None:
    """Stop the AI for every ticket of the conversation, as it was for one of them."""
    for other in ticket_rows.in_conversation(session, wanted.conversation):
        if not other.is_human and not other.stage.is_over:
            stopped = PeopleWanted(ticket=other.id)
            event(session, stopped, context, key=f"{other.id}:human", lane=context.lane)
