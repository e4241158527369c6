"""From what a delivery says to the lanes of what happened."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from app.domain.deliveries import Provider
from app.domain.events import Arrival
from app.domain.ids import Lane, object_lane
from app.store import events, known


def record(
    session: Session, provider: Provider, arrivals: Sequence[Arrival], *, now: datetime
) -> None:
    """Put each event into its lane, once; an object that nobody knows has a lane of its own."""
    for arrival in arrivals:
        lane = arrival.lane or _lane_of(session, provider, arrival)
        events.add_once(session, arrival.event, key=arrival.key, lane=lane, now=now)


def _lane_of(session: Session, provider: Provider, arrival: Arrival) -> Lane:
    """Find the lane of the object that an event names; what belongs to one of ours is ours, too.

    So a payment is its ticket's from the first message on, even if it can never be read.
    """
    found = known.lookup(session, provider, arrival.about)
    if found is None:
        return object_lane(provider, arrival.about[0])
    for external_id in arrival.about:
        known.know(session, provider, external_id, lane=found.lane, ticket=found.ticket)
    return found.lane
