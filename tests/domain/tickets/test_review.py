"""What maintainers and operator decide: all, a part, or nothing goes back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.domain.effects import FindMaintainer, NoticeKind, Refund
from app.domain.events import EffectFailed, MaintainerFound, RefundStatus, ReviewDecided, Verdict
from app.domain.money import Money
from app.domain.people import Permission
from app.domain.tickets.clocks import Clock
from app.domain.tickets.sums import owed_back
from app.domain.tickets.ticket import End, Trouble
from tests.domain.tickets.builders import ADA, CAROL, MAX, TICKET, Story, usd, user


def by_maintainer(story: Story, words: str) -> None:
    story.says(MAX, f"/support {words}", Permission.MAINTAIN)


def ordered(story: Story) -> list[tuple[int, int]]:
    return [(each.n, each.amount.amount) for each in story.effects if isinstance(each, Refund)]


def looked_for(story: Story) -> list[FindMaintainer]:
    return [each for each in story.effects if isinstance(each, FindMaintainer)]


@pytest.mark.parametrize("way", ["declined", "escalated", "late", "unanswered"])
def test_when_a_review_begins_one_maintainer_is_looked_for_and_told(way: str) -> None:
    story = Story().working()
    match way:
        case "declined":
            story = Story().reviewed()
        case "escalated":
            story.says("ada", "/support escalate")
        case "late":
            story.waits(days=7)
        case "unanswered":
            story.changed(notices=(NoticeKind.ASKED, NoticeKind.BREACH))
            story.says("ada", "Which version is it?")
            story.waits(days=6)
    assert story.state == "review paid"
    [order] = looked_for(story)
    assert order.users == (user(MAX),)  # neither the customer nor the helper, who agreed to it too
    before = list(story.told)
    story.finds(MAX)
    assert story.told == [*before, "review"]
    assert story.notice.count("@") == 1
    assert "@max, would you decide this one?" in story.notice
    story.finds(MAX)
    assert story.told == [*before, "review"]


@pytest.mark.parametrize("declines", [(), ("it still fails",)])
def test_a_review_of_which_nobody_said_why_can_be_told_too(declines: tuple[str, ...]) -> None:
    asked = (NoticeKind.ASKED, NoticeKind.ASKED)
    story = Story().working().changed(notices=asked, declines=declines)
    story.says("ada", "/support propose")  # of which the customer cannot be told any more
    story.waits(days=3)
    assert story.state == "review paid"
    story.finds(MAX)
    assert "Nobody said yes or no in time." in story.notice
    assert "**Why:** nobody said yes or no in time." in story.card


def test_a_maintainer_who_is_found_late_hears_that_the_operator_may_decide_too() -> None:
    story = Story().reviewed()
    story.waits(days=6)
    story.finds(MAX)
    assert "The operator of this service may decide by now, too." in story.notice


@pytest.mark.parametrize("login", [CAROL, ADA])
def test_who_has_a_stake_is_never_told_to_decide(login: str) -> None:
    story = Story().reviewed()
    story.finds(login)
    assert "review" not in story.told


def test_where_nobody_is_known_nobody_is_looked_for_and_the_card_says_who_decides() -> None:
    story = Story()
    story.stewards = (user(CAROL), user(ADA))
    story.reviewed()
    assert looked_for(story) == []
    assert "- **Next:** a maintainer who is neither `carol` nor `ada`" in story.card
    story = Story().reviewed()
    story.does(MaintainerFound(ticket=TICKET, user=None))
    assert "review" not in story.told


def test_what_is_decided_meanwhile_needs_no_maintainer() -> None:
    story = Story().reviewed()
    by_maintainer(story, "accept")
    story.finds(MAX)
    assert "review" not in story.told


def test_a_maintainer_and_the_money_that_goes_back_are_told_whatever_was_told_before() -> None:
    story = Story().working()
    story.waits(hours=1).says("ada", "/support propose")
    story.waits(hours=40)
    story.says(CAROL, "/support decline no")
    story.says("ada", "/support propose")
    story.says(CAROL, "/support decline no")
    story.finds(MAX)
    by_maintainer(story, "refund it does not work")
    assert story.told == ["proposed", "reminder", "review", "refund"]


def test_a_part_goes_back_and_the_work_goes_on() -> None:
    story = Story().working()
    by_maintainer(story, "refund $20 for the wait")
    assert (story.state, story.sign, ordered(story)) == ("working paid", "eyes", [(1, 2000)])
    assert "paid; $20.00 of it goes back to the customer, and the rest is kept" in story.card
    assert "$20.00 of $49.00 goes back to you" in story.notice
    story.refunds(amount=2000)
    assert "paid; $20.00 of it was given back, and the rest is kept" in story.card
    story.says("ada", "/support propose")
    story.says(CAROL, "/support accept")
    story.waits(days=3)
    assert story.state == "settled paid"
    assert story.ticket.divided == usd(2900)
    assert story.held == 0


def test_nothing_is_divided_before_the_part_is_given_back() -> None:
    story = Story().accepted()
    by_maintainer(story, "refund 20 for the wait")
    story.waits(days=4)
    assert story.state == "accepted paid"
    story.refunds(amount=2000)
    story.waits(days=1)
    assert story.state == "settled paid"
    assert story.ticket.divided == usd(2900)


def test_a_part_that_stripe_refuses_is_looked_at_by_a_person() -> None:
    story = Story().accepted()
    by_maintainer(story, "refund 20 for the wait")
    (order,) = (each for each in story.effects if isinstance(each, Refund))
    story.does(EffectFailed(effect=order, reason="no", is_certain=True))
    assert str(story.ticket.trouble) == Trouble.REFUND.value
    story.waits(days=30)
    assert story.state == "accepted paid"  # the helper gets no cent of what was promised back
    story.refunds(amount=2000, refund="re_by_hand")
    assert story.ticket.trouble is None
    assert owed_back(story.ticket) is None
    story.waits(days=1)
    assert story.ticket.divided == usd(2900)


def test_what_was_given_by_hand_before_does_not_count_for_a_later_part() -> None:
    story = Story().accepted()
    story.refunds(amount=2000, refund="re_by_hand")
    by_maintainer(story, "refund 20 for the wait")
    assert owed_back(story.ticket) == usd(2000)
    story.waits(days=4)
    assert story.state == "accepted paid"
    story.refunds(amount=2000, refund="re_ours")
    story.waits(days=1)
    assert (story.state, story.ticket.divided) == ("settled paid", usd(900))


def test_a_part_that_came_back_is_owed_again() -> None:
    story = Story().working()
    by_maintainer(story, "refund 20 for the wait")
    story.refunds(amount=2000)
    story.refunds(amount=2000, status=RefundStatus.FAILED)
    assert owed_back(story.ticket) == usd(2000)
    assert story.ticket.trouble is Trouble.REFUND


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("refund 49 all", "$49.00 is all that there is of it"),
        ("refund 50 more", "$49.00 is all that there is of it"),
    ],
)
def test_a_part_is_less_than_what_is_kept(words: str, sentence: str) -> None:
    story = Story().working()
    by_maintainer(story, words)
    assert (story.sign, ordered(story)) == ("confused", [])
    assert sentence in story.card


def test_parts_go_back_one_after_another_and_the_rest_at_last() -> None:
    story = Story().working()
    by_maintainer(story, "refund 20 for the wait")
    by_maintainer(story, "refund 20 for the wait")
    assert ordered(story) == [(1, 2000)]
    assert "on its way back already" in story.card
    story.refunds(amount=2000)
    by_maintainer(story, "refund 9 again")
    by_maintainer(story, "refund and the rest")  # while the second part is on its way
    assert ordered(story) == [(1, 2000), (2, 900), (3, 2000)]
    assert story.state == "refunded refunding"


def test_a_part_ends_a_review_and_the_helper_is_paid_from_the_rest() -> None:
    story = Story().reviewed()
    by_maintainer(story, "refund 9 it took long")
    assert (story.state, story.ticket.end) == ("accepted paid", End.BY_REVIEW)
    story.refunds(amount=900)
    story.waits(days=3)
    assert (story.state, story.ticket.divided) == ("settled paid", usd(4000))


def test_after_the_maintainers_the_operator_decides_and_then_silence_does() -> None:
    story = Story().reviewed()
    began = story.now
    story.waits(days=5)
    assert story.state == "review paid"
    assert story.ticket.due(Clock.OPERATOR) == began + timedelta(days=19)
    assert "the operator of this service, since no maintainer decided" in story.card
    story.waits(days=14)
    assert (story.state, story.ticket.end) == ("refunded refunding", End.BY_SILENCE)


@pytest.mark.parametrize(
    ("verdict", "amount", "state"),
    [
        (Verdict.PAY, None, "accepted paid"),
        (Verdict.PART, usd(900), "accepted paid"),
        (Verdict.REFUND, None, "refunded refunding"),
        (Verdict.PART, usd(4900), "review paid"),
        (Verdict.PART, Money(900, "eur"), "review paid"),
        (Verdict.PART, None, "review paid"),
    ],
)
def test_the_operator_decides(verdict: Verdict, amount: Money | None, state: str) -> None:
    story = Story().reviewed().waits(days=5)
    story.does(ReviewDecided(ticket=TICKET, verdict=verdict, amount=amount))
    assert story.state == state
    before = story.ticket
    story.does(ReviewDecided(ticket=TICKET, verdict=Verdict.PAY))
    assert (story.ticket == before) == (state != "review paid")


def test_a_maintainer_may_still_decide_while_it_is_with_the_operator() -> None:
    story = Story().reviewed().waits(days=6)
    by_maintainer(story, "accept")
    assert story.state == "accepted paid"
