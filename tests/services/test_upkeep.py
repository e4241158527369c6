"""Healing, auditing, forgetting, and where a delivery's events go."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import func, select

from app.domain.deliveries import Delivery, Provider
from app.domain.effects import (
    LANE_OF_THE_APP,
    ListLostDeliveries,
    Redeliver,
    ShowCard,
)
from app.domain.events import (
    Arrival,
    CardShown,
    Chore,
    ChoreCame,
    LostDeliveriesListed,
    LostDelivery,
    MessageDeleted,
    PaymentMoved,
)
from app.domain.ids import Lane, TicketId
from app.services import intake
from app.services.prepare import prepare
from app.store import audits, deliveries, known
from app.store.events import EVENTS
from app.store.tickets import TicketRow
from tests.services.desk import NOW, THREAD, Desk, message, payment


async def comes(desk: Desk, chore: Chore) -> None:
    await desk.handles(ChoreCame(chore=chore), lane=LANE_OF_THE_APP)


# ------------------------------------------------------------------ healing


async def test_healing_looks_three_days_back_and_leaves_the_last_minute_alone(desk: Desk) -> None:
    await comes(desk, Chore.HEAL)
    assert await desk.orders() == [
        ListLostDeliveries(since=NOW - timedelta(days=3), until=NOW - timedelta(minutes=1))
    ]


async def test_what_we_do_not_have_is_asked_for_three_times_at_most(desk: Desk) -> None:
    stored = Delivery(
        provider=Provider.GITHUB, external_id="have", kind="ping", body=b"{}", received_at=NOW
    )
    await desk.database.in_transaction(lambda session: deliveries.add_many(session, [stored]))
    lost = (LostDelivery(id=1, guid="have"), LostDelivery(id=2, guid="lost"))
    for _ in range(5):
        await desk.handles(LostDeliveriesListed(lost=lost), lane=LANE_OF_THE_APP)
    assert await desk.orders() == [Redeliver(delivery=2, guid="lost", n=n) for n in (1, 2, 3)]


# ------------------------------------------------------------------ auditing and forgetting


async def test_an_audit_notes_how_many_laws_are_broken(desk: Desk) -> None:
    sold = await desk.sells("carol")
    await comes(desk, Chore.AUDIT)
    assert await desk.reads(audits.newest) == 0

    def lie(session: object) -> None:
        """Call a ticket settled that was never divided: two laws are broken by that."""
        row = session.get(TicketRow, sold.id)  # type: ignore[attr-defined]  # a session
        row.document = row.document.replace('"stage":"queued"', '"stage":"settled"')
        row.stage = "settled"
        session.add(row)  # type: ignore[attr-defined]  # a session

    await desk.database.in_transaction(lie)
    await comes(desk, Chore.AUDIT)
    assert await desk.reads(audits.newest) == 2


async def test_what_was_done_a_month_ago_is_forgotten_and_timers_are_not(desk: Desk) -> None:
    await desk.opens("carol")
    await desk.waits(timedelta(days=15))
    await desk.handles(message("carol", "/support"))
    own = EVENTS.table.c

    async def done() -> int:
        return await desk.reads(
            lambda session: (
                session.connection()
                .execute(select(func.count()).select_from(EVENTS.table).where(own.state == "done"))
                .scalar_one()
            )
        )

    assert await done() == 1
    desk.now += timedelta(days=29)
    await comes(desk, Chore.PRUNE)
    assert await done() == 1
    desk.now += timedelta(days=2)
    await comes(desk, Chore.PRUNE)
    assert await done() == 0
    assert len(await desk.orders()) > 0  # nobody has done these yet


# ------------------------------------------------------------------ intake


def arrival(key: str, *about: str, lane: Lane | None = None) -> Arrival:
    return Arrival(key=key, event=PaymentMoved(intent=about[-1]), lane=lane, about=about)


async def lanes(desk: Desk) -> dict[str, str]:
    own = EVENTS.table.c
    rows = await desk.reads(
        lambda session: session.connection().execute(select(own.key, own.lane)).all()
    )
    return dict(rows)


async def test_news_goes_into_the_lane_that_it_names_or_that_its_object_is_known_to_have(
    desk: Desk,
) -> None:
    (ticket,) = await desk.opens("carol")
    await desk.database.in_transaction(
        lambda session: known.know(
            session, Provider.STRIPE, "cs_1", lane=THREAD.lane, ticket=ticket.id
        )
    )
    gone = Arrival(key="own", event=MessageDeleted(thread=THREAD, ref="1"), lane=THREAD.lane)
    came = [
        gone,
        arrival("known", "pi_9", "cs_1"),
        arrival("unknown", "pi_8"),
        arrival("hers", "pi_9"),  # as the one before has told
        arrival("known", "pi_9"),  # a second time
    ]
    await desk.database.in_transaction(
        lambda session: intake.record(session, Provider.STRIPE, came, now=NOW)
    )
    found = await lanes(desk)
    assert found["own"] == found["known"] == found["hers"] == THREAD.lane
    assert found["unknown"] == "stripe:pi_8"
    whose = await desk.reads(lambda session: known.lookup(session, Provider.STRIPE, ["pi_9"]))
    assert whose is not None
    assert whose.ticket == ticket.id  # so it learns of it if the payment cannot be read


# ------------------------------------------------------------------ the last look


async def test_a_card_is_written_at_the_last_moment_from_the_ticket_as_it_is(desk: Desk) -> None:
    (ticket,) = await desk.opens("carol")
    (order,) = await desk.orders(ShowCard)
    await desk.handles(CardShown(ticket=ticket.id, v=1, comment="77"))
    await desk.handles(payment(ticket))
    card = await desk.reads(lambda session: prepare(session, order, operator=desk.operator))
    assert isinstance(card, ShowCard)
    assert (card.comment, card.is_last) == ("77", False)
    assert card.v == (await desk.ticket()).card.v > order.v
    assert card.body.startswith(f"<!-- mainstay:card:{ticket.id} v={card.v} stage=queued")


async def test_a_card_that_nobody_wants_or_has_is_not_shown(desk: Desk) -> None:
    (ticket,) = await desk.opens("carol")
    (order,) = await desk.orders(ShowCard)
    nobodys = replace(order, ticket=TicketId("f" * 32))
    assert (
        await desk.reads(lambda session: prepare(session, nobodys, operator=desk.operator)) is None
    )
    for v in (1, 2):
        await desk.handles(CardShown(ticket=ticket.id, v=v, comment=f"comment {v}"))
        await desk.handles(MessageDeleted(thread=THREAD, ref=f"comment {v}"))
    assert await desk.reads(lambda session: prepare(session, order, operator=desk.operator)) is None


async def test_everything_else_is_done_as_it_was_ordered(desk: Desk) -> None:
    order = Redeliver(delivery=1, guid="g", n=1)
    assert (
        await desk.reads(lambda session: prepare(session, order, operator=desk.operator)) is order
    )
