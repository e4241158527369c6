"""When to try again, and when to give up: a value, which somebody else acts upon; no I/O."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

FIRST_SECONDS_MAX = 5.0
"""The first retry comes within this time; each later wait is twice as long."""

WAIT_SECONDS_MAX = 300.0
"""No wait is longer than this."""

PATIENCE = timedelta(hours=24)
"""Nothing is given up sooner after its first try."""

ATTEMPTS_MIN = 12
"""Nothing is given up with fewer attempts: the time while the process was down does not count."""

ATTEMPTS_MAX = 2000
"""What was begun so often is given up, even if no attempt lived long enough to fail properly."""

POSTPONED_MAX = timedelta(hours=72)
"""What the other side keeps postponing for so long after its first try is given up."""


@dataclass(frozen=True, slots=True)
class RetryIn:
    """Try again after this many seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class GiveUp:
    """Do not try again; a person has to look."""

    reason: str


def next_try(
    *, attempts: int, first_tried_at: datetime, now: datetime, jitter: float
) -> RetryIn | GiveUp:
    """Decide what follows the failure of attempt number ``attempts`` (1 is the first).

    ``jitter`` is a random number in [0, 1): it spreads the retries over the second half of each
    wait, so that those who failed together do not come back together.
    """
    is_patience_over = now - first_tried_at >= PATIENCE and attempts >= ATTEMPTS_MIN
    if is_patience_over or attempts >= ATTEMPTS_MAX:
        return GiveUp(f"given up after {attempts} attempts")
    doublings = min(attempts - 1, 16)
    wait_seconds = min(FIRST_SECONDS_MAX * 2**doublings, WAIT_SECONDS_MAX)
    return RetryIn(wait_seconds * (0.5 + jitter / 2))


def after_postponing(
    *, first_tried_at: datetime, now: datetime, seconds: float
) -> RetryIn | GiveUp:
    """Decide what follows when the other side said to come back in ``seconds``."""
    if now - first_tried_at >= POSTPONED_MAX:
        return GiveUp("postponed by the other side for too long")
    return RetryIn(max(seconds, 0.0))
