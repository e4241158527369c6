"""What we ask of the model, and what came of it; the only file that calls its server.

A draft is worth a few tries and no more: the ticket goes on without it.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final, Literal

from app.domain.drafting import ANSWER_SCHEMA
from app.domain.drafting.budgets import OUTPUT_TOKENS_MAX, TRIES_MAX
from app.domain.effects import DraftReply, Effect
from app.domain.errors import Refused, Transient
from app.domain.events import Event, ReplyDrafted
from app.providers.openai.answers import Answer, NotKnownError, chat_answer, responses_answer
from app.providers.rooms import Attempt

if TYPE_CHECKING:
    from openai.types.chat import ChatCompletionMessageParam

    from app.providers.openai.client import Client

BASE_URL: Final = "https://api.openai.com/v1"
TIMEOUT_SECONDS: Final = 60.0
"""For a whole answer: a model that thinks first takes its time, and nobody waits for it."""

SCHEMA_NAME: Final = "answer"


class OpenAI:
    """Asks one model for drafts, at OpenAI or at any server that speaks as it does."""

    def __init__(
        self,
        *,
        api_key: str,
        model: str,
        api: Literal["responses", "chat"],
        base_url: str = BASE_URL,
        timeout_seconds: float = TIMEOUT_SECONDS,
    ) -> None:
        self._api_key = api_key
        self._model = model
        self._api = api
        self._base_url = base_url
        self._timeout_seconds = timeout_seconds
        self._opening = asyncio.Lock()
        self._client: Client | None = None

    async def perform(self, effect: Effect, attempt: Attempt) -> Event | None:
        """Ask the model and give its answer, unchecked."""
        if not isinstance(effect, DraftReply):
            raise Refused(f"A model does not perform {type(effect).__name__}.")
        client = await self._open()
        ask = _ask_responses if self._api == "responses" else _ask_chat
        try:
            answer = await ask(client, self._model, effect)
        except Transient as error:
            if attempt.number >= TRIES_MAX:
                what = f"Given up after {TRIES_MAX} tries: {error}"
                raise Refused(what, is_certain=False) from error
            raise
        except Refused as error:
            # An earlier try may have been answered, and that costs.
            is_certain = error.is_certain and attempt.is_first
            raise Refused(str(error), is_certain=is_certain) from error
        return ReplyDrafted(
            ticket=effect.ticket,
            answer=answer.text,
            model=answer.model,
            input_tokens=answer.input_tokens,
            output_tokens=answer.output_tokens,
            tries=attempt.number,
        )

    async def close(self) -> None:
        """Close every connection."""
        async with self._opening:
            client, self._client = self._client, None
        if client is not None:
            await client.close()

    async def _open(self) -> Client:
        async with self._opening:
            if self._client is None:
                # In a thread: the import takes a second, and webhooks must not wait for it.
                make = await asyncio.to_thread(_load)
                self._client = make(
                    api_key=self._api_key,
                    base_url=self._base_url,
                    timeout_seconds=self._timeout_seconds,
                )
            return self._client


def _load() -> type[Client]:
    from app.providers.openai.client import Client

    return Client


async def _ask_responses(client: Client, model: str, effect: DraftReply) -> Answer:
    answer = await client.ask(
        lambda api: api.responses.with_streaming_response.create(
            model=model,
            instructions=effect.system,
            input=effect.user,
            text={
                "format": {
                    "type": "json_schema",
                    "name": SCHEMA_NAME,
                    "schema": dict(ANSWER_SCHEMA),
                    "strict": True,
                }
            },
            max_output_tokens=OUTPUT_TOKENS_MAX,
            safety_identifier=effect.customer_hash,
            store=False,
        )
    )
    return responses_answer(answer)


async def _ask_chat(client: Client, model: str, effect: DraftReply) -> Answer:
    """Ask with a schema; a server that knows none is asked again without, for the prompt has it."""
    messages: list[ChatCompletionMessageParam] = [
        {"role": "system", "content": effect.system},
        {"role": "user", "content": effect.user},
    ]
    try:
        answer = await client.ask(
            lambda api: api.chat.completions.with_streaming_response.create(
                model=model,
                messages=messages,
                response_format={
                    "type": "json_schema",
                    "json_schema": {
                        "name": SCHEMA_NAME,
                        "schema": dict(ANSWER_SCHEMA),
                        "strict": True,
                    },
                },
                max_completion_tokens=OUTPUT_TOKENS_MAX,
                safety_identifier=effect.customer_hash,
            )
        )
    except NotKnownError:
        answer = await client.ask(
            lambda api: api.chat.completions.with_streaming_response.create(
                model=model, messages=messages, max_tokens=OUTPUT_TOKENS_MAX
            )
        )
    return chat_answer(answer)
