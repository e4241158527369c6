from __future__ import annotations

import hashlib
import hmac
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from app.rehearsal.faults import Fault, Faults
from app.rehearsal.github import hooks
from app.rehearsal.github.hooks import DefectError
from app.rehearsal.github.roles import Role
from app.rehearsal.github.server import GitHubStandIn, Registration
from app.rehearsal.github.state import Installation, Issue, Repository
from tests.rehearsal.github.product import PUBLIC_KEY, SECRET, Api, Receiver

Act = Callable[[GitHubStandIn, Issue], Any]

ACTS: list[tuple[str, Act]] = [
    ("issues.closed", lambda github, issue: github.close_issue(issue, by="stranger")),
    (
        "label.created issues.labeled",
        lambda github, issue: github.label(issue, "help wanted", by="triager"),
    ),
    ("issues.assigned", lambda github, issue: github.assign(issue, "writer", by="triager")),
    ("issues.locked", lambda github, issue: github.lock_issue(issue, by="writer")),
    ("issues.deleted", lambda github, issue: github.delete_issue(issue, by="admin")),
    ("issues.edited", lambda github, issue: github.edit_issue(issue, title="New", by="stranger")),
    ("issue_comment.created", lambda github, issue: github.comment(issue, "hello", by="reader")),
    (
        "issues.opened issues.labeled",
        lambda github, issue: github.open_issue(
            issue.repository, "A form", "filled in", by="reader", labels=["bug"]
        ),
    ),
    ("push", lambda github, issue: github.push(issue.repository, {"a": "b"}, by="writer")),
    (
        "pull_request.opened",
        lambda github, issue: github.open_pull_request(
            issue.repository, "Propose", {"c": "d"}, by="stranger"
        ),
    ),
    (
        "repository.renamed",
        lambda github, issue: github.rename_repository(issue.repository, "tools2", by="octo"),
    ),
    (
        "repository.privatized",
        lambda github, issue: github.set_visibility(issue.repository, is_private=True, by="octo"),
    ),
    (
        "repository.archived",
        lambda github, issue: github.set_archived(issue.repository, is_archived=True, by="octo"),
    ),
    (
        "repository.deleted",
        lambda github, issue: github.delete_repository(issue.repository, by="octo"),
    ),
    (
        "installation_repositories.added repository.created push",
        lambda github, issue: github.create_repository("octo", "more"),
    ),
    ("ping", lambda github, issue: github.ping()),
]


@pytest.fixture
async def quiet(github: GitHubStandIn, receiver: Receiver, issue: Issue) -> Issue:
    """The issue, after everything that came of opening it has been delivered and forgotten."""
    github.state.repository("octo/tools").labels.clear()
    await github.settle()
    receiver.received.clear()
    return issue


@pytest.mark.parametrize(("names", "act"), ACTS, ids=[names for names, _ in ACTS])
async def test_what_a_person_does_is_told(
    github: GitHubStandIn, receiver: Receiver, quiet: Issue, names: str, act: Act
) -> None:
    if names == "issues.opened issues.labeled":
        github.label(quiet, "bug", by="octo")
        await github.settle()
        receiver.received.clear()
    act(github, quiet)
    await github.settle()
    assert receiver.names == names.split()


