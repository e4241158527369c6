"""Small things that a ticket keeps: its card, a call for the maintainers, a rating; no I/O."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.people import Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """The living card."""

    v: int = 0
    """The newest version that was ordered; 0: none yet."""
    shown: int = 0
    comment: str = ""
    is_restored: bool = False
    """It was deleted once and posted again."""
    is_gone: bool = False
    """It was deleted twice: they do not want it, and the ticket goes on at its own page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalation:
    """Somebody's call for the maintainers."""

    by: Person
    reason: str
    """In their own words; may be empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    """How good the help was."""

    stars: int
    """From 1 to 5."""
    text: str
    """In the customer's own words; may be empty."""
