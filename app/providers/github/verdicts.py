"""What an answer of GitHub's that is not a success means for us; no I/O.

https://docs.github.com/rest/using-the-rest-api/troubleshooting-the-rest-api
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

import gidgethub

from app.domain.errors import Ambiguous, MainstayError, OutOfReach, Postpone, Refused, Transient

WAIT_SECONDS_MIN: Final = 1.0
WAIT_SECONDS_MAX: Final = 3600.0
"""GitHub counts by the hour: no limit lasts longer, whatever a header says."""

UNTOLD_WAIT_SECONDS: Final = 60.0
"""How long to wait where GitHub does not say; it doubles from one time to the next."""
UNTOLD_WAIT_SECONDS_MAX: Final = 900.0

REASON_CHARACTERS_MAX: Final = 300

CLOSED: Final = (
    (403, "archived"),
    (403, "locked"),
    (403, "suspended"),
    (422, "not accessible to the parent installation"),
)
"""How GitHub says that somebody has closed a place to us, which is theirs to do."""


class NotBelieved(Transient):
    """GitHub does not take our credentials: the token, the key or a clock is wrong."""


class NotThere(OutOfReach):
    """GitHub has no such thing, or none that we may see."""


def unfinished(reason: str, *, is_repeatable: bool) -> Transient:
    """Judge a request of which no answer came: what may be repeated is only late."""
    return Transient(reason) if is_repeatable else Ambiguous(reason)


def verdict(
    error: gidgethub.HTTPException,
    *,
    is_repeatable: bool,
    is_for_tenant: bool,
    now: datetime,
    postponed_before: int,
) -> MainstayError:
    """Give the error that says what to do next.

    ``postponed_before`` is how many times in a row GitHub has already put us off.
    """
    status = int(error.status_code)
    reason = f"GitHub answered {status}: {error}"[:REASON_CHARACTERS_MAX]
    if status in (403, 429):
        seconds = _wait_seconds(error, status, now, postponed_before)
        if seconds is not None:
            seconds = min(max(seconds, WAIT_SECONDS_MIN), WAIT_SECONDS_MAX)
            return Postpone(reason, seconds=seconds, is_for_tenant=is_for_tenant)
    if status >= 500 or status == 408:
        return unfinished(reason, is_repeatable=is_repeatable)
    if status == 401:
        return NotBelieved(reason)  # an operator can mend it while the queue waits
    if status in (404, 409, 410):  # 409 is how GitHub says that a repository has no commit yet
        return NotThere(reason)
    told = str(error).lower()
    is_closed = any(status == each and words in told for each, words in CLOSED)
    # What has moved is another place, in which nobody may have asked for us.
    return OutOfReach(reason) if is_closed or status in (301, 307) else Refused(reason)


def _wait_seconds(
    error: gidgethub.HTTPException, status: int, now: datetime, postponed_before: int
) -> float | None:
    """Say how long a rate limit lasts; ``None`` where it is none, but a lack of permission."""
    told = _told_seconds(error, now)
    if told is not None:
        return told
    if status == 429 or "rate limit" in str(error).lower():
        doubled = UNTOLD_WAIT_SECONDS * 2.0 ** min(postponed_before, 10)
        return min(doubled, UNTOLD_WAIT_SECONDS_MAX)
    return None


def _told_seconds(error: gidgethub.HTTPException, now: datetime) -> float | None:
    retry_after = _number(error.headers.get("retry-after"))
    if retry_after is not None:
        return retry_after
    reset = _number(error.headers.get("x-ratelimit-reset"))
    if error.headers.get("x-ratelimit-remaining") == "0" and reset is not None:
        return reset - now.timestamp() + 1  # both clocks have whole seconds
    return None


def _number(text: str | None) -> float | None:
    return float(text) if text is not None and text.isascii() and text.isdigit() else None
