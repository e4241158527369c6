"""Issues: show, change, lock."""

from __future__ import annotations

from typing import Any, Final

from app.rehearsal.github.answers import Answer, RefusalError, validation_failed
from app.rehearsal.github.changes import assignees, issues, labels
from app.rehearsal.github.roles import may_be_assigned_to
from app.rehearsal.github.routing import Call, Table
from app.rehearsal.github.shapes import issues as shapes
from app.rehearsal.github.state import BODY_CHARACTERS_MAX, Issue

READ: Final = "issues:read|pull_requests:read"
WRITE: Final = "issues:write|pull_requests:write"
NOT_KEPT: Final = ("duplicate_issue_id", "milestone", "issue_field_values", "type")
"""What a request may name by the description, but this stand-in does not keep."""

table = Table()


def check_body(resource: str, body: str | None) -> None:
    """Refuse a text that is longer than GitHub takes."""
    if body is not None and len(body) > BODY_CHARACTERS_MAX:
        sentence = f"Body is too long (maximum is {BODY_CHARACTERS_MAX} characters)"
        raise validation_failed(resource, "data", "unprocessable", sentence)


def names_of(given: list[Any], key: str) -> list[str]:
    """Read names that stand as strings or as objects."""
    return [one if isinstance(one, str) else str(one[key]) for one in given]


@table.add("GET ~/issues", {200: "list[Issue]"}, needs=READ)
def list_issues(call: Call) -> Answer:
    """List issues and pull requests, newest first."""
    if not call.repository.has_issues:
        raise RefusalError(410, "Issues are disabled for this repo")
    wanted = call.query.get("state", "open")
    label_names = [name for name in call.query.get("labels", "").split(",") if name]
    found = [
        issue
        for issue in reversed(call.repository.issues.values())
        if wanted in {"all", issue.state} and all(issue.has_label(name) for name in label_names)
    ]
    return call.page(found, lambda one: shapes.issue(call.state, one))


@table.add(
    "POST ~/issues", {201: "Issue"}, needs="issues:write", body="ReposOwnerRepoIssuesPostBody"
)
def create_issue(call: Call) -> Answer:
    """Open an issue as the bot."""
    if not call.repository.has_issues:
        raise RefusalError(410, "Issues are disabled for this repo")
    _refuse_not_kept(call.body)
    check_body("Issue", call.body.get("body"))
    issue = issues.open_issue(
        call.site,
        call.repository,
        title=str(call.body["title"]),
        body=call.body.get("body"),
        by=call.bot,
        labels=names_of(call.body.get("labels", []), "name"),
        is_via_app=True,
    )
    assignees.add(call.site, issue, call.body.get("assignees", []), call.bot)
    return Answer(201, shapes.issue(call.state, issue))


@table.add(r"GET ~/issues/{number:\d+}", {200: "Issue"}, needs=READ)
def show_issue(call: Call) -> Answer:
    """Show an issue or pull request."""
    return Answer(200, shapes.issue(call.state, call.issue()))


@table.add(
    r"PATCH ~/issues/{number:\d+}",
    {200: "ReposOwnerRepoIssuesIssueNumberPatchResponse200"},
    needs=WRITE,
    body="ReposOwnerRepoIssuesIssueNumberPatchBody",
)
def update_issue(call: Call) -> Answer:
    """Change title, text, state, labels or assignees."""
    issue, given, site, bot = call.issue(), call.body, call.site, call.bot
    _refuse_not_kept(given)
    check_body("Issue", given.get("body"))
    wanted = names_of(given.get("assignees") or [], "login")
    _refuse_unassignable(call, issue, wanted)
    title = given.get("title")
    text = given["body"] or "" if "body" in given else None
    issues.edit(site, issue, bot, title=None if title is None else str(title), body=text)
    if given.get("labels") is not None:
        _set_labels(call, issue, names_of(given["labels"], "name"))
    if given.get("assignees") is not None:
        gone = [one.login for one in issue.assignees if one.login not in wanted]
        assignees.remove(site, issue, gone, bot)
        assignees.add(site, issue, wanted, bot)
    if given.get("state") == "closed":
        issues.close(site, issue, bot, given.get("state_reason") or "completed")
    elif given.get("state") == "open":
        issues.reopen(site, issue, bot)
    return Answer(200, shapes.issue(call.state, issue))


@table.add(
    r"PUT ~/issues/{number:\d+}/lock",
    {204: None},
    needs=WRITE,
    body="ReposOwnerRepoIssuesIssueNumberLockPutBody",
)
def lock_issue(call: Call) -> Answer:
    """Lock a conversation."""
    issues.lock(call.site, call.issue(), call.bot, call.body.get("lock_reason"))
    return Answer(204)


@table.add(r"DELETE ~/issues/{number:\d+}/lock", {204: None}, needs=WRITE)
def unlock_issue(call: Call) -> Answer:
    """Unlock a conversation."""
    issues.unlock(call.site, call.issue(), call.bot)
    return Answer(204)


def _set_labels(call: Call, issue: Issue, names: list[str]) -> None:
    wanted = {name.lower() for name in names}
    for label in list(issue.labels):
        if label.name.lower() not in wanted:
            labels.remove(call.site, issue, label.name, call.bot)
    for name in names:
        labels.add(call.site, issue, name, call.bot)


def _refuse_not_kept(given: dict[str, Any]) -> None:
    for name in NOT_KEPT:
        if given.get(name) is not None:
            raise validation_failed("Issue", name, "unprocessable", "not kept by this stand-in")


def _refuse_unassignable(call: Call, issue: Issue, logins: list[str]) -> None:
    for login in logins:
        account = call.state.find_account(login)
        if account is None or not may_be_assigned_to(issue, account):
            raise validation_failed("Issue", "assignees", "invalid")
