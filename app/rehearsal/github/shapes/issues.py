"""Issues, comments, labels and reactions as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from app.rehearsal.github.answers import instant, instant_or_none
from app.rehearsal.github.roles import association_of
from app.rehearsal.github.shapes.accounts import simple_user, simple_user_or_none
from app.rehearsal.github.shapes.apps import integration
from app.rehearsal.github.shapes.repositories import api_url, html_url
from app.rehearsal.github.state import (
    Comment,
    Issue,
    Label,
    Reaction,
    Repository,
    State,
    TimelineEntry,
)

REACTIONS: Final = ("+1", "-1", "laugh", "hooray", "confused", "heart", "rocket", "eyes")


def label(state: State, repository: Repository, one: Label) -> dict[str, Any]:
    """Write a label as webhooks and issues carry it."""
    return {
        "id": one.id,
        "node_id": one.node_id,
        "url": f"{api_url(state, repository)}/labels/{one.name.replace(' ', '%20')}",
        "name": one.name,
        "color": one.color,
        "default": False,
        "description": one.description,
    }


def full_label(state: State, repository: Repository, one: Label) -> dict[str, Any]:
    """Write a label as the label routes do."""
    return label(state, repository, one) | {"archived_at": None, "archived_by": None}


def reaction(state: State, one: Reaction) -> dict[str, Any]:
    """Write one reaction."""
    return {
        "id": one.id,
        "node_id": one.node_id,
        "user": simple_user(state, one.account),
        "content": one.content,
        "created_at": instant(one.created_at),
    }


def rollup(url: str, reactions: Sequence[Reaction]) -> dict[str, Any]:
    """Count the reactions of each kind."""
    counts = {kind: sum(one.content == kind for one in reactions) for kind in REACTIONS}
    return {"url": f"{url}/reactions", "total_count": len(reactions), **counts}


def comment(state: State, one: Comment) -> dict[str, Any]:
    """Write a comment, for answers and for webhooks."""
    issue, repository = one.issue, one.issue.repository
    url = f"{api_url(state, repository)}/issues/comments/{one.id}"
    return {
        "url": url,
        "html_url": f"{issue_html_url(state, issue)}#issuecomment-{one.id}",
        "issue_url": f"{api_url(state, repository)}/issues/{issue.number}",
        "id": one.id,
        "node_id": one.node_id,
        "user": simple_user(state, one.author),
        "created_at": instant(one.created_at),
        "updated_at": instant(one.updated_at),
        "body": one.body,
        "author_association": association_of(repository, one.author),
        "reactions": rollup(url, one.reactions),
        "performed_via_github_app": integration(state) if one.is_via_app else None,
    }


def labeled_event(state: State, one: Issue, number: int, entry: TimelineEntry) -> dict[str, Any]:
    """Write that a label was put on an issue; ``number`` is its place in the timeline."""
    label_now = one.repository.labels.get(entry.detail.lower())
    event = one.id * 1000 + number
    return {
        "id": event,
        "node_id": f"LE_{event}",
        "url": f"{api_url(state, one.repository)}/issues/events/{event}",
        "actor": simple_user(state, entry.by),
        "event": entry.kind,
        "commit_id": None,
        "commit_url": None,
        "created_at": instant(entry.at),
        "performed_via_github_app": integration(state) if entry.by is state.app.bot else None,
        "label": {"name": entry.detail, "color": label_now.color if label_now else "ededed"},
    }


def issue_html_url(state: State, one: Issue) -> str:
    """Give the address of the page that shows an issue or a pull request."""
    kind = "issues" if one.pull_request is None else "pull"
    return f"{html_url(state, one.repository)}/{kind}/{one.number}"


def issue(state: State, one: Issue) -> dict[str, Any]:
    """Write an issue as routes answer it."""
    return _issue(state, one) | {
        "labels": [label(state, one.repository, each) for each in one.labels],
        "closed_by": simple_user_or_none(state, one.closed_by),
    }


def webhook_issue(state: State, one: Issue) -> dict[str, Any]:
    """Write an issue as webhooks carry it: with the first assignee by himself as well."""
    first = one.assignees[0] if one.assignees else None
    return _issue(state, one) | {
        "labels": [full_label(state, one.repository, each) for each in one.labels],
        "assignee": simple_user_or_none(state, first),
    }


def _issue(state: State, one: Issue) -> dict[str, Any]:
    repository = one.repository
    url = f"{api_url(state, repository)}/issues/{one.number}"
    written = {
        "url": url,
        "repository_url": api_url(state, repository),
        "labels_url": f"{url}/labels{{/name}}",
        "comments_url": f"{url}/comments",
        "events_url": f"{url}/events",
        "timeline_url": f"{url}/timeline",
        "html_url": issue_html_url(state, one),
        "id": one.id,
        "node_id": one.node_id,
        "number": one.number,
        "title": one.title,
        "user": simple_user(state, one.author),
        "state": one.state,
        "state_reason": one.state_reason,
        "locked": one.is_locked,
        "active_lock_reason": one.lock_reason,
        "assignees": [simple_user(state, account) for account in one.assignees],
        "milestone": None,
        "comments": len(one.comments),
        "created_at": instant(one.created_at),
        "updated_at": instant(one.updated_at),
        "closed_at": instant_or_none(one.closed_at),
        "author_association": association_of(repository, one.author),
        "body": one.body,
        "reactions": rollup(url, one.reactions),
        "performed_via_github_app": integration(state) if one.is_via_app else None,
    }
    if one.pull_request is not None:
        html = issue_html_url(state, one)
        written["draft"] = False
        written["pull_request"] = {
            "url": f"{api_url(state, repository)}/pulls/{one.number}",
            "html_url": html,
            "diff_url": f"{html}.diff",
            "patch_url": f"{html}.patch",
            "merged_at": instant_or_none(one.pull_request.merged_at),
        }
    return written
