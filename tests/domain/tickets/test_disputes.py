"""A bank that doubts a payment: what is frozen, for how long, and what follows."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.domain.effects import NoticeKind, ReadDispute, ReadPayment, Refund
from app.domain.events import DisputeRead, DisputeStatus, EffectFailed, ReviewDecided, Verdict
from app.domain.people import Permission
from app.domain.tickets.clocks import Clock
from app.domain.tickets.frozen import LEFT_MIN
from app.domain.tickets.ticket import End
from tests.domain.tickets.builders import ADA, CAROL, MAX, TICKET, Story, move, usd
from tests.domain.tickets.outside import LIFTED, OVERTAKEN, disputes, warns

INQUIRY, CLOSED = DisputeStatus.INQUIRY, DisputeStatus.CLOSED
OPEN, WON, LOST = DisputeStatus.OPEN, DisputeStatus.WON, DisputeStatus.LOST


def test_what_is_heard_before_the_payment_makes_us_look_for_it() -> None:
    story = disputes(Story())
    assert story.state == "offered unpaid"
    assert [each.intent for each in story.now_made(ReadPayment)] == ["pi_1"]
    story.pays()
    assert story.state == "queued disputed"
    assert story.ticket.is_frozen


def test_a_payment_whose_dispute_was_lost_before_we_heard_of_it_pays_for_nothing() -> None:
    story = disputes(Story(), LOST)
    story.pays()
    assert story.state == "offered unpaid"
    assert story.made(Refund) == []
    assert story.books == {
        "stripe_balance": -172 - 1500,
        "stripe_fees": 172,
        "dispute_fees": 1500,
    }


@pytest.mark.parametrize(
    ("who", "words"),
    [(CAROL, "cancel"), (MAX, "refund it was late"), (MAX, "refund 20 it was late")],
)
def test_a_command_about_money_is_refused_with_the_reason(who: str, words: str) -> None:
    story = disputes(Story().working())
    story.says(who, f"/support {words}", Permission.ADMIN)
    assert (story.sign, story.state) == ("confused", "working disputed")
    assert "The customer's bank is deciding about this payment" in story.card


def test_the_operators_own_verdict_waits_as_well() -> None:
    story = disputes(Story().reviewed())
    for verdict in (Verdict.PAY, Verdict.REFUND):
        story.does(ReviewDecided(ticket=TICKET, verdict=verdict))
    assert story.state == "review disputed"


def test_who_was_overtaken_while_frozen_is_not_paid_back_before_the_bank() -> None:
    story = disputes(Story().paid())
    story.does(OVERTAKEN)
    assert (story.state, story.made(Refund)) == ("queued disputed", [])


@pytest.mark.parametrize("story", [Story().paid(), Story().reviewed(), Story().accepted()])
def test_no_clock_decides_about_money_while_frozen(story: Story) -> None:
    stage = story.ticket.stage
    disputes(story).waits(days=90)
    assert story.state == f"{stage} disputed"
    assert story.made(Refund) == []


def test_a_clock_goes_on_for_its_rest_and_a_day_at_least() -> None:
    early = Story().accepted()
    disputes(disputes(early).waits(days=40), WON)
    assert early.ticket.due(Clock.GRACE) == early.now + timedelta(days=3)
    late = Story().accepted().waits(days=2, hours=23)
    disputes(disputes(late).waits(days=40), WON)
    assert late.ticket.due(Clock.GRACE) == late.now + LEFT_MIN


def test_silence_counts_again_only_for_who_was_told_of_the_new_time() -> None:
    story = Story().proposed()
    disputes(disputes(story).waits(days=40), WON)
    story.waits(minutes=1)
    assert story.told == ["proposed", "reminder"]
    assert f"On {story.ticket.due(Clock.ACCEPT):%-d %b %Y, %H:%M} UTC" in story.notice
    story.waits(days=4)
    assert story.state == "accepted won"


def test_a_reminder_that_was_used_up_leaves_it_to_the_maintainers() -> None:
    story = Story().proposed().waits(days=2)
    assert story.told == ["proposed", "reminder"]
    disputes(disputes(story), WON).waits(days=3)
    assert story.state == "review won"


def test_what_was_won_is_divided_and_what_was_lost_is_not() -> None:
    won = disputes(disputes(Story().accepted()), WON).waits(days=4)
    assert (won.state, won.held) == ("settled won", 0)
    lost = disputes(disputes(Story().accepted()), LOST)
    assert (lost.state, lost.held) == ("refunded lost", 0)
    assert lost.ticket.end is End.BY_BANK
    assert lost.ticket.notices[-1] is NoticeKind.REFUND
    assert lost.notice.partition("\n")[2].startswith(
        f"@{ADA}, the customer's bank has taken $49.00"
    )


def test_won_counts_only_when_the_money_is_back() -> None:
    story = disputes(disputes(Story().accepted()))
    disputes(story, WON, is_moved=False)
    assert story.state == "accepted disputed"
    disputes(story, WON)
    assert story.state == "accepted won"


def test_what_is_told_late_takes_nothing_back() -> None:
    story = disputes(disputes(Story().accepted()), WON)
    disputes(story, OPEN)
    assert story.state == "accepted won"
    lost = disputes(disputes(Story().accepted()), LOST)
    before = lost.ticket
    for status in (OPEN, LOST):
        disputes(lost, status)
        assert lost.ticket == before


def test_what_moves_after_a_loss_is_for_a_person_to_explain() -> None:
    story = disputes(disputes(Story().accepted()), LOST)
    disputes(story, WON)
    assert story.state == "refunded lost"
    assert story.books["suspense"] == -4900


def test_a_loss_waits_until_the_books_know_what_was_left() -> None:
    story = Story().working()
    story.refunds(amount=1000, is_booked=False)
    disputes(story, LOST)
    assert story.state == "working disputed"
    story.refunds(amount=1000)
    disputes(story, LOST)
    assert story.state == "refunded lost"
    assert (story.held, story.books["bad_debt"]) == (0, 1000)


def test_a_refund_that_stripe_refused_is_made_up_for_by_the_bank() -> None:
    story = Story().paid()
    story.says(CAROL, "/support cancel")
    disputes(story)
    order = story.made(Refund)[0]
    story.does(EffectFailed(effect=order, reason="charge_disputed", is_certain=True))
    assert (story.state, story.trouble) == ("cancelled disputed", "refund")
    disputes(story, LOST)
    assert (story.state, story.trouble) == ("cancelled lost", "")


def test_a_payment_that_was_not_needed_goes_back_when_its_dispute_is_won() -> None:
    story = disputes(Story().working(), intent="pi_2")
    story.pays("pi_2")
    assert story.state == "working paid"
    assert story.made(Refund) == []
    disputes(story, WON, intent="pi_2")
    assert [each.intent for each in story.made(Refund)] == ["pi_2"]


def test_an_open_dispute_is_looked_at_every_day() -> None:
    story = disputes(Story().accepted())
    story.waits(days=3)
    assert len(story.made(ReadDispute)) == 3
    disputes(story, WON)
    assert story.ticket.due(Clock.LOOK) is None


def test_an_inquiry_freezes_and_moves_nothing() -> None:
    story = disputes(Story().accepted(), INQUIRY)
    assert (story.state, story.ticket.is_frozen) == ("accepted paid", True)
    disputes(story, CLOSED).waits(days=4)
    assert story.state == "settled paid"


def test_a_warning_freezes_until_it_is_lifted_and_only_once() -> None:
    story = warns(Story().accepted())
    story.waits(days=40)
    assert story.state == "accepted paid"
    story.does(LIFTED)
    assert not story.ticket.is_frozen
    warns(story)
    assert not story.ticket.is_frozen
    story.waits(days=4)
    assert story.state == "settled paid"


def test_money_that_went_back_by_hand_ends_what_was_warned_of() -> None:
    story = warns(Story().working())
    story.refunds()
    assert (story.state, story.ticket.is_frozen) == ("refunded refunded", False)


def test_a_dispute_that_is_won_lifts_the_warning_before_it() -> None:
    story = disputes(disputes(warns(Story().accepted())), WON)
    assert not story.ticket.is_frozen


def test_a_dispute_that_moves_nothing_is_in_no_book() -> None:
    story = Story().accepted()
    nought = move("txn_du_1", 0)
    story.does(
        DisputeRead(
            dispute="du_1",
            intent="pi_1",
            status=OPEN,
            ticket=TICKET,
            amount=usd(0),
            moves=(nought,),
        )
    )
    assert "txn_du_1" not in story.entries
    assert "by answering the bank; then the bank decides" in story.card


def test_a_refusal_is_off_the_card_when_the_payment_is_not_frozen_any_more() -> None:
    story = disputes(Story().working())
    story.says(CAROL, "/support cancel")
    assert story.ticket.line
    disputes(story, WON)
    assert story.ticket.line == ""
