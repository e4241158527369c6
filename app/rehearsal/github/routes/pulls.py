"""Pull requests: what they are and what they change."""

from __future__ import annotations

from app.rehearsal.github.answers import Answer, not_found
from app.rehearsal.github.changes import pulls
from app.rehearsal.github.routing import Call, Table
from app.rehearsal.github.shapes import pulls as shapes
from app.rehearsal.github.state import Issue, PullRequest

table = Table()


def _pull(call: Call) -> tuple[Issue, PullRequest]:
    issue = call.issue()
    if issue.pull_request is None:
        raise not_found()
    return issue, issue.pull_request


@table.add(r"GET ~/pulls/{number:\d+}", {200: "PullRequest"}, needs="pull_requests:read")
def show_pull_request(call: Call) -> Answer:
    """Show a pull request, and find out whether it can be merged."""
    issue, pull = _pull(call)
    is_mergeable = pulls.try_merge(call.site, issue)
    return Answer(200, shapes.pull_request(call.state, issue, pull, is_mergeable=is_mergeable))


@table.add(r"GET ~/pulls/{number:\d+}/files", {200: "list[DiffEntry]"}, needs="pull_requests:read")
def list_files(call: Call) -> Answer:
    """List the files that a pull request changes."""
    issue, pull = _pull(call)
    changes = shapes.proposed_files(issue.repository, pull)
    return call.page(
        list(changes.items()),
        lambda one: shapes.diff_entry(call.state, issue, one[0], one[1], pull.head_sha),
    )
