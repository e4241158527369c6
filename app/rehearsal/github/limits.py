"""GitHub's rate limits, by the injected clock.

https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from app.rehearsal.github.answers import RefusalError

HOUR: Final = timedelta(hours=1)
MINUTE: Final = timedelta(minutes=1)


@dataclass(slots=True)
class _Window:
    """One caller's hour."""

    reset_at: datetime
    used: int = 0


class Limits:
    """Counts requests for each caller, and refuses the ones that are too many.

    The secondary limits can be switched off (`are_secondary_on`), for tests whose clock stands
    still while much happens; the primary one can be raised.
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.primary_per_hour = 5_000
        self.content_per_minute = 80
        self.content_per_hour = 500
        self.are_secondary_on = True
        self._now = now
        self._windows: dict[str, _Window] = {}
        self._content: dict[str, deque[datetime]] = {}

    def count(self, caller: str) -> None:
        """Count a request, or refuse it when the hour's are used up."""
        window = self._window(caller)
        if window.used >= self.primary_per_hour:
            who = caller.replace(":", " ID ")
            raise RefusalError(403, f"API rate limit exceeded for {who}.")
        window.used += 1

    def give_back(self, caller: str) -> None:
        """Count a request back: a 304 is free."""
        self._window(caller).used -= 1

    def count_content(self, caller: str) -> None:
        """Count a request that creates content, or refuse it with Retry-After."""
        now = self._now()
        created = self._content.setdefault(caller, deque())
        while created and created[0] <= now - HOUR:
            created.popleft()
        if self.are_secondary_on:
            wait = self._content_wait(created, now)
            if wait > timedelta(0):
                raise RefusalError(
                    403,
                    "You have exceeded a secondary rate limit and have been temporarily blocked "
                    "from content creation. Please retry your request again later.",
                    headers={"Retry-After": str(max(1, round(wait.total_seconds())))},
                )
        created.append(now)

    def headers(self, caller: str) -> dict[str, str]:
        """Write the headers that every answer carries."""
        counted = self.overview(caller)
        return {
            "x-ratelimit-limit": str(counted["limit"]),
            "x-ratelimit-remaining": str(counted["remaining"]),
            "x-ratelimit-reset": str(counted["reset"]),
            "x-ratelimit-used": str(counted["used"]),
            "x-ratelimit-resource": "core",
        }

    def overview(self, caller: str) -> dict[str, Any]:
        """Write a caller's hour as GET /rate_limit does."""
        window = self._window(caller)
        return {
            "limit": self.primary_per_hour,
            "used": window.used,
            "remaining": max(0, self.primary_per_hour - window.used),
            "reset": int(window.reset_at.timestamp()),
        }

    def _content_wait(self, created: deque[datetime], now: datetime) -> timedelta:
        last_minute = [at for at in created if at > now - MINUTE]
        waits = [timedelta(0)]
        if len(last_minute) >= self.content_per_minute:
            waits.append(last_minute[-self.content_per_minute] + MINUTE - now)
        if len(created) >= self.content_per_hour:
            waits.append(created[-self.content_per_hour] + HOUR - now)
        return max(waits)

    def _window(self, caller: str) -> _Window:
        now = self._now()
        window = self._windows.get(caller)
        if window is None or window.reset_at <= now:
            window = self._windows[caller] = _Window(now + HOUR)
        return window
