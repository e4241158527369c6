"""Changes of who an issue is given to."""

from __future__ import annotations

from collections.abc import Iterable

from app.rehearsal.github.changes import timeline
from app.rehearsal.github.roles import may_be_assigned_to
from app.rehearsal.github.shapes.accounts import simple_user
from app.rehearsal.github.site import Site
from app.rehearsal.github.state import ASSIGNEES_MAX, Account, Issue


def add(site: Site, issue: Issue, logins: Iterable[str], by: Account) -> None:
    """Assign people. Who cannot be assigned, or comes after the tenth, is dropped in silence."""
    for login in logins:
        account = site.state.find_account(login)
        if account is None or account in issue.assignees:
            continue
        if len(issue.assignees) >= ASSIGNEES_MAX or not may_be_assigned_to(issue, account):
            continue
        issue.assignees.append(account)
        timeline.note(site, issue, by, "assigned", account.login)
        timeline.tell(site, "assigned", issue, by, assignee=simple_user(site.state, account))


def remove(site: Site, issue: Issue, logins: Iterable[str], by: Account) -> None:
    """Take people off an issue; who was not assigned is passed over in silence."""
    for login in logins:
        account = site.state.find_account(login)
        if account is None or account not in issue.assignees:
            continue
        issue.assignees.remove(account)
        timeline.note(site, issue, by, "unassigned", account.login)
        timeline.tell(site, "unassigned", issue, by, assignee=simple_user(site.state, account))