async def test_the_rest_of_an_issue_s_life_is_told_too(
    github: GitHubStandIn, receiver: Receiver, quiet: Issue
) -> None:
    comment = github.comment(quiet, "one", by="reader")
    github.edit_comment(comment, "two", by="reader")
    github.edit_comment(comment, "two", by="reader")
    github.delete_comment(comment, by="writer")
    github.assign(quiet, "reader", "nobody", by="writer")
    github.assign(quiet, "writer", by="writer")
    github.unassign(quiet, "writer", "reader", by="writer")
    github.label(quiet, "bug", by="writer")
    github.label(quiet, "BUG", by="writer")
    github.unlabel(quiet, "bug", by="writer")
    github.unlabel(quiet, "bug", by="writer")
    github.close_issue(quiet, by="writer", reason="not_planned")
    github.reopen_issue(quiet, by="writer")
    github.lock_issue(quiet, by="writer", reason="too heated")
    github.unlock_issue(quiet, by="writer")
    await github.settle()
    assert sorted(receiver.names) == sorted(
        [
            "issue_comment.created",
            "issue_comment.edited",
            "issue_comment.deleted",
            "issues.assigned",
            "issues.unassigned",
            "label.created",
            "issues.labeled",
            "issues.unlabeled",
            "issues.closed",
            "issues.reopened",
            "issues.locked",
            "issues.unlocked",
        ]
    )
    edited = next(one for one in receiver.received if one.name == "issue_comment.edited")
    assert edited.payload["changes"] == {"body": {"from": "one"}}
    closed = next(one for one in receiver.received if one.name == "issues.closed")
    assert closed.payload["issue"]["state_reason"] == "not_planned"
    assert closed.payload["sender"]["login"] == "writer"


async def test_headers_and_both_signatures_are_those_of_github(
    github: GitHubStandIn, receiver: Receiver, quiet: Issue
) -> None:
    github.comment(quiet, "ünïcode", by="reader")
    await github.settle()
    [received] = receiver.received
    headers = received.headers
    for name, algorithm in (("X-Hub-Signature-256", "sha256"), ("X-Hub-Signature", "sha1")):
        digest = hmac.new(SECRET.encode(), received.body, getattr(hashlib, algorithm)).hexdigest()
        assert headers[name] == f"{algorithm}={digest}"
    assert headers["User-Agent"].startswith("GitHub-Hookshot/")
    assert headers["Content-Type"] == "application/json"
    assert headers["X-GitHub-Hook-Installation-Target-Type"] == "integration"
    assert headers["X-GitHub-Hook-Installation-Target-ID"] == str(github.state.app.id)
    assert headers["X-GitHub-Hook-ID"].isdecimal()
    assert str(uuid.UUID(headers["X-GitHub-Delivery"])) == headers["X-GitHub-Delivery"]
    payload = received.payload
    assert payload["repository"]["id"] == quiet.repository.id
    assert payload["installation"]["id"] in github.state.installations
    assert payload["comment"]["performed_via_github_app"] is None


async def test_what_the_app_does_is_told_as_the_bot_s(
    api: Api, github: GitHubStandIn, receiver: Receiver, quiet: Issue
) -> None:
    path = f"/repositories/{quiet.repository.id}/issues/{quiet.number}"
    await api("POST", f"{path}/comments", {"body": "I am a bot"})
    await api("POST", f"{path}/labels", {"labels": ["paid-support"]})
    await api("POST", f"{path}/assignees", {"assignees": ["writer"]})
    await github.settle()
    expected = ["issue_comment.created", "label.created", "issues.labeled", "issues.assigned"]
    assert receiver.names == expected
    assert {one.payload["sender"]["type"] for one in receiver.received} == {"Bot"}
    comment = receiver.received[0].payload["comment"]
    assert comment["performed_via_github_app"]["id"] == github.state.app.id


async def test_a_moved_issue_is_told_on_both_sides(
    github: GitHubStandIn, receiver: Receiver, quiet: Issue
) -> None:
    other = github.create_repository("octo", "other")
    await github.settle()
    receiver.received.clear()
    moved = github.transfer_issue(quiet, other, by="octo")
    await github.settle()
    assert receiver.names == ["issues.transferred", "issues.opened"]
    gone, came = (one.payload for one in receiver.received)
    assert gone["changes"]["new_issue"]["id"] == moved.id
    assert gone["issue"]["id"] == came["changes"]["old_issue"]["id"] == quiet.id
    assert came["repository"]["id"] == other.id


