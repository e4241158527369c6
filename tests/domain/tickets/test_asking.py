"""Asking helpers one after another, and what comes of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.assignment import Rule
from app.domain.clockwork import Calendar, read_hours
from app.domain.effects import Assign, FindMaintainer, NoticeKind, Notify, Unassign
from app.domain.events import EffectFailed, HelperWentOff
from app.domain.people import Permission
from app.domain.tickets.clocks import Clock
from app.domain.tickets.ticket import AskState, End
from tests.domain.tickets.builders import (
    ADA,
    CAROL,
    GRACE,
    MALLORY,
    MAX,
    START,
    TICKET,
    Story,
    nominee,
    offer,
    plan,
    terms,
    user,
)


def records(story: Story) -> list[tuple[str, AskState]]:
    return [(each.helper.person.login, each.state) for each in story.ticket.asked]


def test_the_first_helper_of_the_file_is_asked_with_a_reason_until_the_promise_is_over() -> None:
    story = Story().paid()
    assert story.asked == ADA
    assert "It is their turn" in story.ticket.asked[0].reason
    assert story.ticket.due(Clock.ASK) == START + timedelta(hours=8)


def test_the_promise_runs_in_the_hours_of_the_one_who_is_asked() -> None:
    story = Story()
    hours = Calendar(week=read_hours("Mon-Fri 12:00-18:00"))
    story.nominees[ADA] = nominee(ADA, calendar=hours)
    story.pays()
    assert story.ticket.due(Clock.ASK) == START + timedelta(days=1, hours=5)


def test_without_a_promise_only_the_end_of_all_waiting_passes_it_on() -> None:
    story = Story(offer(terms(plans=(replace(plan(), respond_within=None, resolve_within=None),))))
    story.pays()
    assert story.ticket.due(Clock.ASK) is None
    assert f"- **By:** {26} Nov" in story.card
    story.says(ADA, "/support claim")
    assert story.ticket.resolve_by is None
    assert "no time was promised" in story.card


def test_silence_passes_it_on_and_at_last_everybody_may_claim_it() -> None:
    story = Story().paid()
    story.waits(hours=8)
    assert story.asked == GRACE
    assert [each.login for each in story.now_made(Unassign)] == [ADA]
    assert [each.login for each in story.now_made(Assign)] == [GRACE]
    story.waits(hours=8)
    assert story.asked == ""
    assert records(story) == [(ADA, AskState.PASSED), (GRACE, AskState.PASSED)]
    assert "one of the helpers, by `/support claim`" in story.card
    story.says(ADA, "/support claim")
    assert story.state == "working paid"


def test_nobody_comes_and_all_goes_back() -> None:
    story = Story().paid().waits(hours=48)
    assert (story.state, story.ticket.end) == ("refunded refunding", End.NOBODY_CAME)
    assert "No helper took it in time" in story.notice


def test_where_everybody_may_claim_nobody_is_asked() -> None:
    story = Story(offer(terms(rule=Rule.CLAIM)))
    story.pays()
    assert (story.asked, story.made(Assign)) == ("", [])
    assert "Paid, and waiting for a helper" in story.card
    story.says(GRACE, "/support claim")
    assert story.state == "working paid"
    assert [each.login for each in story.made(Assign)] == [GRACE]


def test_the_customer_is_not_asked_to_help_themself() -> None:
    story = Story(helpers=(CAROL, GRACE))
    story.pays()
    assert story.asked == GRACE
    story.says(CAROL, "/support claim")
    assert story.state == "queued paid"


def test_any_answer_of_the_one_who_is_asked_takes_it() -> None:
    story = Story().paid()
    story.says(MALLORY, "me too")
    story.says(GRACE, "maybe try again")
    assert story.state == "queued paid"
    story.says(ADA, "set proxy=on")
    assert story.state == "working paid"
    assert story.ticket.helper is not None
    assert story.ticket.resolve_by == START + timedelta(days=3)
    assert records(story) == [(ADA, AskState.TOOK)]
    assert story.now_made(Assign) == []  # GitHub has assigned her already


def test_another_helper_may_be_faster() -> None:
    story = Story().paid()
    story.says(GRACE, "/support claim")
    assert records(story) == [(ADA, AskState.MOOT), (GRACE, AskState.TOOK)]
    assert [each.login for each in story.now_made(Unassign)] == [ADA]
    assert [each.login for each in story.now_made(Assign)] == [GRACE]


def test_who_was_taken_out_of_the_file_can_neither_answer_nor_claim() -> None:
    story = Story().paid()
    del story.nominees[ADA]
    story.says(ADA, "set proxy=on")
    assert story.last.reason == "this helper is not in the file any more"
    story.says(ADA, "/support claim")
    assert story.state == "queued paid"
    story.waits(hours=8)
    assert story.asked == GRACE


def test_a_helper_gives_it_back_before_or_after_taking_it() -> None:
    story = Story().paid()
    story.says(ADA, "/support release")
    assert story.asked == GRACE
    assert story.ticket.due(Clock.NO_HELPER) == START + timedelta(hours=48)
    story.says(GRACE, "/support claim")
    story.waits(hours=1).says(GRACE, "/support release")
    assert (story.state, story.asked, story.ticket.helper) == ("queued paid", "", None)
    assert story.ticket.due(Clock.NO_HELPER) == START + timedelta(hours=49)
    assert records(story) == [(ADA, AskState.RELEASED), (GRACE, AskState.RELEASED)]


def test_who_takes_a_break_while_being_asked_is_passed_over() -> None:
    story = Story().paid()
    story.does(HelperWentOff(ticket=TICKET, user=user(GRACE)))
    assert story.asked == ADA
    story.does(HelperWentOff(ticket=TICKET, user=user(ADA)))
    assert story.asked == GRACE


def test_whom_github_does_not_assign_is_asked_in_a_comment_once() -> None:
    story = Story()
    story.pays()
    story.assigns(ADA, is_assigned=False)
    assert story.ticket.notices == (NoticeKind.ASKED,)
    assert story.notice.splitlines()[1].startswith("@ada, would you take this paid ticket?")
    assert "A first comment also lets GitHub assign them" in story.card
    story.assigns(ADA, is_assigned=False)
    assert len(story.made(Notify)) == 1
    story.says(ADA, "set proxy=on")
    assert [each.login for each in story.now_made(Assign)] == [ADA]  # now GitHub may
    story.assigns(ADA)
    assert story.ticket.asked[-1].is_assigned


def test_an_assignment_that_failed_is_one_that_github_did_not_make() -> None:
    story = Story()
    story.pays()
    effect = story.made(Assign)[0]
    story.does(EffectFailed(effect=effect, reason="no such repository", is_certain=True))
    assert story.ticket.notices == (NoticeKind.ASKED,)


def test_a_helper_who_was_not_assigned_needs_not_be_taken_off() -> None:
    story = Story()
    story.pays()
    story.assigns(ADA, is_assigned=False)
    story.waits(hours=8)
    assert story.now_made(Unassign) == []
    assert story.asked == GRACE


def test_who_can_neither_be_assigned_nor_told_is_passed_over() -> None:
    story = Story(helpers=(ADA, GRACE, MALLORY))
    story.pays()
    for login in (ADA, GRACE):
        story.assigns(login, is_assigned=False)
        story.strikes(Clock.ASK)
    assert story.asked == MALLORY
    assert story.told == ["asked", "asked"]
    story.assigns(MALLORY, is_assigned=False)
    assert story.asked == ""
    assert story.told == ["asked", "asked"]


@pytest.mark.parametrize("login", [ADA, MALLORY])
def test_old_news_of_an_assignment_changes_nothing(login: str) -> None:
    story = Story().paid()
    story.waits(hours=8)
    before = story.ticket
    story.assigns(login, is_assigned=False)
    assert story.ticket == before
    fresh = Story()
    fresh.assigns(login)
    assert fresh.last.reason == "that helper is not the newest one any more"


def looks(story: Story) -> list[FindMaintainer]:
    return [each for each in story.effects if isinstance(each, FindMaintainer)]


def test_when_nobody_is_left_to_ask_a_maintainer_is_told_once() -> None:
    story = Story().paid()
    story.says(ADA, "/support release")
    assert looks(story) == []
    story.says(GRACE, "/support release")
    (look,) = looks(story)
    assert (look.kind, look.key) == (NoticeKind.UNCLAIMED, f"{TICKET}:maintainer:unclaimed")
    story.finds(MAX)
    assert story.told == ["unclaimed"]
    assert "@max, nobody has taken this paid ticket" in story.notice
    assert "After 26 Nov 2026, 09:00 UTC it goes back by itself." in story.notice
    story.says(MAX, "/support transfer @ada", Permission.MAINTAIN)
    story.says(ADA, "/support release")
    story.finds(MAX)
    assert story.told == ["unclaimed"]


def test_who_is_asked_meanwhile_or_may_claim_it_needs_no_maintainer() -> None:
    to_claim = Story(offer(terms(rule=Rule.CLAIM))).paid()
    assert (to_claim.asked, looks(to_claim)) == ("", [])
    to_claim.finds(MAX)
    assert to_claim.told == []
    alone = Story(helpers=(ADA,)).paid()
    alone.says(ADA, "/support release")
    assert len(looks(alone)) == 1
    alone.says(ADA, "/support claim")
    alone.finds(MAX)
    assert alone.told == []


def test_two_who_were_asked_in_comments_leave_the_rest_for_review_and_refund() -> None:
    story = Story().paid().changed(notices=(NoticeKind.ASKED, NoticeKind.ASKED))
    story.says(ADA, "/support release")
    story.says(GRACE, "/support release")
    assert looks(story) == []
    assert story.told == ["asked", "asked"]
