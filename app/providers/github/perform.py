"""What we do at GitHub: every effect that is GitHub's, and which function does it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from app.domain.effects import (
    Assign,
    CheckPermission,
    Effect,
    ExplainHelp,
    FetchDocs,
    FindMaintainer,
    ListDocs,
    ListLostDeliveries,
    Notify,
    PutLabel,
    React,
    ReadClosing,
    ReadPolicy,
    ReadProposal,
    Redeliver,
    ShowCard,
    ShowCheck,
    ShowDraft,
    TakeLabel,
    Unassign,
)
from app.domain.events import Event
from app.domain.ids import InstallationId, RepositoryId, UserId
from app.domain.people import Permission
from app.providers.github import (
    checks,
    closings,
    comments,
    docs,
    labels,
    people,
    policy,
    proposals,
    upkeep,
)
from app.providers.github.client import TIMEOUT_SECONDS, Client
from app.providers.rooms import Attempt


class GitHub:
    """Performs effects at GitHub, as one App, over one connection pool.

    ``private_key`` is the App's, as PEM text. ``now`` is the product's clock: tokens are signed and
    renewed by it.
    """

    def __init__(
        self,
        *,
        app_id: int,
        private_key: str,
        api_url: str,
        now: Callable[[], datetime],
        timeout_seconds: float = TIMEOUT_SECONDS,
    ) -> None:
        self._client = Client(
            app_id=app_id,
            private_key=private_key,
            api_url=api_url,
            now=now,
            timeout_seconds=timeout_seconds,
        )

    async def perform(self, effect: Effect, attempt: Attempt) -> Event | None:
        """Do it, and give what came of it."""
        return await perform(self._client, effect, attempt)

    async def permission_of(
        self, installation: InstallationId, repository: RepositoryId, user: UserId
    ) -> Permission:
        """Ask what somebody may do in a repository now; see ``Client`` for what is raised."""
        return await people.permission_of(self._client, installation, repository, user)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()


async def perform(  # noqa: C901, PLR0912 - a table: one line for each effect
    client: Client, effect: Effect, attempt: Attempt
) -> Event | None:
    """Do what an effect orders; see ``Performer`` for what is raised."""
    match effect:
        case ShowCard():
            return await comments.show_card(client, effect, attempt)
        case Notify():
            return await comments.notify(client, effect, attempt)
        case ShowDraft():
            return await comments.show_draft(client, effect, attempt)
        case ExplainHelp():
            await comments.explain_help(client, effect, attempt)
        case React():
            await people.react(client, effect)
        case Assign():
            return await people.assign(client, effect)
        case Unassign():
            await people.unassign(client, effect)
        case PutLabel():
            return await labels.put_label(client, effect)
        case TakeLabel():
            await labels.take_label(client, effect)
        case CheckPermission():
            return await people.check_permission(client, effect)
        case FindMaintainer():
            return await people.find_maintainer(client, effect)
        case ReadClosing():
            return await closings.read_closing(client, effect, attempt)
        case ReadPolicy():
            return await policy.read_policy(client, effect)
        case ReadProposal():
            return await proposals.read_proposal(client, effect, attempt)
        case ShowCheck():
            await checks.show_check(client, effect)
        case ListDocs():
            return await docs.list_docs(client, effect)
        case FetchDocs():
            return await docs.fetch_docs(client, effect)
        case ListLostDeliveries():
            return await upkeep.list_lost(client, effect)
        case Redeliver():
            await upkeep.redeliver(client, effect)
        case _:
            raise TypeError(f"{type(effect).__name__} is not done at GitHub")
    return None
