"""The ids of the trade, each its own type, so that none is taken for another; no I/O.

Our own ids are random (UUIDv7, as text of 32 hexadecimal digits): a sequence would replay
idempotency keys after a database was reset. GitHub's numeric ids are keys; names are for display.
"""

from __future__ import annotations

from typing import NewType

TicketId = NewType("TicketId", str)
"""A ticket: 32 hexadecimal digits."""

PersonId = NewType("PersonId", str)
"""A person, whatever accounts they have: 32 hexadecimal digits."""

ConversationId = NewType("ConversationId", str)
"""A conversation with one home and later several mouths: 32 hexadecimal digits."""

RepositoryId = NewType("RepositoryId", int)
"""GitHub's numeric repository id."""

InstallationId = NewType("InstallationId", int)
"""GitHub's numeric id of one installation of the App."""

UserId = NewType("UserId", int)
"""GitHub's numeric user id."""

Lane = NewType("Lane", str)
"""Where things happen one after another: a conversation, a repository, or a provider's object."""

Token = NewType("Token", str)
"""The public token of a ticket's pages: at least 128 random bits, URL-safe. It is not a secret."""


def conversation_lane(repository: RepositoryId, issue: int) -> Lane:
    """Give the lane of a conversation whose home is a GitHub issue (its id, not its number)."""
    return Lane(f"github:{repository}:{issue}")


def repository_lane(repository: RepositoryId) -> Lane:
    """Give the lane of what concerns a whole repository: its policy, its name, its visibility."""
    return Lane(f"github:{repository}")


def proposal_lane(repository: RepositoryId, proposal: int | str) -> Lane:
    """Give the lane of a change that is proposed: a pull request's number, or a commit."""
    return Lane(f"github:{repository}:proposal:{proposal}")


def installation_lane(installation: InstallationId) -> Lane:
    """Give the lane of what concerns a whole installation."""
    return Lane(f"installation:{installation}")


def object_lane(provider: str, external_id: str) -> Lane:
    """Give the lane of a provider's object of which we do not know yet whose it is."""
    return Lane(f"{provider}:{external_id}")
