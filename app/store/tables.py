"""Every table in one place: importing this module fills ``METADATA``."""

from __future__ import annotations

from app.store import deliveries, effects, events, pauses
from app.store.columns import METADATA

__all__ = ["METADATA", "deliveries", "effects", "events", "pauses"]
