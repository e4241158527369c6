"""A helper at work: stopping, giving back, asking, keeping the promise, proposing."""

from __future__ import annotations

from datetime import timedelta

from app.domain.effects import NoticeKind, Unassign
from app.domain.events import FileChanged
from app.domain.tickets import working
from app.domain.tickets.clocks import Clock
from app.domain.tickets.decision import Around
from app.domain.tickets.ticket import End
from tests.domain.tickets.builders import ADA, CAROL, GRACE, OPERATOR, START, TICKET, Story


def test_before_a_helper_has_answered_stopping_is_free() -> None:
    story = Story().paid()
    story.says(CAROL, "/support cancel")
    assert (story.state, story.ticket.end) == ("cancelled refunding", End.BY_CUSTOMER)


def test_after_that_the_helper_is_asked_and_silence_counts_as_a_yes() -> None:
    story = Story().working()
    story.says(CAROL, "/support cancel I found it")
    assert story.state == "working paid"
    assert story.told == ["cancel_asked"]
    assert "silence counts as a yes" in story.card
    story.says(CAROL, "/support cancel")
    assert story.last.reason == "the helper was asked already"
    assert story.ticket.due(Clock.CANCEL) == START + timedelta(hours=48)
    story.waits(hours=48)
    assert (story.state, story.ticket.end) == ("cancelled refunding", End.BY_SILENCE)


def test_the_helper_agrees_by_giving_it_back() -> None:
    story = Story().working()
    story.says(CAROL, "/support cancel")
    story.says(ADA, "/support release")
    assert (story.state, story.ticket.end) == ("cancelled refunding", End.BY_HELPER)
    assert [each.login for each in story.now_made(Unassign)] == [ADA]


def test_a_helper_who_has_solved_it_says_so_instead() -> None:
    story = Story().working()
    story.says(CAROL, "/support cancel")
    story.says(ADA, "/support propose it is merged")
    assert story.state == "proposed paid"
    assert not story.ticket.is_cancel_asked
    assert story.ticket.due(Clock.CANCEL) is None
    story.says(CAROL, "/support cancel")
    assert story.sign == "confused"
    assert "`/support decline` and why" in story.card


def test_a_helper_who_is_not_in_the_file_any_more_cannot_object() -> None:
    story = Story().working()
    del story.nominees[ADA]
    for words in ("/support propose", "/support release"):
        story.says(ADA, words)
        assert story.sign == "-1"
    story.says(CAROL, "/support cancel")
    assert story.state == "cancelled refunding"


def test_the_promise_to_solve_is_extended_once_and_then_the_maintainers_decide() -> None:
    story = Story().working().waits(days=3)
    assert story.told == ["breach"]
    assert story.ticket.resolve_by == START + timedelta(days=6)
    assert "as much again since that was not kept" in story.card
    story.waits(days=3)
    assert story.state == "review paid"
    assert "the time that was promised is over, and as much again" in story.card


def test_a_promise_that_ran_out_while_the_product_stood_still_is_extended_from_now() -> None:
    story = Story().working()
    story.now = START + timedelta(days=30)
    story.strikes(Clock.RESOLVE)
    assert story.ticket.resolve_by == START + timedelta(days=33)


def test_a_wish_to_stop_is_answered_before_a_promise_is_broken() -> None:
    story = Story().working().waits(days=2)
    story.says(CAROL, "/support cancel")
    story.waits(days=1)
    assert story.told == ["cancel_asked"]
    assert story.ticket.resolve_by is None
    story.says(ADA, "/support propose")
    story.says(CAROL, "/support decline it is not")
    assert story.ticket.resolve_by == story.now  # no time is left of it
    story.strikes(Clock.RESOLVE)
    assert story.ticket.resolve_by == story.now + timedelta(days=3)


