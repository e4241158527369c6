"""A model's server that answers what a test tells it to, over real HTTP."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from aiohttp import web
from aiohttp.test_utils import TestServer

from app.domain.effects import DraftReply
from app.domain.events import ReplyDrafted
from app.domain.ids import Lane, TicketId
from app.providers.openai.perform import OpenAI
from app.providers.rooms import Attempt

Json = dict[str, Any]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

KEY = "sk-test-corner-cases-0123456789"
START = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
TICKET = TicketId("0192f0c1a2b37d4e8f90a1b2c3d4e5f6")
ANSWER = json.dumps({"answer": "Set `PORT`.", "sources": ["README.md"], "is_handoff": False})
DRAFT = DraftReply(
    ticket=TICKET,
    lane=Lane("github:1296269:1"),
    system="You draft answers.",
    user="QUESTION\n| How do I change the port?",
    customer_hash="c0ffee",
)
DRAFTED = ReplyDrafted(
    ticket=TICKET, answer=ANSWER, model="gpt-test-1", input_tokens=812, output_tokens=95
)


def responses(*content: Json, **changes: Any) -> Json:
    """Answer as the Responses API does, a model's thoughts included."""
    message = {"id": "msg_1", "type": "message", "role": "assistant", "status": "completed"}
    return {
        "id": "resp_1",
        "object": "response",
        "created_at": 1_800_000_000,
        "status": "completed",
        "error": None,
        "incomplete_details": None,
        "model": "gpt-test-1",
        "output": [
            {"id": "rs_1", "type": "reasoning", "summary": []},
            message | {"content": list(content) or [text(ANSWER)]},
        ],
        "usage": {"input_tokens": 812, "output_tokens": 95, "total_tokens": 907},
    } | changes


def text(written: str) -> Json:
    """Give a part of an answer that is text."""
    return {"type": "output_text", "text": written, "annotations": []}


def chat(content: str | None = ANSWER, finish_reason: str = "stop", **more: Any) -> Json:
    """Answer as the Chat Completions API does."""
    message = {"role": "assistant", "content": content} | more
    return {
        "id": "chatcmpl_1",
        "object": "chat.completion",
        "created": 1_800_000_000,
        "model": "gpt-test-1",
        "choices": [{"index": 0, "finish_reason": finish_reason, "message": message}],
        "usage": {"prompt_tokens": 812, "completion_tokens": 95, "total_tokens": 907},
    }


def attempt(number: int = 1) -> Attempt:
    """Say which try it is."""
    return Attempt(number=number, first_at=START, at=START)


@dataclass
class Asked:
    """What the server was asked."""

    paths: list[str] = field(default_factory=list)
    bodies: list[Json] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)


@asynccontextmanager
async def speaking_with(
    *answers: object,
    api: Literal["responses", "chat"] = "responses",
    status: int = 200,
    timeout_seconds: float = 5.0,
) -> AsyncIterator[tuple[OpenAI, Asked]]:
    """Open a server that gives these answers one after another, and a performer that asks it.

    An answer is JSON, a text, a pair of status and JSON, or a handler.
    """
    asked = Asked()
    left = list(answers)

    async def handle(request: web.Request) -> web.StreamResponse:
        asked.paths.append(request.path)
        asked.bodies.append(await request.json())
        asked.headers.append({name.lower(): value for name, value in request.headers.items()})
        answer = left.pop(0) if len(left) > 1 else left[0]
        code = status
        if isinstance(answer, tuple):
            code, answer = answer
        if callable(answer):
            response: web.StreamResponse = await answer(request)
            return response
        if isinstance(answer, str):
            return web.Response(status=code, text=answer)
        return web.json_response(answer, status=code)

    app = web.Application()
    app.router.add_post("/v1/{path:.*}", handle)
    async with TestServer(app) as server:
        model = OpenAI(
            api_key=KEY,
            model="gpt-test",
            api=api,
            base_url=str(server.make_url("/v1")),
            timeout_seconds=timeout_seconds,
        )
        try:
            yield model, asked
        finally:
            await model.close()
