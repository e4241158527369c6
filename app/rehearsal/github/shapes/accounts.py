"""Accounts as JSON."""

from __future__ import annotations

from typing import Any

from app.rehearsal.github.answers import instant
from app.rehearsal.github.roles import Role, role_of
from app.rehearsal.github.state import Account, Repository, State


def simple_user(state: State, account: Account) -> dict[str, Any]:
    """Write an account as it stands beside everything that it made."""
    urls, login = state.urls, account.login
    api = f"{urls.api}/users/{login.replace('[', '%5B').replace(']', '%5D')}"
    page = f"apps/{login.removesuffix('[bot]')}" if account.is_bot else login
    return {
        "login": login,
        "id": account.id,
        "node_id": account.node_id,
        "avatar_url": f"{urls.html}/avatars/{account.id}",
        "gravatar_id": "",
        "url": api,
        "html_url": f"{urls.html}/{page}",
        "followers_url": f"{api}/followers",
        "following_url": f"{api}/following{{/other_user}}",
        "gists_url": f"{api}/gists{{/gist_id}}",
        "starred_url": f"{api}/starred{{/owner}}{{/repo}}",
        "subscriptions_url": f"{api}/subscriptions",
        "organizations_url": f"{api}/orgs",
        "repos_url": f"{api}/repos",
        "events_url": f"{api}/events{{/privacy}}",
        "received_events_url": f"{api}/received_events",
        "type": account.type,
        "user_view_type": "public",
        "site_admin": False,
    }


def simple_user_or_none(state: State, account: Account | None) -> dict[str, Any] | None:
    """Write an account that may be missing."""
    return None if account is None else simple_user(state, account)


def public_user(state: State, account: Account) -> dict[str, Any]:
    """Write an account as its public profile."""
    owned = [one for one in state.repositories.values() if one.owner is account]
    return simple_user(state, account) | {
        "name": None,
        "company": None,
        "blog": "",
        "location": None,
        "email": None,
        "hireable": None,
        "bio": None,
        "twitter_username": None,
        "public_repos": sum(not one.is_private for one in owned),
        "public_gists": 0,
        "followers": 0,
        "following": 0,
        "created_at": instant(account.created_at),
        "updated_at": instant(account.created_at),
    }


def organization(state: State, account: Account) -> dict[str, Any]:
    """Write an organisation as webhooks carry it."""
    api = f"{state.urls.api}/orgs/{account.login}"
    return {
        "login": account.login,
        "id": account.id,
        "node_id": account.node_id,
        "url": api,
        "repos_url": f"{api}/repos",
        "events_url": f"{api}/events",
        "hooks_url": f"{api}/hooks",
        "issues_url": f"{api}/issues",
        "members_url": f"{api}/members{{/member}}",
        "public_members_url": f"{api}/public_members{{/member}}",
        "avatar_url": f"{state.urls.html}/avatars/{account.id}",
        "description": None,
    }


def permissions(role: Role) -> dict[str, bool]:
    """Write a role as the five flags that repositories and collaborators carry."""
    return {
        "admin": role >= Role.ADMIN,
        "maintain": role >= Role.MAINTAIN,
        "push": role >= Role.WRITE,
        "triage": role >= Role.TRIAGE,
        "pull": role >= Role.READ,
    }


def collaborator_permission(
    state: State, repository: Repository, account: Account
) -> dict[str, Any]:
    """Write what an account may do in a repository, with the legacy word and the true role."""
    role = role_of(repository, account)
    user = simple_user(state, account)
    return {
        "permission": role.legacy_permission,
        "role_name": role.slug,
        "user": user | {"permissions": permissions(role), "role_name": role.slug},
    }
