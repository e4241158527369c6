"""What every change of an issue ends with: a line in its timeline, and a webhook."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.rehearsal.github.git import Commit
from app.rehearsal.github.shapes.issues import webhook_issue
from app.rehearsal.github.shapes.pulls import webhook_pull_request
from app.rehearsal.github.site import Site
from app.rehearsal.github.state import Account, Issue, TimelineEntry


def note(
    site: Site,
    issue: Issue,
    by: Account,
    kind: str,
    detail: str = "",
    *,
    closer: Commit | Issue | None = None,
) -> datetime:
    """Write an entry into an issue's timeline, and mark the issue as updated now."""
    now = site.state.now()
    issue.updated_at = now
    issue.timeline.append(TimelineEntry(now, by, kind, detail, closer))
    return now


def tell(site: Site, action: str, issue: Issue, by: Account, **fields: Any) -> None:
    """Send `issues`, or `pull_request` for an issue that is one."""
    body: dict[str, Any] = {"action": action}
    if issue.pull_request is None:
        event = "issues"
        body["issue"] = webhook_issue(site.state, issue)
    else:
        event = "pull_request"
        body["number"] = issue.number
        body["pull_request"] = webhook_pull_request(site.state, issue, issue.pull_request)
    site.hooks.emit(event, body | fields, repository=issue.repository, by=by)
