"""What closed an issue, as GitHub's GraphQL tells it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.conversations import Thread
from app.domain.deliveries import Delivery, Provider
from app.domain.effects import ReadClosing
from app.domain.errors import Postpone, Transient
from app.domain.events import ClosingRead, ThreadClosed
from app.domain.ids import UserId
from app.domain.people import Identity
from app.providers.github import closings
from app.providers.github.client import graphql_url
from app.providers.github.closings import TRIES_MAX
from app.providers.github.grants import grant_to_speak
from app.providers.github.perform import GitHub
from app.providers.github.translate import translate
from app.providers.github.verify import verify
from app.providers.rooms import Attempt
from app.rehearsal.faults import Fault, Faults
from app.rehearsal.github.roles import Role
from app.rehearsal.github.server import GitHubStandIn
from app.rehearsal.github.state import Issue, Repository
from tests.providers.github.orders import FIRST, NOON, TICKET, asked
from tests.rehearsal.github.product import SECRET, Receiver

LAST = Attempt(number=TRIES_MAX, first_at=NOON, at=NOON)


@pytest.fixture(autouse=True)
def people(github: GitHubStandIn, repository: Repository) -> None:
    github.set_permission(repository, "ada", Role.WRITE)


def reading(github: GitHubStandIn, issue: Issue, thread: Thread) -> ReadClosing:
    return ReadClosing(
        ticket=TICKET,
        thread=thread,
        user=UserId(github.state.account("ada").id),
        issue=issue.node_id,
        at=NOON,
        ref="d1",
    )


async def read(
    github: GitHubStandIn, issue: Issue, thread: Thread, performer: GitHub, attempt: Attempt = FIRST
) -> bool | None:
    """Ask, and give what is told of the hand."""
    order = reading(github, issue, thread)
    told = await performer.perform(order, attempt)
    assert isinstance(told, ClosingRead)
    assert (told.ticket, told.user) == (order.ticket, order.user)
    return told.is_by_hand


async def test_a_hand_is_known_with_one_question(
    github: GitHubStandIn, issue: Issue, thread: Thread, performer: GitHub
) -> None:
    github.close_issue(issue, by="ada")
    assert await read(github, issue, thread, performer) is True
    assert asked(github) == ["POST graphql"]


async def test_a_commit_closes_by_its_words(
    github: GitHubStandIn, issue: Issue, thread: Thread, performer: GitHub
) -> None:
    words = f"Mend it\n\nFixes #{issue.number}"
    github.push(issue.repository, {"a.txt": "a"}, by="ada", message=words)
    assert issue.state == "closed"
    assert await read(github, issue, thread, performer) is False


async def test_a_commit_elsewhere_than_in_the_default_branch_closes_nothing(
    github: GitHubStandIn, issue: Issue
) -> None:
    words = f"Fixes #{issue.number}"
    github.push(issue.repository, {"a.txt": "a"}, by="ada", branch="try", message=words)
    assert issue.state == "open"


async def test_a_pull_request_closes_by_its_words_once_it_is_merged(
    github: GitHubStandIn, issue: Issue, thread: Thread, performer: GitHub
) -> None:
    body = f"This closes #{issue.number}."
    pull = github.open_pull_request(
        issue.repository, "Mend it", {"a.txt": "a"}, by="ada", body=body
    )
    assert issue.state == "open"
    github.merge(pull, by="ada")
    assert issue.state == "closed"
    assert await read(github, issue, thread, performer) is False


async def test_somebody_else_is_not_the_helper(
    github: GitHubStandIn, issue: Issue, thread: Thread, performer: GitHub
) -> None:
    github.close_issue(issue, by="carol")
    assert await read(github, issue, thread, performer) is False


async def test_what_was_opened_again_is_not_closed(
    github: GitHubStandIn, issue: Issue, thread: Thread, performer: GitHub
) -> None:
    github.close_issue(issue, by="ada")
    github.reopen_issue(issue, by="ada")
    assert await read(github, issue, thread, performer) is False


async def test_only_the_newest_closing_counts(
    github: GitHubStandIn, issue: Issue, thread: Thread, performer: GitHub
) -> None:
    github.close_issue(issue, by="ada")
    github.reopen_issue(issue, by="ada")
    github.close_issue(issue, by="octo")
    assert await read(github, issue, thread, performer) is False


async def test_what_github_does_not_show_yet_is_asked_for_again_a_few_times(
    github: GitHubStandIn, issue: Issue, thread: Thread, performer: GitHub
) -> None:
    with pytest.raises(Transient):
        await read(github, issue, thread, performer)
    assert await read(github, issue, thread, performer, LAST) is None
    github.close_issue(issue, by="ada")
    entry = issue.timeline[-1]
    assert await read(github, issue, thread, performer) is True
    order = reading(github, issue, thread)
    with pytest.raises(Transient):
        await performer.perform(replace(order, at=entry.at + timedelta(minutes=1)), FIRST)


async def test_an_issue_that_is_gone_tells_nothing(
    github: GitHubStandIn, issue: Issue, thread: Thread, performer: GitHub
) -> None:
    github.close_issue(issue, by="ada")
    github.delete_issue(issue, by="octo")
    assert await read(github, issue, thread, performer) is None


async def test_what_we_may_not_see_is_not_called_a_hand(
    github: GitHubStandIn,
    issue: Issue,
    thread: Thread,
    performer: GitHub,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A token without the right to read commits is answered with an error beside a null."""
    words = f"Fixes #{issue.number}"
    github.push(issue.repository, {"a.txt": "a"}, by="ada", message=words)
    monkeypatch.setattr(closings, "grant_to_ask_why", grant_to_speak)
    assert await read(github, issue, thread, performer) is None