async def test_a_push_lists_what_it_changed(
    github: GitHubStandIn, receiver: Receiver, quiet: Issue
) -> None:
    files = {".github/support.yml": "version: 1\n", "README.md": None, "docs/use.md": "Better.\n"}
    commit = github.push(quiet.repository, files, by="maintainer")
    await github.settle()
    payload = receiver.received[0].payload
    assert (payload["ref"], payload["after"]) == ("refs/heads/main", commit.sha)
    [listed] = payload["commits"]
    assert listed["added"] == [".github/support.yml"]
    assert listed["removed"] == ["README.md"]
    assert listed["modified"] == ["docs/use.md"]
    assert payload["pusher"]["name"] == "maintainer"


async def test_installing_choosing_suspending_and_removing_are_told(
    github: GitHubStandIn, receiver: Receiver, repository: Repository
) -> None:
    other = github.create_repository("octo", "other")
    installation = github.install_app("octo", repositories=[repository])
    github.choose_repositories(installation, [other])
    github.suspend_app(installation)
    github.open_issue(other, "Nobody hears", by="stranger")
    github.unsuspend_app(installation)
    github.accept_permissions(installation, {"metadata": "read", "issues": "read"})
    github.uninstall_app(installation)
    github.open_issue(other, "Nobody hears", by="stranger")
    await github.settle()
    assert receiver.names == [
        "installation.created",
        "installation_repositories.added",
        "installation_repositories.removed",
        "installation.suspend",
        "installation.unsuspend",
        "installation.new_permissions_accepted",
        "installation.deleted",
    ]
    created = receiver.received[0].payload
    assert [one["full_name"] for one in created["repositories"]] == ["octo/tools"]
    assert created["installation"]["repository_selection"] == "selected"
    listing = ["repositories" in each.payload for each in receiver.received]
    assert listing == [True, False, False, False, False, True, True], "as GitHub's examples do"


async def test_another_login_is_told_where_the_app_is_installed_and_wants_to_know(
    github: GitHubStandIn, receiver: Receiver, repository: Repository
) -> None:
    github.add_organization("acme", owner="admin")
    octo, acme = github.install_app("octo"), github.install_app("acme")
    for wants in (octo, acme):
        wants.events.append("installation_target")
    github.rename_user("octo", "octavia")
    github.rename_user("acme", "apex")
    github.rename_user("reader", "somebody")
    octo.events.remove("installation_target")
    github.rename_user("octavia", "octo")
    await github.settle()
    told = [one.payload for one in receiver.received if one.event == "installation_target"]
    assert [
        (one["action"], one["account"]["login"], one["changes"]["login"]["from"]) for one in told
    ] == [("renamed", "octavia", "octo"), ("renamed", "apex", "acme")]
    assert [(one["installation"]["id"], one["target_type"]) for one in told] == [
        (octo.id, "User"),
        (acme.id, "Organization"),
    ]
    assert told[1]["sender"]["login"] == "admin"
    assert github.defects == []


async def test_an_organisation_and_its_members_are_in_the_payload(
    github: GitHubStandIn, receiver: Receiver, repository: Repository
) -> None:
    organization = github.add_organization("acme", owner="admin")
    github.add_member(organization, "reader", is_public=False)
    shop = github.create_repository("acme", "shop", is_private=True)
    github.install_app("acme")
    issue = github.open_issue(shop, "Inside", by="reader")
    github.push(shop, {"a": "b"}, by="admin")
    github.rename_repository(shop, "store", by="admin")
    github.transfer_repository(shop, "octo", by="admin")
    await github.settle()
    assert receiver.names == ["installation.created", "issues.opened", "push", "repository.renamed"]
    opened = receiver.received[1].payload
    assert opened["organization"]["login"] == "acme"
    assert opened["issue"]["author_association"] == "CONTRIBUTOR"
    assert issue.repository.full_name == "octo/store"


async def test_a_transferred_repository_is_told_to_its_new_installation(
    github: GitHubStandIn, receiver: Receiver, quiet: Issue
) -> None:
    installation = github.install_app("admin")
    github.transfer_repository(quiet.repository, "admin", by="octo")
    await github.settle()
    told = receiver.received[-1]
    assert told.name == "repository.transferred"
    assert told.payload["changes"]["owner"]["from"]["user"]["login"] == "octo"
    assert told.payload["installation"]["id"] == installation.id


