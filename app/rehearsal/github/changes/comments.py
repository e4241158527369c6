"""Changes of comments."""

from __future__ import annotations

from typing import Any

from app.rehearsal.github.changes import timeline
from app.rehearsal.github.shapes import issues as shapes
from app.rehearsal.github.site import Site
from app.rehearsal.github.state import Account, Comment, Issue, Version


def create(
    site: Site, issue: Issue, body: str, by: Account, *, is_via_app: bool = False
) -> Comment:
    """Add a comment to an issue."""
    number, node_id = site.state.next_ids("comment")
    now = timeline.note(site, issue, by, "commented", str(number))
    comment = Comment(
        id=number,
        node_id=node_id,
        issue=issue,
        author=by,
        is_via_app=is_via_app,
        created_at=now,
        updated_at=now,
        versions=[Version(now, by, body)],
    )
    issue.all_comments.append(comment)
    site.state.comments[comment.id] = comment
    _tell(site, "created", comment, by)
    return comment


def edit(site: Site, comment: Comment, body: str, by: Account) -> None:
    """Replace a comment's text, keeping what it was; an equal text is no change."""
    if body == comment.body:
        return
    now = timeline.note(site, comment.issue, by, "comment_edited", str(comment.id))
    before = comment.body
    comment.versions.append(Version(now, by, body))
    comment.updated_at = now
    _tell(site, "edited", comment, by, changes={"body": {"from": before}})


def delete(site: Site, comment: Comment, by: Account) -> None:
    """Delete a comment; it stays in the issue's history for inspection, marked as deleted."""
    timeline.note(site, comment.issue, by, "comment_deleted", str(comment.id))
    comment.is_deleted = True
    del site.state.comments[comment.id]
    _tell(site, "deleted", comment, by)


def _tell(site: Site, action: str, comment: Comment, by: Account, **fields: Any) -> None:
    body = {
        "action": action,
        "issue": shapes.webhook_issue(site.state, comment.issue),
        "comment": shapes.comment(site.state, comment),
    }
    site.hooks.emit("issue_comment", body | fields, repository=comment.issue.repository, by=by)
