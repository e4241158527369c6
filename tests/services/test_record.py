"""A decision is written down whole: the ticket, its clocks, the books, the objects, the orders."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial

from sqlalchemy import select

from app.domain.deliveries import Provider
from app.domain.effects import ShowCard
from app.domain.events import CardShown, OfferOvertaken, TimeCame
from app.domain.ids import TicketId
from app.domain.tickets.clocks import Clock
from app.domain.tickets.decision import Decision
from app.domain.tickets.stages import Stage
from app.domain.tickets.ticket import End
from app.services import record
from app.store import events as event_rows
from app.store import known
from app.store.events import EVENTS
from tests.services.desk import NOW, THREAD, Desk, message, payment


async def timers(desk: Desk) -> list[tuple[TicketId, Clock, timedelta]]:
    """Give ticket, clock and time of every clock event that was recorded."""
    own = EVENTS.table.c
    rows = await desk.reads(
        lambda session: (
            session.connection()
            .execute(
                select(own.kind, own.payload, own.due_at, own.key)
                .where(own.kind == "TimeCame")
                .order_by(own.seq)
            )
            .all()
        )
    )
    found = []
    for kind, payload, due_at, key in rows:
        event = event_rows.CODEC.load(kind, payload)
        assert isinstance(event, TimeCame)
        assert key == f"{event.ticket}:clock:{event.n}"
        found.append((event.ticket, event.clock, due_at - NOW))
    return found


async def test_a_clock_becomes_an_event_that_is_due_when_it_strikes(desk: Desk) -> None:
    (ticket,) = await desk.opens("carol")
    assert await timers(desk) == [(ticket.id, Clock.OFFER, timedelta(days=14))]
    assert await desk.waits(timedelta(days=13)) == []
    assert [type(each) for each in await desk.waits(timedelta(days=1))] == [TimeCame]
    assert (await desk.ticket()).end is End.UNPAID


async def test_a_clock_that_was_stopped_strikes_in_vain(desk: Desk) -> None:
    (ticket,) = await desk.opens("carol")
    await desk.handles(payment(ticket))
    clocks = [clock for _, clock, _ in await timers(desk)]
    assert clocks[:2] == [Clock.OFFER, Clock.NO_HELPER]
    await desk.handles(message("ada", "/support claim"))
    before = await desk.ticket()
    stale = TimeCame(ticket=ticket.id, clock=Clock.NO_HELPER, n=2)
    await desk.handles(stale)
    await desk.handles(replace(stale, clock=Clock.OFFER, n=1))
    assert await desk.ticket() == before


async def test_each_order_is_recorded_once_by_its_key(desk: Desk) -> None:
    (ticket,) = await desk.opens("carol")
    shown = ShowCard(ticket=ticket.id, thread=THREAD, v=1, since=NOW)
    context = desk.context()
    for _ in range(2):
        await desk.database.in_transaction(
            lambda session: record.effects(session, [shown], context)
        )
    assert [each.v for each in await desk.orders(ShowCard)] == [1]


async def test_a_card_that_still_waits_is_replaced_by_its_newer_state(desk: Desk) -> None:
    (ticket,) = await desk.opens("carol")
    await desk.handles(message("carol", "/support session"))
    await desk.handles(payment(ticket))
    assert [each.v for each in await desk.orders(ShowCard)] == [3]


async def test_objects_at_stripe_are_remembered_as_the_tickets_own(desk: Desk) -> None:
    (ticket,) = await desk.opens("carol")
    session_id = await desk.checkout(ticket)
    await desk.handles(payment(ticket))
    await desk.handles(payment(ticket, intent="pi_2"))
    for external_id in (session_id, "pi_1", "pi_2"):
        found = await desk.reads(
            partial(known.lookup, provider=Provider.STRIPE, external_ids=[external_id])
        )
        assert found == known.Known(THREAD.lane, ticket.id)


async def test_entries_are_posted_in_the_same_transaction(desk: Desk) -> None:
    (ticket,) = await desk.opens("carol")
    await desk.handles(payment(ticket))
    await desk.handles(payment(ticket))
    assert await desk.balance(f"held:{ticket.id}") == -4900
    assert await desk.balance("stripe_balance") == 4900 - 172


async def test_selling_withdraws_the_other_offers_of_the_conversation_alone(desk: Desk) -> None:
    carols, daves = await desk.opens("carol", "dave")
    await desk.handles(message("dave", "/support cancel"))
    await desk.handles(message("mallory", "/support"))
    mallorys = await desk.ticket()
    await desk.handles(payment(carols))
    overtaken = [each for each in await desk.follows() if isinstance(each, OfferOvertaken)]
    assert [each.ticket for each in overtaken] == [mallorys.id]
    assert (await desk.saved(daves.id)).end is End.BY_CUSTOMER
    assert (await desk.saved(mallorys.id)).end is End.OVERTAKEN


async def test_a_decision_that_changes_nothing_writes_nothing(desk: Desk) -> None:
    (ticket,) = await desk.opens("carol")
    orders = await desk.orders()
    context = desk.context()
    same = Decision(ticket=ticket, reason="nothing new")
    await desk.database.in_transaction(
        lambda session: record.decision(session, ticket, same, context)
    )
    assert await desk.ticket() == ticket
    assert await desk.orders() == orders


async def test_an_event_about_a_ticket_that_is_not_there_is_dealt_with(desk: Desk) -> None:
    sold = await desk.sells("carol")
    nobodys = replace(sold, id=TicketId(sold.id[::-1]))
    await desk.handles(CardShown(ticket=nobodys.id, v=1, comment="1"))
    assert (await desk.ticket()).stage is Stage.QUEUED
