"""The state together with the webhooks that a change of it causes."""

from __future__ import annotations

from dataclasses import dataclass

from app.rehearsal.github.hooks import Hooks
from app.rehearsal.github.state import State


@dataclass(frozen=True, slots=True)
class Site:
    """What a change works on: it alters the state, then tells the App."""

    state: State
    hooks: Hooks
