"""From a proposal to the division of the price, or to the maintainers."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.domain.commands import Accept, Decline, Reopen
from app.domain.effects import CheckPermission
from app.domain.people import Permission
from app.domain.tickets.clocks import Clock
from app.domain.tickets.ticket import End
from tests.domain.tickets.builders import ADA, CAROL, GRACE, MALLORY, MAX, START, Story, user
from tests.domain.tickets.outside import by_button


def test_the_customer_is_told_reminded_once_and_then_silence_counts_as_a_yes() -> None:
    story = Story().proposed("it is in the docs")
    assert story.told == ["proposed"]
    assert "**The helper says:** it is in the docs" in story.card
    story.waits(hours=36)
    assert story.told == ["proposed", "reminder"]
    story.waits(hours=36)
    assert (story.state, story.ticket.end) == ("accepted paid", End.BY_SILENCE)
    story.waits(days=3)
    assert story.state == "settled paid"
    assert story.held == 0
    assert "Nobody declined in time" in story.card


@pytest.mark.parametrize("way", [Decline, Reopen])
def test_a_no_by_a_button_is_told_to_the_helper_and_one_by_a_comment_is_not(
    way: type[Decline | Reopen],
) -> None:
    begin, word = (Story.proposed, "decline") if way is Decline else (Story.accepted, "reopen")
    story = begin(Story())
    story.does(by_button(way(reason="it *still* fails")))
    assert (story.state, story.told) == ("working paid", ["proposed", "declined"])
    assert "@ada, `carol` says that it is not solved yet: it \\*still\\* fails." in story.notice
    assert "There is time until" in story.notice
    spoken = begin(Story())
    spoken.says(CAROL, f"/support {word} it fails")
    assert (spoken.state, spoken.told) == ("working paid", ["proposed"])


def test_a_no_by_a_button_that_begins_a_review_is_for_the_maintainers() -> None:
    story = Story().proposed()
    story.does(by_button(Decline(reason="no")))
    story.says(ADA, "/support propose")
    story.does(by_button(Decline(reason="no")))
    assert (story.state, story.told) == ("review paid", ["proposed", "declined"])


def test_the_price_is_divided_by_the_class_of_the_one_who_did_it() -> None:
    story = Story().paid()
    story.says(GRACE, "/support claim")
    story.says(GRACE, "/support propose")
    story.says(CAROL, "/support accept")
    assert story.ticket.due(Clock.GRACE) == START + timedelta(days=3)
    story.waits(days=3)
    assert story.books["payee:repository:7"] == -709
    story.waits(days=300)
    assert story.state == "settled paid"


@pytest.mark.parametrize("whom", ["", "@ada", "@ADA"])
def test_the_customer_accepts(whom: str) -> None:
    story = Story().proposed()
    story.says(CAROL, f"/support accept {whom}")
    assert (story.state, story.ticket.end) == ("accepted paid", End.ACCEPTED)


def test_thanking_somebody_else_than_the_one_who_would_be_paid_is_asked_back() -> None:
    story = Story().proposed()
    story.says(CAROL, "/support accept @grace")
    assert (story.state, story.sign) == ("proposed paid", "confused")
    assert "`grace` is not the helper of this ticket" in story.card


def test_a_first_no_sends_it_back_to_the_helper() -> None:
    story = Story().proposed()
    story.says(CAROL, "/support decline it still fails on *Windows*")
    assert story.state == "working paid"
    assert story.told == ["proposed"]  # what is missing stands in the customer's own comment
    assert r"**The customer says:** it still fails on \*Windows\*" in story.card
    assert story.ticket.resolve_by == START + timedelta(days=3)


def test_a_second_no_lays_it_before_the_maintainers() -> None:
    story = Story().reviewed()
    assert story.state == "review paid"
    assert story.ticket.due(Clock.REVIEW) == START + timedelta(days=5)
    story.waits(days=19)  # five for the maintainers, and fourteen for the operator
    assert (story.state, story.ticket.end) == ("refunded refunding", End.BY_SILENCE)
    assert "Nobody decided in time" in story.notice


def test_the_maintainers_decide_for_the_helper() -> None:
    story = Story().reviewed()
    story.says(MAX, "/support accept")
    (check,) = story.now_made(CheckPermission)
    assert (check.user, check.command) == (user(MAX), Accept())
    assert story.sign == ""  # the sign comes with the answer
    story.says(MAX, "/support accept", Permission.ADMIN)
    assert (story.state, story.ticket.end) == ("accepted paid", End.BY_REVIEW)
    story.waits(days=3)
    assert story.state == "settled paid"


def test_the_maintainers_decide_for_the_customer() -> None:
    story = Story().reviewed()
    story.says(MAX, "/support refund it was never solved", Permission.MAINTAIN)
    assert (story.state, story.ticket.end) == ("refunded refunding", End.BY_REVIEW)


@pytest.mark.parametrize("permission", [Permission.WRITE, Permission.TRIAGE, Permission.NONE])
def test_who_is_no_maintainer_decides_nothing(permission: Permission) -> None:
    story = Story().reviewed()
    story.says(MALLORY, "/support refund I say so", permission)
    assert (story.state, story.sign) == ("review paid", "-1")


@pytest.mark.parametrize(
    ("login", "words"),
    [(ADA, "accept"), (ADA, "refund no"), (CAROL, "accept"), (CAROL, "refund I want it")],
)
def test_nobody_judges_a_ticket_whose_money_would_be_theirs(login: str, words: str) -> None:
    story = Story().reviewed()
    story.says(login, f"/support {words}", Permission.ADMIN)
    assert story.state == "review paid"
    story.says(login, f"/support {words}")
    assert story.now_made(CheckPermission) == []


def test_until_it_is_divided_a_maintainer_may_give_the_money_back() -> None:
    story = Story().accepted()
    story.says(MAX, "/support refund we talked about it", Permission.ADMIN)
    assert story.state == "refunded refunding"
    late = Story().settled()
    late.says(MAX, "/support refund we talked about it", Permission.ADMIN)
    assert late.state == "settled paid"
