"""Who an issue can be given to, and giving it."""

from __future__ import annotations

from typing import Final

from app.rehearsal.github.answers import Answer, not_found
from app.rehearsal.github.changes import assignees
from app.rehearsal.github.roles import may_be_assigned, may_be_assigned_to
from app.rehearsal.github.routes.issues import WRITE, names_of
from app.rehearsal.github.routing import Call, Table
from app.rehearsal.github.shapes.accounts import simple_user
from app.rehearsal.github.shapes.issues import issue as issue_shape

READ: Final = "issues:read"

table = Table()


@table.add("GET ~/assignees", {200: "list[SimpleUser]"}, needs=READ)
def list_assignees(call: Call) -> Answer:
    """List who can be assigned to any issue here."""
    accounts = call.state.accounts.values()
    found = [one for one in accounts if may_be_assigned(call.repository, one)]
    return call.page(found, lambda one: simple_user(call.state, one))


@table.add("GET ~/assignees/{login}", {204: None}, needs=READ)
def check_assignee(call: Call) -> Answer:
    """Say whether somebody can be assigned to any issue here."""
    account = call.state.find_account(call.parameters["login"])
    if account is None or not may_be_assigned(call.repository, account):
        raise not_found()
    return Answer(204)


@table.add(r"GET ~/issues/{number:\d+}/assignees/{login}", {204: None}, needs=READ)
def check_issue_assignee(call: Call) -> Answer:
    """Say whether somebody can be assigned to this issue: who commented on it can."""
    issue = call.issue()
    account = call.state.find_account(call.parameters["login"])
    if account is None or not may_be_assigned_to(issue, account):
        raise not_found()
    return Answer(204)


@table.add(
    r"POST ~/issues/{number:\d+}/assignees",
    {201: "Issue"},
    needs=WRITE,
    body="ReposOwnerRepoIssuesIssueNumberAssigneesPostBody",
)
def add_assignees(call: Call) -> Answer:
    """Assign people; the answer shows whom GitHub dropped in silence."""
    issue = call.issue()
    assignees.add(call.site, issue, names_of(call.body.get("assignees", []), "login"), call.bot)
    return Answer(201, issue_shape(call.state, issue))


@table.add(
    r"DELETE ~/issues/{number:\d+}/assignees",
    {200: "Issue"},
    needs=WRITE,
    body="ReposOwnerRepoIssuesIssueNumberAssigneesDeleteBody",
)
def remove_assignees(call: Call) -> Answer:
    """Take people off an issue."""
    issue = call.issue()
    logins = names_of(call.body.get("assignees", []), "login")
    assignees.remove(call.site, issue, logins, call.bot)
    return Answer(200, issue_shape(call.state, issue))
