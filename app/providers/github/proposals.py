"""Read ``support.yml`` as somebody proposes it: in a pull request, from forks too.

What counts after a merge is seldom the file as the pull request's branch has it: meanwhile the
branch that it goes into may have got another one. GitHub merges every open pull request for trying
when somebody looks at it, and ``pull/N/merge`` points there. That reference grows old in silence
unless one looks first, and waits for ``mergeable``; so its parents are held against the head.
https://docs.github.com/rest/guides/using-the-rest-api-to-interact-with-your-git-database
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from app.domain.effects import ReadProposal
from app.domain.errors import NotYet
from app.domain.events import MergeState, Merging, ProposalRead
from app.providers.github.client import Client
from app.providers.github.files import accounts_of, file_at, rival_of
from app.providers.github.grants import Grant, grant_to_review
from app.providers.github.paths import POLICY_PATHS, repository_path
from app.providers.github.verdicts import NotThere
from app.providers.rooms import Attempt

FILES_LISTED_MAX: Final = 3000
"""GitHub lists no more files of a pull request; what comes after them is unknown."""

TRIES_MAX: Final = 4
"""So often GitHub is asked for a merge that it has not tried yet: for half a minute at most."""

HEAD_TRIES_MAX: Final = 2
"""A pull request whose head is another commit by then has a message of its own about it."""


async def read_proposal(
    client: Client, effect: ReadProposal, attempt: Attempt
) -> ProposalRead | None:
    """Give the file as a merge would leave it, or else as it is proposed.

    ``None`` where the pull request does not touch it, has another head by now, or is gone.
    """
    grant = grant_to_review(effect.installation, effect.repository)
    commit, merging = effect.commit, None
    try:
        if effect.number is not None:
            proposed = await _proposed(client, grant, effect.number)
            if proposed is None:
                return None
            pull = await client.get(grant, _pull_path(effect.number, grant))
            if not _is_at(pull, effect.commit, attempt):
                return None
            merging, commit = await _merging(client, grant, effect, pull, attempt)
        file = await file_at(client, grant, commit)
    except NotThere:
        return None
    if merging is not None and merging.state is MergeState.TRIED:
        merging = replace(merging, is_as_proposed=file.blob == proposed)
    return ProposalRead(
        installation=effect.installation,
        repository=effect.repository,
        commit=effect.commit,
        path=file.path,
        text=file.text,
        logins=await accounts_of(client, grant, file.text),
        rival=await rival_of(client, grant, commit, file.text),
        number=effect.number,
        merging=merging,
    )


def _pull_path(number: int, grant: Grant) -> str:
    return f"{repository_path(grant.repository)}/pulls/{number}"


async def _proposed(client: Client, grant: Grant, number: int) -> str | None:
    """Give the git id of the file that a pull request brings along, ``None`` where it brings none.

    It is empty where the file goes, and where there are more files than GitHub tells.
    """
    listed, found = 0, None
    async for files in client.pages(grant, f"{_pull_path(number, grant)}/files?per_page=100"):
        for file in files:
            if file["filename"] in POLICY_PATHS and file["status"] != "removed":
                return file["sha"] or ""
            if file["filename"] in POLICY_PATHS or file.get("previous_filename") in POLICY_PATHS:
                found = ""
        listed += len(files)
        if listed >= FILES_LISTED_MAX:
            return ""
    return found


def _is_at(pull: Any, commit: str, attempt: Attempt) -> bool:
    """Say whether a pull request stands on a commit; GitHub may answer with what was before."""
    if pull["head"]["sha"] == commit:
        return True
    if attempt.number < HEAD_TRIES_MAX:
        raise NotYet("GitHub shows another commit of the pull request.")
    return False


async def _merging(
    client: Client, grant: Grant, effect: ReadProposal, pull: Any, attempt: Attempt
) -> tuple[Merging, str]:
    """Say how it merges, and at which commit its file is to be read."""
    base = pull["base"]
    into, is_default = base["ref"], base["ref"] == base["repo"]["default_branch"]
    state = MergeState.UNKNOWN
    if pull["state"] != "open":
        state = MergeState.CLOSED
    elif pull["mergeable"] is False:
        state = MergeState.CONFLICT
    elif pull["mergeable"]:
        found = await _tried(client, grant, effect)
        if found is not None:
            tried, onto = found
            merging = Merging(state=MergeState.TRIED, into=into, is_default=is_default, onto=onto)
            return merging, tried
    if state is MergeState.UNKNOWN and attempt.number < TRIES_MAX:
        raise NotYet("GitHub has not tried to merge the pull request yet.")
    return Merging(state=state, into=into, is_default=is_default), effect.commit


async def _tried(client: Client, grant: Grant, effect: ReadProposal) -> tuple[str, str] | None:
    """Give the merge that GitHub tried of this head, and what it was merged with."""
    git = f"{repository_path(grant.repository)}/git"
    reference = await client.find(grant, f"{git}/ref/pull/{effect.number}/merge")
    if reference is None:
        return None
    tried = reference["object"]["sha"]
    commit = await client.get(grant, f"{git}/commits/{tried}")
    match [parent["sha"] for parent in commit["parents"]]:
        case [onto, head] if head == effect.commit:
            return tried, onto
        case _:
            return None
