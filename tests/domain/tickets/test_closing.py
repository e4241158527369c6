"""The issue was closed: the helper's hand proposes, and nothing else does."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.domain.effects import Notify, ReadClosing
from app.domain.events import ClosingRead, EffectFailed
from app.domain.wording import lines
from tests.domain.tickets.builders import ADA, CAROL, GRACE, MAX, START, THREAD, TICKET, Story, user
from tests.domain.tickets.outside import closed


def closes(story: Story, login: str, *, is_completed: bool = True) -> tuple[ReadClosing, ...]:
    """Let somebody close the issue; give what is asked of GitHub because of it."""
    decision = story.does(closed(login, is_completed=is_completed))
    assert all(isinstance(each, ReadClosing) for each in decision.effects)
    return tuple(each for each in decision.effects if isinstance(each, ReadClosing))


def told(login: str = ADA, *, is_by_hand: bool | None = True) -> ClosingRead:
    return ClosingRead(ticket=TICKET, user=user(login), is_by_hand=is_by_hand)


def test_the_helper_closes_it_and_github_is_asked_how() -> None:
    story = Story().working()
    [order] = closes(story, ADA)
    assert order == ReadClosing(
        ticket=TICKET, thread=THREAD, user=user(ADA), issue="I_12", at=START, ref="closed:ada"
    )
    assert story.state == "working paid"
    story.does(told())
    assert story.state == "proposed paid"
    by_word = Story().proposed()
    assert story.ticket.clocks == by_word.ticket.clocks
    [notice] = [each for each in story.last.effects if isinstance(each, Notify)]
    [same] = [each for each in by_word.last.effects if isinstance(each, Notify)]
    assert notice == same


def test_who_is_asked_takes_it_by_closing() -> None:
    story = Story().paid()
    assert story.asked == ADA
    assert closes(story, ADA)
    story.does(told())
    assert story.state == "proposed paid"
    assert story.ticket.helper is not None
    assert story.ticket.helper.user == user(ADA)


def test_a_question_that_waits_for_the_customer_is_no_obstacle() -> None:
    story = Story().working()
    story.says(ADA, "Which version is it?")
    assert story.state == "waiting_on_customer paid"
    assert closes(story, ADA)
    story.does(told())
    assert story.state == "proposed paid"


@pytest.mark.parametrize("login", [CAROL, GRACE, MAX])
def test_nobody_is_asked_about_what_others_close(login: str) -> None:
    story = Story().working()
    assert closes(story, login) == ()
    assert closes(Story().paid(), login) == ()


def test_closed_as_not_done_it_is_no_answer() -> None:
    assert closes(Story().working(), ADA, is_completed=False) == ()


@pytest.mark.parametrize("stage", ["offered", "proposed", "accepted", "settled", "reviewed"])
def test_where_nothing_can_be_proposed_nothing_is_asked(stage: str) -> None:
    story = Story()
    if stage != "offered":
        getattr(story, stage)()
    assert closes(story, ADA) == ()


def test_a_helper_who_left_the_file_says_nothing_by_closing() -> None:
    story = Story().working()
    [_] = closes(story, ADA)
    story.without_helper(ADA)
    before = story.ticket
    story.does(told())
    assert story.ticket == before
    story.does(told(is_by_hand=None))
    assert story.ticket == before
    assert closes(story, ADA) == ()


def test_what_a_commit_closed_is_no_answer_and_says_nothing() -> None:
    story = Story().working()
    before = story.ticket
    story.does(told(is_by_hand=False))
    assert story.ticket == before
    assert story.last.effects == ()


def test_the_helper_is_asked_for_the_word_where_github_does_not_tell() -> None:
    story = Story().working()
    [order] = closes(story, ADA)
    untold = lines.to(story.nominees[ADA].helper.person, lines.CLOSING_UNTOLD)
    failed = EffectFailed(effect=order, reason="no permission", is_certain=True)
    for event in (failed, told(is_by_hand=None)):
        story.does(event)
        assert story.state == "working paid"
        assert untold in story.card
    story.now += timedelta(minutes=1)
    story.does(told())
    assert story.state == "proposed paid"
    assert untold not in story.card
