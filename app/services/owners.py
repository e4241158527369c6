"""Whose a repository is: what one owner has agreed to is no word of the next one's."""

from __future__ import annotations

from sqlmodel import Session

from app.domain.adoption import PolicyState
from app.domain.effects import ReadPolicy
from app.domain.events import AccessChanged, RepositorySeen
from app.domain.ids import InstallationId, RepositoryId, repository_lane
from app.services import record
from app.services.context import Context
from app.store import installations, policies
from app.store.installations import Repository
from app.store.policies import Reading


def keep(
    session: Session,
    seen: RepositorySeen,
    installation: InstallationId,
    context: Context,
    *,
    is_transferred: bool = False,
) -> bool:
    """Remember a repository as it was just seen; say whether another owner has to agree now.

    What is sold goes on under its file, and nothing new is sold. Whoever calls sees to the rest, as
    `heed` does.
    """
    before = installations.repository(session, seen.id)
    installations.save_repository(session, seen, installation, now=context.now)
    is_handed_over = _has_another_owner(before, seen, is_transferred=is_transferred)
    if not is_handed_over or policies.in_force(session, seen.id) is None:
        return False
    handed = Reading(repository=seen.id, state=PolicyState.HANDED_OVER)
    policies.record(session, handed, now=context.now)
    return True


def heed(
    session: Session, seen: RepositorySeen, installation: InstallationId, context: Context
) -> None:
    """Remember a repository; where another owner has to agree now, ask them, and tell its tickets.

    Its file is read once more, because its check run is what asks.
    """
    if keep(session, seen, installation, context):
        tell(session, seen.id, installation, context)
        cause = f"{context.key}:owner"
        order = ReadPolicy(installation=installation, repository=seen.id, cause=cause)
        record.effects(session, [order], context)


def tell(
    session: Session,
    repository: RepositoryId,
    installation: InstallationId | None,
    context: Context,
    *,
    is_for_good: bool = True,
) -> None:
    """Have the open tickets of a repository told whether the App reaches their threads.

    In an archived repository nobody can write: that is like a suspension.
    """
    known = installations.repository(session, repository)
    if installation is not None and known is not None and known.is_archived:
        installation, is_for_good = None, False
    changed = AccessChanged(
        repository=repository, installation=installation, is_for_good=is_for_good
    )
    key = f"{context.key}:access:{repository}"
    record.event(session, changed, context, key=key, lane=repository_lane(repository))


def _has_another_owner(
    before: Repository | None, seen: RepositorySeen, *, is_transferred: bool
) -> bool:
    """Compare the owners by number: a rename keeps it, and of a transfer we may not be told."""
    known = before.owner_id if before is not None else None
    if known is None or seen.owner_id is None:
        return is_transferred
    return known != seen.owner_id
