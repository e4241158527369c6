"""Notices, drafts and help: each of them once, and each of its kind told apart."""

from __future__ import annotations

import pytest

from app.domain.conversations import Thread
from app.domain.effects import Effect, NoticeKind
from app.domain.errors import Ambiguous
from app.domain.events import DraftShown
from app.providers.github.perform import GitHub
from app.rehearsal.faults import Fault, Faults
from app.rehearsal.github.server import GitHubStandIn
from app.rehearsal.github.state import Issue
from tests.providers.github.orders import AGAIN, FIRST, TICKET, asked, draft, help_, notice


@pytest.fixture(params=[notice, draft, help_])
def effect(request: pytest.FixtureRequest, thread: Thread) -> Effect:
    made: Effect = request.param(thread)
    return made


async def test_the_first_try_posts_without_looking(
    github: GitHubStandIn, issue: Issue, performer: GitHub, effect: Effect
) -> None:
    await performer.perform(effect, FIRST)
    assert asked(github) == [f"POST issues/{issue.number}/comments"]
    [comment] = issue.comments
    assert comment.is_via_app


async def test_a_lost_answer_makes_no_second_comment(
    faults: Faults, issue: Issue, performer: GitHub, effect: Effect
) -> None:
    faults.once(Fault.ANSWER_LOST, method="POST", path="/comments$")
    with pytest.raises(Ambiguous):
        await performer.perform(effect, FIRST)
    await performer.perform(effect, AGAIN)
    await performer.perform(effect, AGAIN)
    assert len(issue.comments) == 1


async def test_a_post_that_never_arrived_is_made_up_for(
    faults: Faults, issue: Issue, performer: GitHub, effect: Effect
) -> None:
    faults.once(Fault.BAD_GATEWAY, method="POST", path="/comments$")
    with pytest.raises(Ambiguous):
        await performer.perform(effect, FIRST)
    await performer.perform(effect, AGAIN)
    assert len(issue.comments) == 1


async def test_a_copy_by_a_stranger_is_not_ours(
    github: GitHubStandIn, issue: Issue, performer: GitHub, effect: Effect
) -> None:
    await performer.perform(effect, FIRST)
    [own] = issue.comments
    github.delete_comment(own, by="octo")
    github.comment(issue, own.body, by="mallory")
    await performer.perform(effect, AGAIN)
    assert [comment.is_via_app for comment in issue.comments] == [False, True]


async def test_two_notices_of_one_kind_are_two_comments(
    issue: Issue, thread: Thread, performer: GitHub
) -> None:
    for n in (1, 2, 12):
        await performer.perform(notice(thread, n), AGAIN)
    for n in (1, 2, 12):
        await performer.perform(notice(thread, n), AGAIN)
    assert len(issue.comments) == 3
    first_lines = {comment.body.partition("\n")[0] for comment in issue.comments}
    assert first_lines == {f"<!-- mainstay:notice:{TICKET}:proposed -->"}


async def test_notices_of_two_kinds_are_two_comments(
    issue: Issue, thread: Thread, performer: GitHub
) -> None:
    await performer.perform(notice(thread, 1, NoticeKind.REMINDER), AGAIN)
    await performer.perform(notice(thread, 1, NoticeKind.REFUND), AGAIN)
    assert len(issue.comments) == 2


async def test_a_draft_tells_where_it_stands(
    issue: Issue, thread: Thread, performer: GitHub
) -> None:
    first = await performer.perform(draft(thread), FIRST)
    again = await performer.perform(draft(thread), AGAIN)
    assert first == again == DraftShown(ticket=TICKET, comment=str(issue.comments[0].id))


async def test_nobody_needs_to_know_of_notices_and_help(thread: Thread, performer: GitHub) -> None:
    assert await performer.perform(notice(thread), FIRST) is None
    assert await performer.perform(help_(thread), FIRST) is None
