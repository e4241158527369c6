"""What is done with the rows of each table: translate, handle, perform.

``def`` runs inside a transaction, ``async def`` outside: the network is never called in between.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlmodel import Session

from app.domain.deliveries import Provider
from app.domain.effects import Effect
from app.domain.errors import Refused
from app.domain.events import EffectFailed, Event
from app.domain.operator import Operator
from app.domain.retry import PATIENCE
from app.providers.rooms import Attempt, Performer, Translate
from app.services import intake
from app.services.context import Context, Handled
from app.services.handle import handle
from app.services.prepare import prepare
from app.store import claims
from app.store import deliveries as delivery_rows
from app.store import effects as effect_rows
from app.store import events as event_rows
from app.store.codec import UnreadableError
from app.store.engine import Database
from app.store.queues import Claim, Queue

NOT_YET_SECONDS = 2.0
"""How long an event waits for what has to be read first; each later wait is twice as long."""

NOT_YET_SECONDS_MAX = 60.0

NOT_YET_AT_MOST = PATIENCE + timedelta(hours=2)
"""An event that had to wait for so long is given up: longer than any reading is tried."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deliveries:
    """A delivery becomes events in their lanes."""

    database: Database
    translate: Mapping[Provider, Translate]
    now: Callable[[], datetime]
    queue: Queue = delivery_rows.DELIVERIES

    async def work(self, claim: Claim) -> None:
        """Translate outside the transaction, record inside it."""
        delivery = delivery_rows.delivery_of(claim)
        translate = self.translate.get(delivery.provider)
        arrivals = translate(delivery) if translate is not None else []
        now = self.now()

        def record(session: Session) -> None:
            intake.record(session, delivery.provider, arrivals, now=now)
            claims.finish(session, claim, now=now)

        await self.database.in_transaction(record)

    def on_bury(self, session: Session, claim: Claim, reason: str, *, is_certain: bool) -> None:
        """Leave a buried delivery to the operator: nobody inside waits for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Events:
    """An event is handled, and its row finished, in one transaction."""

    database: Database
    operator: Operator
    now: Callable[[], datetime]
    new_id: Callable[[], str]
    new_token: Callable[[], str]
    queue: Queue = event_rows.EVENTS

    async def work(self, claim: Claim) -> None:
        """Handle one event."""
        event = event_rows.event_of(claim)
        assert claim.lane is not None, "every event has a lane"
        context = Context(
            key=claim.key,
            lane=claim.lane,
            now=self.now(),
            operator=self.operator,
            new_id=self.new_id,
            new_token=self.new_token,
        )

        def run(session: Session) -> None:
            if handle(session, event, context) is Handled.DONE:
                claims.finish(session, claim, now=context.now)
                return
            first = claim.first_tried_at or context.now
            if context.now - first > NOT_YET_AT_MOST:
                raise Refused("what it waits for was never read")
            doublings = min(claim.fence - 1, 16)
            wait_seconds = min(NOT_YET_SECONDS * 2.0**doublings, NOT_YET_SECONDS_MAX)
            due_at = context.now + timedelta(seconds=wait_seconds)
            claims.postpone(session, claim, due_at=due_at, reason="something is read first")

        await self.database.in_transaction(run)

    def on_bury(self, session: Session, claim: Claim, reason: str, *, is_certain: bool) -> None:
        """Leave a buried event to the operator; what comes after it in the lane goes on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effects:
    """An effect is performed outside, and what came of it goes back into its lane."""

    database: Database
    operator: Operator
    performers: Mapping[Provider, Performer]
    now: Callable[[], datetime]
    queue: Queue = effect_rows.EFFECTS

    async def work(self, claim: Claim) -> None:
        """Prepare in one transaction, perform outside of any, record in another one."""
        ordered = effect_rows.effect_of(claim)

        def look(session: Session) -> Effect | EffectFailed | None:
            return prepare(session, ordered, operator=self.operator)

        effect = await self.database.reading(look)
        outcome: Event | None = effect if isinstance(effect, EffectFailed) else None
        if effect is not None and not isinstance(effect, EffectFailed):
            performer = self.performers.get(effect.provider)
            if performer is None:
                raise Refused(f"{effect.provider} is not configured")
            at = self.now()
            attempt = Attempt(number=claim.attempts, first_at=claim.first_tried_at or at, at=at)
            outcome = await performer.perform(effect, attempt)
        now = self.now()

        def record(session: Session) -> None:
            # Finished first: whoever lost the row must not tell what came of it.
            claims.finish(session, claim, now=now)
            if outcome is not None:
                event_rows.add_once(
                    session,
                    outcome,
                    key=event_rows.outcome_key(claim.key),
                    lane=ordered.lane,
                    now=now,
                    tenant=ordered.tenant,
                )

        await self.database.in_transaction(record)

    def on_bury(self, session: Session, claim: Claim, reason: str, *, is_certain: bool) -> None:
        """Tell the lane that it did not happen, or may not have."""
        tell_failure(session, claim, reason, is_certain=is_certain, now=self.now())


def tell_failure(
    session: Session, claim: Claim, reason: str, *, is_certain: bool, now: datetime
) -> None:
    """Record in the lane of an effect that it was given up, by the worker or by an operator."""
    try:
        effect = effect_rows.effect_of(claim)
    except UnreadableError as error:
        # It can be buried all the same, or it would be tried for ever.
        log.warning("nobody_can_be_told", effect_id=claim.id, kind=claim.kind, reason=str(error))
        return
    event_rows.add_once(
        session,
        EffectFailed(effect=effect, reason=reason, is_certain=is_certain),
        key=f"{claim.key}:failed",
        lane=effect.lane,
        now=now,
        tenant=effect.tenant,
    )
