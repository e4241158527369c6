"""Repositories as JSON, in the four variants that GitHub has of them."""

from __future__ import annotations

from typing import Any, Final

from app.rehearsal.github.answers import instant
from app.rehearsal.github.roles import Role
from app.rehearsal.github.shapes.accounts import permissions, simple_user
from app.rehearsal.github.state import Repository, State

API_PATHS: Final = {
    "archive_url": "/{archive_format}{/ref}",
    "assignees_url": "/assignees{/user}",
    "blobs_url": "/git/blobs{/sha}",
    "branches_url": "/branches{/branch}",
    "collaborators_url": "/collaborators{/collaborator}",
    "comments_url": "/comments{/number}",
    "commits_url": "/commits{/sha}",
    "compare_url": "/compare/{base}...{head}",
    "contents_url": "/contents/{+path}",
    "contributors_url": "/contributors",
    "deployments_url": "/deployments",
    "downloads_url": "/downloads",
    "events_url": "/events",
    "forks_url": "/forks",
    "git_commits_url": "/git/commits{/sha}",
    "git_refs_url": "/git/refs{/sha}",
    "git_tags_url": "/git/tags{/sha}",
    "hooks_url": "/hooks",
    "issue_comment_url": "/issues/comments{/number}",
    "issue_events_url": "/issues/events{/number}",
    "issues_url": "/issues{/number}",
    "keys_url": "/keys{/key_id}",
    "labels_url": "/labels{/name}",
    "languages_url": "/languages",
    "merges_url": "/merges",
    "milestones_url": "/milestones{/number}",
    "notifications_url": "/notifications{?since,all,participating}",
    "pulls_url": "/pulls{/number}",
    "releases_url": "/releases{/id}",
    "stargazers_url": "/stargazers",
    "statuses_url": "/statuses/{sha}",
    "subscribers_url": "/subscribers",
    "subscription_url": "/subscription",
    "tags_url": "/tags",
    "teams_url": "/teams",
    "trees_url": "/git/trees{/sha}",
}


def api_url(state: State, repository: Repository) -> str:
    """Give the address of a repository in the API, by its name."""
    return f"{state.urls.api}/repos/{repository.full_name}"


def html_url(state: State, repository: Repository) -> str:
    """Give the address of a repository's page."""
    return f"{state.urls.html}/{repository.full_name}"


def minimal_repository(state: State, repository: Repository) -> dict[str, Any]:
    """Write what every variant has."""
    api, html = api_url(state, repository), html_url(state, repository)
    open_issues = sum(issue.state == "open" for issue in repository.issues.values())
    return {
        "id": repository.id,
        "node_id": repository.node_id,
        "name": repository.name,
        "full_name": repository.full_name,
        "private": repository.is_private,
        "owner": simple_user(state, repository.owner),
        "html_url": html,
        "description": repository.description,
        "fork": False,
        "url": api,
        **{name: api + path for name, path in API_PATHS.items()},
        "created_at": instant(repository.created_at),
        "updated_at": instant(repository.updated_at),
        "pushed_at": instant(repository.pushed_at),
        "git_url": html.replace("http", "git", 1) + ".git",
        "ssh_url": f"git@localhost:{repository.full_name}.git",
        "clone_url": f"{html}.git",
        "svn_url": html,
        "homepage": None,
        "size": sum(map(len, repository.objects.blobs.values())) // 1024,
        "stargazers_count": 0,
        "watchers_count": 0,
        "language": None,
        "has_issues": repository.has_issues,
        "has_projects": True,
        "has_wiki": True,
        "has_pages": False,
        "has_discussions": False,
        "forks_count": 0,
        "mirror_url": None,
        "archived": repository.is_archived,
        "disabled": False,
        "open_issues_count": open_issues,
        "license": None,
        "allow_forking": True,
        "is_template": False,
        "web_commit_signoff_required": False,
        "topics": [],
        "visibility": "private" if repository.is_private else "public",
        "forks": 0,
        "open_issues": open_issues,
        "watchers": 0,
        "default_branch": repository.default_branch,
    }


def full_repository(state: State, repository: Repository, role: Role) -> dict[str, Any]:
    """Write a repository as it is shown when it is asked for itself, to an App with this role."""
    owner = repository.owner
    return (
        minimal_repository(state, repository)
        | {"permissions": permissions(role), "subscribers_count": 0, "network_count": 0}
        | ({"organization": simple_user(state, owner)} if owner.is_organization else {})
    )


def webhook_repository(state: State, repository: Repository) -> dict[str, Any]:
    """Write a repository as most webhooks carry it."""
    written = minimal_repository(state, repository) | {"has_downloads": True}
    if repository.owner.is_organization:
        written["custom_properties"] = {}
    return written


def push_repository(state: State, repository: Repository) -> dict[str, Any]:
    """Write a repository as `push` carries it: two instants are seconds, and there is more."""
    owner = repository.owner
    extra: dict[str, Any] = {
        "owner": simple_user(state, owner) | {"name": owner.login, "email": None},
        "created_at": int(repository.created_at.timestamp()),
        "pushed_at": int(repository.pushed_at.timestamp()),
        "stargazers": 0,
        "master_branch": repository.default_branch,
    }
    if owner.is_organization:
        extra["organization"] = owner.login
    return webhook_repository(state, repository) | extra


def listed_repository(repository: Repository) -> dict[str, Any]:
    """Write a repository as the lists of installation webhooks carry it."""
    return {
        "id": repository.id,
        "node_id": repository.node_id,
        "name": repository.name,
        "full_name": repository.full_name,
        "private": repository.is_private,
    }
