"""The card: one comment, in the newest version, whatever goes wrong."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.conversations import Thread
from app.domain.errors import Ambiguous, Postpone, Refused, Transient
from app.domain.events import CardShown
from app.providers.github.perform import GitHub
from app.rehearsal.faults import Fault, Faults
from app.rehearsal.github.changes import comments
from app.rehearsal.github.server import GitHubStandIn
from app.rehearsal.github.state import Comment, Installation, Issue
from tests.providers.github.orders import (
    AGAIN,
    FIRST,
    NOON,
    OTHER,
    TICKET,
    asked,
    card,
    card_text,
)
from tests.rehearsal.github.product import Clock


@pytest.fixture
def standing(github: GitHubStandIn, issue: Issue) -> Comment:
    """Our card in version 3."""
    body, bot = card_text(3), github.state.app.bot
    return comments.create(github.site, issue, body, bot, is_via_app=True)


def bodies(issue: Issue) -> list[str]:
    return [comment.body for comment in issue.comments]


async def test_the_first_version_is_posted_without_looking(
    github: GitHubStandIn, issue: Issue, thread: Thread, performer: GitHub
) -> None:
    event = await performer.perform(card(thread), FIRST)
    [comment] = issue.comments
    assert event == CardShown(ticket=TICKET, v=1, comment=str(comment.id))
    assert comment.body == card_text(1)
    assert comment.is_via_app
    assert asked(github) == [f"POST issues/{issue.number}/comments"]


async def test_a_known_card_is_edited_with_one_request(
    github: GitHubStandIn, thread: Thread, performer: GitHub, standing: Comment
) -> None:
    event = await performer.perform(card(thread, 4, str(standing.id)), FIRST)
    assert event == CardShown(ticket=TICKET, v=4, comment=str(standing.id))
    assert standing.body == card_text(4)
    assert asked(github) == [f"PATCH issues/comments/{standing.id}"]


async def test_a_card_that_must_stand_somewhere_is_found_by_its_mark(
    github: GitHubStandIn, issue: Issue, thread: Thread, performer: GitHub, standing: Comment
) -> None:
    event = await performer.perform(card(thread, 4), FIRST)
    assert event == CardShown(ticket=TICKET, v=4, comment=str(standing.id))
    assert bodies(issue) == [card_text(4)]
    assert [one.split("/")[0] for one in asked(github)] == ["GET issues", "PATCH issues"]


@pytest.mark.parametrize("v", [2, 3])
@pytest.mark.parametrize("is_known", [True, False])
async def test_a_newer_card_is_left_as_it_is(
    github: GitHubStandIn,
    thread: Thread,
    performer: GitHub,
    standing: Comment,
    v: int,
    *,
    is_known: bool,
) -> None:
    known = str(standing.id) if is_known else None
    event = await performer.perform(card(thread, v, known), AGAIN)
    assert event == CardShown(ticket=TICKET, v=v, comment=str(standing.id))
    assert standing.body == card_text(3)
    assert len(asked(github)) == 1


@pytest.mark.parametrize("fault", [Fault.BAD_GATEWAY, Fault.SERVER_ERROR, Fault.TIMEOUT])
async def test_a_post_that_fails_is_ambiguous_and_comes_again(
    faults: Faults, issue: Issue, thread: Thread, performer: GitHub, fault: Fault
) -> None:
    faults.once(fault, method="POST", path="/comments$")
    with pytest.raises(Ambiguous):
        await performer.perform(card(thread), FIRST)
    assert bodies(issue) == []
    await performer.perform(card(thread), AGAIN)
    assert bodies(issue) == [card_text(1)]


async def test_an_answer_that_was_lost_makes_no_second_card(
    faults: Faults, github: GitHubStandIn, issue: Issue, thread: Thread, performer: GitHub
) -> None:
    faults.once(Fault.ANSWER_LOST, method="POST", path="/comments$")
    with pytest.raises(Ambiguous):
        await performer.perform(card(thread), FIRST)
    [comment] = issue.comments
    event = await performer.perform(card(thread), AGAIN)
    assert event == CardShown(ticket=TICKET, v=1, comment=str(comment.id))
    assert bodies(issue) == [card_text(1)]
    assert asked(github)[1:] == [f"GET issues/{issue.number}/comments"]


async def test_a_lost_answer_to_an_edit_is_read_back(
    faults: Faults, github: GitHubStandIn, thread: Thread, performer: GitHub, standing: Comment
) -> None:
    faults.once(Fault.ANSWER_LOST, method="PATCH")
    effect = card(thread, 4, str(standing.id))
    with pytest.raises(Transient):
        await performer.perform(effect, FIRST)
    await performer.perform(effect, AGAIN)
    assert [version.body for version in standing.versions] == [card_text(3), card_text(4)]
    assert asked(github)[1:] == [f"GET issues/comments/{standing.id}"]


async def test_an_edit_that_never_arrived_is_made_up_for(
    faults: Faults, github: GitHubStandIn, thread: Thread, performer: GitHub, standing: Comment
) -> None:
    faults.once(Fault.BAD_GATEWAY, method="PATCH")
    effect = card(thread, 4, str(standing.id))
    with pytest.raises(Transient):
        await performer.perform(effect, FIRST)
    await performer.perform(effect, AGAIN)
    assert standing.body == card_text(4)
    assert len(asked(github)) == 3, "the edit that failed, reading back, the edit"


@pytest.mark.parametrize("fault", [Fault.RATE_LIMITED, Fault.TOO_MANY])
async def test_a_limit_puts_the_installation_off_for_as_long_as_github_says(
    faults: Faults, issue: Issue, thread: Thread, performer: GitHub, fault: Fault
) -> None:
    faults.once(fault, method="POST", path="/comments$")
    with pytest.raises(Postpone) as caught:
        await performer.perform(card(thread), FIRST)
    assert (caught.value.seconds, caught.value.is_for_tenant) == (17, True)
    assert bodies(issue) == []


async def test_a_deleted_card_is_posted_anew(
    github: GitHubStandIn, issue: Issue, thread: Thread, performer: GitHub, standing: Comment
) -> None:
    github.delete_comment(standing, by="octo")
    event = await performer.perform(card(thread, 4, str(standing.id)), FIRST)
    [comment] = issue.comments
    assert event == CardShown(ticket=TICKET, v=4, comment=str(comment.id))
    assert bodies(issue) == [card_text(4)]


async def test_a_deleted_card_that_was_posted_anew_already_is_not_posted_twice(
    faults: Faults,
    github: GitHubStandIn,
    issue: Issue,
    thread: Thread,
    performer: GitHub,
    standing: Comment,
) -> None:
    github.delete_comment(standing, by="octo")
    faults.once(Fault.ANSWER_LOST, method="POST", path="/comments$")
    effect = card(thread, 4, str(standing.id))
    with pytest.raises(Ambiguous):
        await performer.perform(effect, FIRST)
    await performer.perform(effect, AGAIN)
    assert bodies(issue) == [card_text(4)]


async def test_a_card_that_was_deleted_a_second_time_is_let_go(
    github: GitHubStandIn, issue: Issue, thread: Thread, performer: GitHub, standing: Comment
) -> None:
    github.delete_comment(standing, by="octo")
    effect = replace(card(thread, 4, str(standing.id)), is_last=True)
    event = await performer.perform(effect, FIRST)
    assert event == CardShown(ticket=TICKET, v=4, comment=str(standing.id))
    assert bodies(issue) == []


async def test_a_mark_that_a_stranger_copied_is_not_our_card(
    github: GitHubStandIn, issue: Issue, thread: Thread, performer: GitHub
) -> None:
    forged = github.comment(issue, card_text(9), by="mallory")
    github.add_user("robot[bot]", "Bot")
    github.comment(issue, card_text(9), by="robot[bot]")
    event = await performer.perform(card(thread), AGAIN)
    assert issue.comments[-1].author is github.state.app.bot
    assert event == CardShown(ticket=TICKET, v=1, comment=str(issue.comments[-1].id))
    assert forged.body == card_text(9)


@pytest.mark.parametrize(
    "body",
    [
        card_text(9, OTHER),
        f"Quoting:\n{card_text(9)}",
        card_text(9).replace("v=9", "v=nine"),
        f"<!-- mainstay:draft:{TICKET} -->\nA draft.",
    ],
)
async def test_another_comment_of_ours_is_not_this_card(
    github: GitHubStandIn, issue: Issue, thread: Thread, performer: GitHub, body: str
) -> None:
    comments.create(github.site, issue, body, github.state.app.bot, is_via_app=True)
    await performer.perform(card(thread), AGAIN)
    assert bodies(issue) == [body, card_text(1)]


async def test_a_card_is_found_behind_a_hundred_comments_but_not_before_the_ticket(
    github: GitHubStandIn, clock: Clock, issue: Issue, thread: Thread, performer: GitHub
) -> None:
    github.limits.are_secondary_on = False
    comments.create(github.site, issue, card_text(1), github.state.app.bot, is_via_app=True)
    clock.forward(hours=1)
    opened_at = clock()
    for number in range(101):
        github.comment(issue, f"And {number}.", by="carol")
    own = comments.create(github.site, issue, card_text(2), github.state.app.bot, is_via_app=True)
    event = await performer.perform(card(thread, 3, since=opened_at), FIRST)
    assert event == CardShown(ticket=TICKET, v=3, comment=str(own.id))
    assert issue.comments[0].body == card_text(1)
    assert len(asked(github)) == 3


async def test_githubs_clock_may_be_behind_ours(
    github: GitHubStandIn, clock: Clock, issue: Issue, thread: Thread, performer: GitHub
) -> None:
    clock.forward(seconds=-90)
    comments.create(github.site, issue, card_text(1), github.state.app.bot, is_via_app=True)
    await performer.perform(card(thread, since=NOON), AGAIN)
    assert len(issue.comments) == 1


async def test_in_an_endless_thread_nothing_is_posted_blindly(
    monkeypatch: pytest.MonkeyPatch,
    github: GitHubStandIn,
    issue: Issue,
    thread: Thread,
    performer: GitHub,
) -> None:
    monkeypatch.setattr("app.providers.github.comments.PAGES_MAX", 1)
    for number in range(100):
        github.comment(issue, f"And {number}.", by="carol")
    await performer.perform(card(thread, 1), AGAIN)
    with pytest.raises(Refused) as caught:
        await performer.perform(card(thread, 1, ticket=OTHER, body=card_text(1, OTHER)), AGAIN)
    assert not caught.value.is_certain
    assert len(issue.comments) == 101


async def test_what_github_refuses_is_refused(
    github: GitHubStandIn,
    installation: Installation,
    issue: Issue,
    thread: Thread,
    performer: GitHub,
) -> None:
    github.lock_issue(issue, by="octo")
    with pytest.raises(Refused, match="locked") as caught:
        await performer.perform(card(thread), FIRST)
    assert caught.value.is_certain
    github.delete_issue(issue, by="octo")
    with pytest.raises(Refused, match="410"):
        await performer.perform(card(thread), FIRST)
    github.suspend_app(installation)
    with pytest.raises(Refused, match="suspended"):
        await performer.perform(card(thread), FIRST)
    github.uninstall_app(installation)
    with pytest.raises(Refused):
        await performer.perform(card(thread), FIRST)


async def test_an_issue_that_moved_away_is_not_followed(
    github: GitHubStandIn, issue: Issue, thread: Thread, performer: GitHub
) -> None:
    other = github.create_repository("octo", "elsewhere")
    moved = github.transfer_issue(issue, other, by="octo")
    with pytest.raises(Refused):
        await performer.perform(card(thread), FIRST)
    with pytest.raises(Refused):
        await performer.perform(card(thread), AGAIN)
    assert moved.comments == []
