"""The App itself, its installations, and the tokens that it gets for them."""

from __future__ import annotations

from typing import Any

from app.rehearsal.github.answers import Answer, RefusalError, instant, not_found, page_of
from app.rehearsal.github.auth import LEVELS
from app.rehearsal.github.routing import Call, Table
from app.rehearsal.github.shapes import apps as shapes
from app.rehearsal.github.shapes.repositories import minimal_repository
from app.rehearsal.github.state import Installation, Repository

table = Table()


@table.add("GET /app", {200: "Integration"}, is_for_app=True)
def show_app(call: Call) -> Answer:
    """Show the App to itself."""
    count = {"installations_count": len(call.state.installations)}
    return Answer(200, shapes.integration(call.state) | count)


@table.add("GET /app/installations", {200: "list[Installation]"}, is_for_app=True)
def list_installations(call: Call) -> Answer:
    """List where the App is installed."""
    installations = list(call.state.installations.values())
    return call.page(installations, lambda one: shapes.installation(call.state, one))


@table.add(r"GET /app/installations/{installation_id:\d+}", {200: "Installation"}, is_for_app=True)
def show_installation(call: Call) -> Answer:
    """Show one installation."""
    return Answer(200, shapes.installation(call.state, _installation(call)))


@table.add("GET ~/installation", {200: "Installation"}, is_for_app=True)
def show_repository_installation(call: Call) -> Answer:
    """Show the installation that covers a repository."""
    found = call.state.installation_of(call.repository)
    if found is None:
        raise not_found()
    return Answer(200, shapes.installation(call.state, found))


@table.add(
    r"POST /app/installations/{installation_id:\d+}/access_tokens",
    {201: "InstallationToken"},
    body="AppInstallationsInstallationIdAccessTokensPostBody",
    is_for_app=True,
)
def create_access_token(call: Call) -> Answer:
    """Issue a token, narrowed to repositories and permissions if asked."""
    installation = _installation(call)
    if installation.suspended_at is not None:
        raise RefusalError(403, "This installation has been suspended")
    chosen = _chosen(call, installation)
    permissions = _permissions(call, installation)
    ids = None if chosen is None else frozenset(one.id for one in chosen)
    token = call.gate.issue(installation, permissions, ids)
    is_narrowed = chosen is not None or installation.repository_ids is not None
    payload: dict[str, Any] = {
        "token": token.text,
        "expires_at": instant(token.expires_at),
        "permissions": permissions,
        "repository_selection": "selected" if is_narrowed else "all",
    }
    if chosen is not None:
        payload["repositories"] = [minimal_repository(call.state, one) for one in chosen]
    return Answer(201, payload)


@table.add("GET /installation/repositories", {200: "InstallationRepositoriesGetResponse200"})
def list_repositories(call: Call) -> Answer:
    """List the repositories that a token reaches."""
    installation, ids = call.caller.installation, call.caller.repository_ids
    if installation is None:
        raise not_found()
    covered = list(call.state.repositories_of(installation))
    reached = [one for one in covered if ids is None or one.id in ids]
    shown, link = page_of(reached, call.query, call.url)
    payload = {
        "total_count": len(reached),
        "repository_selection": shapes.selection(installation),
        "repositories": [minimal_repository(call.state, one) for one in shown],
    }
    return Answer(200, payload, {"Link": link} if link else {})


def _installation(call: Call) -> Installation:
    found = call.state.installations.get(int(call.parameters["installation_id"]))
    if found is None:
        raise not_found()
    return found


def _chosen(call: Call, installation: Installation) -> list[Repository] | None:
    """Find the repositories that a token is narrowed to; None: it is not."""
    ids, names = call.body.get("repository_ids"), call.body.get("repositories")
    if ids is None and names is None:
        return None
    covered = list(call.state.repositories_of(installation))
    by_id = {one.id: one for one in covered}
    by_name = {one.name.lower(): one for one in covered}
    wanted = [by_id.get(number) for number in ids or []]
    wanted += [by_name.get(name.lower()) for name in names or []]
    found = [one for one in wanted if one is not None]
    if len(found) < len(wanted):
        raise RefusalError(
            422,
            "There is at least one repository that does not exist or is not accessible to the "
            "parent installation.",
        )
    return list(dict.fromkeys(found))


def _permissions(call: Call, installation: Installation) -> dict[str, str]:
    wanted = call.body.get("permissions")
    if wanted is None:
        return dict(installation.permissions)
    for permission, level in wanted.items():
        granted = installation.permissions.get(permission)
        if granted is None or LEVELS[granted] < LEVELS[level]:
            raise RefusalError(
                422, "The permissions requested are not granted to this installation."
            )
    return {"metadata": "read", **wanted}
