"""The label for volunteers: put on where it is missing, and known again as ours."""

from __future__ import annotations

import pytest

from app.domain.conversations import Thread
from app.domain.effects import PutLabel, TakeLabel
from app.domain.errors import Transient
from app.domain.events import LabelPut
from app.providers.github.perform import GitHub
from app.rehearsal.faults import Fault, Faults
from app.rehearsal.github.server import GitHubStandIn
from app.rehearsal.github.state import Issue
from tests.providers.github.orders import AGAIN, FIRST, TICKET, asked


def put(thread: Thread) -> PutLabel:
    return PutLabel(ticket=TICKET, thread=thread, n=1)


def take(thread: Thread) -> TakeLabel:
    return TakeLabel(ticket=TICKET, thread=thread, n=1)


def labels(issue: Issue) -> list[str]:
    return [each.name for each in issue.labels]


def is_ours(*, value: bool) -> LabelPut:
    return LabelPut(ticket=TICKET, is_ours=value)


async def test_it_is_put_on_and_taken_off(
    github: GitHubStandIn, issue: Issue, thread: Thread, performer: GitHub
) -> None:
    assert await performer.perform(put(thread), FIRST) == is_ours(value=True)
    assert labels(issue) == ["help wanted"]
    assert [each.split()[0] for each in asked(github)] == ["GET", "POST"]
    assert await performer.perform(take(thread), FIRST) is None
    assert labels(issue) == []


async def test_one_that_others_have_put_on_is_not_ours(
    github: GitHubStandIn, issue: Issue, thread: Thread, performer: GitHub
) -> None:
    github.label(issue, "Help Wanted", by="octo")
    assert await performer.perform(put(thread), FIRST) == is_ours(value=False)
    assert labels(issue) == ["Help Wanted"]


async def test_one_that_they_took_off_and_put_on_again_is_not_ours_any_more(
    github: GitHubStandIn, issue: Issue, thread: Thread, performer: GitHub
) -> None:
    await performer.perform(put(thread), FIRST)
    github.unlabel(issue, "help wanted", by="octo")
    github.label(issue, "help wanted", by="octo")
    assert await performer.perform(put(thread), AGAIN) == is_ours(value=False)


async def test_an_answer_that_was_lost_makes_it_nobody_elses(
    faults: Faults, issue: Issue, thread: Thread, performer: GitHub
) -> None:
    faults.once(Fault.ANSWER_LOST, method="POST", path="/labels$")
    with pytest.raises(Transient):
        await performer.perform(put(thread), FIRST)
    assert await performer.perform(put(thread), AGAIN) == is_ours(value=True)
    assert labels(issue) == ["help wanted"]


async def test_an_issue_that_is_gone_needs_none(
    github: GitHubStandIn, issue: Issue, thread: Thread, performer: GitHub
) -> None:
    github.delete_issue(issue, by="octo")
    assert await performer.perform(put(thread), FIRST) == is_ours(value=False)
    assert await performer.perform(take(thread), FIRST) is None


async def test_one_that_somebody_else_took_off_is_off(
    issue: Issue, thread: Thread, performer: GitHub
) -> None:
    assert await performer.perform(take(thread), FIRST) is None
    assert labels(issue) == []
