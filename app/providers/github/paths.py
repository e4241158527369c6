"""Where things stand in a repository, and in GitHub's API; no I/O."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

from app.domain.conversations import Thread
from app.domain.ids import RepositoryId

POLICY_PATHS: Final = (".github/paid-support.yml", ".github/support.yml")
"""The first of them that exists is read: the second name is used by another App as well."""


def repository_path(repository: RepositoryId) -> str:
    """Give the path of a repository: its id outlives its names."""
    return f"repositories/{repository}"


def issue_path(thread: Thread) -> str:
    """Give the path of a thread's issue."""
    return f"{repository_path(thread.repository)}/issues/{thread.number}"


def comment_path(thread: Thread, comment: str) -> str:
    """Give the path of one comment; its id is unique in the whole repository."""
    return f"{repository_path(thread.repository)}/issues/comments/{quoted(comment)}"


def quoted(segment: str) -> str:
    """Write a name as one segment of a path."""
    return quote(segment, safe="")
