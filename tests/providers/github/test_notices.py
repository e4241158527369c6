"""Notices, drafts and help: each of them once, and each of its kind told apart."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.conversations import Thread
from app.domain.effects import Effect, NoticeKind, Notify
from app.domain.errors import Ambiguous
from app.domain.events import DraftShown, PersonRenamed
from app.domain.ids import UserId
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


def to_carol(github: GitHubStandIn, thread: Thread) -> Notify:
    user = UserId(github.state.account("carol").id)
    return replace(notice(thread), user=user, login="carol")


def words(issue: Issue) -> str:
    return issue.comments[-1].body.splitlines()[1]


async def test_a_notice_mentions_whom_it_is_for_and_nobody_who_took_their_old_login(
    github: GitHubStandIn, issue: Issue, thread: Thread, performer: GitHub
) -> None:
    effect = to_carol(github, thread)
    assert await performer.perform(effect, FIRST) is None
    assert words(issue) == "@carol, is it solved?"
    github.rename_user("carol", "caroline")
    github.add_user("carol")
    again = replace(effect, n=2)
    told = await performer.perform(again, FIRST)
    assert again.user is not None
    assert told == PersonRenamed(ticket=TICKET, user=again.user, login="caroline")
    assert words(issue) == "@caroline, is it solved?"
    assert await performer.perform(again, AGAIN) == told  # and it is no second comment
    assert len(issue.comments) == 2


async def test_whose_account_is_gone_is_named_and_not_mentioned(
    github: GitHubStandIn, issue: Issue, thread: Thread, performer: GitHub
) -> None:
    gone = replace(to_carol(github, thread), user=UserId(987_654_321))
    assert await performer.perform(gone, FIRST) is None
    assert words(issue) == "`carol`, is it solved?"


async def test_how_a_login_is_cased_makes_no_difference(
    github: GitHubStandIn, issue: Issue, thread: Thread, performer: GitHub
) -> None:
    cased = to_carol(github, thread)
    cased = replace(cased, login="Carol", body=cased.body.replace("@carol", "@Carol"))
    assert await performer.perform(cased, FIRST) is None
    assert words(issue) == "@Carol, is it solved?"
