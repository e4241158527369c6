"""Read ``support.yml`` from the default branch, with all that its adoption depends on."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.domain.effects import Chosen, Confirmed, Pushed, ReadPolicy, Rerun
from app.domain.events import PolicyRead, RepositorySeen, Version
from app.domain.ids import RepositoryId, UserId
from app.domain.people import Identity, Permission
from app.providers.github.client import Client
from app.providers.github.files import PolicyFile, accounts_of, file_at, rival_of
from app.providers.github.grants import Grant, grant_to_read
from app.providers.github.paths import repository_path
from app.providers.github.people import permission_of


async def read_policy(client: Client, effect: ReadPolicy) -> PolicyRead:
    """Give the file at the newest commit; no file and no commit are answers as well."""
    grant = grant_to_read(effect.installation, effect.repository)
    api = repository_path(effect.repository)
    repository = await client.get(grant, api)
    # Without a branch's name GitHub lists the default branch; an empty repository has no commit.
    commits = await client.find(grant, f"{api}/commits?per_page=1")
    commit = commits[0]["sha"] if commits else ""
    file = await file_at(client, grant, commit)
    permission, before, after = await _word(client, grant, effect, commit, file)
    return PolicyRead(
        installation=effect.installation,
        repository=_seen(repository),
        path=file.path,
        blob=file.blob,
        commit=commit,
        text=file.text,
        logins=await accounts_of(client, grant, file.text),
        occasion=effect.occasion,
        permission=permission,
        before=before,
        after=after,
        is_untouched=await _is_untouched(client, effect, repository["pushed_at"]),
        rival=await rival_of(client, grant, commit, file.text),
    )


async def _word(
    client: Client, grant: Grant, effect: ReadPolicy, head: str, file: PolicyFile
) -> tuple[Permission, Version | None, Version | None]:
    """Ask what whoever is behind this may do, and what stood where they came from and went to."""

    async def version(commit: str) -> Version | None:
        if commit == head:
            return Version(blob=file.blob, text=file.text)
        return await _version(client, grant, commit)

    async def may(by: Identity) -> Permission:
        user = UserId(int(by.external_id))
        return await permission_of(client, effect.installation, effect.repository, user)

    permission = Permission.NONE
    before = after = None
    match effect.occasion:
        case Pushed(by=by):
            permission = await may(by)
            if permission.is_maintainer_of_money:
                before = await version(effect.occasion.before)
                after = await version(effect.occasion.after)
        case Confirmed(by=by, commit=commit):
            permission, after = await may(by), await version(commit)
        case Rerun(commit=commit):
            after = await version(commit)
        case Chosen() | None:
            pass
    return permission, before, after


async def _version(client: Client, grant: Grant, commit: str) -> Version | None:
    """Read the file of a commit that may be gone; ``None`` where it is."""
    if not commit.strip("0"):
        return Version(blob="", text=None)
    api = repository_path(grant.repository)
    if await client.find(grant, f"{api}/commits?sha={commit}&per_page=1") is None:
        return None
    file = await file_at(client, grant, commit)
    return Version(blob=file.blob, text=file.text)


async def _is_untouched(client: Client, effect: ReadPolicy, pushed_at: str | None) -> bool:
    """Say whether nothing was pushed since the repository was chosen."""
    if not isinstance(effect.occasion, Chosen):
        return False
    chosen_at = effect.occasion.at
    if chosen_at is None:
        installation = await client.get(None, f"app/installations/{effect.installation}")
        chosen_at = datetime.fromisoformat(installation["created_at"])
    return pushed_at is None or datetime.fromisoformat(pushed_at) <= chosen_at


def _seen(repository: Any) -> RepositorySeen:
    return RepositorySeen(
        id=RepositoryId(repository["id"]),
        owner=repository["owner"]["login"],
        name=repository["name"],
        is_private=repository["private"],
        default_branch=repository["default_branch"],
        is_archived=repository["archived"],
        owner_id=UserId(repository["owner"]["id"]),
    )
