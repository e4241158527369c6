"""What people do at GitHub, with the permissions that they need for it.

Each method changes the state as GitHub would, and sends the webhooks that follow from it. People
are named by their logins.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from app.rehearsal.github.changes import (
    assignees,
    checks,
    comments,
    installations,
    issues,
    labels,
    pulls,
    reactions,
    repositories,
)
from app.rehearsal.github.changes.repositories import Files
from app.rehearsal.github.git import Commit
from app.rehearsal.github.roles import Role, role_of
from app.rehearsal.github.site import Site
from app.rehearsal.github.state import (
    Account,
    CheckRun,
    Comment,
    Installation,
    Issue,
    Membership,
    Reaction,
    Repository,
    State,
)

README: Final[Files] = {"README.md": "# A repository\n"}


class NotAllowedError(Exception):
    """GitHub does not offer this to this person."""


class People:
    """The doors of GitHub that people use, as methods."""

    def __init__(self, site: Site) -> None:
        self.site = site

    @property
    def state(self) -> State:
        """Everything that GitHub knows, for inspection."""
        return self.site.state

    # Accounts

    def add_user(self, login: str, account_type: str = "User") -> Account:
        """Sign up; `Bot` makes the account of somebody else's App."""
        return self.state.add_account(login, account_type)

    def add_organization(self, login: str, *, owner: str) -> Account:
        """Create an organisation with its first owner."""
        account = self.state.add_account(login, "Organization")
        self.add_member(account, owner, is_owner=True)
        return account

    def add_member(
        self, organization: Account, login: str, *, is_owner: bool = False, is_public: bool = True
    ) -> None:
        """Make somebody a member of an organisation."""
        membership = Membership(is_owner=is_owner, is_public=is_public)
        organization.members[self.state.account(login).id] = membership

    def rename_user(self, login: str, new_login: str) -> None:
        """Take another login; the id stays, and the old login is free for anybody."""
        account = self.state.account(login)
        installations.rename(self.site, account, new_login, self._admin(account))

    # Repositories

    def create_repository(
        self,
        owner: str,
        name: str,
        *,
        is_private: bool = False,
        files: Files | None = None,
        collaborators: Mapping[str, Role] | None = None,
        description: str | None = None,
    ) -> Repository:
        """Create a repository with a first commit and its people."""
        account = self.state.account(owner)
        repository = repositories.create(
            self.site, account, name, is_private=is_private, description=description
        )
        by = self._admin(account)
        repositories.push(
            self.site, repository, README if files is None else files, by, message="Begin"
        )
        for login, role in (collaborators or {}).items():
            self.set_permission(repository, login, role)
        return repository

    def push(
        self,
        repository: Repository,
        files: Files,
        *,
        by: str,
        branch: str | None = None,
        message: str = "Update files",
    ) -> Commit:
        """Push one commit; None as a file's content deletes it."""
        account = self._person(repository, by, Role.WRITE)
        return repositories.push(
            self.site, repository, files, account, branch=branch, message=message
        )

    def set_permission(
        self, repository: Repository, login: str, role: Role, *, by: str | None = None
    ) -> None:
        """Give somebody a role in a repository; NONE takes it away."""
        admin = self._admin(repository.owner) if by is None else self.state.account(by)
        self._require(repository, admin, Role.ADMIN)
        repositories.set_role(self.site, repository, self.state.account(login), role, admin)

    def rename_repository(self, repository: Repository, name: str, *, by: str) -> None:
        """Give a repository another name."""
        account = self._person(repository, by, Role.ADMIN)
        repositories.rename(self.site, repository, name, account)

    def transfer_repository(self, repository: Repository, to: str, *, by: str) -> None:
        """Give a repository to another owner."""
        account = self._person(repository, by, Role.ADMIN)
        repositories.transfer(self.site, repository, self.state.account(to), account)

    def set_visibility(self, repository: Repository, *, is_private: bool, by: str) -> None:
        """Make a repository private or public."""
        account = self._person(repository, by, Role.ADMIN)
        repositories.set_visibility(self.site, repository, account, is_private=is_private)

    def set_archived(self, repository: Repository, *, is_archived: bool, by: str) -> None:
        """Archive a repository, or undo it."""
        account = self._person(repository, by, Role.ADMIN)
        repositories.set_archived(self.site, repository, account, is_archived=is_archived)

    def delete_repository(self, repository: Repository, *, by: str) -> None:
        """Delete a repository."""
        account = self._person(repository, by, Role.ADMIN)
        repositories.delete(self.site, repository, account)

    # Pull requests and check runs

    def open_pull_request(
        self,
        repository: Repository,
        title: str,
        files: Files,
        *,
        by: str,
        branch: str = "proposal",
        body: str | None = None,
    ) -> Issue:
        """Propose a commit; who may not push does it from a fork of his."""
        account = self._person(repository, by, Role.READ)
        is_from_fork = role_of(repository, account) < Role.WRITE
        return pulls.open_pull_request(
            self.site,
            repository,
            files,
            title=title,
            body=body,
            by=account,
            branch=branch,
            is_from_fork=is_from_fork,
        )

    def push_to_pull_request(self, issue: Issue, files: Files, *, by: str) -> None:
        """Push one more commit to a pull request."""
        pulls.synchronize(self.site, issue, files, self.state.account(by))

    def retarget(self, issue: Issue, base: str, *, by: str) -> None:
        """Let a pull request go into another branch."""
        pulls.retarget(self.site, issue, base, self._person(issue.repository, by, Role.WRITE))

    def merge(self, issue: Issue, *, by: str) -> None:
        """Merge a pull request; one that conflicts cannot be merged."""
        pulls.merge(self.site, issue, self._person(issue.repository, by, Role.WRITE))

    def rerun_check(self, run: CheckRun, *, by: str) -> None:
        """Press "Re-run" on a check run."""
        checks.rerequest(self.site, run, self._person(run.repository, by, Role.WRITE))

    def rerun_all_checks(self, run: CheckRun, *, by: str) -> None:
        """Press "Re-run all checks" where this check run is shown."""
        checks.rerequest_all(self.site, run, self._person(run.repository, by, Role.WRITE))

    def press_check_button(self, run: CheckRun, identifier: str, *, by: str) -> None:
        """Press a button on a check run."""
        account = self._person(run.repository, by, Role.WRITE)
        checks.press(self.site, run, identifier, account)

    # Issues

    def open_issue(
        self,
        repository: Repository,
        title: str,
        body: str | None = None,
        *,
        by: str,
        labels: Sequence[str] = (),
    ) -> Issue:
        """Open an issue. Labels may come from anybody: an issue form sets them."""
        if not repository.has_issues or repository.is_archived:
            raise NotAllowedError(f"{repository.full_name} takes no issues")
        account = self._person(repository, by, Role.READ)
        return issues.open_issue(
            self.site, repository, title=title, body=body, by=account, labels=labels
        )

    def edit_issue(
        self, issue: Issue, *, by: str, title: str | None = None, body: str | None = None
    ) -> None:
        """Change title or text of an issue."""
        issues.edit(self.site, issue, self._author_or(issue, by), title=title, body=body)

    def close_issue(self, issue: Issue, *, by: str, reason: str = "completed") -> None:
        """Close an issue as completed, not_planned or duplicate."""
        issues.close(self.site, issue, self._author_or(issue, by), reason)

    def reopen_issue(self, issue: Issue, *, by: str) -> None:
        """Open a closed issue again; its author cannot when a maintainer closed it."""
        account = self._author_or(issue, by)
        if issue.closed_by is not account:
            self._require(issue.repository, account, Role.TRIAGE)
        issues.reopen(self.site, issue, account)

    def lock_issue(self, issue: Issue, *, by: str, reason: str | None = None) -> None:
        """Lock a conversation."""
        account = self._person(issue.repository, by, Role.WRITE)
        issues.lock(self.site, issue, account, reason)

    def unlock_issue(self, issue: Issue, *, by: str) -> None:
        """Unlock a conversation."""
        issues.unlock(self.site, issue, self._person(issue.repository, by, Role.WRITE))

    def delete_issue(self, issue: Issue, *, by: str) -> None:
        """Delete an issue."""
        issues.delete(self.site, issue, self._person(issue.repository, by, Role.ADMIN))

    def transfer_issue(self, issue: Issue, to: Repository, *, by: str) -> Issue:
        """Move an issue to another repository of the same owner; gives the moved one."""
        account = self._person(issue.repository, by, Role.WRITE)
        self._require(to, account, Role.WRITE)
        if to.owner is not issue.repository.owner:
            raise NotAllowedError("an issue moves only between repositories of one owner")
        return issues.transfer(self.site, issue, to, account)

    def label(self, issue: Issue, name: str, *, by: str) -> None:
        """Put a label on an issue."""
        labels.add(self.site, issue, name, self._person(issue.repository, by, Role.TRIAGE))

    def unlabel(self, issue: Issue, name: str, *, by: str) -> None:
        """Take a label off an issue."""
        labels.remove(self.site, issue, name, self._person(issue.repository, by, Role.TRIAGE))

    def assign(self, issue: Issue, *logins: str, by: str) -> None:
        """Assign people; who cannot be assigned is dropped in silence."""
        account = self._person(issue.repository, by, Role.TRIAGE)
        assignees.add(self.site, issue, logins, account)

    def unassign(self, issue: Issue, *logins: str, by: str) -> None:
        """Take people off an issue."""
        account = self._person(issue.repository, by, Role.TRIAGE)
        assignees.remove(self.site, issue, logins, account)

    # Comments and reactions

    def comment(self, issue: Issue, body: str, *, by: str) -> Comment:
        """Comment on an issue; on a locked one only with write access."""
        if issue.repository.is_archived:
            raise NotAllowedError(f"{issue.repository.full_name} is archived")
        needed = Role.WRITE if issue.is_locked else Role.READ
        account = self._person(issue.repository, by, needed)
        return comments.create(self.site, issue, body, account)

    def edit_comment(self, comment: Comment, body: str, *, by: str) -> None:
        """Change a comment's text; somebody else's only with write access."""
        comments.edit(self.site, comment, body, self._comment_author_or(comment, by))

    def delete_comment(self, comment: Comment, *, by: str) -> None:
        """Delete a comment; somebody else's only with write access."""
        comments.delete(self.site, comment, self._comment_author_or(comment, by))

    def react(self, to: Issue | Comment, content: str, *, by: str) -> Reaction:
        """React to an issue or a comment."""
        issue = to.issue if isinstance(to, Comment) else to
        account = self._person(issue.repository, by, Role.READ)
        return reactions.add(self.site, to, content, account)[0]

    # The App

    def install_app(
        self, owner: str, *, repositories: Sequence[Repository] | None = None
    ) -> Installation:
        """Install the App on an account, for all its repositories or for chosen ones."""
        account = self.state.account(owner)
        return installations.install(self.site, account, self._admin(account), repositories)

    def uninstall_app(self, installation: Installation) -> None:
        """Remove the App from an account."""
        installations.uninstall(self.site, installation, self._admin(installation.account))

    def suspend_app(self, installation: Installation) -> None:
        """Suspend an installation."""
        installations.suspend(self.site, installation, self._admin(installation.account))

    def unsuspend_app(self, installation: Installation) -> None:
        """Let a suspended installation work again."""
        installations.unsuspend(self.site, installation, self._admin(installation.account))

    def choose_repositories(self, installation: Installation, chosen: Sequence[Repository]) -> None:
        """Choose which repositories an installation covers."""
        by = self._admin(installation.account)
        installations.choose(self.site, installation, chosen, by)

    def accept_permissions(
        self, installation: Installation, permissions: Mapping[str, str]
    ) -> None:
        """Accept other permissions for an installation; tokens issued before keep theirs."""
        by = self._admin(installation.account)
        installations.set_permissions(self.site, installation, dict(permissions), by)

    def ping(self) -> None:
        """Send the webhook's ping."""
        self.site.hooks.ping()

    # Who may

    def _person(self, repository: Repository, login: str, needed: Role) -> Account:
        account = self.state.account(login)
        self._require(repository, account, needed)
        return account

    def _require(self, repository: Repository, account: Account, needed: Role) -> None:
        role = role_of(repository, account)
        if role < needed:
            raise NotAllowedError(
                f"{account.login} has {role.slug} in {repository.full_name}, and would need "
                f"{needed.slug}"
            )

    def _author_or(self, issue: Issue, login: str) -> Account:
        needed = Role.READ if self.state.account(login) is issue.author else Role.TRIAGE
        return self._person(issue.repository, login, needed)

    def _comment_author_or(self, comment: Comment, login: str) -> Account:
        needed = Role.READ if self.state.account(login) is comment.author else Role.WRITE
        return self._person(comment.issue.repository, login, needed)

    def _admin(self, account: Account) -> Account:
        """Who acts for an account: itself, or an organisation's first owner."""
        for number, membership in account.members.items():
            if membership.is_owner:
                return self.state.accounts[number]
        return account
