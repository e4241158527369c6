"""The books wait for Stripe's balance transactions, and the ticket looks for what is missing."""

from __future__ import annotations

from datetime import timedelta

from app.domain.effects import ReadPayment, ReadRefund
from app.domain.events import EffectFailed, PaymentStatus, RefundStatus
from app.domain.tickets.booking import FIRST_LOOK, NEXT_LOOK, SLOW_LOOK, is_booked
from app.domain.tickets.clocks import Clock
from tests.domain.tickets.builders import CAROL, START, THREAD, Story


def looks(story: Story) -> list[str]:
    reads = [each.intent for each in story.now_made(ReadPayment)]
    return reads + [each.refund for each in story.now_made(ReadRefund)]


def test_a_payment_without_a_balance_transaction_is_looked_for_at_once_then_every_hour() -> None:
    story = Story()
    story.pays(is_booked=False)
    assert (story.state, story.books) == ("queued paid", {})
    assert story.ticket.due(Clock.LOOK) == START + FIRST_LOOK
    story.pays(is_booked=False)
    assert story.ticket.due(Clock.LOOK) == START + FIRST_LOOK
    story.waits(minutes=1)
    assert looks(story) == ["pi_1"]
    assert story.ticket.due(Clock.LOOK) == story.now + NEXT_LOOK
    story.pays(is_booked=False)
    assert story.ticket.due(Clock.LOOK) == story.now + NEXT_LOOK
    story.waits(hours=1)
    assert looks(story) == ["pi_1"]
    assert len({each.key for each in story.made(ReadPayment)}) == 2
    story.pays()
    assert story.held == 4900
    assert story.ticket.due(Clock.LOOK) is None


def test_strays_and_refunds_are_looked_for_as_well() -> None:
    story = Story()
    story.pays(is_booked=False)
    story.pays("pi_2", is_booked=False)
    story.refunds(intent="pi_2", is_booked=False)
    story.waits(minutes=1)
    assert looks(story) == ["pi_1", "pi_2", "re_1"]
    story.pays("pi_2")
    assert not is_booked(story.ticket)
    story.refunds(intent="pi_2")
    story.pays()
    assert is_booked(story.ticket)


def test_how_a_debit_ended_is_looked_for_once_a_day() -> None:
    story = Story()
    story.pays(status=PaymentStatus.PROCESSING)
    assert story.ticket.due(Clock.LOOK) == START + SLOW_LOOK
    story.waits(days=1)
    assert looks(story) == ["pi_1"]
    assert story.ticket.due(Clock.LOOK) == story.now + SLOW_LOOK
    story.pays(status=PaymentStatus.UNPAID)
    assert story.ticket.due(Clock.LOOK) is None


def test_how_a_refund_ended_is_looked_for_once_a_day_also_when_the_ticket_is_over() -> None:
    story = Story().paid()
    story.says(CAROL, "/support cancel")
    story.refunds(RefundStatus.PENDING)
    assert story.ticket.due(Clock.LOOK) == START + SLOW_LOOK
    story.waits(days=1)
    assert looks(story) == ["re_1"]
    story.refunds()
    assert story.ticket.clocks == ()


def test_what_is_missing_in_the_books_is_looked_for_before_what_takes_days() -> None:
    story = Story()
    story.pays("pi_slow", status=PaymentStatus.PROCESSING)
    story.pays("pi_2", amount=100, is_booked=False)
    assert story.ticket.due(Clock.LOOK) == START + FIRST_LOOK


def test_where_more_seems_given_back_than_was_paid_the_failed_refund_is_looked_for() -> None:
    story = Story().paid()
    story.says(CAROL, "/support cancel")
    story.refunds(refund="re_1")
    story.refunds(refund="re_2")  # Stripe gave it, so the first one has come back
    assert not is_booked(story.ticket)
    story.waits(minutes=1)
    assert looks(story) == ["re_1", "re_2"]
    story.refunds(RefundStatus.FAILED, refund="re_1")
    assert (story.state, story.held) == ("cancelled refunded", 0)
    assert is_booked(story.ticket)


def test_looking_when_nothing_is_missing_ends_it() -> None:
    story = Story().paid()
    story.changed(ticks=9).ticket = story.ticket.start(Clock.LOOK, START)
    story.strikes(Clock.LOOK)
    assert story.last.effects == ()
    assert story.ticket.due(Clock.LOOK) is None


def test_what_could_not_be_read_is_told_and_looked_for_all_the_same() -> None:
    story = Story()
    story.pays(is_booked=False)
    story.waits(minutes=1)
    for effect in (
        story.made(ReadPayment)[0],
        ReadRefund(lane=THREAD.lane, refund="re_1", cause="evt_1"),
    ):
        story.does(EffectFailed(effect=effect, reason="Stripe is away", is_certain=True))
        assert story.trouble == "payment"
    assert "could not read a payment" in story.card
    assert story.ticket.due(Clock.LOOK) is not None
    story.pays()
    assert story.trouble == ""


def test_a_price_is_divided_when_the_books_have_all_of_it_and_not_before() -> None:
    story = Story()
    story.pays(is_booked=False)
    story.assigns("ada")
    for login, words in (("ada", "claim"), ("ada", "propose"), (CAROL, "accept")):
        story.says(login, f"/support {words}")
    story.waits(days=3)
    assert story.state == "accepted paid"
    assert story.ticket.due(Clock.GRACE) == story.now + timedelta(hours=1)
    story.pays()
    story.waits(hours=1)
    assert story.state == "settled paid"
    assert story.held == 0
