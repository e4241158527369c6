"""How we speak to Stripe: one key, one pool of connections, and its errors in our own words.

This module imports Stripe's library, which takes about half a second; so it is itself imported only
when there is something to do (see ``perform.py``).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

import aiohttp
import stripe

from app.domain.errors import Ambiguous, MainstayError, Postpone, Refused, Transient
from app.providers.stripe.answers import Json

CONNECTIONS_MAX: Final = 20
"""Calls at a time; others wait for a connection, within their own time limit."""

POSTPONED_SECONDS: Final = 5.0
"""How long to wait after a 429 that does not say how long: Stripe counts by the second."""

POSTPONED_SECONDS_MAX: Final = 3600.0

ANSWER_BYTES_MAX: Final = 8 * 1024**2
"""A page of a hundred of their objects, and some room."""

REASON_CHARACTERS_MAX: Final = 300

KEYS_MAX: Final = 3
"""How many idempotency keys one creation may use up; each but the last kept a failure."""

Call = Callable[[stripe.StripeClient], Awaitable[stripe.StripeObject]]
Create = Callable[[stripe.StripeClient, str], Awaitable[stripe.StripeObject]]
"""A call with an idempotency key."""
Look = Callable[[], Awaitable[Json | None]]

stripe.enable_telemetry = False


class _KeptFailureError(Exception):
    """Stripe keeps a failure under this idempotency key, and will answer nothing else to it.

    For a day the answer of the first request is given again, whatever it was, also a 500: it says
    nothing about today (source: Stripe's page "Idempotent requests").
    """

    def __init__(self, failure: MainstayError) -> None:
        super().__init__(str(failure))
        self.failure = failure
        """What the kept answer means by itself."""


class _Http(stripe.HTTPClient):
    """How the library's requests are sent.

    Its own client for aiohttp leaves a connection open when an answer breaks off, has no bound, and
    follows redirects, which turn a POST into a GET.
    """

    name = "aiohttp"

    def __init__(self, pool: aiohttp.ClientSession) -> None:
        super().__init__()
        self._pool = pool

    async def request_async(
        self, method: str, url: str, headers: Mapping[str, str], post_data: Any = None
    ) -> tuple[bytes, int, Mapping[str, str]]:
        """Send one request and read its answer whole."""
        async with self._pool.request(
            method, url, headers=headers, data=post_data, allow_redirects=False
        ) as response:
            body = bytearray()
            async for chunk in response.content.iter_any():
                body += chunk
                if len(body) > ANSWER_BYTES_MAX:
                    raise aiohttp.ClientPayloadError("the answer is too long")
            return bytes(body), response.status, response.headers


class Client:
    """Asks Stripe, for whoever wants to know; it has to be made inside the event loop.

    It never tries again by itself: the outbox does, and two layers of retries would multiply.
    """

    def __init__(self, *, api_key: str, api_url: str, timeout_seconds: float) -> None:
        self._pool = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=CONNECTIONS_MAX),
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=timeout_seconds),
        )
        self._stripe = stripe.StripeClient(
            api_key,
            http_client=_Http(self._pool),
            base_addresses={"api": api_url.rstrip("/")},
            max_network_retries=0,
        )

    async def ask(self, call: Call) -> Json:
        """Make a call and give its answer as plain JSON; raise one of the domain's errors."""
        return await _answer(call(self._stripe))

    async def once(self, create: Create, *, key: str, look: Look) -> Json:
        """Create something under a key; where Stripe keeps a failure for it, look, then try on.

        ``look`` finds what an earlier try made. The keys are tried in the same order each time, so
        that a try whose answer was lost is found again under its own key.
        """
        for each in (key, *(f"{key}:{n}" for n in range(2, KEYS_MAX + 1))):
            try:
                return await _answer(create(self._stripe, each))
            except _KeptFailureError as kept:
                failure = kept.failure
            made = await look()
            if made is not None:
                return made
        raise failure

    async def close(self) -> None:
        """Close every connection."""
        await self._pool.close()


async def _answer(asked: Awaitable[stripe.StripeObject]) -> Json:
    try:
        answer = await asked
    except stripe.StripeError as error:
        raise _in_our_words(error) from error
    except (aiohttp.ClientError, OSError) as error:  # a TimeoutError is an OSError
        raise Ambiguous(f"No answer came from Stripe ({type(error).__name__}).") from error
    return answer.to_dict()


def _in_our_words(error: stripe.StripeError) -> Exception:
    meaning = _meaning(error)
    is_kept = (error.headers or {}).get("idempotent-replayed") == "true"
    return _KeptFailureError(meaning) if is_kept else meaning


def _meaning(error: stripe.StripeError) -> MainstayError:
    """Say what an error means for what we wanted.

    A key that Stripe does not take is passing trouble: an operator mends it, and then everything
    that waited goes on.
    """
    status = error.http_status or 0
    if status == 429:
        return Postpone("Stripe has too many requests of ours.", seconds=_wait_seconds(error))
    if status in {401, 403}:
        return Transient(f"Stripe does not let our API key do this ({status}): check the key.")
    if status == 409:
        return Transient("Stripe is still at work on an earlier try of this.")
    if not 400 <= status < 500 or error.error is None:
        return Ambiguous(f"Stripe, or something in between, answered {status} and no reason.")
    reason = f"Stripe refused it: {error.user_message}"[:REASON_CHARACTERS_MAX]
    # Another order has used our key before: nobody knows what came of that one.
    return Refused(reason, is_certain=not isinstance(error, stripe.IdempotencyError))


def _wait_seconds(error: stripe.StripeError) -> float:
    told = (error.headers or {}).get("retry-after", "")
    seconds = float(told) if told.isascii() and told.isdigit() else POSTPONED_SECONDS
    return min(seconds, POSTPONED_SECONDS_MAX)
