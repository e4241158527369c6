"""The App, its installations and their tokens as JSON."""

from __future__ import annotations

from typing import Any

from app.rehearsal.github.answers import instant, instant_or_none
from app.rehearsal.github.shapes.accounts import simple_user, simple_user_or_none
from app.rehearsal.github.state import Installation, State


def integration(state: State) -> dict[str, Any]:
    """Write the App as it stands in `performed_via_github_app` and in check runs."""
    app = state.app
    return {
        "id": app.id,
        "client_id": app.client_id,
        "slug": app.slug,
        "node_id": f"A_kwDO{app.id}",
        "owner": simple_user(state, app.owner),
        "name": app.name,
        "description": None,
        "external_url": f"{state.urls.html}/apps/{app.slug}",
        "html_url": f"{state.urls.html}/apps/{app.slug}",
        "created_at": instant(app.created_at),
        "updated_at": instant(app.created_at),
        "permissions": dict(app.permissions),
        "events": list(app.events),
    }


def installation(state: State, installed: Installation) -> dict[str, Any]:
    """Write an installation."""
    api = f"{state.urls.api}/app/installations/{installed.id}"
    account = installed.account
    settings = f"organizations/{account.login}/settings" if account.is_organization else "settings"
    return {
        "id": installed.id,
        "client_id": state.app.client_id,
        "account": simple_user(state, account),
        "repository_selection": selection(installed),
        "access_tokens_url": f"{api}/access_tokens",
        "repositories_url": f"{state.urls.api}/installation/repositories",
        "html_url": f"{state.urls.html}/{settings}/installations/{installed.id}",
        "app_id": state.app.id,
        "app_slug": state.app.slug,
        "target_id": account.id,
        "target_type": account.type,
        "permissions": installed.permissions,
        "events": installed.events,
        "created_at": instant(installed.created_at),
        "updated_at": instant(installed.updated_at),
        "single_file_name": None,
        "has_multiple_single_files": False,
        "single_file_paths": [],
        "suspended_by": simple_user_or_none(state, installed.suspended_by),
        "suspended_at": instant_or_none(installed.suspended_at),
    }


def selection(installed: Installation) -> str:
    """Say whether an installation has all repositories or chosen ones."""
    return "all" if installed.repository_ids is None else "selected"
