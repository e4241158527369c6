"""``support.yml`` at a commit, whom its logins belong to, and which other app reads it, too."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from app.domain.currencies import CURRENCIES
from app.domain.ids import UserId
from app.domain.policy import Faults, Foreign, SupportPolicy, parse
from app.providers.github.client import Client
from app.providers.github.concurrency import for_each
from app.providers.github.grants import Grant
from app.providers.github.paths import POLICY_PATHS, quoted, repository_path

TEXT_BYTES_MAX: Final = 64 * 1024 + 1
"""One byte more than a policy may have: enough to see that it is too large."""

PARSED_KEPT_MAX: Final = 16
"""Files that are kept as they were understood: each is asked about twice, and soon again."""

WORKFLOWS: Final = ".github/workflows"
WORKFLOWS_READ_MAX: Final = 20
WORKFLOW_BYTES_MAX: Final = 64 * 1024
RIVAL: Final = b"dessant/support-requests"
"""An Action that closes what has the label ``support``; as an App it read a file of our name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyFile:
    """The file as a commit has it."""

    path: str
    blob: str = ""
    """Empty where there is no file."""
    text: bytes | None = None


async def file_at(client: Client, grant: Grant, commit: str) -> PolicyFile:
    """Read the file of a commit; an empty `commit` has none."""
    repository = repository_path(grant.repository)
    for path in POLICY_PATHS if commit else ():
        found = await client.find(grant, f"{repository}/contents/{path}?ref={commit}")
        if isinstance(found, dict) and found.get("type") == "file":
            return PolicyFile(path=path, blob=found["sha"], text=_text(found))
    return PolicyFile(path=POLICY_PATHS[-1])


def _text(file: Any) -> bytes:
    if file["encoding"] != "base64":
        # GitHub leaves out what has more than a megabyte: it is too long whatever stands in it.
        return b" " * TEXT_BYTES_MAX
    return base64.b64decode(file["content"])[:TEXT_BYTES_MAX]


async def accounts_of(
    client: Client, grant: Grant, text: bytes | None
) -> tuple[tuple[str, UserId | None], ...]:
    """Ask which persons the helpers are; a file that nobody can follow names none."""
    policy = _parse(text)
    if not isinstance(policy, SupportPolicy):
        return ()

    async def resolve(login: str) -> tuple[str, UserId | None]:
        found = await client.find(grant, f"users/{quoted(login)}")
        if found is None or found["type"] != "User":
            return login, None  # nobody, or an organisation: whoever helps has hands
        return login, UserId(found["id"])

    return tuple(await for_each([helper.login for helper in policy.helpers], resolve))


@lru_cache(maxsize=PARSED_KEPT_MAX)
def _parse(text: bytes | None) -> SupportPolicy | Faults | Foreign | None:
    # Which currencies an operator settles in makes no difference to who the helpers are.
    return None if text is None else parse(text, currencies_settled=tuple(CURRENCIES))


async def rival_of(client: Client, grant: Grant, commit: str, text: bytes | None) -> str:
    """Find the workflow that a file of others may be for; empty: there is none that we know of.

    Where there is no file at all, only what is named as that app's own examples are is read: an
    installation may have a thousand such repositories, and its requests are counted.
    """
    if not commit or not (text is None or isinstance(_parse(text), Foreign)):
        return ""
    repository = repository_path(grant.repository)
    found = await client.find(grant, f"{repository}/contents/{WORKFLOWS}?ref={commit}")
    if not isinstance(found, list):
        return ""
    workflows = [
        one
        for one in found
        if one["type"] == "file"
        and one["name"].endswith((".yml", ".yaml"))
        and one["size"] <= WORKFLOW_BYTES_MAX
        and (text is not None or "support" in one["name"].lower())
    ]

    async def runs_it(workflow: Any) -> str:
        blob = await client.find(grant, f"{repository}/git/blobs/{workflow['sha']}")
        text = b"" if blob is None else base64.b64decode(blob["content"])
        return str(workflow["path"]) if RIVAL in text.lower() else ""

    paths = await for_each(workflows[:WORKFLOWS_READ_MAX], runs_it)
    return next(filter(None, paths), "")
