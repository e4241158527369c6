from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from app.rehearsal.faults import Faults
from app.rehearsal.github.person import NotAllowedError
from app.rehearsal.github.roles import Association, Role, association_of
from app.rehearsal.github.server import GitHubStandIn, Registration
from app.rehearsal.github.state import Issue, Repository
from tests.rehearsal.github.product import Clock

Act = Callable[[GitHubStandIn, Issue], Any]

FORBIDDEN: list[Act] = [
    lambda github, issue: github.label(issue, "bug", by="reader"),
    lambda github, issue: github.unlabel(issue, "bug", by="stranger"),
    lambda github, issue: github.close_issue(issue, by="reader"),
    lambda github, issue: github.edit_issue(issue, by="reader", title="x"),
    lambda github, issue: github.assign(issue, "reader", by="reader"),
    lambda github, issue: github.unassign(issue, "writer", by="reader"),
    lambda github, issue: github.lock_issue(issue, by="triager"),
    lambda github, issue: github.unlock_issue(issue, by="triager"),
    lambda github, issue: github.delete_issue(issue, by="maintainer"),
    lambda github, issue: github.push(issue.repository, {"a": "b"}, by="triager"),
    lambda github, issue: github.set_permission(
        issue.repository, "reader", Role.ADMIN, by="maintainer"
    ),
    lambda github, issue: github.rename_repository(issue.repository, "x", by="maintainer"),
    lambda github, issue: github.edit_comment(
        github.comment(issue, "mine", by="reader"), "yours", by="triager"
    ),
    lambda github, issue: github.delete_comment(
        github.comment(issue, "mine", by="reader"), by="stranger"
    ),
]


@pytest.mark.parametrize("act", FORBIDDEN)
async def test_what_a_role_does_not_offer_is_not_done(
    github: GitHubStandIn, issue: Issue, act: Act
) -> None:
    with pytest.raises(NotAllowedError, match="would need"):
        act(github, issue)


async def test_an_author_closes_and_reopens_his_own_issue(
    github: GitHubStandIn, issue: Issue
) -> None:
    github.close_issue(issue, by="stranger")
    github.reopen_issue(issue, by="stranger")
    github.close_issue(issue, by="maintainer")
    with pytest.raises(NotAllowedError):
        github.reopen_issue(issue, by="stranger")
    github.reopen_issue(issue, by="triager")
    assert issue.state == "open"


async def test_a_lock_stops_whoever_cannot_write(github: GitHubStandIn, issue: Issue) -> None:
    github.lock_issue(issue, by="writer")
    with pytest.raises(NotAllowedError):
        github.comment(issue, "but", by="stranger")
    github.comment(issue, "because", by="writer")
    github.unlock_issue(issue, by="writer")
    github.comment(issue, "thanks", by="stranger")
    assert [one.body for one in issue.comments] == ["because", "thanks"]


async def test_a_private_repository_is_closed_to_strangers(
    github: GitHubStandIn, issue: Issue
) -> None:
    github.set_visibility(issue.repository, is_private=True, by="octo")
    with pytest.raises(NotAllowedError):
        github.comment(issue, "hello", by="stranger")
    github.comment(issue, "hello", by="reader")


async def test_an_archived_repository_takes_nothing(github: GitHubStandIn, issue: Issue) -> None:
    github.set_archived(issue.repository, is_archived=True, by="octo")
    with pytest.raises(NotAllowedError):
        github.comment(issue, "hello", by="octo")
    with pytest.raises(NotAllowedError):
        github.open_issue(issue.repository, "Another", by="octo")


async def test_an_issue_moves_only_within_one_owner(github: GitHubStandIn, issue: Issue) -> None:
    foreign = github.create_repository("writer", "mine", collaborators={"octo": Role.WRITE})
    with pytest.raises(NotAllowedError):
        github.transfer_issue(issue, foreign, by="octo")


async def test_a_moved_issue_takes_its_conversation_along(
    github: GitHubStandIn, issue: Issue
) -> None:
    other = github.create_repository("octo", "other")
    github.label(issue, "bug", by="writer")
    github.label(issue, "here only", by="writer")
    github.label(github.open_issue(other, "x", by="octo"), "bug", by="octo")
    comment = github.comment(issue, "kept", by="reader")
    moved = github.transfer_issue(issue, other, by="octo")
    assert (moved.comments, comment.issue) == ([comment], moved)
    assert [one.name for one in moved.labels] == ["bug"]
    assert moved.id != issue.id
    assert issue.number not in issue.repository.issues


