"""What GitHub's webhooks mean, as the stand-in sends them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.domain.conversations import Message, Thread
from app.domain.deliveries import Delivery, Provider
from app.domain.events import (
    AccountRenamed,
    AppInstalled,
    AppRemoved,
    Arrival,
    IssueSeen,
    MessageArrived,
    MessageDeleted,
    OfferRequested,
    OfferWithdrawn,
    PermissionsAccepted,
    PolicyTouched,
    ProposalMade,
    RepositoriesChosen,
    RepositoryChanged,
    RepositorySeen,
    SuspensionLifted,
)
from app.domain.ids import (
    InstallationId,
    RepositoryId,
    UserId,
    installation_lane,
    proposal_lane,
    repository_lane,
)
from app.domain.people import Identity
from app.providers.github.translate import translate
from app.providers.github.verify import verify
from app.rehearsal.github.changes import comments
from app.rehearsal.github.server import GitHubStandIn
from app.rehearsal.github.state import Account, Installation, Issue, Repository
from tests.rehearsal.github.product import SECRET, Receiver

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


class Inbox:
    """Everything that came since it was last read, verified and translated."""

    def __init__(self, github: GitHubStandIn, receiver: Receiver) -> None:
        self.github = github
        self.receiver = receiver
        self.read = 0

    async def deliveries(self) -> list[Delivery]:
        await self.github.settle()
        new, self.read = self.receiver.received[self.read :], len(self.receiver.received)
        found = []
        for one in new:
            lowered = {name.lower(): value for name, value in one.headers.items()}
            delivery = verify(one.body, lowered, [SECRET], NOON)
            assert isinstance(delivery, Delivery)
            found.append(delivery)
        return found

    async def arrivals(self) -> list[Arrival]:
        app_id = self.github.state.app.id
        return [
            arrival
            for delivery in await self.deliveries()
            for arrival in translate(delivery, app_id=app_id)
        ]


@pytest.fixture
async def inbox(github: GitHubStandIn, receiver: Receiver, issue: Issue) -> Inbox:
    inbox = Inbox(github, receiver)
    await inbox.arrivals()
    return inbox


def identity(account: Account, *, is_bot: bool = False) -> Identity:
    return Identity(
        provider=Provider.GITHUB, external_id=str(account.id), login=account.login, is_bot=is_bot
    )


def seen(repository: Repository) -> RepositorySeen:
    return RepositorySeen(
        id=RepositoryId(repository.id),
        owner=repository.owner.login,
        name=repository.name,
        is_private=repository.is_private,
        default_branch="main",
        is_archived=repository.is_archived,
        owner_id=UserId(repository.owner.id),
    )


def listed(repository: Repository) -> RepositorySeen:
    return RepositorySeen(
        id=RepositoryId(repository.id),
        owner="octo",
        name=repository.name,
        is_private=repository.is_private,
        owner_id=UserId(repository.owner.id),
    )


def issue_seen(issue: Issue) -> IssueSeen:
    return IssueSeen(
        title="It does not start",
        body="Nothing happens.",
        author=identity(issue.author),
        is_open=True,
        is_locked=False,
        created_at=NOON,
    )


async def test_a_comment_is_a_message_in_the_lane_of_its_issue(
    inbox: Inbox, github: GitHubStandIn, issue: Issue, thread: Thread
) -> None:
    comment = github.comment(issue, "/support", by="carol")
    assert await inbox.arrivals() == [
        Arrival(
            key=f"github:comment:{comment.id}:created",
            lane=thread.lane,
            event=MessageArrived(
                thread=thread,
                repository=seen(issue.repository),
                issue=issue_seen(issue),
                message=Message(
                    ref=str(comment.id),
                    author=identity(issue.author),
                    text="/support",
                    sent_at=NOON,
                ),
            ),
        )
    ]


async def test_our_own_comment_and_another_apps_are_told_apart(
    inbox: Inbox, github: GitHubStandIn, issue: Issue
) -> None:
    comments.create(github.site, issue, "A card.", github.state.app.bot, is_via_app=True)
    github.add_user("robot[bot]", "Bot")
    github.comment(issue, "/support", by="robot[bot]")
    messages = [
        arrival.event.message
        for arrival in await inbox.arrivals()
        if isinstance(arrival.event, MessageArrived)
    ]
    assert [(one.is_ours, one.author.is_bot) for one in messages] == [(True, True), (False, True)]


async def test_another_apps_id_is_not_ours(
    inbox: Inbox, github: GitHubStandIn, issue: Issue
) -> None:
    comments.create(github.site, issue, "A card.", github.state.app.bot, is_via_app=True)
    [delivery] = await inbox.deliveries()
    [arrival] = translate(delivery, app_id=github.state.app.id + 1)
    assert isinstance(arrival.event, MessageArrived)
    assert not arrival.event.message.is_ours


async def test_the_same_comment_has_one_key_under_two_deliveries(
    inbox: Inbox, github: GitHubStandIn, issue: Issue
) -> None:
    github.comment(issue, "/support", by="carol")
    [delivery] = await inbox.deliveries()
    other = Delivery(
        provider=Provider.GITHUB,
        external_id="another",
        kind=delivery.kind,
        body=delivery.body,
        received_at=NOON,
    )
    assert translate(delivery, app_id=1) == translate(other, app_id=1)


async def test_an_edit_says_nothing_and_a_deletion_does(
    inbox: Inbox, github: GitHubStandIn, issue: Issue, thread: Thread
) -> None:
    comment = github.comment(issue, "Thanks.", by="carol")
    await inbox.arrivals()
    github.edit_comment(comment, "/support", by="carol")
    assert await inbox.arrivals() == []
    github.delete_comment(comment, by="carol")
    assert await inbox.arrivals() == [
        Arrival(
            key=f"github:comment:{comment.id}:deleted",
            lane=thread.lane,
            event=MessageDeleted(thread=thread, ref=str(comment.id)),
        )
    ]


async def test_what_happens_in_a_pull_request_says_nothing(
    inbox: Inbox, github: GitHubStandIn, repository: Repository
) -> None:
    pull = github.open_pull_request(repository, "Mend it", {"a.txt": "a"}, by="ada")
    assert len(await inbox.arrivals()) == 1
    github.comment(pull, "/support", by="carol")
    github.label(pull, "paid-support", by="octo")
    github.close_issue(pull, by="octo")
    assert await inbox.arrivals() == []


async def test_a_label_asks_for_an_offer_each_time_that_it_comes(
    inbox: Inbox, github: GitHubStandIn, issue: Issue, thread: Thread
) -> None:
    for _ in range(2):
        github.label(issue, "paid-support", by="octo")
        github.unlabel(issue, "paid-support", by="octo")
    arrivals = await inbox.arrivals()
    octo = identity(github.state.account("octo"))
    asked = OfferRequested(
        thread=thread,
        repository=seen(issue.repository),
        issue=replace(issue_seen(issue), labels=("paid-support",)),
        label="paid-support",
        by=octo,
        at=NOON,
    )
    author = issue_seen(issue).author
    withdrawn = OfferWithdrawn(thread=thread, author=author, label="paid-support", by=octo)
    events = sorted((arrival.event for arrival in arrivals), key=lambda event: type(event).__name__)
    assert events == [asked, asked, withdrawn, withdrawn]
    assert len({arrival.key for arrival in arrivals}) == 4
    assert {arrival.lane for arrival in arrivals} == {thread.lane}


async def test_a_redelivery_has_the_keys_of_the_first(
    inbox: Inbox, github: GitHubStandIn, issue: Issue
) -> None:
    github.label(issue, "paid-support", by="octo")
    first = await inbox.arrivals()
    github.site.hooks.redeliver(github.deliveries[-1])
    assert await inbox.arrivals() == first


async def test_an_installation_comes_and_goes(
    inbox: Inbox, github: GitHubStandIn, installation: Installation, repository: Repository
) -> None:
    number = InstallationId(installation.id)
    for change, event in (
        (github.suspend_app, AppRemoved(installation=number, is_suspension=True)),
        (
            github.unsuspend_app,
            SuspensionLifted(installation=number, account="octo", at=NOON),
        ),
        (
            lambda found: github.accept_permissions(found, found.permissions),
            PermissionsAccepted(installation=number, at=NOON),
        ),
        (github.uninstall_app, AppRemoved(installation=number, is_suspension=False)),
    ):
        change(installation)
        [arrival] = await inbox.arrivals()
        assert arrival.event == event
        assert arrival.lane == installation_lane(number)
    new = github.install_app("octo")
    [arrival] = await inbox.arrivals()
    assert isinstance(arrival.event, AppInstalled)
    assert arrival.event.installation == new.id
    assert arrival.event.repositories == (listed(repository),)
    assert arrival.event.by == Identity(
        provider=Provider.GITHUB, external_id=str(github.state.account("octo").id), login="octo"
    )


async def test_an_account_is_renamed(
    inbox: Inbox, github: GitHubStandIn, installation: Installation
) -> None:
    github.rename_user("carol", "caroline")  # the App is not installed there
    github.rename_user("octo", "octavia")
    [arrival] = await inbox.arrivals()
    number = InstallationId(installation.id)
    account = Identity(
        provider=Provider.GITHUB, external_id=str(installation.account.id), login="octavia"
    )
    assert arrival.event == AccountRenamed(
        installation=number, account=account, after=RepositoryId(0)
    )
    assert arrival.lane == installation_lane(number)


async def test_an_installation_gains_and_loses_repositories(
    inbox: Inbox, github: GitHubStandIn, installation: Installation, repository: Repository
) -> None:
    other = github.create_repository("octo", "secret", is_private=True)
    [gained] = [
        arrival.event
        for arrival in await inbox.arrivals()
        if isinstance(arrival.event, RepositoriesChosen)
    ]
    number = InstallationId(installation.id)
    assert gained == RepositoriesChosen(
        installation=number, added=(listed(other),), removed=(), at=NOON
    )
    github.choose_repositories(installation, [other])
    [lost] = [arrival.event for arrival in await inbox.arrivals()]
    assert lost == RepositoriesChosen(installation=number, added=(), removed=(listed(repository),))


async def test_a_repository_changes(
    inbox: Inbox, github: GitHubStandIn, installation: Installation, repository: Repository
) -> None:
    github.rename_repository(repository, "gear", by="octo")
    github.set_visibility(repository, is_private=True, by="octo")
    github.set_visibility(repository, is_private=False, by="octo")
    github.set_archived(repository, is_archived=True, by="octo")
    github.set_archived(repository, is_archived=False, by="octo")
    arrivals = await inbox.arrivals()
    states = []
    for arrival in arrivals:
        assert isinstance(arrival.event, RepositoryChanged)
        assert arrival.event.installation == installation.id
        assert arrival.lane == repository_lane(RepositoryId(repository.id))
        found = arrival.event.repository
        states.append((found.name, found.is_private, found.is_archived))
    assert sorted(states) == sorted(
        [
            ("gear", False, False),
            ("gear", True, False),
            ("gear", False, False),
            ("gear", False, True),
            ("gear", False, False),
        ]
    )


async def test_a_deleted_repository_leaves_its_installation(
    inbox: Inbox, github: GitHubStandIn, installation: Installation, repository: Repository
) -> None:
    whole = seen(repository)
    github.delete_repository(repository, by="octo")
    assert RepositoriesChosen(
        installation=InstallationId(installation.id), added=(), removed=(whole,)
    ) in [arrival.event for arrival in await inbox.arrivals()]


@pytest.mark.parametrize("path", [".github/support.yml", ".github/paid-support.yml"])
async def test_a_push_that_touches_the_policy_says_so(
    inbox: Inbox,
    github: GitHubStandIn,
    installation: Installation,
    repository: Repository,
    path: str,
) -> None:
    before = repository.branches["main"]
    commit = github.push(repository, {path: "version: 1\n# new\n"}, by="octo")
    [arrival] = await inbox.arrivals()
    assert arrival.lane == repository_lane(RepositoryId(repository.id))
    assert arrival.event == PolicyTouched(
        installation=InstallationId(installation.id),
        repository=seen(repository),
        commit=commit.sha,
        before=before,
        by=identity(github.state.account("octo")),
    )


async def test_a_pull_request_says_where_it_stands_from_a_fork_too(
    inbox: Inbox, github: GitHubStandIn, installation: Installation, repository: Repository
) -> None:
    for by, branch in (("ada", "here"), ("mallory", "there")):
        pull = github.open_pull_request(repository, "Mend it", {"a": by}, by=by, branch=branch)
        github.push_to_pull_request(pull, {"b": by}, by=by)
        arrivals = await inbox.arrivals()
        assert {arrival.lane for arrival in arrivals} == {
            proposal_lane(RepositoryId(repository.id), pull.number)
        }
        assert pull.pull_request is not None
        assert arrivals[-1].event == ProposalMade(
            installation=InstallationId(installation.id),
            repository=seen(repository),
            number=pull.number,
            commit=pull.pull_request.head_sha,
        )
        assert len({arrival.key for arrival in arrivals}) == 2


async def test_a_push_of_something_else_or_elsewhere_says_nothing(
    inbox: Inbox, github: GitHubStandIn, repository: Repository
) -> None:
    github.push(repository, {"README.md": "# Better tools\n"}, by="octo")
    github.push(repository, {".github/support.yml": "version: 2\n"}, by="octo", branch="draft")
    assert await inbox.arrivals() == []


async def test_what_we_do_not_listen_to_says_nothing(inbox: Inbox, github: GitHubStandIn) -> None:
    github.ping()
    [delivery] = await inbox.deliveries()
    assert delivery.kind == "ping"
    assert translate(delivery, app_id=1) == []
