"""Money that goes back: ordered, by hand, in parts, twice, and when it comes back to us."""

from __future__ import annotations

import pytest

from app.domain.effects import NoticeKind, Refund, Unassign
from app.domain.events import EffectFailed, RefundStatus
from app.domain.people import Permission
from app.domain.tickets.paying import RepaymentState
from app.domain.tickets.ticket import End
from tests.domain.tickets.builders import ADA, CAROL, MAX, Story, share, usd

PENDING, FAILED = RefundStatus.PENDING, RefundStatus.FAILED


def cancelled() -> Story:
    story = Story().paid()
    story.says(CAROL, "/support cancel")
    return story


def fails(story: Story) -> None:
    effect = story.made(Refund)[-1]
    story.does(EffectFailed(effect=effect, reason="Stripe is away", is_certain=False))


def test_giving_back_orders_all_frees_the_helper_and_tells_the_customer() -> None:
    story = cancelled()
    assert story.state == "cancelled refunding"
    (order,) = story.now_made(Refund)
    assert (order.intent, order.amount, order.n) == ("pi_1", usd(4900), 1)
    assert [each.login for each in story.now_made(Unassign)] == [ADA]
    assert story.ticket.notices == (NoticeKind.REFUND,)
    assert "$49.00 goes back to you" in story.notice


def test_it_is_given_back_when_stripe_says_so() -> None:
    story = cancelled()
    story.refunds(PENDING)
    assert (story.state, story.held) == ("cancelled refunding", 0)
    story.refunds()
    assert story.state == "cancelled refunded"
    before = story.ticket
    story.refunds(PENDING)  # an old one comes late
    story.refunds()
    assert story.ticket == before
    assert story.books == {"stripe_balance": -172, "stripe_fees": 172}


def test_an_order_that_could_not_be_carried_out_is_told_until_the_money_is_gone() -> None:
    story = cancelled()
    fails(story)
    assert story.trouble == "refund"
    assert "still has to go back to `carol`" in story.card
    story.refunds()  # an operator tried it once more
    assert (story.state, story.trouble) == ("cancelled refunded", "")


def test_an_order_that_was_carried_out_after_all_is_no_trouble() -> None:
    story = cancelled()
    story.refunds(PENDING)
    fails(story)
    assert story.trouble == ""


def test_what_could_not_be_ordered_may_be_given_by_hand_in_parts() -> None:
    story = cancelled()
    fails(story)
    story.refunds(amount=1900, refund="re_a")
    assert (story.state, story.trouble) == ("cancelled refunding", "refund")
    story.refunds(amount=3000, refund="re_b")
    assert (story.state, story.trouble) == ("cancelled refunded", "")
    assert story.held == 0
    fails(story)
    assert story.last.reason == "the money went back all the same"


def test_a_refund_that_comes_back_is_owed_again_and_stands_in_the_books() -> None:
    story = cancelled()
    story.refunds()
    story.waits(days=6).refunds(FAILED)
    assert (story.state, story.held) == ("cancelled refunding", 4900)
    assert story.trouble == "refund"
    assert [entry.key for entry in story.last.entries] == ["txn_re_1_back"]
    story.refunds()  # stale
    assert story.state == "cancelled refunding"
    story.refunds(refund="re_2")  # a person gives it back another way
    assert (story.state, story.held) == ("cancelled refunded", 0)
    assert story.trouble == ""


def test_both_moves_of_a_refund_may_be_seen_at_once_or_one_after_the_other() -> None:
    story = cancelled()
    story.refunds(FAILED)
    assert [entry.key for entry in story.last.entries] == ["txn_re_1", "txn_re_1_back"]
    assert story.held == 4900
    slow = cancelled()
    slow.refunds(FAILED, is_return_booked=False)
    assert slow.held == 0
    slow.refunds(FAILED)
    assert slow.held == 4900


def test_a_refund_that_never_moved_anything_leaves_nothing_to_look_for() -> None:
    story = cancelled()
    story.refunds(FAILED, is_booked=False)
    assert story.held == 4900
    assert story.ticket.clocks == ()
    assert story.trouble == "refund"


@pytest.mark.parametrize("far", ["paid", "working", "proposed", "reviewed", "accepted"])
def test_the_operator_gives_all_of_it_back_by_hand_and_the_ticket_follows(far: str) -> None:
    story: Story = getattr(Story(), far)()
    story.refunds()
    assert (story.state, story.ticket.end) == ("refunded refunded", End.BY_OPERATOR)
    assert story.held == 0
    assert story.made(Refund) == []
    assert [each.login for each in story.now_made(Unassign)] == [ADA]
    assert "The operator gave the money back" in story.notice
    assert story.ticket.clocks == ()


def test_by_hand_it_may_be_pending_too() -> None:
    story = Story().paid()
    story.refunds(PENDING)
    assert story.state == "refunded refunding"
    story.refunds()
    assert story.state == "refunded refunded"


