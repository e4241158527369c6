"""Changes of an issue as a whole."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from app.rehearsal.github.changes import labels as label_changes
from app.rehearsal.github.changes.timeline import note, tell
from app.rehearsal.github.git import Commit
from app.rehearsal.github.shapes.issues import webhook_issue
from app.rehearsal.github.shapes.repositories import webhook_repository
from app.rehearsal.github.site import Site
from app.rehearsal.github.state import Account, Issue, PullRequest, Repository

CLOSING: Final = re.compile(
    r"\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):? #(\d{1,9})\b", re.IGNORECASE
)
"""How a text says which issues of the same repository it closes."""


def new_issue(
    site: Site,
    repository: Repository,
    *,
    title: str,
    body: str | None,
    by: Account,
    is_via_app: bool = False,
    pull: PullRequest | None = None,
) -> Issue:
    """Put an issue under the repository's next number, without telling anybody."""
    now = site.state.now()
    number, node_id = site.state.next_ids("issue")
    repository.last_number += 1
    issue = Issue(
        id=number,
        node_id=node_id,
        repository=repository,
        number=repository.last_number,
        title=title,
        body=body,
        author=by,
        is_via_app=is_via_app,
        created_at=now,
        updated_at=now,
        pull_request=pull,
    )
    repository.issues[issue.number] = issue
    note(site, issue, by, "opened")
    return issue


def open_issue(
    site: Site,
    repository: Repository,
    *,
    title: str,
    body: str | None,
    by: Account,
    labels: Sequence[str] = (),
    is_via_app: bool = False,
) -> Issue:
    """Open an issue; labels that come with it are announced one by one after it."""
    issue = new_issue(site, repository, title=title, body=body, by=by, is_via_app=is_via_app)
    found = [label_changes.find_or_create(site, repository, name, by) for name in labels]
    issue.labels.extend(found)
    tell(site, "opened", issue, by)
    for label in found:
        note(site, issue, by, "labeled", label.name)
        label_changes.tell(site, "labeled", issue, label, by)
    return issue


def edit(
    site: Site, issue: Issue, by: Account, *, title: str | None = None, body: str | None = None
) -> None:
    """Change title or body; what stays the same is not told."""
    changes: dict[str, Any] = {}
    if title is not None and title != issue.title:
        changes["title"] = {"from": issue.title}
        note(site, issue, by, "renamed", title)
        issue.title = title
    if body is not None and body != issue.body:
        changes["body"] = {"from": issue.body or ""}
        note(site, issue, by, "edited")
        issue.body = body
    if changes:
        tell(site, "edited", issue, by, changes=changes)


def close(
    site: Site,
    issue: Issue,
    by: Account,
    reason: str = "completed",
    *,
    closer: Commit | Issue | None = None,
) -> None:
    """Close an issue as completed, not_planned or duplicate."""
    if issue.state == "closed":
        issue.state_reason = reason
        return
    issue.closed_at = note(site, issue, by, "closed", reason, closer=closer)
    issue.state, issue.closed_by = "closed", by
    issue.state_reason = reason if issue.pull_request is None else None
    tell(site, "closed", issue, by)


def close_named(
    site: Site, repository: Repository, words: str, by: Account, closer: Commit | Issue
) -> None:
    """Close the issues that a commit or a pull request says it fixes, once it is in the branch."""
    for number in CLOSING.findall(words):
        issue = repository.issues.get(int(number))
        if issue is not None and issue.pull_request is None:
            close(site, issue, by, closer=closer)


def reopen(site: Site, issue: Issue, by: Account) -> None:
    """Open a closed issue again."""
    if issue.state == "open":
        return
    note(site, issue, by, "reopened")
    issue.state, issue.closed_at, issue.closed_by = "open", None, None
    issue.state_reason = "reopened" if issue.pull_request is None else None
    tell(site, "reopened", issue, by)


def lock(site: Site, issue: Issue, by: Account, reason: str | None = None) -> None:
    """Let nobody but collaborators with write access comment any more."""
    if issue.is_locked:
        return
    note(site, issue, by, "locked", reason or "")
    issue.is_locked, issue.lock_reason = True, reason
    tell(site, "locked", issue, by)


def unlock(site: Site, issue: Issue, by: Account) -> None:
    """Let everybody comment again."""
    if not issue.is_locked:
        return
    note(site, issue, by, "unlocked")
    issue.is_locked, issue.lock_reason = False, None
    tell(site, "unlocked", issue, by)


def delete(site: Site, issue: Issue, by: Account) -> None:
    """Delete an issue for ever; its number answers 410 from now on."""
    note(site, issue, by, "deleted")
    del issue.repository.issues[issue.number]
    site.state.deleted_issues.add((issue.repository.id, issue.number))
    for comment in issue.all_comments:
        site.state.comments.pop(comment.id, None)
    tell(site, "deleted", issue, by)


def transfer(site: Site, issue: Issue, to: Repository, by: Account) -> Issue:
    """Move an issue with its conversation; the old number answers with a redirection.

    The moved issue has a new id and number. Comments keep theirs, labels go along where the new
    repository has them too, assignees where they can be assigned there.
    """
    moved = new_issue(site, to, title=issue.title, body=issue.body, by=issue.author)
    note(site, issue, by, "transferred", f"{to.full_name}#{moved.number}")
    moved.created_at, moved.state, moved.state_reason = (
        issue.created_at,
        issue.state,
        issue.state_reason,
    )
    moved.closed_at, moved.closed_by = issue.closed_at, issue.closed_by
    moved.all_comments = issue.all_comments
    for comment in moved.all_comments:
        comment.issue = moved
    names = [label.name.lower() for label in issue.labels]
    moved.reactions, moved.assignees = issue.reactions, list(issue.assignees)
    moved.labels = [to.labels[name] for name in names if name in to.labels]
    changes = {
        "new_issue": webhook_issue(site.state, moved),
        "new_repository": webhook_repository(site.state, to),
    }
    tell(site, "transferred", issue, by, changes=changes)
    came_from = {
        "old_issue": webhook_issue(site.state, issue),
        "old_repository": webhook_repository(site.state, issue.repository),
    }
    tell(site, "opened", moved, by, changes=came_from)
    del issue.repository.issues[issue.number]
    site.state.moved_issues[issue.repository.id, issue.number] = moved
    return moved
