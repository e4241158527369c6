"""Read ``support.yml`` as somebody proposes it: in a pull request, from forks too."""

from __future__ import annotations

from typing import Final

from app.domain.effects import ReadProposal
from app.domain.events import ProposalRead
from app.providers.github.client import Client
from app.providers.github.files import accounts_of, file_at, rival_of
from app.providers.github.grants import Grant, grant_to_review
from app.providers.github.paths import POLICY_PATHS, repository_path
from app.providers.github.verdicts import NotThere

FILES_LISTED_MAX: Final = 3000
"""GitHub lists no more files of a pull request; what comes after them is unknown."""


async def read_proposal(client: Client, effect: ReadProposal) -> ProposalRead | None:
    """Give the proposed file; ``None`` where the pull request does not touch it, or is gone."""
    grant = grant_to_review(effect.installation, effect.repository)
    try:
        if effect.number is not None and not await _touches(client, grant, effect.number):
            return None
        file = await file_at(client, grant, effect.commit)
    except NotThere:
        return None
    return ProposalRead(
        installation=effect.installation,
        repository=effect.repository,
        commit=effect.commit,
        path=file.path,
        text=file.text,
        logins=await accounts_of(client, grant, file.text),
        rival=await rival_of(client, grant, effect.commit, file.text),
    )


async def _touches(client: Client, grant: Grant, number: int) -> bool:
    """Say whether a pull request changes the file; one that is too large may do so."""
    listed = 0
    path = f"{repository_path(grant.repository)}/pulls/{number}/files?per_page=100"
    async for files in client.pages(grant, path):
        for file in files:
            if file["filename"] in POLICY_PATHS or file.get("previous_filename") in POLICY_PATHS:
                return True
        listed += len(files)
        if listed >= FILES_LISTED_MAX:
            return True
    return False
