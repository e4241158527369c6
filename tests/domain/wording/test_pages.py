"""The sentences of the pages that no stage of a ticket shows by itself."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.assignment import Rule
from app.domain.tickets.stages import Stage
from app.domain.tickets.ticket import AskState, End, Ticket
from app.domain.wording import pages
from tests.web.samples import (
    CHOSEN,
    FREE,
    NOW,
    OFFERED,
    OPERATOR,
    QUEUED,
    SETTLED,
    STAGES,
    TERMS,
    WORKING,
)


def story(ticket: Ticket) -> str:
    return " ".join(words for _, words in pages.timeline(ticket))


@pytest.mark.parametrize(
    ("state", "reason", "words"),
    [
        (AskState.WAITING, "", "`ada` was asked."),
        (AskState.TOOK, "It is their turn.", "`ada` was asked, and took it."),
        (AskState.TOOK, "They claimed it.", "`ada` claimed it."),
        (AskState.RELEASED, "", "`ada` was asked, and gave it back."),
        (AskState.PASSED, "", "`ada` was asked, and did not take it."),
    ],
)
def test_what_came_of_asking_is_told(state: AskState, reason: str, words: str) -> None:
    asked = replace(QUEUED.asked[0], state=state, reason=reason)
    assert words in story(replace(QUEUED, asked=(asked,)))


@pytest.mark.parametrize(
    ("stage", "words"),
    [
        (Stage.WAITING_ON_CUSTOMER, "`ada` asked `carol` something."),
        (Stage.ANSWERED, "It was answered for free."),
    ],
)
def test_how_a_stage_began_is_told(stage: Stage, words: str) -> None:
    assert words in story(replace(WORKING, stage=stage))


@pytest.mark.parametrize("stage", Stage)
def test_every_stage_has_its_story_and_its_reason(stage: Stage) -> None:
    ticket = replace(WORKING, stage=stage)
    assert story(ticket).startswith("Support was offered. $49.00 was paid.")
    assert pages.why_nothing_is_due(replace(ticket, payment=None)).endswith((".", "!"))


def test_what_ended_in_another_way_is_over() -> None:
    over = replace(OFFERED.enter(Stage.ANSWERED, NOW), end=End.ACCEPTED)
    assert pages.why_nothing_is_due(over) == "It is over. Comment `/support` to ask again."


def who_helps(*helpers: str, rule: Rule = Rule.ROTATE) -> list[str]:
    terms = replace(TERMS, helpers=helpers, assignment=rule)
    told = pages.assurances(replace(CHOSEN, terms=terms), OPERATOR)
    return [each.answer for each in told if each.question == "Who helps?"]


def test_who_may_help_is_named() -> None:
    assert who_helps() == []
    assert who_helps("ada") == ["`ada`, chosen by the maintainers."]
    both = "`ada` and `linus`, chosen by the maintainers."
    assert who_helps("ada", "linus") == [f"{both} They are asked one after another."]
    (claimed,) = who_helps("ada", "linus", rule=Rule.CLAIM)
    assert claimed == f"{both} Whoever of them claims it first takes it."


def test_a_seller_without_a_name_is_the_operator() -> None:
    told = pages.assurances(CHOSEN, replace(OPERATOR, seller=""))
    assert "The operator of this site." in " ".join(each.answer for each in told)


@pytest.mark.parametrize("stage", Stage)
def test_a_ticket_that_goes_well_is_at_one_step(stage: Stage) -> None:
    steps = pages.steps(replace(WORKING, stage=stage))
    is_another_way = stage.is_over and stage is not Stage.SETTLED
    assert [step.is_now for step in steps].count(True) == (0 if is_another_way else 1)
    assert bool(steps) is not is_another_way


def test_what_is_behind_is_done() -> None:
    assert [step.name for step in pages.steps(WORKING) if step.is_done] == ["Offer", "Paid"]
    assert all(step.is_done for step in pages.steps(SETTLED))
    assert pages.steps(FREE) == ()


@pytest.mark.parametrize("stage", sorted(STAGES))
def test_nobody_is_named_who_is_not_known(stage: str) -> None:
    ticket = pages.without_names(STAGES[stage])
    assert not {"carol", "ada", "linus"} & set(story(ticket).replace("`", " ").split())
    told = pages.assurances(ticket, OPERATOR)
    assert "Who helps?" not in [each.question for each in told]
