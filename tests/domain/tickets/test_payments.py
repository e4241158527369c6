"""What a payment does: it starts the work, waits for a bank, or goes back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.domain.effects import Assign, CloseCheckout, Refund
from app.domain.events import PaymentStatus
from app.domain.tickets.clocks import Clock
from app.domain.tickets.ticket import Trouble
from tests.domain.tickets.builders import ADA, CAROL, START, Story, move, offer, terms, usd

PROCESSING, UNPAID, CANCELLED = (
    PaymentStatus.PROCESSING,
    PaymentStatus.UNPAID,
    PaymentStatus.CANCELLED,
)


def pending() -> Story:
    story = Story()
    story.pays(status=PROCESSING)
    return story


def refunded(story: Story) -> list[tuple[str, int, int]]:
    return [(each.intent, each.amount.amount, each.n) for each in story.made(Refund)]


def test_a_payment_starts_the_work_and_is_written_in_the_books() -> None:
    story = Story()
    story.presses()
    story.opens()
    story.pays()
    assert story.state == "queued paid"
    assert story.ticket.due(Clock.NO_HELPER) == START + timedelta(hours=48)
    assert [each.login for each in story.made(Assign)] == [ADA]
    assert [each.session for each in story.made(CloseCheckout)] == ["cs_1"]
    assert story.books == {
        "stripe_balance": 4728,
        "stripe_fees": 172,
        f"held:{story.ticket.id}": -4900,
    }


def test_the_plan_that_was_paid_counts_not_the_one_that_was_named() -> None:
    story = Story(offer(chosen="session"))
    story.pays(plan_id="question")
    assert story.ticket.chosen == "question"


def test_reading_the_same_payment_again_changes_nothing() -> None:
    story = Story().paid()
    before, books = story.ticket, story.books
    story.pays()
    assert (story.ticket, story.books) == (before, books)
    assert story.last.effects == ()


@pytest.mark.parametrize(
    ("plan", "amount"), [("question", 4899), ("session", 4900), ("", 4900), ("nothing", 4900)]
)
def test_what_is_not_the_price_of_its_plan_goes_back(plan: str, amount: int) -> None:
    story = Story()
    story.pays("pi_9", plan_id=plan, amount=amount)
    assert story.state == "offered unpaid"
    assert refunded(story) == [("pi_9", amount, 1)]
    assert f"payment of ${amount / 100:.2f} was not needed: all of it goes" in story.card
    story.refunds(intent="pi_9", amount=amount)
    assert "all of it went straight back" in story.card
    assert story.books == {"stripe_balance": -172, "stripe_fees": 172}
    story.pays()
    assert story.state == "queued paid"


def test_a_second_payment_goes_back() -> None:
    story = Story().paid()
    story.waits(minutes=1)
    story.pays("pi_2")
    assert story.state == "queued paid"
    assert refunded(story) == [("pi_2", 4900, 1)]
    assert story.told == []  # who paid twice reads the card; notices are kept for the work
    story.pays("pi_2")
    assert refunded(story) == [("pi_2", 4900, 1)]
    story.refunds(intent="pi_2")
    assert story.held == 4900


@pytest.mark.parametrize("is_booked", [True, False])
def test_of_two_payments_the_one_that_succeeded_later_goes_back(*, is_booked: bool) -> None:
    story = Story()
    story.waits(minutes=5)
    story.pays("pi_late", is_booked=is_booked)
    story.pays("pi_early", at=START)
    assert refunded(story) == [("pi_late", 4900, 1)]
    assert story.ticket.payment is not None
    assert story.ticket.payment.intent == "pi_early"
    story.pays("pi_late", at=START + timedelta(minutes=5))
    assert story.held == 4900
    story.refunds(intent="pi_late")
    assert story.held == 4900
    assert story.books["stripe_balance"] == 4900 - 2 * 172
    assert [each.is_booked for each in story.ticket.strays] == [True]


def test_that_holds_for_another_plan_until_a_helper_has_begun_with_this_one() -> None:
    early = START - timedelta(minutes=1)
    story = Story().paid()
    story.pays("pi_2", plan_id="session", at=early)
    assert story.ticket.chosen == "session"
    assert refunded(story) == [("pi_1", 4900, 1)]
    begun = Story().working()
    begun.pays("pi_2", plan_id="session", at=early)
    assert begun.ticket.chosen == "question"
    assert refunded(begun) == [("pi_2", 18000, 1)]
    begun.pays("pi_3", at=early)
    assert refunded(begun)[1:] == [("pi_1", 4900, 1)]


def test_what_was_partly_given_back_is_not_exchanged_for_another_payment() -> None:
    story = Story().paid()
    story.refunds(amount=1000)
    story.pays("pi_2", at=START - timedelta(minutes=1))
    assert refunded(story) == [("pi_2", 4900, 1)]


def test_a_payment_that_was_given_back_before_we_heard_of_it_pays_for_nothing() -> None:
    story = Story()
    story.refunds(amount=900)
    story.pays()
    assert story.state == "offered unpaid"
    assert refunded(story) == [("pi_1", 4000, 1)]
    whole = Story()
    whole.refunds()
    whole.pays()
    assert (whole.state, refunded(whole)) == ("offered unpaid", [])
    assert whole.books == {"stripe_balance": -172, "stripe_fees": 172}


def test_a_payment_when_it_is_over_goes_back_and_the_customer_is_told() -> None:
    story = Story().waits(days=15)
    story.pays()
    assert story.state == "expired refunding"
    assert refunded(story) == [("pi_1", 4900, 1)]
    assert "$49.00 was paid when this was over already" in story.notice
    story.refunds()
    assert story.state == "expired refunded"
    assert story.books == {"stripe_balance": -172, "stripe_fees": 172}


def test_a_bank_debit_is_waited_for_and_then_starts_the_work() -> None:
    story = Story()
    story.presses()
    story.opens()
    story.pays(status=PROCESSING)
    assert story.state == "offered pending"
    assert story.ticket.due(Clock.OFFER) is None
    assert story.books == {}  # it may have a balance transaction by now, and still fail
    assert [each.session for each in story.made(CloseCheckout)] == ["cs_1"]
    story.pays(status=PROCESSING)
    assert story.last.reason.startswith("a debit on its way changes nothing")
    story.waits(days=4).pays()
    assert story.state == "queued paid"
    assert story.held == 4900


@pytest.mark.parametrize("status", [UNPAID, CANCELLED])
def test_a_bank_debit_that_failed_can_be_followed_by_another_payment(
    status: PaymentStatus,
) -> None:
    story = pending().waits(days=3)
    story.pays(status=status)
    assert story.state == "offered failed"
    assert story.ticket.due(Clock.OFFER) == story.now + timedelta(days=14)
    story.pays("pi_2")
    assert story.state == "queued paid"


def test_a_debit_that_is_not_the_price_is_not_waited_for() -> None:
    story = Story()
    story.pays(status=PROCESSING, amount=100)
    assert story.state == "offered unpaid"


def test_a_card_is_faster_than_a_bank_whose_money_then_goes_back() -> None:
    story = pending()
    story.pays("pi_card")
    assert story.state == "queued paid"
    story.waits(days=1).pays("pi_1")
    assert refunded(story) == [("pi_1", 4900, 1)]
    assert story.held == 4900


def test_when_the_slower_bank_says_no_nothing_happens() -> None:
    story = pending()
    story.pays("pi_card")
    before = story.ticket
    story.pays("pi_1", status=UNPAID)
    assert story.ticket == before


def test_a_debit_that_arrives_after_the_end_goes_straight_back() -> None:
    story = pending()
    story.says(CAROL, "/support cancel")
    assert story.state == "cancelled pending"
    story.waits(days=3).pays()
    assert story.state == "cancelled refunding"
    assert refunded(story) == [("pi_1", 4900, 1)]


def test_a_debit_that_fails_after_the_end_leaves_nothing() -> None:
    story = pending()
    story.says(CAROL, "/support cancel")
    story.pays(status=UNPAID)
    assert story.state == "cancelled failed"
    assert story.ticket.payment is None


def test_a_debit_that_was_begun_just_before_the_end_is_told_and_followed() -> None:
    story = Story().waits(days=14)
    story.pays(status=PROCESSING)
    assert story.state == "expired pending"
    assert "should the bank still pay, it goes straight back" in story.card
    story.pays()
    assert story.state == "expired refunding"


def test_a_debit_that_fails_while_another_payment_goes_back_hides_nothing() -> None:
    story = pending()
    story.says(CAROL, "/support cancel")
    story.pays("pi_card")
    assert story.state == "cancelled pending"
    story.pays("pi_1", status=UNPAID)
    assert story.state == "cancelled refunding"
    story.refunds(intent="pi_card")
    assert story.state == "cancelled refunded"


def test_a_debit_of_another_amount_than_was_announced_goes_back_and_all_can_be_paid_again() -> None:
    story = pending()
    story.pays(amount=5000)
    assert story.state == "offered unpaid"
    assert refunded(story) == [("pi_1", 5000, 1)]
    assert story.ticket.due(Clock.OFFER) is not None


def test_a_declined_card_changes_nothing() -> None:
    story = Story()
    before = story.ticket
    story.pays(status=UNPAID, is_booked=False)
    assert story.ticket == before


def test_stale_news_of_a_payment_that_was_made_since_changes_nothing() -> None:
    story = Story().paid()
    story.pays("pi_2")
    before = story.ticket
    for intent in ("pi_1", "pi_2"):
        for status in (UNPAID, PROCESSING):
            story.pays(intent, status=status, returned=move("txn_x", -4900))
            assert story.ticket == before
            assert story.last.entries == ()


def test_a_debit_that_was_in_the_balance_and_failed_is_written_down_with_its_return() -> None:
    story = pending()
    story.pays(status=UNPAID, returned=move("txn_back", -4900, 400))
    assert story.books == {"stripe_balance": -572, "stripe_fees": 572}
    assert [entry.key for entry in story.last.entries] == ["txn_pi_1", "txn_back"]
    # The customer pays again with the same PaymentIntent.
    story.pays(status=PROCESSING)
    assert story.state == "offered pending"


def test_one_that_is_not_the_tickets_is_written_down_too() -> None:
    story = Story().paid()
    story.pays("pi_2", status=UNPAID, returned=move("txn_back", -4900))
    assert len(story.last.entries) == 2
    assert story.state == "queued paid"


def test_trouble_with_reading_is_over_when_something_was_read() -> None:
    story = Story().changed(trouble=Trouble.PAYMENT)
    story.pays(status=UNPAID, is_booked=False)
    assert story.trouble == ""


def test_a_free_ticket_cannot_be_paid() -> None:
    story = Story(offer(terms(plans=())))
    story.pays()
    assert story.state == "offered unpaid"
    assert refunded(story) == [("pi_1", usd(4900).amount, 1)]
