"""Changes of where the App is installed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.rehearsal.github.shapes.accounts import simple_user
from app.rehearsal.github.shapes.apps import installation as shape
from app.rehearsal.github.shapes.apps import selection
from app.rehearsal.github.shapes.repositories import listed_repository
from app.rehearsal.github.site import Site
from app.rehearsal.github.state import Account, Installation, Repository


def _tell(
    site: Site,
    event: str,
    action: str,
    installation: Installation,
    by: Account,
    **fields: Any,
) -> None:
    body = {"action": action, "installation": shape(site.state, installation)} | fields
    site.hooks.emit_installation(event, body, installation=installation, by=by)


def _repositories(site: Site, installation: Installation) -> list[dict[str, Any]]:
    return [listed_repository(one) for one in site.state.repositories_of(installation)]


def install(
    site: Site, account: Account, by: Account, repositories: Sequence[Repository] | None = None
) -> Installation:
    """Install the App on an account, for all its repositories or for chosen ones."""
    if any(one.account is account for one in site.state.installations.values()):
        raise ValueError(f"the App is installed on {account.login} already")
    now = site.state.now()
    installation = Installation(
        id=site.state.next_id("installation"),
        account=account,
        permissions=dict(site.state.app.permissions),
        events=list(site.state.app.events),
        repository_ids=None if repositories is None else {one.id for one in repositories},
        created_at=now,
        updated_at=now,
    )
    site.state.installations[installation.id] = installation
    listed = _repositories(site, installation)
    _tell(site, "installation", "created", installation, by, repositories=listed, requester=None)
    return installation


def uninstall(site: Site, installation: Installation, by: Account) -> None:
    """Remove the App from an account; its tokens end with it."""
    listed = _repositories(site, installation)
    del site.state.installations[installation.id]
    _tell(site, "installation", "deleted", installation, by, repositories=listed, requester=None)


def suspend(site: Site, installation: Installation, by: Account) -> None:
    """Stop an installation: no tokens, no webhooks but this one."""
    installation.suspended_at = installation.updated_at = site.state.now()
    installation.suspended_by = by
    _tell(site, "installation", "suspend", installation, by)


def unsuspend(site: Site, installation: Installation, by: Account) -> None:
    """Let an installation work again; GitHub does not say for which repositories."""
    installation.suspended_at = installation.suspended_by = None
    installation.updated_at = site.state.now()
    _tell(site, "installation", "unsuspend", installation, by)


def choose(
    site: Site, installation: Installation, repositories: Sequence[Repository], by: Account
) -> None:
    """Choose anew which repositories an installation covers; tell what came and what went."""
    before = {one.id: one for one in site.state.repositories_of(installation)}
    after = {one.id: one for one in repositories}
    installation.repository_ids = set(after)
    installation.updated_at = site.state.now()
    added = [listed_repository(one) for number, one in after.items() if number not in before]
    removed = [listed_repository(one) for number, one in before.items() if number not in after]
    if added:
        _tell_repositories(site, installation, by, "added", added)
    if removed:
        _tell_repositories(site, installation, by, "removed", removed)


def cover(site: Site, repository: Repository) -> None:
    """Tell an installation on all repositories that there is one more."""
    installation = site.state.installation_of(repository)
    if installation is not None:
        listed = [listed_repository(repository)]
        _tell_repositories(site, installation, repository.owner, "added", listed)


def _tell_repositories(
    site: Site, installation: Installation, by: Account, action: str, listed: list[dict[str, Any]]
) -> None:
    _tell(
        site,
        "installation_repositories",
        action,
        installation,
        by,
        repository_selection=selection(installation),
        repositories_added=listed if action == "added" else [],
        repositories_removed=listed if action == "removed" else [],
        requester=None,
    )


def rename(site: Site, account: Account, login: str, by: Account) -> None:
    """Give an account another login, and tell the App where it is installed there."""
    old = account.login
    site.state.rename_account(account, login)
    for installation in site.state.installations.values():
        if installation.account is account:
            short = {"id": installation.id, "node_id": f"MDIzOkludGVncmF0aW9u{installation.id}"}
            body = {
                "action": "renamed",
                "account": simple_user(site.state, account),
                "changes": {"login": {"from": old}},
                "installation": short,
                "target_type": account.type,
            }
            event = "installation_target"
            site.hooks.emit_installation(event, body, installation=installation, by=by)


def set_permissions(
    site: Site, installation: Installation, permissions: dict[str, str], by: Account
) -> None:
    """Accept other permissions for an installation, as its owner does after the App asked."""
    installation.permissions = dict(permissions)
    installation.updated_at = site.state.now()
    listed = _repositories(site, installation)
    _tell(site, "installation", "new_permissions_accepted", installation, by, repositories=listed)
