"""Changes of repositories: files, names, owners, people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.rehearsal.github.changes import installations, issues
from app.rehearsal.github.git import NO_SHA, Commit
from app.rehearsal.github.roles import Role
from app.rehearsal.github.shapes.accounts import simple_user
from app.rehearsal.github.shapes.pulls import changed_files
from app.rehearsal.github.shapes.repositories import html_url, push_repository
from app.rehearsal.github.site import Site
from app.rehearsal.github.state import Account, Repository

Files = Mapping[str, str | bytes | None]
"""path → content; None deletes the file."""


def create(
    site: Site, owner: Account, name: str, *, is_private: bool = False, description: str | None
) -> Repository:
    """Create an empty repository; an installation on all repositories gets it too."""
    if site.state.find_repository(f"{owner.login}/{name}") is not None:
        raise ValueError(f"the repository {owner.login}/{name} exists already")
    now = site.state.now()
    number, node_id = site.state.next_ids("repository")
    repository = Repository(
        id=number,
        node_id=node_id,
        owner=owner,
        name=name,
        is_private=is_private,
        description=description,
        created_at=now,
        updated_at=now,
        pushed_at=now,
    )
    site.state.repositories[repository.id] = repository
    installations.cover(site, repository)
    tell(site, "created", repository, owner)
    return repository


def commit(
    site: Site,
    repository: Repository,
    files: Files,
    by: Account,
    *,
    message: str,
    parent_sha: str | None,
) -> Commit:
    """Make a commit that changes these files, without moving a branch."""
    objects = repository.objects
    blobs = {} if parent_sha is None else objects.files(parent_sha)
    for path, content in files.items():
        if content is None:
            blobs.pop(path, None)
        else:
            data = content.encode() if isinstance(content, str) else content
            blobs[path] = objects.add_blob(data)
    parents = () if parent_sha is None else (parent_sha,)
    return objects.add_commit(objects.add_tree(blobs), parents, message, by.login, site.state.now())


def push(
    site: Site,
    repository: Repository,
    files: Files,
    by: Account,
    *,
    branch: str | None = None,
    message: str = "Update files",
) -> Commit:
    """Push one commit to a branch; a new branch grows from the default one."""
    branch = branch or repository.default_branch
    before = repository.branches.get(branch)
    parent = before or repository.branches.get(repository.default_branch)
    made = commit(site, repository, files, by, message=message, parent_sha=parent)
    repository.branches[branch] = made.sha
    repository.pushed_at = repository.updated_at = site.state.now()
    repository.contributor_ids.add(by.id)
    written = _written_commit(site, repository, made)
    fields = {
        "ref": f"refs/heads/{branch}",
        "before": before or NO_SHA,
        "after": made.sha,
        "repository": push_repository(site.state, repository),
        "pusher": {"name": by.login, "email": made.author_email},
        "created": before is None,
        "deleted": False,
        "forced": False,
        "base_ref": None,
        "compare": f"{html_url(site.state, repository)}/compare/{(parent or NO_SHA)[:12]}"
        f"...{made.sha[:12]}",
        "commits": [written],
        "head_commit": written,
    }
    site.hooks.emit("push", fields, repository=repository, by=by)
    if branch == repository.default_branch:
        issues.close_named(site, repository, message, by, made)
    return made


def _written_commit(site: Site, repository: Repository, made: Commit) -> dict[str, Any]:
    objects = repository.objects
    person = {"name": made.author_name, "email": made.author_email, "username": made.author_name}
    if made.parent_shas:
        changes = changed_files(objects, made.parent_shas[0], made.sha)
    else:
        changes = dict.fromkeys(objects.files(made.sha), "added")
    return {
        "id": made.sha,
        "tree_id": made.tree_sha,
        "distinct": True,
        "message": made.message,
        "timestamp": made.at.isoformat(timespec="seconds"),
        "url": f"{html_url(site.state, repository)}/commit/{made.sha}",
        "author": person,
        "committer": person,
        **{
            kind: [path for path, change in changes.items() if change == kind]
            for kind in ("added", "removed", "modified")
        },
    }


def tell(site: Site, action: str, repository: Repository, by: Account, **fields: Any) -> None:
    """Send `repository`."""
    body = {"action": action} | fields
    site.hooks.emit("repository", body, repository=repository, by=by)


def rename(site: Site, repository: Repository, name: str, by: Account) -> None:
    """Give a repository another name; the old one leads to it from now on."""
    before = repository.name
    site.state.former_names[repository.full_name.lower()] = repository.id
    repository.name = name
    tell(site, "renamed", repository, by, changes={"repository": {"name": {"from": before}}})


def transfer(site: Site, repository: Repository, to: Account, by: Account) -> None:
    """Give a repository to another owner; what its new installation is, he decided before."""
    before = repository.owner
    installation = site.state.installation_of(repository)
    if installation is not None and installation.repository_ids is not None:
        installation.repository_ids.discard(repository.id)
    site.state.former_names[repository.full_name.lower()] = repository.id
    repository.owner = to
    repository.collaborators.pop(to.id, None)
    kind = "organization" if before.is_organization else "user"
    written = simple_user(site.state, before)
    tell(site, "transferred", repository, by, changes={"owner": {"from": {kind: written}}})


def set_visibility(site: Site, repository: Repository, by: Account, *, is_private: bool) -> None:
    """Hide a repository from the public, or show it."""
    repository.is_private = is_private
    tell(site, "privatized" if is_private else "publicized", repository, by)


def set_archived(site: Site, repository: Repository, by: Account, *, is_archived: bool) -> None:
    """Make a repository read-only, or undo it."""
    repository.is_archived = is_archived
    tell(site, "archived" if is_archived else "unarchived", repository, by)


def delete(site: Site, repository: Repository, by: Account) -> None:
    """Delete a repository with everything in it."""
    tell(site, "deleted", repository, by)
    repository.is_deleted = True


def set_role(site: Site, repository: Repository, account: Account, role: Role, by: Account) -> None:
    """Make somebody a collaborator, change the role, or (with NONE) send him away."""
    before = repository.collaborators.get(account.id)
    if role is Role.NONE:
        if repository.collaborators.pop(account.id, None) is not None:
            _tell_member(site, "removed", repository, account, by)
        return
    repository.collaborators[account.id] = role
    new = {"permission": {"to": role.legacy_permission}, "role_name": {"to": role.slug}}
    if before is None:
        _tell_member(site, "added", repository, account, by, changes=new)
    elif before is not role:
        changes = {"permission": {"from": before.legacy_permission, "to": role.legacy_permission}}
        _tell_member(site, "edited", repository, account, by, changes=changes)


def _tell_member(
    site: Site,
    action: str,
    repository: Repository,
    account: Account,
    by: Account,
    **fields: Any,
) -> None:
    body = {"action": action, "member": simple_user(site.state, account)} | fields
    site.hooks.emit("member", body, repository=repository, by=by)
