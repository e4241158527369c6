"""People alone answer: who may say so, and what becomes of a draft."""

from __future__ import annotations

import pytest

from app.domain.effects import CheckPermission
from app.domain.events import PeopleWanted
from app.domain.people import Permission
from app.domain.tickets.ticket import DraftState
from app.domain.wording import lines
from tests.domain.tickets.builders import ADA, CAROL, GRACE, MALLORY, MAX, TICKET, Story

SAID = "**People alone answer here:** the AI stays out of this thread."


@pytest.mark.parametrize(
    ("login", "permission"), [(CAROL, None), (ADA, None), (GRACE, None), (MAX, Permission.ADMIN)]
)
def test_customer_helpers_and_maintainers_stop_the_ai(
    login: str, permission: Permission | None
) -> None:
    story = Story()
    story.says(login, "/support human", permission)
    assert story.sign == "eyes"
    assert story.made(CheckPermission) == []
    assert story.ticket.draft is DraftState.NONE
    assert SAID in story.card
    assert "AI draft" not in story.card


def test_of_anybody_else_github_is_asked_first() -> None:
    story = Story()
    story.says(MALLORY, "/support human")
    assert len(story.now_made(CheckPermission)) == 1
    story.says(MALLORY, "/support human", Permission.READ)
    assert story.sign == "-1"
    assert not story.ticket.is_human


def test_who_may_push_is_enough_of_a_maintainer_for_what_costs_nothing() -> None:
    story = Story()
    story.says(MALLORY, "/support human", Permission.TRIAGE)
    assert (story.sign, story.ticket.is_human) == ("-1", False)
    story.says(MALLORY, "/support human", Permission.WRITE)
    assert (story.sign, story.ticket.is_human) == ("eyes", True)
    paid = Story().working()
    for words in ("transfer @grace", "refund no", "refund 20 no"):
        paid.says(MALLORY, f"/support {words}", Permission.WRITE)
        assert (paid.sign, paid.state) == ("-1", "working paid")


def test_a_draft_that_stands_there_stays() -> None:
    story = Story().changed(draft=DraftState.SHOWN)
    story.says(CAROL, "/support human")
    assert story.ticket.draft is DraftState.SHOWN


def test_afterwards_no_draft_can_be_asked_for() -> None:
    story = Story()
    story.says(CAROL, "/support human")
    story.says(CAROL, "/support ai")
    assert lines.NO_MORE_AI in story.card


def test_it_is_heard_from_another_ticket_too_and_once_is_enough() -> None:
    story = Story().paid()
    story.does(PeopleWanted(ticket=TICKET))
    assert SAID in story.card
    v = story.ticket.card.v
    story.does(PeopleWanted(ticket=TICKET))
    story.says(CAROL, "/support human")
    assert story.ticket.card.v == v


def test_the_card_of_a_ticket_that_is_over_does_not_dwell_on_it() -> None:
    story = Story()
    story.says(CAROL, "/support human")
    story.says(CAROL, "/support cancel")
    assert SAID not in story.card
