"""News of money reaches its ticket, in its lane; what is nobody's is only booked."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from app.domain.deliveries import Provider
from app.domain.effects import (
    CloseCheckout,
    ReadDispute,
    ReadPayment,
    ReadRefund,
    ReadWarning,
    Refund,
)
from app.domain.events import (
    BalanceMove,
    CheckoutClosed,
    CheckoutEnded,
    DisputeMoved,
    DisputeRead,
    DisputeStatus,
    FraudSuspected,
    PaymentMoved,
    PaymentRead,
    PaymentStatus,
    RefundMoved,
    RefundRead,
    RefundStatus,
    WarningRead,
)
from app.domain.ids import TicketId, object_lane
from app.domain.money import Money
from app.domain.tickets.stages import MoneyState, Stage
from app.domain.tickets.ticket import End
from app.store import known
from tests.services.desk import NOW, PRICES, THREAD, Desk, message, payment

ELSEWHERE = object_lane("stripe", "pi_1")


def refund(
    intent: str = "pi_1",
    *,
    status: RefundStatus = RefundStatus.SUCCEEDED,
    has_move: bool = True,
) -> RefundRead:
    amount = PRICES["question"]
    move = BalanceMove(id=f"txn_re_{intent}", amount=-amount, fee=Money(0, "usd"), at=NOW)
    return RefundRead(
        refund=f"re_{intent}",
        intent=intent,
        status=status,
        amount=amount,
        occurred_at=NOW,
        move=move if has_move else None,
    )


async def test_a_message_about_money_is_followed_by_a_look_at_the_thing_itself(
    desk: Desk,
) -> None:
    await desk.handles(PaymentMoved(intent="pi_1"), lane=ELSEWHERE, key="stripe:evt_1")
    await desk.handles(
        RefundMoved(refund="re_1", intent="pi_1"), lane=ELSEWHERE, key="stripe:evt_2"
    )
    await desk.handles(
        DisputeMoved(dispute="du_1", intent="pi_1"), lane=ELSEWHERE, key="stripe:evt_3"
    )
    await desk.handles(
        FraudSuspected(warning="issfr_1", intent="pi_1"), lane=ELSEWHERE, key="stripe:evt_4"
    )
    assert await desk.orders() == [
        ReadPayment(lane=ELSEWHERE, intent="pi_1", cause="stripe:evt_1"),
        ReadRefund(lane=ELSEWHERE, refund="re_1", cause="stripe:evt_2"),
        ReadDispute(lane=ELSEWHERE, dispute="du_1", intent="pi_1", cause="stripe:evt_3"),
        ReadWarning(lane=ELSEWHERE, warning="issfr_1", intent="pi_1", cause="stripe:evt_4"),
    ]


async def test_a_payment_is_moved_into_the_lane_of_its_ticket(desk: Desk) -> None:
    (ticket,) = await desk.opens("carol")
    await desk.handles(payment(ticket), lane=ELSEWHERE)
    assert (await desk.ticket()).stage is Stage.OFFERED
    found = await desk.reads(lambda session: known.lookup(session, Provider.STRIPE, ["pi_1"]))
    assert found == known.Known(THREAD.lane, ticket.id)
    (moved,) = await desk.follows()
    assert isinstance(moved, PaymentRead)
    paid = await desk.ticket()
    assert (paid.stage, paid.money) == (Stage.QUEUED, MoneyState.PAID)
    assert await desk.balance(f"held:{ticket.id}") == -4900


async def test_once_it_is_known_metadata_decides_nothing(desk: Desk) -> None:
    first, second = await desk.opens("carol", "dave")
    await desk.handles(payment(first))
    await desk.follows()
    await desk.handles(replace(payment(second), intent="pi_1"))
    assert (await desk.saved(second.id)).strays == ()


async def test_a_payment_that_names_no_ticket_is_booked_and_never_sent_back(desk: Desk) -> None:
    await desk.adopts()
    await desk.handles(payment(None), lane=ELSEWHERE)
    unknown = replace(payment(None, intent="pi_2"), ticket=TicketId("f" * 32))
    await desk.handles(unknown, lane=ELSEWHERE)
    assert await desk.balance("unapplied:pi_1") == -4900
    assert await desk.balance("unapplied:pi_2") == -4900
    assert await desk.orders(Refund) == []


async def test_of_somebody_elses_payment_only_what_was_taken_is_booked(desk: Desk) -> None:
    await desk.handles(payment(None, status=PaymentStatus.PROCESSING), lane=ELSEWHERE)
    await desk.handles(payment(None, has_move=False), lane=ELSEWHERE)
    assert await desk.balance("unapplied:pi_1") == 0
    failed = replace(
        payment(None, status=PaymentStatus.UNPAID),
        returned=BalanceMove(
            id="txn_back", amount=-PRICES["question"], fee=Money(0, "usd"), at=NOW
        ),
    )
    await desk.handles(failed, lane=ELSEWHERE)
    assert await desk.balance("unapplied:pi_1") == 0


async def test_a_refund_of_somebody_elses_payment_is_booked(desk: Desk) -> None:
    await desk.handles(payment(None), lane=ELSEWHERE)
    await desk.handles(refund(has_move=False), lane=ELSEWHERE)
    assert await desk.balance("unapplied:pi_1") == -4900
    await desk.handles(refund(), lane=ELSEWHERE)
    await desk.handles(refund(), lane=ELSEWHERE)
    assert await desk.balance("unapplied:pi_1") == 0


async def test_a_refund_that_came_back_is_booked_as_such(desk: Desk) -> None:
    await desk.handles(payment(None), lane=ELSEWHERE)
    back = BalanceMove(id="txn_back", amount=PRICES["question"], fee=Money(0, "usd"), at=NOW)
    await desk.handles(replace(refund(), returned=back), lane=ELSEWHERE)
    assert await desk.balance("unapplied:pi_1") == -4900


def dispute(status: DisputeStatus, ticket: TicketId | None = None) -> DisputeRead:
    """A dispute of the whole payment, which a bank may have given back."""
    amount = PRICES["question"]
    taken = BalanceMove(id="txn_du_1", amount=-amount, fee=Money(1500, "usd"), at=NOW)
    back = BalanceMove(id="txn_du_1_back", amount=amount, fee=Money(0, "usd"))
    return DisputeRead(
        dispute="du_1",
        intent="pi_1",
        status=status,
        ticket=ticket,
        amount=amount,
        moves=(taken, back) if status is DisputeStatus.WON else (taken,),
    )


async def test_a_dispute_finds_the_ticket_of_its_payment_and_its_lane(desk: Desk) -> None:
    (ticket,) = await desk.opens("carol")
    await desk.handles(payment(ticket))
    await desk.handles(dispute(DisputeStatus.OPEN), lane=ELSEWHERE)
    assert (await desk.ticket()).money is MoneyState.PAID
    (moved,) = await desk.follows()
    assert isinstance(moved, DisputeRead)
    assert (await desk.ticket()).money is MoneyState.DISPUTED
    assert await desk.balance("dispute_hold") == 4900
    found = await desk.reads(lambda session: known.lookup(session, Provider.STRIPE, ["du_1"]))
    assert found == known.Known(THREAD.lane, ticket.id)


async def test_a_dispute_that_is_told_before_its_payment_finds_the_ticket_by_metadata(
    desk: Desk,
) -> None:
    (ticket,) = await desk.opens("carol")
    await desk.handles(dispute(DisputeStatus.OPEN, ticket.id))
    assert [each.intent for each in await desk.orders(ReadPayment)] == ["pi_1"]
    await desk.handles(payment(ticket))
    assert (await desk.ticket()).money is MoneyState.DISPUTED


async def test_a_warning_finds_the_ticket_of_its_payment(desk: Desk) -> None:
    (ticket,) = await desk.opens("carol")
    await desk.handles(payment(ticket))
    await desk.handles(WarningRead(warning="issfr_1", intent="pi_1", ticket=None))
    assert (await desk.ticket()).is_frozen


async def test_what_banks_say_of_somebody_elses_payment_is_only_booked(desk: Desk) -> None:
    await desk.adopts()
    await desk.handles(payment(None), lane=ELSEWHERE)
    await desk.handles(WarningRead(warning="issfr_1", intent="pi_1", ticket=None), lane=ELSEWHERE)
    await desk.handles(dispute(DisputeStatus.OPEN, TicketId("f" * 32)), lane=ELSEWHERE)
    assert await desk.balance("dispute_hold") == 4900
    await desk.handles(dispute(DisputeStatus.WON), lane=ELSEWHERE)
    assert await desk.balance("dispute_hold") == 0
    assert await desk.balance("dispute_fees") == 1500
    assert await desk.balance("unapplied:pi_1") == -4900


async def test_somebody_elses_payment_that_a_bank_kept_is_off_the_books(desk: Desk) -> None:
    await desk.adopts()
    await desk.handles(payment(None), lane=ELSEWHERE)
    for _ in range(2):
        await desk.handles(dispute(DisputeStatus.LOST), lane=ELSEWHERE)
    assert await desk.balance("dispute_hold") == 0
    assert await desk.balance("unapplied:pi_1") == 0


async def test_a_session_that_is_over_is_told_to_its_ticket_alone(desk: Desk) -> None:
    (ticket,) = await desk.opens("carol")
    session = await desk.checkout(ticket)
    await desk.handles(CheckoutEnded(session="cs_of_somebody_else"), lane=ELSEWHERE)
    assert (await desk.ticket()).checkout is not None
    await desk.handles(CheckoutEnded(session=session))
    assert (await desk.ticket()).checkout is None


async def test_the_first_payment_withdraws_the_other_offers_and_closes_their_sessions(
    desk: Desk,
) -> None:
    carols, daves = await desk.opens("carol", "dave")
    session = await desk.checkout(carols)
    await desk.handles(payment(daves))
    await desk.follows()
    lost = await desk.saved(carols.id)
    assert (lost.stage, lost.end) == (Stage.CANCELLED, End.OVERTAKEN)
    assert [each.session for each in await desk.orders(CloseCheckout)] == [session]
    assert (await desk.saved(daves.id)).stage is Stage.QUEUED
    await desk.handles(CheckoutClosed(ticket=carols.id, session=session, is_completed=False))
    assert (await desk.saved(carols.id)).checkout is None


async def test_a_payment_whose_news_stands_before_that_of_the_first_one_loses_as_well(
    desk: Desk,
) -> None:
    carols, daves = await desk.opens("carol", "dave")
    await desk.handles(payment(carols))
    await desk.handles(payment(daves, intent="pi_2"))  # OfferOvertaken still waits in the lane
    await desk.follows()
    first, second = await desk.tickets()
    assert (first.stage, second.end) == (Stage.QUEUED, End.OVERTAKEN)
    (order,) = await desk.orders(Refund)
    assert (order.intent, order.amount) == ("pi_2", PRICES["question"])
    await desk.handles(refund("pi_2"))
    assert await desk.balance("unapplied:pi_2") == 0
    assert await desk.balance(f"held:{carols.id}") == -4900


async def test_an_offer_that_was_made_after_the_sold_ticket_was_over_can_be_paid(
    desk: Desk,
) -> None:
    sold = await desk.sells("carol")
    await desk.handles(message("carol", "/support cancel"))
    await desk.handles(refund())
    await desk.handles(message("carol", "/support"))
    again = await desk.ticket()
    await desk.handles(payment(again, intent="pi_2"))
    assert again.id != sold.id
    assert (await desk.ticket()).stage is Stage.QUEUED


async def test_a_refund_finds_the_ticket_by_its_payment(desk: Desk) -> None:
    sold = await desk.sells("carol")
    await desk.handles(message("carol", "/support cancel"))
    await desk.handles(refund(), lane=object_lane("stripe", "re_pi_1"))
    await desk.follows()
    ticket = await desk.saved(sold.id)
    assert ticket.money is MoneyState.REFUNDED
    assert await desk.balance(f"held:{sold.id}") == 0


async def test_a_balance_transaction_that_comes_later_is_looked_for_again(desk: Desk) -> None:
    (ticket,) = await desk.opens("carol")
    await desk.handles(payment(ticket, has_move=False))
    assert (await desk.ticket()).stage is Stage.QUEUED
    assert await desk.balance(f"held:{ticket.id}") == 0
    await desk.waits(timedelta(minutes=1, seconds=1))
    assert [each.intent for each in await desk.orders(ReadPayment)] == ["pi_1"]
    await desk.handles(payment(ticket))
    assert await desk.balance(f"held:{ticket.id}") == -4900
