"""What the product does for itself: heal what was lost, audit the books, forget what is old."""

from __future__ import annotations

from datetime import timedelta
from typing import assert_never

from sqlmodel import Session

from app.domain.deliveries import Provider
from app.domain.effects import ListLostDeliveries, Redeliver
from app.domain.events import Chore, ChoreCame, LostDeliveriesListed
from app.services import invariants, record
from app.services.context import Context, Handled
from app.store import deliveries, queues, sessions

HEALS_BACK = timedelta(days=3)
"""GitHub redelivers what is at most three days old."""

HEALS_AFTER = timedelta(minutes=1)
"""What is younger may still be on its way."""

REDELIVERIES_MAX = 3
"""How often GitHub is asked for the same delivery."""

KEEPS = timedelta(days=30)
"""How long finished rows are kept: longer than any provider repeats itself."""

PRUNE_ROWS_MAX = 1000


def heard(session: Session, event: ChoreCame | LostDeliveriesListed, context: Context) -> Handled:
    """Look after the product itself."""
    if isinstance(event, ChoreCame):
        return chore_came(session, event, context)
    return lost_deliveries_listed(session, event, context)


def chore_came(session: Session, event: ChoreCame, context: Context) -> Handled:
    """Do a chore, or order it."""
    now = context.now
    match event.chore:
        case Chore.HEAL:
            order = ListLostDeliveries(since=now - HEALS_BACK, until=now - HEALS_AFTER)
            record.effects(session, [order], context)
        case Chore.AUDIT:
            invariants.audit(session, now=now)
        case Chore.PRUNE:
            queues.prune_all(session, before=now - KEEPS, limit=PRUNE_ROWS_MAX)
            sessions.prune(session, before=now - KEEPS, limit=PRUNE_ROWS_MAX)
        case _:
            assert_never(event.chore)
    return Handled.DONE


def lost_deliveries_listed(
    session: Session, event: LostDeliveriesListed, context: Context
) -> Handled:
    """Ask GitHub again for what it could not hand over and what we do not have, thrice at most."""
    for lost in event.lost:
        if deliveries.is_stored(session, Provider.GITHUB, lost.guid):
            continue
        n = deliveries.count_redelivery(session, lost.guid, at_most=REDELIVERIES_MAX)
        if n is not None:
            order = Redeliver(delivery=lost.id, guid=lost.guid, n=n)
            record.effects(session, [order], context)
    return Handled.DONE
