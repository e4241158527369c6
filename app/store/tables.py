"""Every table in one place: importing this module fills ``METADATA``."""

from __future__ import annotations

from app.store import (
    audits,
    availability,
    conversations,
    deliveries,
    documents,
    effects,
    events,
    installations,
    known,
    ledger,
    pace,
    pauses,
    people,
    policies,
    proposals,
    sessions,
    tickets,
)
from app.store.columns import METADATA

__all__ = [
    "METADATA",
    "audits",
    "availability",
    "conversations",
    "deliveries",
    "documents",
    "effects",
    "events",
    "installations",
    "known",
    "ledger",
    "pace",
    "pauses",
    "people",
    "policies",
    "proposals",
    "sessions",
    "tickets",
]
