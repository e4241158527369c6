"""Rows for the tests of the queues: events and effects that say nothing, with chosen places."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlmodel import Session

from app.domain.conversations import Channel, Thread
from app.domain.effects import React, Reaction, ShowCard
from app.domain.events import Chore, ChoreCame
from app.domain.ids import InstallationId, Lane, RepositoryId, TicketId
from app.store import claims, effects, events
from app.store.events import EVENTS
from app.store.queues import Claim, Queue

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
LEASE_SECONDS = 60.0


def later(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def add_event(
    key: str,
    lane: str = "lane",
    *,
    due_in: float = 0,
    now: datetime = NOW,
    tenant: int | None = None,
) -> Callable[[Session], bool]:
    """Make a function that adds an event; its key is all that tells it from others."""

    def run(session: Session) -> bool:
        return events.add_once(
            session,
            ChoreCame(chore=Chore.HEAL),
            key=key,
            lane=Lane(lane),
            now=now,
            due_at=now + timedelta(seconds=due_in),
            tenant=InstallationId(tenant) if tenant is not None else None,
        )

    return run


def thread(issue: int = 1, installation: int = 7) -> Thread:
    return Thread(
        channel=Channel.GITHUB,
        installation=InstallationId(installation),
        repository=RepositoryId(70),
        issue=issue,
        number=issue,
    )


def reaction(ref: str, issue: int = 1, installation: int = 7) -> React:
    """An effect without a slot."""
    return React(thread=thread(issue, installation), ref=ref, reaction=Reaction.TAKEN)


def card(v: int, ticket: str = "t1") -> ShowCard:
    """An effect with a slot."""
    return ShowCard(ticket=TicketId(ticket), thread=thread(), v=v, since=NOW)


def add_effects(*ordered: React | ShowCard) -> Callable[[Session], list[bool]]:
    return lambda session: [effects.add_once(session, each, now=NOW) for each in ordered]


def claim(
    queue: Queue = EVENTS,
    *,
    owner: str = "me",
    now: datetime = NOW,
    lease_seconds: float = LEASE_SECONDS,
    limit: int = 100,
) -> Callable[[Session], list[Claim]]:
    return lambda session: claims.claim(
        session, queue, owner=owner, now=now, lease_seconds=lease_seconds, limit=limit
    )


def finish(*claimed: Claim, now: datetime = NOW) -> Callable[[Session], None]:
    def run(session: Session) -> None:
        for each in claimed:
            claims.finish(session, each, now=now)

    return run


def column(queue: Queue, name: str) -> Callable[[Session], list[object]]:
    """Make a function that gives a column of all rows, in their order."""
    own = queue.table.c
    return lambda session: list(
        session.connection().execute(select(own[name]).order_by(own.seq)).scalars()
    )


def keys(claimed: list[Claim]) -> list[str]:
    return [each.key for each in claimed]
