"""Faults on demand: what goes wrong between the product and the services that it calls.

A fault is either scripted (`Faults.once`) or drawn from seeded rates. Request faults are applied by
an aiohttp middleware in front of a stand-in; webhook faults are applied by `webhooks.Sender`.
"""

from __future__ import annotations

import asyncio
import random
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware


class Fault(StrEnum):
    """One way in which the outside can fail."""

    BAD_GATEWAY = "bad_gateway"
    """502 before any work."""
    SERVER_ERROR = "server_error"
    """500 before any work."""
    TIMEOUT = "timeout"
    """No answer: the request is held, then the connection is dropped, before any work."""
    RATE_LIMITED = "rate_limited"
    """403 with the words of a secondary rate limit and Retry-After, before any work."""
    TOO_MANY = "too_many"
    """429 with Retry-After, before any work."""
    ANSWER_LOST = "answer_lost"
    """The work is done, then the connection is dropped without an answer."""
    DUPLICATE = "duplicate"
    """A webhook is sent twice at the same time."""
    REORDER = "reorder"
    """A webhook is held back until the next one has been sent, or a short time has passed."""


WEBHOOK_FAULTS: Final = frozenset({Fault.DUPLICATE, Fault.REORDER})
REQUEST_FAULTS: Final = frozenset(Fault) - WEBHOOK_FAULTS

Answer = Callable[[Fault, int], web.Response]
"""(fault, Retry-After in seconds) → the answer of a service that fails in this way."""


def github_answer(fault: Fault, retry_after_seconds: int) -> web.Response:
    """Answer a fault in GitHub's words; a service with another error format passes its own."""
    headers = {"Retry-After": str(retry_after_seconds)}
    if fault is Fault.RATE_LIMITED:
        sentence = "You have exceeded a secondary rate limit. Please wait a few minutes."
        return web.json_response({"message": sentence}, status=403, headers=headers)
    if fault is Fault.TOO_MANY:
        return web.json_response({"message": "Too Many Requests"}, status=429, headers=headers)
    if fault is Fault.BAD_GATEWAY:
        return web.Response(status=502, text="<html>Bad Gateway</html>", content_type="text/html")
    return web.json_response({"message": "Server Error"}, status=500)


@dataclass(slots=True)
class _Scripted:
    """A fault that waits for the requests or webhooks that it was ordered for."""

    fault: Fault
    method: str | None
    pattern: re.Pattern[str] | None
    times_left: int

    def is_for(self, method: str | None, subject: str) -> bool:
        if self.method is not None and self.method != method:
            return False
        return self.pattern is None or self.pattern.search(subject) is not None


class Faults:
    """What goes wrong, when, and how often it did.

    `rates` are probabilities between 0 and 1 for each request (or webhook); at most `limit` random
    faults are injected in all, scripted ones do not count. `exempt_prefixes` are paths that people
    look at, where nothing ever fails.
    """

    def __init__(
        self,
        seed: int = 0,
        rates: Mapping[Fault, float] | None = None,
        limit: int | None = None,
        *,
        timeout_seconds: float = 30.0,
        retry_after_seconds: int = 1,
        reorder_seconds: float = 0.25,
        exempt_prefixes: tuple[str, ...] = (
            *("/_stage", "/c/", "/login/oauth/authorize", "/settings/apps", "/organizations/"),
        ),
    ) -> None:
        self.injected: Counter[Fault] = Counter()
        self.rates: dict[Fault, float] = dict(rates or {})
        self.limit = limit
        self.timeout_seconds = timeout_seconds
        self.retry_after_seconds = retry_after_seconds
        self.reorder_seconds = reorder_seconds
        self.exempt_prefixes = exempt_prefixes
        self._request_dice = random.Random(f"{seed}:requests")
        self._webhook_dice = random.Random(f"{seed}:webhooks")
        self._random_count = 0
        self._scripted: list[_Scripted] = []

    def once(
        self, fault: Fault, *, method: str | None = None, path: str | None = None, times: int = 1
    ) -> None:
        """Inject a fault into the next `times` matching requests, or webhooks for webhook faults.

        `path` is a regular expression that is searched in the request's path, or in the webhook's
        event name.
        """
        pattern = None if path is None else re.compile(path)
        self._scripted.append(_Scripted(fault, method, pattern, times))

    @property
    def waiting(self) -> list[Fault]:
        """What was ordered by `once` and has not come about, once for each time."""
        return [each.fault for each in self._scripted for _ in range(each.times_left)]

    def clear(self) -> None:
        """Let nothing fail any more; what was injected stays counted."""
        self._scripted.clear()
        self.rates.clear()

    def for_request(self, method: str, path: str) -> Fault | None:
        """Choose what happens to this request, and count it."""
        if path.startswith(self.exempt_prefixes):
            return None
        return self._choose(REQUEST_FAULTS, self._request_dice, method, path)

    def for_webhook(self, event: str) -> Fault | None:
        """Choose what happens to this webhook, and count it."""
        return self._choose(WEBHOOK_FAULTS, self._webhook_dice, None, event)

    @property
    def middleware(self) -> Middleware:
        """The aiohttp middleware that applies request faults, with GitHub's words."""
        return self.middleware_answering(github_answer)

    def middleware_answering(self, answer: Answer) -> Middleware:
        """Give the aiohttp middleware that applies request faults with a service's own errors."""

        @web.middleware
        async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
            fault = self.for_request(request.method, request.path)
            if fault is None:
                return await handler(request)
            await request.read()  # a real service also takes the whole request before it fails
            if fault is Fault.ANSWER_LOST:
                await _do_work(request, handler)
                return _drop(request)
            if fault is Fault.TIMEOUT:
                await asyncio.sleep(self.timeout_seconds)
                return _drop(request)
            return answer(fault, self.retry_after_seconds)

        return middleware

    def _choose(
        self, kinds: frozenset[Fault], dice: random.Random, method: str | None, subject: str
    ) -> Fault | None:
        fault = self._take_scripted(kinds, method, subject) or self._roll(kinds, dice)
        if fault is not None:
            self.injected[fault] += 1
        return fault

    def _take_scripted(
        self, kinds: frozenset[Fault], method: str | None, subject: str
    ) -> Fault | None:
        for scripted in self._scripted:
            if scripted.fault in kinds and scripted.is_for(method, subject):
                scripted.times_left -= 1
                if scripted.times_left <= 0:
                    self._scripted.remove(scripted)
                return scripted.fault
        return None

    def _roll(self, kinds: frozenset[Fault], dice: random.Random) -> Fault | None:
        drawn = dice.random()  # one draw a request, so that a seed means the same whatever comes up
        if self.limit is not None and self._random_count >= self.limit:
            return None
        for fault in Fault:
            rate = self.rates.get(fault, 0.0) if fault in kinds else 0.0
            if drawn < rate:
                self._random_count += 1
                return fault
            drawn -= rate
        return None


async def _do_work(request: web.Request, handler: Handler) -> None:
    try:
        await handler(request)
    except web.HTTPException:
        return  # a refusal is an answer as well, and it gets lost like any other


def _drop(request: web.Request) -> web.Response:
    """Close the connection; the response that is returned has nowhere to go."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)