async def test_events_that_nobody_subscribed_to_are_not_sent(
    github: GitHubStandIn, receiver: Receiver, quiet: Issue
) -> None:
    github.set_permission(quiet.repository, "reader", Role.WRITE)
    await github.settle()
    assert receiver.names == []


class TestMembers:
    @pytest.fixture
    def registration(self) -> Registration:
        return Registration(
            public_key_pem=PUBLIC_KEY,
            webhook_secret=SECRET,
            permissions={"metadata": "read", "members": "read"},
            events=["member"],
        )

    async def test_members_come_change_and_go(
        self, github: GitHubStandIn, receiver: Receiver, quiet: Issue
    ) -> None:
        github.set_permission(quiet.repository, "stranger", Role.TRIAGE)
        github.set_permission(quiet.repository, "stranger", Role.MAINTAIN)
        github.set_permission(quiet.repository, "stranger", Role.NONE)
        github.set_permission(quiet.repository, "stranger", Role.NONE)
        await github.settle()
        assert receiver.names == ["member.added", "member.edited", "member.removed"]
        changes = receiver.received[1].payload["changes"]
        assert changes == {"permission": {"from": "read", "to": "write"}}


@pytest.mark.parametrize("events", [["member"], ["sponsorship"]])
def test_events_that_github_would_refuse_are_refused(events: list[str]) -> None:
    registration = Registration(public_key_pem=PUBLIC_KEY, webhook_secret=SECRET, events=events)
    with pytest.raises(ValueError, match="Default events unsupported"):
        registration.check()


async def test_pull_requests_are_told_through_their_life(
    github: GitHubStandIn, receiver: Receiver, quiet: Issue
) -> None:
    pull = github.open_pull_request(quiet.repository, "Fix", {"fix": "1"}, by="stranger")
    github.push_to_pull_request(pull, {"fix": "2"}, by="stranger")
    github.comment(pull, "looks good", by="writer")
    github.label(pull, "bug", by="writer")
    github.assign(pull, "writer", by="writer")
    github.lock_issue(pull, by="writer")
    github.merge(pull, by="writer")
    await github.settle()
    assert receiver.names == [
        "pull_request.opened",
        "pull_request.synchronize",
        "issue_comment.created",
        "label.created",
        "pull_request.labeled",
        "pull_request.assigned",
        "pull_request.locked",
        "push",
        "pull_request.closed",
    ]
    opened = receiver.received[0].payload["pull_request"]
    assert opened["head"]["repo"]["full_name"] == "stranger/tools"
    assert receiver.received[-1].payload["pull_request"]["merged"] is True
    assert "pull_request" in receiver.received[2].payload["issue"]


async def test_a_duplicate_has_one_guid(
    github: GitHubStandIn, receiver: Receiver, quiet: Issue, faults: Faults
) -> None:
    faults.once(Fault.DUPLICATE, path="issue_comment")
    github.comment(quiet, "hello", by="reader")
    await github.settle()
    guids = [one.headers["X-GitHub-Delivery"] for one in receiver.received]
    assert len(guids) == 2
    assert len(set(guids)) == 1


async def test_a_payload_that_is_not_as_described_is_a_defect_and_raises(
    github: GitHubStandIn, installation: Installation, repository: Repository
) -> None:
    with pytest.raises(DefectError, match="issue"):
        github.site.hooks.emit(
            "issues",
            {"action": "opened", "issue": {}},
            repository=repository,
            by=repository.owner,
        )
    assert len(github.defects) == 1
    github.defects.clear()


async def test_a_payload_that_is_too_large_is_not_sent(
    github: GitHubStandIn, receiver: Receiver, quiet: Issue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hooks, "PAYLOAD_BYTES_MAX", 20_000)
    github.comment(quiet, "x" * 30_000, by="reader")
    github.comment(quiet, "small", by="reader")
    await github.settle()
    assert [one.payload["comment"]["body"] for one in receiver.received] == ["small"]
