"""A draft for the helper's eyes alone: who may read it, and what adopting it means."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.effects import ShowDraft
from app.domain.events import AccessLost, DraftAdopted, EffectFailed
from app.domain.people import Role
from app.domain.tickets.drafted import can_adopt, can_judge, can_read
from app.domain.tickets.stages import Stage
from app.domain.tickets.ticket import DraftState
from app.domain.wording import lines
from tests.domain.tickets.builders import (
    ADA,
    CAROL,
    GRACE,
    MALLORY,
    TICKET,
    Story,
    offer,
    person,
    terms,
    user,
)


def kept() -> Story:
    """A ticket with a draft that is kept for whoever will be its helper."""
    return Story(replace(offer(replace(terms(), is_draft_for_helpers=True)), draft=DraftState.KEPT))


def adopts(story: Story, login: str) -> None:
    story.does(DraftAdopted(ticket=TICKET, by=person(login), user=user(login)))


def posted(story: Story) -> list[ShowDraft]:
    return story.made(ShowDraft)


def test_the_card_says_nothing_of_it() -> None:
    asked = Story(offer(replace(terms(), is_draft_for_helpers=True)))
    for story in (asked, kept(), kept().paid()):
        assert "AI draft" not in story.card
    asked.says(CAROL, "/support ai")
    assert lines.AI_FOR_HELPERS in asked.card


def test_who_is_asked_takes_the_ticket_by_adopting_it() -> None:
    story = kept().paid()
    adopts(story, ADA)
    assert story.ticket.stage is Stage.WORKING
    assert story.ticket.draft is DraftState.ADOPTED
    (order,) = posted(story)
    assert order.key == f"{TICKET}:draft:1"
    adopts(story, ADA)
    assert len(posted(story)) == 1


def test_whoever_works_on_it_adopts_it_and_goes_on() -> None:
    story = kept().working()
    adopts(story, ADA)
    assert story.ticket.stage is Stage.WORKING
    assert len(posted(story)) == 1


@pytest.mark.parametrize("login", [CAROL, GRACE, MALLORY])
def test_for_nobody_else_it_is_there(login: str) -> None:
    story = kept().working()
    adopts(story, login)
    assert story.ticket.draft is DraftState.KEPT
    assert posted(story) == []


def test_who_was_taken_out_of_the_file_cannot_adopt_it() -> None:
    story = kept().working()
    del story.nominees[ADA]
    adopts(story, ADA)
    assert posted(story) == []


def test_it_is_over_when_the_work_is() -> None:
    story = kept().working()
    assert can_read(story.ticket, [Role.HELPER])
    assert not can_read(story.ticket, [Role.CANDIDATE, Role.MAINTAINER])
    story.says(ADA, "/support propose")
    assert not can_read(story.ticket, [Role.HELPER])
    adopts(story, ADA)
    assert posted(story) == []


def test_where_we_cannot_write_it_can_be_read_and_not_be_adopted() -> None:
    story = kept().working()
    story.does(AccessLost(ticket=TICKET, is_for_good=False))
    assert can_read(story.ticket, [Role.HELPER])
    assert not can_adopt(story.ticket, [Role.HELPER])
    adopts(story, ADA)
    assert posted(story) == []


def test_one_that_could_not_be_posted_can_be_adopted_once_more() -> None:
    story = kept().working()
    adopts(story, ADA)
    failed = EffectFailed(effect=posted(story)[0], reason="no", is_certain=True)
    story.does(failed)
    assert story.ticket.draft is DraftState.KEPT
    assert lines.NOT_POSTED in story.card
    adopts(story, ADA)
    assert [each.key for each in posted(story)] == [f"{TICKET}:draft:1", f"{TICKET}:draft:2"]
    assert lines.NOT_POSTED not in story.card


def test_people_alone_answer_then_nobody_adopts_it_any_more() -> None:
    story = kept().working()
    story.says(CAROL, "/support human")
    assert story.ticket.draft is DraftState.NONE
    adopts(story, ADA)
    assert posted(story) == []
    late = kept().working()
    adopts(late, ADA)
    late.says(CAROL, "/support human")
    late.does(EffectFailed(effect=posted(late)[0], reason="no", is_certain=True))
    assert not can_read(late.ticket, [Role.HELPER])
    assert lines.NOT_POSTED in late.card


def test_only_its_reader_judges_a_draft_in_the_thread() -> None:
    shown = Story().changed(draft=DraftState.SHOWN).ticket
    assert can_judge(shown, [Role.CUSTOMER])
    assert not can_judge(shown, [Role.HELPER, Role.MAINTAINER])
    for state in set(DraftState) - {DraftState.SHOWN}:
        assert not can_judge(replace(shown, draft=state), [Role.CUSTOMER])
