"""Who may do what in a repository, as GitHub documents it."""

from __future__ import annotations

from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.rehearsal.github.state import Account, Issue, Repository


class Role(IntEnum):
    """A person's role in a repository; a larger one includes the smaller ones."""

    NONE = 0
    """No access, not even to look at a private repository."""
    READ = 1
    """May look, open issues and comment; everybody has it in a public repository."""
    TRIAGE = 2
    """May label, assign and close issues, but not push."""
    WRITE = 3
    """May push, and moderate conversations."""
    MAINTAIN = 4
    """May manage the repository without destructive actions."""
    ADMIN = 5
    """May do everything."""

    @property
    def slug(self) -> str:
        """The role's name in `role_name`."""
        return self.name.lower()

    @property
    def legacy_permission(self) -> str:
        """The name in `permission`, which knows no triage and no maintain."""
        legacy = {Role.MAINTAIN: Role.WRITE, Role.TRIAGE: Role.READ}
        return legacy.get(self, self).slug


class Association(StrEnum):
    """How an author relates to a repository, in `author_association`."""

    OWNER = "OWNER"
    """The person who owns the repository."""
    MEMBER = "MEMBER"
    """A public member of the organisation that owns it."""
    COLLABORATOR = "COLLABORATOR"
    """Invited to this repository."""
    CONTRIBUTOR = "CONTRIBUTOR"
    """Has a commit in it, or is a member who keeps the membership private."""
    NONE = "NONE"
    """Anybody else."""


def role_of(repository: Repository, account: Account) -> Role:
    """Give the highest role that anything grants this account."""
    role = repository.collaborators.get(account.id, Role.NONE)
    if account is repository.owner:
        role = Role.ADMIN
    membership = repository.owner.members.get(account.id)
    if membership is not None:
        granted = Role.ADMIN if membership.is_owner else repository.owner.members_role
        role = max(role, granted)
    return max(role, Role.NONE if repository.is_private else Role.READ)


def may_be_assigned(repository: Repository, account: Account) -> bool:
    """Whether every issue of the repository can be given to this account."""
    if account.is_bot or account.is_organization:
        return False
    role = role_of(repository, account)
    is_member = account.id in repository.owner.members and role >= Role.READ
    return role >= Role.WRITE or is_member


def may_be_assigned_to(issue: Issue, account: Account) -> bool:
    """Whether this issue can be given to this account: whoever commented on it counts too."""
    if may_be_assigned(issue.repository, account):
        return True
    if account.is_bot or role_of(issue.repository, account) < Role.READ:
        return False
    return any(comment.author is account for comment in issue.comments)


def association_of(repository: Repository, account: Account) -> Association:
    """Say how an author relates to the repository, as it is shown to a GitHub App."""
    if account is repository.owner:
        return Association.OWNER
    membership = repository.owner.members.get(account.id)
    if membership is not None:
        return Association.MEMBER if membership.is_public else Association.CONTRIBUTOR
    if account.id in repository.collaborators:
        return Association.COLLABORATOR
    if account.id in repository.contributor_ids:
        return Association.CONTRIBUTOR
    return Association.NONE