async def test_names_are_unique(github: GitHubStandIn, repository: Repository) -> None:
    with pytest.raises(ValueError, match="taken"):
        github.add_user("OCTO")
    with pytest.raises(ValueError, match="taken"):
        github.rename_user("octo", "admin")
    with pytest.raises(ValueError, match="exists"):
        github.create_repository("octo", "Tools")
    with pytest.raises(LookupError):
        github.state.account("nobody")
    with pytest.raises(LookupError):
        github.state.repository("octo/nothing")


async def test_the_app_is_installed_once_on_an_account(github: GitHubStandIn, issue: Issue) -> None:
    with pytest.raises(ValueError, match="installed"):
        github.install_app("octo")


async def test_ids_are_large_and_grow(github: GitHubStandIn, issue: Issue) -> None:
    first, second = (github.comment(issue, text, by="reader") for text in ("a", "b"))
    assert 2**31 < first.id < second.id
    assert first.node_id != second.node_id


async def test_ids_come_again_with_the_seed(registration: Registration, clock: Clock) -> None:
    def ids(seed: int) -> tuple[int, int]:
        github = GitHubStandIn(
            now=clock, faults=Faults(), registration=registration, webhook_url="", seed=seed
        )
        return github.add_user("octo").id, github.create_repository("octo", "tools").id

    assert ids(1) == ids(1)
    assert ids(1) != ids(2)


async def test_a_timeline_tells_who_did_what(github: GitHubStandIn, issue: Issue) -> None:
    github.label(issue, "bug", by="triager")
    github.assign(issue, "writer", "stranger", by="triager")
    comment = github.comment(issue, "hm", by="reader")
    assert [(one.kind, one.by.login, one.detail) for one in issue.timeline] == [
        ("opened", "stranger", ""),
        ("labeled", "triager", "bug"),
        ("assigned", "triager", "writer"),
        ("commented", "reader", str(comment.id)),
    ]
    assert issue.has_label("BUG")


async def test_a_pull_request_can_remove_a_file_and_only_pull_requests_are_merged(
    github: GitHubStandIn, issue: Issue
) -> None:
    files = {"docs/use.md": None, "new.md": "New\n"}
    pull = github.open_pull_request(issue.repository, "Tidy", files, by="writer", branch="tidy")
    github.push_to_pull_request(pull, {"new.md": "Newer\n"}, by="writer")
    assert pull.pull_request is not None
    assert issue.repository.branches["tidy"] == pull.pull_request.head_sha
    github.merge(pull, by="writer")
    paths = issue.repository.objects.files(issue.repository.branches["main"])
    assert sorted(paths) == ["README.md", "new.md", "src/a/b.py"]
    with pytest.raises(ValueError, match="no pull request"):
        github.merge(issue, by="writer")
    with pytest.raises(ValueError, match="no pull request"):
        github.push_to_pull_request(issue, {}, by="writer")


async def test_a_bot_is_never_assigned_and_an_app_page_is_its_address(
    github: GitHubStandIn, issue: Issue
) -> None:
    github.add_user("other[bot]", "Bot")
    github.comment(issue, "beep", by="other[bot]")
    github.assign(issue, "other[bot]", by="octo")
    assert issue.assignees == []
    assert not issue.comments[0].is_via_app


async def test_contributors_and_owners_are_told_apart(github: GitHubStandIn, issue: Issue) -> None:
    pull = github.open_pull_request(issue.repository, "Fix", {"a": "b"}, by="stranger")
    repository = issue.repository
    stranger, octo, writer = (github.state.account(n) for n in ("stranger", "octo", "writer"))
    assert association_of(repository, stranger) is Association.NONE
    github.merge(pull, by="octo")
    assert association_of(repository, stranger) is Association.CONTRIBUTOR
    assert association_of(repository, octo) is Association.OWNER
    assert association_of(repository, writer) is Association.COLLABORATOR
