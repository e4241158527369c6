"""Who installed the App, and for which repositories."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlmodel import Session

from app.domain.effects import Chosen, ReadPolicy
from app.domain.events import (
    AppInstalled,
    AppRemoved,
    RepositoriesChosen,
    RepositoryChanged,
    RepositorySeen,
)
from app.domain.ids import InstallationId
from app.services import record
from app.services.context import Context, Handled
from app.store import installations


def installed(session: Session, event: AppInstalled, context: Context) -> Handled:
    """Welcome an installation: remember its repositories, and have their files read."""
    installations.save_installation(
        session, event.installation, event.account, is_active=True, now=context.now
    )
    _add(session, event.installation, event.repositories, event.at, context)
    return Handled.DONE


def removed(session: Session, event: AppRemoved, context: Context) -> Handled:
    """Remember that an installation is gone or suspended; its tickets stay as they are."""
    installations.deactivate(session, event.installation, now=context.now)
    return Handled.DONE


def chosen(session: Session, event: RepositoriesChosen, context: Context) -> Handled:
    """Follow the repositories that an installation gained or lost."""
    _add(session, event.installation, event.added, event.at, context)
    for seen in event.removed:
        installations.save_repository(session, seen, None, now=context.now)
    return Handled.DONE


def changed(session: Session, event: RepositoryChanged, context: Context) -> Handled:
    """Follow a repository's new name, owner, branch or visibility."""
    installations.save_repository(session, event.repository, event.installation, now=context.now)
    order = ReadPolicy(
        installation=event.installation, repository=event.repository.id, cause=context.key
    )
    record.effects(session, [order], context)
    return Handled.DONE


def _add(
    session: Session,
    installation: InstallationId,
    repositories: Iterable[RepositorySeen],
    at: datetime | None,
    context: Context,
) -> None:
    for seen in repositories:
        installations.save_repository(session, seen, installation, now=context.now)
        order = ReadPolicy(
            installation=installation,
            repository=seen.id,
            cause=context.key,
            occasion=Chosen(at=at),
        )
        record.effects(session, [order], context)
