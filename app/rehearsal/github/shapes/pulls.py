"""Pull requests as JSON."""

from __future__ import annotations

from typing import Any, Final

from app.rehearsal.github.answers import instant_or_none
from app.rehearsal.github.git import Objects
from app.rehearsal.github.shapes.accounts import simple_user, simple_user_or_none
from app.rehearsal.github.shapes.issues import full_label, issue, issue_html_url
from app.rehearsal.github.shapes.repositories import api_url, html_url, minimal_repository
from app.rehearsal.github.state import Account, Issue, PullRequest, Repository, State

KEPT_FROM_ISSUE = (
    *("id", "number", "state", "locked", "active_lock_reason", "title", "user", "body", "labels"),
    *("milestone", "assignees", "created_at", "updated_at", "closed_at", "author_association"),
    *("comments", "html_url", "comments_url"),
)


MERGEABLE_STATES: Final = {True: "clean", False: "dirty", None: "unknown"}
"""How GitHub calls what `mergeable` says."""


def proposed_files(repository: Repository, pull: PullRequest) -> dict[str, str]:
    """Give what a pull request changes, since its branch left the one that it goes into."""
    base_sha = repository.objects.merge_base(pull.base_sha, pull.head_sha)
    return changed_files(repository.objects, base_sha, pull.head_sha)


def changed_files(objects: Objects, base_sha: str, head_sha: str) -> dict[str, str]:
    """Give `path → added | modified | removed` between two commits."""
    before, after = objects.files(base_sha), objects.files(head_sha)
    changes = {path: "added" for path in after if path not in before}
    changes |= {path: "removed" for path in before if path not in after}
    both = before.keys() & after.keys()
    changes |= {path: "modified" for path in both if before[path] != after[path]}
    return dict(sorted(changes.items()))


def pull_request(
    state: State, one: Issue, pull: PullRequest, *, is_mergeable: bool | None = None
) -> dict[str, Any]:
    """Write a pull request as its route answers it; `is_mergeable` is None while nobody knows."""
    repository = one.repository
    api, html = api_url(state, repository), issue_html_url(state, one)
    url = f"{api}/pulls/{one.number}"
    whole = issue(state, one)
    head_owner = pull.from_fork_of or repository.owner
    links = {
        "self": url,
        "html": html,
        "issue": f"{api}/issues/{one.number}",
        "comments": f"{api}/issues/{one.number}/comments",
        "review_comments": f"{url}/comments",
        "review_comment": f"{api}/pulls/comments{{/number}}",
        "commits": f"{url}/commits",
        "statuses": f"{api}/statuses/{pull.head_sha}",
    }
    return {name: whole[name] for name in KEPT_FROM_ISSUE} | {
        "id": pull.id,
        "node_id": pull.node_id,
        "url": url,
        "diff_url": f"{html}.diff",
        "patch_url": f"{html}.patch",
        **{f"{name}_url": address for name, address in links.items() if name != "self"},
        "html_url": html,
        "requested_reviewers": [],
        "requested_teams": [],
        "head": _end(state, one, pull.head_ref, pull.head_sha, head_owner),
        "base": _end(state, one, pull.base_ref, pull.base_sha, repository.owner),
        "_links": {name: {"href": address} for name, address in links.items()},
        "auto_merge": None,
        "draft": False,
        "merged": pull.merged_at is not None,
        "merged_at": instant_or_none(pull.merged_at),
        "merged_by": simple_user_or_none(state, pull.merged_by),
        "mergeable": is_mergeable,
        "rebaseable": is_mergeable,
        "mergeable_state": MERGEABLE_STATES[is_mergeable],
        "review_comments": 0,
        "maintainer_can_modify": False,
        "commits": pull.commits_count,
        "additions": 1,
        "deletions": 0,
        "changed_files": len(proposed_files(repository, pull)),
    }


def webhook_pull_request(state: State, one: Issue, pull: PullRequest) -> dict[str, Any]:
    """Write a pull request as webhooks carry it: with the first assignee by himself as well."""
    first = one.assignees[0] if one.assignees else None
    return pull_request(state, one, pull) | {
        "assignee": simple_user_or_none(state, first),
        "labels": [full_label(state, one.repository, each) for each in one.labels],
        "merge_commit_sha": None,
    }


def _end(state: State, one: Issue, ref: str, sha: str, owner: Account) -> dict[str, Any]:
    """Write one end of a pull request; a fork is shown as the repository with another owner."""
    repository = minimal_repository(state, one.repository)
    if owner is not one.repository.owner:
        full_name = f"{owner.login}/{one.repository.name}"
        repository |= {"owner": simple_user(state, owner), "full_name": full_name, "fork": True}
    return {
        "label": f"{owner.login}:{ref}",
        "ref": ref,
        "sha": sha,
        "user": simple_user(state, owner),
        "repo": repository,
    }


def diff_entry(state: State, one: Issue, path: str, status: str, head_sha: str) -> dict[str, Any]:
    """Write one changed file; the stand-in keeps no line counts."""
    repository = one.repository
    html = html_url(state, repository)
    entry = repository.objects.find(head_sha, path)
    return {
        "sha": None if entry is None else entry.sha,
        "filename": path,
        "status": status,
        "additions": 1,
        "deletions": 0,
        "changes": 1,
        "blob_url": f"{html}/blob/{head_sha}/{path}",
        "raw_url": f"{html}/raw/{head_sha}/{path}",
        "contents_url": f"{api_url(state, repository)}/contents/{path}?ref={head_sha}",
    }
