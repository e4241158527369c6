"""How many tokens a draft may cost: counted before the model is asked, corrected after; no I/O.

What is counted before is never less than what the model can cost: every try of it, with a token for
each byte of the question and the longest answer. Whatever is not known stays counted.
"""

from __future__ import annotations

from typing import Final

TRIES_MAX: Final = 3
"""So often a model that stumbles is asked; each of them may have cost something."""

OUTPUT_TOKENS_MAX: Final = 4_000
"""An answer is a tenth of that; the rest is for models that think first, and count it."""

FRAME_TOKENS: Final = 1_000
"""For what stands around the prompt: its roles, and the form in which the answer must come."""

TICKET_TOKENS_MAX: Final = 300_000
"""A draft that could cost more than this is not asked for, however much the day has left."""

DAY_TOKENS: Final = 1_000_000
"""What one repository's drafts may cost a day (UTC), unless the operator says otherwise."""


def try_tokens(system: str, user: str) -> int:
    """Say what one try costs at most: no token is shorter than a byte."""
    return len(f"{system}{user}".encode()) + FRAME_TOKENS + OUTPUT_TOKENS_MAX


def reserved_tokens(system: str, user: str) -> int:
    """Say what is counted before the model is asked."""
    return TRIES_MAX * try_tokens(system, user)


def has_room(reserved: int, counted: int, *, day_tokens: int) -> bool:
    """Say whether a draft may be asked for, after all that was counted in this day."""
    return reserved <= TICKET_TOKENS_MAX and counted + reserved <= day_tokens


def settled_tokens(reserved: int, *, tries: int, used: int) -> int:
    """Say what counts in the end: what the provider reports, and every try whose answer was lost.

    A provider that reports nothing has used what was reserved.
    """
    if used <= 0:
        return reserved
    return used + (tries - 1) * (reserved // TRIES_MAX)