def test_a_part_given_by_hand_changes_only_what_there_is_to_divide_or_give_back() -> None:
    story = Story().accepted()
    story.refunds(amount=1000)
    assert story.state == "accepted paid"
    assert "$10.00 of it was given back" in story.card
    story.waits(days=3)
    assert story.state == "settled paid"
    assert story.held == 0
    division = share("core", 500).divide(usd(3900))
    assert story.books["payee:repository:7"] == -division.repository.amount
    assert story.ticket.divided == usd(3900)


def test_after_a_part_only_the_rest_is_given_back() -> None:
    story = Story().paid()
    story.refunds(amount=1000, refund="re_a")
    story.says(CAROL, "/support cancel")
    (order,) = story.now_made(Refund)
    assert (order.amount, order.n) == (usd(3900), 1)
    assert "$39.00 goes back to you" in story.notice
    story.refunds(amount=3900, refund="re_b")
    assert (story.state, story.held) == ("cancelled refunded", 0)


def test_a_part_that_came_back_is_ours_again_and_no_trouble() -> None:
    story = Story().working()
    story.refunds(amount=1000)
    story.refunds(FAILED, amount=1000)
    assert (story.state, story.trouble, story.held) == ("working paid", "", 4900)
    assert story.ticket.kept == usd(4900)


def test_after_the_division_everybody_gives_back_their_share() -> None:
    story = Story().settled()
    helper = f"payee:person:{story.ticket.helper.person.id}"  # type: ignore[union-attr]  # settled
    assert story.books[helper] == -4256
    story.refunds(amount=1000, refund="re_a")
    assert story.state == "settled paid"
    story.refunds(PENDING, amount=3900, refund="re_b")
    assert story.state == "settled refunding"
    story.refunds(amount=3900, refund="re_b")
    assert story.state == "settled refunded"
    assert story.books == {"stripe_balance": -172, "stripe_fees": 172}
    story.refunds(FAILED, amount=3900, refund="re_b")
    assert (story.state, story.ticket.divided) == ("settled paid", usd(3900))
    division = share("core", 500).divide(usd(3900))
    assert story.books[helper] == -division.helper.amount
    assert story.trouble == ""  # nobody in the ticket had ordered it


def test_a_refund_from_before_the_division_that_comes_back_is_divided_as_well() -> None:
    story = Story().accepted()
    story.refunds(amount=1000)
    story.waits(days=3)
    story.refunds(FAILED, amount=1000)
    assert (story.held, story.ticket.divided) == (0, usd(4900))
    whole = share("core", 500).divide(usd(4900))
    assert story.books["platform_revenue"] == -(whole.platform + whole.fee).amount


def test_a_refund_of_more_than_the_shares_hold_waits_for_the_one_that_came_back() -> None:
    story = Story().settled()
    story.refunds(refund="re_a")
    story.refunds(refund="re_b")  # Stripe allows it, since the first one has failed meanwhile
    assert story.last.entries == ()
    story.refunds(FAILED, refund="re_a")
    story.refunds(refund="re_b")
    assert story.books == {"stripe_balance": -172, "stripe_fees": 172}


def test_a_stray_payment_is_followed_until_it_is_gone() -> None:
    story = Story().paid()
    story.pays("pi_2")
    fails(story)
    assert story.trouble == "refund"
    story.refunds(intent="pi_2", amount=900, refund="re_a")
    story.refunds(intent="pi_2", amount=4000, refund="re_b")
    assert story.trouble == ""
    story.refunds(FAILED, intent="pi_2", amount=4000, refund="re_b")
    assert story.trouble == "refund"
    assert story.books["unapplied:pi_2"] == -4000
    assert (story.state, story.held) == ("queued paid", 4900)


def test_a_refund_of_a_payment_that_the_ticket_never_saw_is_written_down() -> None:
    story = Story()
    story.refunds(intent="pi_9")
    assert story.state == "offered unpaid"
    assert story.books == {"stripe_balance": -4900, "unapplied:pi_9": 4900}


def test_two_refunds_of_the_same_amount_are_two() -> None:
    story = Story().paid()
    for refund in ("re_a", "re_b"):
        story.refunds(amount=1000, refund=refund)
    assert [each.refund for each in story.ticket.repayments] == ["re_a", "re_b"]
    assert story.held == 2900


def test_a_second_order_for_the_same_payment_has_its_own_number() -> None:
    story = Story().paid()
    story.pays("pi_2")
    story.says(MAX, "/support refund it was a mistake", Permission.MAINTAIN)
    assert [(each.intent, each.n) for each in story.made(Refund)] == [("pi_2", 1), ("pi_1", 1)]
    assert {each.state for each in story.ticket.repayments} == {RepaymentState.ORDERED}
