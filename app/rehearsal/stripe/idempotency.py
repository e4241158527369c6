"""Idempotency keys: the first answer is kept for a day, and given again for the same request.

Source: docs.stripe.com/api/idempotent_requests. What fails validation, and what meets another
request with the same key, is not kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from app.rehearsal.stripe.refusals import Json, key_in_use, key_moved, key_reused, key_too_long

KEY_CHARS_MAX: Final = 255
KEPT_FOR: Final = timedelta(hours=24)


@dataclass(slots=True, kw_only=True)
class FirstRequest:
    """The request that a key was first used with, and its answer once it is there."""

    path: str
    params: Json
    request_id: str
    forgotten_at: datetime
    status: int | None = None
    body: bytes = b""


class IdempotencyKeys:
    """The keys of the last day."""

    def __init__(self, kept_for: timedelta = KEPT_FOR) -> None:
        self._kept_for = kept_for
        self._first: dict[str, FirstRequest] = {}

    def begin(
        self, key: str, *, path: str, params: Json, request_id: str, now: datetime
    ) -> FirstRequest | None:
        """Claim a key for a request, or give the first request whose answer is to be replayed."""
        if len(key) > KEY_CHARS_MAX:
            raise key_too_long()
        self._prune(now)
        first = self._first.get(key)
        if first is None:
            self._first[key] = FirstRequest(
                path=path,
                params=params,
                request_id=request_id,
                forgotten_at=now + self._kept_for,
            )
            return None
        if first.path != path:
            raise key_moved(key, path, first.path)
        if first.params != params:
            raise key_reused(key)
        if first.status is None:
            raise key_in_use(key)
        return first

    def finish(self, key: str, status: int, body: bytes) -> None:
        """Keep the answer for whoever asks again."""
        self._first[key].status = status
        self._first[key].body = body

    def forget(self, key: str) -> None:
        """Let go of a key whose request was not executed."""
        self._first.pop(key, None)

    def _prune(self, now: datetime) -> None:
        for key in [key for key, first in self._first.items() if first.forgotten_at <= now]:
            del self._first[key]
