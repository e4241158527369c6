"""People, their identities and roles, and who may do what: one table; no I/O."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.domain.deliveries import Provider
from app.domain.ids import PersonId


@dataclass(frozen=True, slots=True)
class Identity:
    """An account somewhere, as a message from there names it."""

    provider: Provider
    external_id: str
    """The provider's own unchanging id of the account, as text."""
    login: str
    """The name of the account today; for display and mentions only."""
    is_bot: bool = False


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody we know, with the name by which the thread's channel mentions them."""

    id: PersonId
    login: str


class Permission(StrEnum):
    """What GitHub lets a person do in a repository, by a fresh check (its ``role_name``)."""

    ADMIN = "admin"
    """May do everything, including giving the repository away."""
    MAINTAIN = "maintain"
    """May manage the repository without its dangerous settings."""
    WRITE = "write"
    """May push."""
    TRIAGE = "triage"
    """May label and close."""
    READ = "read"
    """May read and comment."""
    NONE = "none"
    """Has no access."""

    @property
    def is_maintainer_of_money(self) -> bool:
        """Say whether acts about money are allowed to this permission."""
        return self in (Permission.ADMIN, Permission.MAINTAIN)