def test_a_question_of_the_helpers_stops_the_clock_until_the_customer_says_something() -> None:
    story = Story().working().waits(days=1)
    story.says(ADA, "Which version is it?")
    assert story.state == "waiting_on_customer paid"
    assert "the clock of `ada` stands still" in story.card
    story.waits(days=1).says(CAROL, "2.3")
    assert story.state == "working paid"
    assert story.ticket.resolve_by == START + timedelta(days=4)


def test_taking_it_may_be_a_question_and_so_may_a_command() -> None:
    story = Story().paid()
    story.says(ADA, "Which version is it?")
    assert story.state == "waiting_on_customer paid"
    claimed = Story().paid()
    claimed.says(ADA, "/support claim\n\nWhich version is it?")
    assert claimed.state == "waiting_on_customer paid"
    claimed.says(CAROL, "/support status")
    assert claimed.state == "working paid"


def test_nobody_elses_question_stops_the_clock() -> None:
    story = Story().working()
    for login in (CAROL, GRACE):
        story.says(login, "Is it not solved?")
        assert story.state == "working paid"
    del story.nominees[ADA]
    story.says(ADA, "Which version is it?")
    assert story.state == "working paid"


def test_whoever_wants_to_stop_is_not_asked_anything_instead_of_an_answer() -> None:
    story = Story().working()
    story.says(CAROL, "/support cancel")
    story.says(ADA, "Why?")
    assert story.state == "working paid"
    assert story.ticket.due(Clock.CANCEL) is not None


def test_a_question_that_stays_open_counts_as_solved_at_last() -> None:
    story = Story().working()
    story.says(ADA, "Which version is it?")
    story.waits(days=3)
    assert story.told == ["waiting"]
    story.waits(days=3)
    assert story.state == "proposed paid"
    assert story.ticket.notices == (NoticeKind.WAITING, NoticeKind.PROPOSED)
    assert "any answer to the open question of `ada` lets the work go on" in story.card
    story.says(CAROL, "sorry, I was away; it is 2.3")
    assert story.state == "working paid"


def test_words_about_a_proposal_do_not_take_it_back() -> None:
    story = Story().proposed()
    story.says(CAROL, "I will look at it")
    assert story.state == "proposed paid"


def test_stopping_while_a_question_is_open_is_asked_of_the_helper() -> None:
    story = Story().working()
    story.says(ADA, "Which version is it?")
    story.says(CAROL, "/support cancel")
    assert story.state == "working paid"
    assert story.ticket.is_cancel_asked


def test_it_is_too_late_to_stop_what_is_proposed() -> None:
    story = Story().proposed()
    around = Around(operator=OPERATOR, nominees=())
    decided = working.cancel(story.ticket, around, story.now)
    assert decided.ticket == story.ticket
    assert decided.reason == "it is too late to stop"


def without(story: Story, *logins: str) -> Story:
    for login in logins:
        story.without_helper(login)
    story.does(FileChanged(ticket=TICKET))
    return story


def test_whoever_leaves_the_file_leaves_the_ticket_and_the_next_one_is_asked() -> None:
    for story in (Story().paid(), Story().working()):
        without(story, ADA)
        assert (story.state, story.asked) == ("queued paid", GRACE)
        assert story.ticket.helper is None
        assert story.ticket.due(Clock.NO_HELPER) is not None


def test_who_still_stands_in_the_file_keeps_the_ticket() -> None:
    for story in (Story().paid(), Story().working()):
        before = story.ticket
        assert without(story, GRACE).ticket == before


def test_a_proposal_is_theirs_also_when_they_have_left() -> None:
    story = without(Story().proposed(), ADA)
    story.says(CAROL, "/support accept")
    assert story.state == "accepted paid"


def test_a_wish_to_stop_is_granted_when_nobody_is_left_to_object() -> None:
    story = Story().working()
    story.says(CAROL, "/support cancel")
    assert without(story, ADA).state == "cancelled refunding"


def test_without_any_file_the_clocks_decide() -> None:
    story = Story().working()
    before = story.ticket
    assert without(story, ADA, GRACE).ticket == before
