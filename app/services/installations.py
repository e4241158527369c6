"""Who installed the App, and for which repositories."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final, assert_never

from sqlmodel import Session

from app.domain.effects import Chosen, ReadPolicy
from app.domain.events import (
    AccessChanged,
    AccessLost,
    AccessRegained,
    AccountRenamed,
    AppInstalled,
    AppRemoved,
    InstallationLost,
    InstallationRegained,
    PermissionsAccepted,
    RepositoriesChosen,
    RepositoryChanged,
    RepositorySeen,
    SuspensionLifted,
)
from app.domain.ids import InstallationId, RepositoryId, UserId
from app.services import owners, record
from app.services.context import Context, Handled
from app.store import installations, people
from app.store import tickets as ticket_rows
from app.store.installations import Repository

BATCH: Final = 100
"""So many repositories or tickets are told in one transaction."""

Heard = (
    AppInstalled
    | AppRemoved
    | SuspensionLifted
    | PermissionsAccepted
    | RepositoriesChosen
    | RepositoryChanged
)
Spread = InstallationLost | InstallationRegained | AccessChanged | AccountRenamed


def heard(session: Session, event: Heard, context: Context) -> Handled:
    """Follow what GitHub tells of installations and of their repositories."""
    match event:
        case AppInstalled():
            return _installed(session, event, context)
        case AppRemoved():
            return _removed(session, event, context)
        case SuspensionLifted() | PermissionsAccepted():
            return _trusted(session, event, context)
        case RepositoriesChosen():
            return _chosen(session, event, context)
        case RepositoryChanged():
            return _changed(session, event, context)
        case _:
            assert_never(event)


def spread(session: Session, event: Spread, context: Context) -> Handled:
    """Tell one batch of those whom it concerns."""
    match event:
        case InstallationLost():
            return _lost(session, event, context)
        case InstallationRegained():
            return _regained(session, event, context)
        case AccessChanged():
            return _access_changed(session, event, context)
        case AccountRenamed():
            return _renamed(session, event, context)
        case _:
            assert_never(event)


def _installed(session: Session, event: AppInstalled, context: Context) -> Handled:
    """Welcome an installation: remember its repositories, and have their files read."""
    installations.save_installation(
        session,
        event.installation,
        event.account,
        is_active=True,
        now=context.now,
        by=UserId(int(event.by.external_id)) if event.by else None,
    )
    _add(session, event.installation, event.repositories, event.at, context)
    return Handled.DONE


def _removed(session: Session, event: AppRemoved, context: Context) -> Handled:
    """Remember that an installation is gone or suspended, and have its tickets told."""
    installations.deactivate(session, event.installation, now=context.now)
    first = InstallationLost(
        installation=event.installation,
        is_for_good=not event.is_suspension,
        after=RepositoryId(0),
    )
    return _lost(session, first, context)


def _lost(session: Session, event: InstallationLost, context: Context) -> Handled:
    """Tell a batch of the repositories of an installation that ended; the next batch follows."""
    found = installations.repositories_of(
        session, event.installation, after=event.after, limit=BATCH
    )
    for repository in found:
        owners.tell(session, repository.id, None, context, is_for_good=event.is_for_good)
    return _go_on(session, event, found, context)


def _trusted(
    session: Session, event: SuspensionLifted | PermissionsAccepted, context: Context
) -> Handled:
    """Go on where the App may do more than before: GitHub told us nothing meanwhile."""
    if isinstance(event, SuspensionLifted):
        installations.save_installation(
            session, event.installation, event.account, is_active=True, now=context.now
        )
    first = InstallationRegained(
        installation=event.installation,
        at=event.at,
        was_suspended=isinstance(event, SuspensionLifted),
        after=RepositoryId(0),
    )
    return _regained(session, first, context)


def _regained(session: Session, event: InstallationRegained, context: Context) -> Handled:
    """Read the files of a batch of repositories, and tell them; the next batch follows."""
    found = installations.repositories_of(
        session, event.installation, after=event.after, limit=BATCH
    )
    for repository in found:
        if event.was_suspended:
            owners.tell(session, repository.id, event.installation, context)
        _read(session, event.installation, repository.id, event.at, context)
    return _go_on(session, event, found, context)


def _go_on(
    session: Session,
    event: InstallationLost | InstallationRegained,
    found: Sequence[Repository],
    context: Context,
) -> Handled:
    """Let the next batch follow, if there may be one."""
    if len(found) == BATCH:
        following = replace(event, after=found[-1].id)
        key = f"{context.key}:{following.after}"
        record.event(session, following, context, key=key, lane=context.lane)
    return Handled.DONE


def _access_changed(session: Session, event: AccessChanged, context: Context) -> Handled:
    """Tell a batch of the open tickets of a repository; the next batch follows."""
    found = ticket_rows.open_in_repository(
        session, event.repository, after=event.after, limit=BATCH
    )
    for ticket in found:
        told: AccessLost | AccessRegained
        if event.installation is None:
            told = AccessLost(ticket=ticket.id, is_for_good=event.is_for_good)
        else:
            told = AccessRegained(ticket=ticket.id, installation=event.installation)
        key = f"{context.key}:{ticket.id}"
        record.event(session, told, context, key=key, lane=ticket.thread.lane)
    if len(found) == BATCH:
        following = replace(event, after=found[-1].id)
        key = f"{context.key}:{following.after}:next"
        record.event(session, following, context, key=key, lane=context.lane)
    return Handled.DONE


def _renamed(session: Session, event: AccountRenamed, context: Context) -> Handled:
    """Give a batch of an account's repositories their new address; the next batch follows.

    Whoever takes the old login may have repositories of the same names: these are not theirs.
    """
    account = event.account
    people.rename(session, account.provider, account.external_id, account.login)
    found = installations.rename_owner(
        session,
        event.installation,
        account.login,
        after=event.after,
        limit=BATCH,
        now=context.now,
    )
    if len(found) == BATCH:
        following = replace(event, after=found[-1])
        key = f"{context.key}:{following.after}"
        record.event(session, following, context, key=key, lane=context.lane)
    return Handled.DONE


def _chosen(session: Session, event: RepositoriesChosen, context: Context) -> Handled:
    """Follow the repositories that an installation gained or lost."""
    _add(session, event.installation, event.added, event.at, context)
    for seen in event.removed:
        known = installations.repository(session, seen.id)
        if known is not None and known.installation not in (None, event.installation):
            continue  # it was transferred, and the next owner's installation spoke first
        installations.save_repository(session, seen, None, now=context.now)
        owners.tell(session, seen.id, None, context)
    return Handled.DONE


def _changed(session: Session, event: RepositoryChanged, context: Context) -> Handled:
    """Follow a repository's new name, owner, branch or visibility."""
    owners.keep(
        session,
        event.repository,
        event.installation,
        context,
        is_transferred=event.is_transferred,
    )
    owners.tell(session, event.repository.id, event.installation, context)
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
        owners.keep(session, seen, installation, context)
        owners.tell(session, seen.id, installation, context)
        _read(session, installation, seen.id, at, context)


def _read(
    session: Session,
    installation: InstallationId,
    repository: RepositoryId,
    at: datetime | None,
    context: Context,
) -> None:
    """Have a file read that was there, maybe, when the App was chosen."""
    order = ReadPolicy(
        installation=installation,
        repository=repository,
        cause=context.key,
        occasion=Chosen(at=at),
    )
    record.effects(session, [order], context)
