"""A lab with a model in it: the stand-in and its real client."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

import aiohttp
import openai

from app.rehearsal.faults import Faults
from app.rehearsal.openai import OpenAIStandIn, Project
from app.rehearsal.openai.answers import Answer

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
MODEL = "gpt-5-mini"
PROMPT = """\
QUESTION
| How do I install it behind a proxy?

SOURCE docs/install.md
| # Installing
|
| Set HTTPS_PROXY before you run the installer.
| More text.

SOURCE README.md
| A small tool for large logs."""

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "answer": {"type": "string"},
        "sources": {"type": "array", "items": {"type": "string"}},
        "is_handoff": {"type": "boolean"},
    },
    "required": ["answer", "sources", "is_handoff"],
    "additionalProperties": False,
}

Api = Literal["responses", "chat"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer of either API, in the same words."""

    text: str | None
    refusal: str | None
    ending: str
    input_tokens: int
    output_tokens: int
    total_tokens: int


@dataclass
class Lab:
    """Everything that a test needs."""

    standin: OpenAIStandIn
    client: openai.AsyncOpenAI
    http: aiohttp.ClientSession
    faults: Faults

    async def ask(self, api: Api, *, schema: dict[str, Any] | None = None, **more: Any) -> Reply:
        """Ask the prompt, in the form of a schema if one is given."""
        if api == "responses":
            return await self._respond(schema, more)
        return await self._complete(schema, more)

    async def _respond(self, schema: dict[str, Any] | None, more: dict[str, Any]) -> Reply:
        if schema is not None:
            form = {"type": "json_schema", "name": "draft", "schema": schema, "strict": True}
            more = {"text": {"format": form}} | more
        body = {"model": MODEL, "instructions": "Be short.", "input": PROMPT} | more
        response = await self.client.responses.create(**body)
        (item,) = response.output
        assert item.type == "message"
        (content,) = item.content
        reason = response.incomplete_details and response.incomplete_details.reason
        assert response.usage is not None
        return Reply(
            text=content.text if content.type == "output_text" else None,
            refusal=content.refusal if content.type == "refusal" else None,
            ending=f"{response.status}: {reason}" if reason else str(response.status),
            input_tokens=response.usage.input_tokens,
            output_tokens=response.usage.output_tokens,
            total_tokens=response.usage.total_tokens,
        )

    async def _complete(self, schema: dict[str, Any] | None, more: dict[str, Any]) -> Reply:
        if schema is not None:
            form = {"name": "draft", "schema": schema, "strict": True}
            more = {"response_format": {"type": "json_schema", "json_schema": form}} | more
        messages = [
            {"role": "system", "content": "Be short."},
            {"role": "user", "content": PROMPT},
        ]
        body = {"model": MODEL, "messages": messages} | more
        completion = await self.client.chat.completions.create(**body)
        (choice,) = completion.choices
        assert completion.usage is not None
        return Reply(
            text=choice.message.content,
            refusal=choice.message.refusal,
            ending=choice.finish_reason,
            input_tokens=completion.usage.prompt_tokens,
            output_tokens=completion.usage.completion_tokens,
            total_tokens=completion.usage.total_tokens,
        )

    async def post(self, path: str, body: bytes, **headers: str) -> tuple[int, Any]:
        """Post bytes by hand, where the client would not let a test be wrong."""
        given = {"Authorization": f"Bearer {self.standin.project.api_key}"}
        given |= {"Content-Type": "application/json"} | headers
        url = f"{self.standin.url}{path}"
        async with self.http.post(url, data=body, headers=given) as response:
            return response.status, await response.json()


@asynccontextmanager
async def open_lab(
    project: Project | None = None, answer: Answer | None = None
) -> AsyncIterator[Lab]:
    """Open a lab; when it closes, the stand-in must have made no mistake of its own."""
    faults = Faults(timeout_seconds=0.05)
    standin = OpenAIStandIn(now=lambda: NOW, faults=faults, project=project, answer=answer)
    await standin.start()
    client = openai.AsyncOpenAI(
        api_key=standin.project.api_key, base_url=standin.base_url, max_retries=0, timeout=5
    )
    async with client, aiohttp.ClientSession() as http:
        try:
            yield Lab(standin, client, http, faults)
        finally:
            await standin.close()
    assert standin.defects == []
