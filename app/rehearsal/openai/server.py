"""The API over HTTP: key, parameters, model, what the model says, and how it arrives."""

from __future__ import annotations

import asyncio
import json
import random
import re
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from app.rehearsal.faults import Fault
from app.rehearsal.openai import answers, params, prompts, refusals, replies, schemas
from app.rehearsal.openai.answers import Answer
from app.rehearsal.openai.behaviours import (
    Behaviour,
    CutOff,
    Fail,
    Refuse,
    Say,
    StopShort,
    Wait,
)
from app.rehearsal.openai.params import Endpoint
from app.rehearsal.openai.prompts import Prompt
from app.rehearsal.openai.refusals import Json, RefusedError
from app.rehearsal.openai.replies import Reply
from app.rehearsal.records import remember


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiRequest:
    """One request of the product, with what came of it.

    `status` is what was answered, None where the connection was dropped; `answer` is what the model
    said, also where it did not arrive.
    """

    at: datetime
    method: str
    path: str
    body: Json
    status: int | None
    answer: str | None


_ANSWER: Final = web.RequestKey("answer", str)


class Api:
    """OpenAI's API for one project."""

    def __init__(
        self,
        *,
        now: Callable[[], datetime],
        api_key: str,
        models: Sequence[str],
        answer: Answer,
        source_line: re.Pattern[str],
        seed: int,
    ) -> None:
        self.requests: list[ApiRequest] = []
        self.defects: list[str] = []
        self.next: deque[Behaviour] = deque()
        self._now = now
        self._api_key = api_key
        self._models = tuple(models)
        self.answer = answer
        self._source_line = source_line
        self._dice = random.Random(f"{seed}:openai")

    @property
    def recorder(self) -> Middleware:
        """The middleware that writes down every request, also those that a fault takes away."""

        @web.middleware
        async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
            at = self._now()
            await request.read()
            response = await handler(request)
            is_lost = request.transport is None or request.transport.is_closing()
            remember(
                self.requests,
                ApiRequest(
                    at=at,
                    method=request.method,
                    path=request.path,
                    body=await _readable(request),
                    status=None if is_lost else response.status,
                    answer=request.get(_ANSWER),
                ),
            )
            return response

        return middleware

    async def respond(self, request: web.Request) -> web.StreamResponse:
        """POST /v1/responses."""
        return await self._generate(request, "responses")

    async def complete(self, request: web.Request) -> web.StreamResponse:
        """POST /v1/chat/completions."""
        return await self._generate(request, "chat")

    async def list_models(self, request: web.Request) -> web.StreamResponse:
        """GET /v1/models."""

        def answer() -> Json:
            self._admit(request)
            models = [replies.model(name, self._seconds()) for name in self._models]
            for model in models:
                replies.check(model)
            return {"object": "list", "data": models}

        return self._answered(answer)

    async def retrieve_model(self, request: web.Request) -> web.StreamResponse:
        """GET /v1/models/{model}."""

        def answer() -> Json:
            self._admit(request)
            model = replies.model(self._offered(request.match_info["model"]), self._seconds())
            replies.check(model)
            return model

        return self._answered(answer)

    async def refuse_url(self, request: web.Request) -> web.StreamResponse:
        """Answer anything else."""

        def answer() -> Json:
            self._admit(request)
            raise refusals.unknown_url(request.method, request.path)

        return self._answered(answer)

    async def _generate(self, request: web.Request, endpoint: Endpoint) -> web.StreamResponse:
        try:
            self._admit(request)
            body = await _json_body(request)
            params.check(endpoint, body)
            self._offered(body["model"])
            prompt = prompts.read(endpoint, body)
        except RefusedError as refused:
            return self._refused(refused)
        behaviour = self.next.popleft() if self.next else None
        if isinstance(behaviour, Wait):
            await asyncio.sleep(behaviour.seconds)
        if isinstance(behaviour, Fail):
            return self._refused(behaviour.error)

        def answer() -> Json:
            reply = self._reply(prompt, behaviour)
            request[_ANSWER] = reply.text
            write = replies.response if endpoint == "responses" else replies.completion
            written = write(body, reply, id_=self._new_id(), created=self._seconds())
            replies.check(written)
            return written

        response = self._answered(answer)
        if isinstance(behaviour, CutOff):
            return await _cut_off(request, response)
        return response

    def _reply(self, prompt: Prompt, behaviour: Behaviour | None) -> Reply:
        """Let the model say something."""
        input_tokens = replies.tokens(prompt.system) + replies.tokens(prompt.user)
        is_refusal = isinstance(behaviour, Refuse)
        text = behaviour.reason if isinstance(behaviour, Refuse) else self._text(prompt, behaviour)
        text, is_cut = replies.cut(text, prompt.tokens_max)
        ending: replies.Ending = "length" if is_cut else "stop"
        if isinstance(behaviour, StopShort):
            text, ending = text[: len(text) // 2], "content_filter"
        return Reply(
            text=text,
            is_refusal=is_refusal,
            ending=ending,
            input_tokens=input_tokens,
            output_tokens=replies.tokens(text),
        )

    def _text(self, prompt: Prompt, behaviour: Behaviour | None) -> str:
        said: str | dict[str, Any]
        if isinstance(behaviour, Say):
            said, is_exact = behaviour.answer, isinstance(behaviour.answer, dict)
            if behaviour.is_raw:
                return said if isinstance(said, str) else json.dumps(said)
        else:
            said, is_exact = self.answer(prompt.system, prompt.user), False
        if prompt.format is not None and is_exact:
            return schemas.verbatim(prompt.format, said)
        known = answers.known(said, prompt.user, self._source_line)
        if prompt.format is not None:
            return schemas.follow(prompt.format, known)
        return json.dumps(said) if is_exact else known.text

    def _admit(self, request: web.Request) -> None:
        scheme, _, given = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or given != self._api_key:
            raise refusals.wrong_key(given if scheme.lower() == "bearer" else None)

    def _offered(self, model: str) -> str:
        if model not in self._models:
            raise refusals.unknown_model(model)
        return model

    def _answered(self, answer: Callable[[], Json]) -> web.Response:
        try:
            body = answer()
        except RefusedError as refused:
            return self._refused(refused)
        except Exception as error:
            self.defects.append(repr(error))
            raise
        return web.json_response(body, headers=self._headers())

    def _refused(self, refused: RefusedError) -> web.Response:
        headers = self._headers() | dict(refused.headers)
        return web.json_response(refused.body, status=refused.status, headers=headers)

    def _headers(self) -> dict[str, str]:
        return {"x-request-id": f"req_{self._new_id()}", "openai-version": "2020-10-01"}

    def _new_id(self) -> str:
        return f"{self._dice.getrandbits(128):032x}"

    def _seconds(self) -> int:
        return int(self._now().timestamp())


def fault_answer(fault: Fault, retry_after_seconds: int) -> web.Response:
    """Answer an injected fault in OpenAI's words."""
    if fault is Fault.BAD_GATEWAY:
        return web.Response(status=502, text="<html>Bad Gateway</html>", content_type="text/html")
    error = (
        refusals.rate_limited(retry_after_seconds)
        if fault in {Fault.RATE_LIMITED, Fault.TOO_MANY}
        else refusals.server_error(500)
    )
    return web.json_response(error.body, status=error.status, headers=dict(error.headers))


async def _cut_off(request: web.Request, whole: web.Response) -> web.StreamResponse:
    """Send half of an answer that promised to be whole, then drop the connection."""
    body = whole.body if isinstance(whole.body, bytes) else b""
    half = web.StreamResponse(headers=whole.headers)
    half.content_length = len(body)
    await half.prepare(request)
    await half.write(body[: len(body) // 2])
    if request.transport is not None:
        request.transport.close()
    return half


async def _json_body(request: web.Request) -> Json:
    try:
        body = json.loads(await request.text())
    except ValueError:
        raise refusals.not_json() from None
    if request.content_type != "application/json" or not isinstance(body, dict):
        raise refusals.not_json()
    return body


async def _readable(request: web.Request) -> Json:
    """Read the body for the record; what cannot be read was refused."""
    try:
        return await _json_body(request)
    except RefusedError:
        return {}
