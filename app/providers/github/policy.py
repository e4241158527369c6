"""Read ``support.yml`` from the default branch, with whom each helper's login belongs to today."""

from __future__ import annotations

import base64
from typing import Any, Final

from app.domain.currencies import CURRENCIES
from app.domain.effects import ReadPolicy
from app.domain.events import PolicyRead, RepositorySeen
from app.domain.ids import RepositoryId, UserId
from app.domain.policy import SupportPolicy, parse
from app.providers.github.client import Client
from app.providers.github.concurrency import for_each
from app.providers.github.grants import Grant, grant_to_read
from app.providers.github.paths import POLICY_PATHS, quoted, repository_path

TEXT_BYTES_MAX: Final = 64 * 1024 + 1
"""One byte more than a policy may have: enough to see that it is too large."""


async def read_policy(client: Client, effect: ReadPolicy) -> PolicyRead:
    """Give the file at the newest commit; no file and no commit are answers as well."""
    grant = grant_to_read(effect.installation, effect.repository)
    api = repository_path(effect.repository)
    repository = await client.get(grant, api)
    # Without a branch's name GitHub lists the default branch; an empty repository has no commit.
    commits = await client.find(grant, f"{api}/commits?per_page=1")
    commit = commits[0]["sha"] if commits else ""
    path, file = await _find_file(client, grant, api, commit)
    text = None if file is None else _text(file)
    return PolicyRead(
        installation=effect.installation,
        repository=_seen(repository),
        path=path,
        blob="" if file is None else file["sha"],
        commit=commit,
        text=text,
        logins=await _resolve(client, grant, text),
    )


async def _find_file(client: Client, grant: Grant, api: str, commit: str) -> tuple[str, Any | None]:
    for path in POLICY_PATHS if commit else ():
        found = await client.find(grant, f"{api}/contents/{path}?ref={commit}")
        if isinstance(found, dict) and found.get("type") == "file":
            return path, found
    return POLICY_PATHS[-1], None


def _text(file: Any) -> bytes:
    if file["encoding"] != "base64":
        # GitHub leaves out what has more than a megabyte: it is too long whatever stands in it.
        return b" " * TEXT_BYTES_MAX
    return base64.b64decode(file["content"])[:TEXT_BYTES_MAX]


async def _resolve(
    client: Client, grant: Grant, text: bytes | None
) -> tuple[tuple[str, UserId | None], ...]:
    """Ask who the helpers are; a file that nobody can follow names none."""
    # Which currencies an operator settles in makes no difference to who the helpers are.
    policy = None if text is None else parse(text, currencies_settled=tuple(CURRENCIES))
    if not isinstance(policy, SupportPolicy):
        return ()

    async def resolve(login: str) -> tuple[str, UserId | None]:
        found = await client.find(grant, f"users/{quoted(login)}")
        return login, None if found is None else UserId(found["id"])

    return tuple(await for_each([helper.login for helper in policy.helpers], resolve))


def _seen(repository: Any) -> RepositorySeen:
    return RepositorySeen(
        id=RepositoryId(repository["id"]),
        owner=repository["owner"]["login"],
        name=repository["name"],
        is_private=repository["private"],
        default_branch=repository["default_branch"],
        is_archived=repository["archived"],
    )
