"""How we speak to the model's server: one key, one pool, and its errors in our own words.

This module imports OpenAI's library, which takes about a second; so it is itself imported only when
there is something to do (see ``perform.py``).
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any, Final

import httpx2
import openai

from app.domain.errors import MainstayError, Refused, Transient
from app.providers.openai.answers import NOT_EVERYWHERE, Json, NotKnownError

ANSWER_BYTES_MAX: Final = 1024**2

_WORD: Final = re.compile(r"[A-Za-z0-9_.\[\]-]{1,60}")
Call = Callable[[openai.AsyncOpenAI], AbstractAsyncContextManager[openai.AsyncAPIResponse[Any]]]
"""One request, of which the answer is read piece by piece."""

_PASSING: Final = frozenset({408, 409, 429})


class Client:
    """Asks the model's server; it has to be made inside the event loop.

    It never tries again by itself: the outbox does, and two layers of retries would multiply.
    """

    def __init__(self, *, api_key: str, base_url: str, timeout_seconds: float) -> None:
        self._timeout_seconds = timeout_seconds
        self._openai = openai.AsyncOpenAI(
            api_key=api_key, base_url=base_url, timeout=timeout_seconds, max_retries=0
        )

    async def ask(self, call: Call) -> Json:
        """Make a call and give its answer as plain JSON; raise one of the domain's errors.

        The library's own time limit is for each piece of an answer; ours is for the whole.
        """
        try:
            async with asyncio.timeout(self._timeout_seconds), call(self._openai) as response:
                body = bytearray()
                async for chunk in response.iter_bytes():
                    body += chunk
                    if len(body) > ANSWER_BYTES_MAX:
                        raise Refused("The model's answer is too long to be one.", is_certain=False)
        except openai.APIStatusError as error:
            # Some servers quote the question in their errors, and it may be private: nothing of
            # their words goes on, also not in a traceback.
            raise _in_our_words(error) from None
        # The library passes on what breaks while a body is read; a TimeoutError is an OSError.
        except (openai.OpenAIError, httpx2.HTTPError, OSError) as error:
            name = type(error).__name__
            raise Transient(f"No answer came from the model's server ({name}).") from error
        return _read(bytes(body))

    async def close(self) -> None:
        """Close every connection."""
        await self._openai.close()


def _read(body: bytes) -> Json:
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, dict):
        raise Transient("The model's server gave an answer that is not a JSON object.")
    return answer


def _in_our_words(error: openai.APIStatusError) -> MainstayError:
    status = error.status_code
    if status in _PASSING or status >= 500:
        return Transient(f"The model's server is busy or broken ({status}).")
    if status in {401, 403}:
        return Refused(f"The model's server does not let our API key do this ({status}).")
    told = [error.code, error.param, error.type]
    why = ", ".join(word for word in told if isinstance(word, str) and _WORD.fullmatch(word))
    refusal = f"The model's server refused it ({status}{', ' if why else ''}{why})."
    is_unknown = any(name in error.message for name in NOT_EVERYWHERE)
    return NotKnownError(refusal) if is_unknown else Refused(refusal)
