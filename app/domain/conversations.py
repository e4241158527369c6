"""Where people talk: threads and messages, whatever the channel; no I/O."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.domain.ids import InstallationId, Lane, RepositoryId, conversation_lane
from app.domain.people import Identity


class Channel(StrEnum):
    """A kind of place where a conversation is at home."""

    GITHUB = "github"
    """A GitHub issue."""


class Visibility(StrEnum):
    """Who can read a conversation."""

    PUBLIC = "public"
    """Everybody."""
    PRIVATE = "private"
    """Only those who may read the repository."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """One place of a conversation: all that is needed to speak there."""

    channel: Channel
    installation: InstallationId
    repository: RepositoryId
    issue: int
    """GitHub's numeric id of the issue: the key."""
    number: int
    """The issue's number in its repository: for its address."""

    @property
    def lane(self) -> Lane:
        """Give the lane in which everything about this conversation happens."""
        return conversation_lane(self.repository, self.issue)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What somebody wrote in a thread, once: an edit is not a message."""

    ref: str
    """The channel's own id of the message (a GitHub comment id); empty for the opening text."""
    author: Identity
    text: str
    sent_at: datetime
    is_ours: bool = False
    """It was posted by this App itself."""
