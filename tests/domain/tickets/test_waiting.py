"""The helper asks, the customer answers or does not: what each of them brings about."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.domain.effects import NoticeKind, Notify, Reaction
from app.domain.tickets.clocks import Clock
from tests.domain.tickets.builders import ADA, CAROL, GRACE, MALLORY, MAX, Story

QUESTION = "Which version do you use?"


def asked() -> Story:
    story = Story().working()
    story.says(ADA, QUESTION)
    assert story.state == "waiting_on_customer paid"
    return story


def test_two_clocks_run_for_the_customer_and_none_for_the_helper() -> None:
    story = asked()
    assert {each.clock: each.due_at - story.now for each in story.ticket.clocks} == {
        Clock.WAIT: timedelta(days=3),
        Clock.UNANSWERED: timedelta(days=6),
    }
    assert story.told == []


@pytest.mark.parametrize("words", ["1.3", "Why do you ask?", "/support status", "/support statsu"])
def test_any_word_of_the_customers_is_an_answer(words: str) -> None:
    story = asked()
    story.says(CAROL, words)
    assert story.state == "working paid"
    assert [each.clock for each in story.ticket.clocks] == [Clock.RESOLVE]


@pytest.mark.parametrize("login", [ADA, GRACE, MAX, MALLORY])
def test_nobody_else_answers_for_the_customer(login: str) -> None:
    story = asked()
    before = story.ticket
    story.says(login, "It may be 1.3, may it not?")
    story.says(login, "/support status")
    assert story.ticket == before


def test_only_the_helper_at_work_stops_the_clock() -> None:
    story = Story().working()
    for login in (CAROL, GRACE, MAX, MALLORY):
        story.says(login, QUESTION)
    assert story.state == "working paid"
    del story.nominees[ADA]  # nor does one who left the file
    story.says(ADA, QUESTION)
    assert story.state == "working paid"


def test_an_answer_and_a_claim_that_ask_something_do_both() -> None:
    for words in (QUESTION, f"/support claim\n{QUESTION}"):
        story = Story().paid()
        story.says(ADA, words)
        assert story.state == "waiting_on_customer paid"
        assert story.ticket.helper is not None
        assert story.ticket.resolve_left is not None


def test_a_question_in_another_command_counts_and_one_in_the_last_word_does_not() -> None:
    story = Story().working()
    story.says(ADA, f"/support status\n\n{QUESTION}")
    assert (story.state, story.sign) == ("waiting_on_customer paid", Reaction.TAKEN)
    story.says(ADA, "/support propose is it solved?")
    assert story.state == "proposed paid"
    story.says(ADA, QUESTION)
    assert story.state == "proposed paid"


def test_who_gives_it_back_with_a_question_waits_for_nobody() -> None:
    story = Story().working()
    story.says(ADA, "/support release\n\nCan somebody else do it?")
    assert story.state == "queued paid"


def test_the_customer_is_told_once_and_then_it_counts_as_solved() -> None:
    story = asked().waits(days=3)
    assert story.told == ["waiting"]
    assert story.notice.splitlines()[1].startswith("@carol, `ada` has asked you something")
    assert story.state == "waiting_on_customer paid"
    story.waits(days=3)
    assert story.state == "proposed paid"
    assert story.ticket.is_unanswered
    assert story.told == ["waiting", "proposed"]
    assert {each.clock for each in story.ticket.clocks} == {Clock.REMIND, Clock.ACCEPT}
    story.waits(days=3)
    assert story.state == "accepted paid"
    story.waits(days=3)
    assert story.state == "settled paid"


def test_a_late_answer_lets_the_work_go_on_and_is_no_decline() -> None:
    story = asked().waits(days=7)
    story.says(MALLORY, "1.3")
    assert story.state == "proposed paid"
    story.says(CAROL, "1.3")
    assert story.state == "working paid"
    assert (story.ticket.is_unanswered, story.ticket.declines) == (False, ())
    story.says(ADA, "/support propose")
    story.says(CAROL, "I will look.")
    assert story.state == "proposed paid"


def test_a_late_command_does_what_it_says() -> None:
    story = asked().waits(days=7)
    story.says(CAROL, "/support decline you did not even try")
    assert story.state == "working paid"
    assert (story.ticket.is_unanswered, len(story.ticket.declines)) == (False, 1)
    story = asked().waits(days=7)
    story.says(CAROL, "/support accept")
    assert story.state == "accepted paid"


def test_a_proposal_of_the_helpers_own_is_no_open_question_any_more() -> None:
    story = asked().waits(days=7)
    story.says(CAROL, "1.3")
    story.says(ADA, "/support propose done")
    assert not story.ticket.is_unanswered
    assert "any answer to the open question" not in story.card


def test_a_question_holds_up_nobody_who_wants_to_stop_but_is_no_silence() -> None:
    story = Story().working()
    story.says(CAROL, "/support cancel")
    story.says(ADA, "Are you sure?")
    assert story.state == "working paid"
    story.waits(hours=48)
    assert story.state == "review paid"


def test_with_no_room_for_a_notice_the_clock_runs_all_the_same() -> None:
    story = asked().changed(notices=(NoticeKind.ASKED,))
    story.waits(days=3)
    assert story.now_made(Notify) == []
    story.waits(days=3)
    assert story.told == ["asked", "proposed"]


def test_who_could_not_be_told_of_it_does_not_pay_by_silence() -> None:
    story = asked().changed(notices=(NoticeKind.ASKED, NoticeKind.ASKED))
    story.waits(days=6)
    assert story.state == "review paid"
    assert "**Why:** `carol` left a question open." in story.card
