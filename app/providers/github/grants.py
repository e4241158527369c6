"""What we may do at GitHub, and with which of our powers each thing is done; no I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from app.domain.conversations import Thread
from app.domain.ids import InstallationId, RepositoryId


class Scope(StrEnum):
    """A kind of work, and with it the permissions that its token has and no others."""

    THREAD = "thread"
    """Speak in issues, and ask who people are in the repository."""
    PEOPLE = "people"
    """Ask who people are in the repository, and nothing else."""
    CONTENTS = "contents"
    """Read files."""
    PROPOSALS = "proposals"
    """Read what pull requests change."""
    CLOSINGS = "closings"
    """Read what closed an issue."""
    CHECKS = "checks"
    """Show check runs."""


PERMISSIONS: Final[Mapping[Scope, Mapping[str, str]]] = MappingProxyType(
    {
        Scope.THREAD: MappingProxyType({"issues": "write", "metadata": "read"}),
        Scope.PEOPLE: MappingProxyType({"metadata": "read"}),
        Scope.CONTENTS: MappingProxyType({"contents": "read", "metadata": "read"}),
        Scope.PROPOSALS: MappingProxyType(
            {"contents": "read", "metadata": "read", "pull_requests": "read"}
        ),
        Scope.CLOSINGS: MappingProxyType(
            {"contents": "read", "issues": "read", "metadata": "read", "pull_requests": "read"}
        ),
        Scope.CHECKS: MappingProxyType({"checks": "write", "metadata": "read"}),
    }
)
"""All that the App asks its installations for is what stands here."""


@dataclass(frozen=True, slots=True)
class Grant:
    """Leave to do one kind of work in one repository: a token is minted for exactly that."""

    installation: InstallationId
    repository: RepositoryId
    scope: Scope


def grant_to_speak(thread: Thread) -> Grant:
    """Give the grant with which we speak in a thread."""
    return Grant(thread.installation, thread.repository, Scope.THREAD)


def grant_to_ask(installation: InstallationId, repository: RepositoryId) -> Grant:
    """Give the grant with which we ask who somebody is in a repository."""
    return Grant(installation, repository, Scope.PEOPLE)


def grant_to_read(installation: InstallationId, repository: RepositoryId) -> Grant:
    """Give the grant with which we read files."""
    return Grant(installation, repository, Scope.CONTENTS)


def grant_to_review(installation: InstallationId, repository: RepositoryId) -> Grant:
    """Give the grant with which we read what a pull request changes."""
    return Grant(installation, repository, Scope.PROPOSALS)


def grant_to_ask_why(thread: Thread) -> Grant:
    """Give the grant with which we read what closed an issue: a commit, or a pull request."""
    return Grant(thread.installation, thread.repository, Scope.CLOSINGS)


def grant_to_check(installation: InstallationId, repository: RepositoryId) -> Grant:
    """Give the grant with which we show check runs."""
    return Grant(installation, repository, Scope.CHECKS)