async def test_limits_and_lost_answers_are_waited_for(
    faults: Faults, github: GitHubStandIn, issue: Issue, thread: Thread, performer: GitHub
) -> None:
    github.close_issue(issue, by="ada")
    for fault in (Fault.ANSWER_LOST, Fault.BAD_GATEWAY):
        faults.once(fault, path="/graphql$")
        with pytest.raises(Transient):
            await read(github, issue, thread, performer)
    faults.once(Fault.RATE_LIMITED, path="/graphql$")
    with pytest.raises(Postpone):
        await read(github, issue, thread, performer)
    assert await read(github, issue, thread, performer) is True


@pytest.mark.parametrize("reason", ["completed", "not_planned", "duplicate"])
async def test_the_message_says_who_closed_it_when_and_as_what(
    github: GitHubStandIn, receiver: Receiver, issue: Issue, thread: Thread, reason: str
) -> None:
    github.close_issue(issue, by="octo", reason=reason)
    await github.settle()
    told = receiver.received[-1]
    headers = {name.lower(): value for name, value in told.headers.items()}
    delivery = verify(told.body, headers, [SECRET], NOON)
    assert isinstance(delivery, Delivery)
    [arrival] = translate(delivery, app_id=1)
    assert arrival.event == ThreadClosed(
        thread=thread,
        by=Identity(
            provider=Provider.GITHUB,
            external_id=str(github.state.account("octo").id),
            login="octo",
        ),
        issue=issue.node_id,
        is_completed=reason == "completed",
        at=NOON,
        ref=delivery.external_id,
    )
    assert (arrival.key, arrival.lane) == (f"github:{delivery.external_id}", thread.lane)


@pytest.mark.parametrize(
    ("api_url", "expected"),
    [
        ("https://api.github.com", "https://api.github.com/graphql"),
        ("https://github.example.com/api/v3", "https://github.example.com/api/graphql"),
    ],
)
def test_graphql_has_an_address_of_its_own_on_a_server(api_url: str, expected: str) -> None:
    assert graphql_url(api_url) == expected
