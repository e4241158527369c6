"""The stand-in: a server that speaks OpenAI's API, and what its model can be told to do."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from aiohttp import web

from app.rehearsal.faults import Faults
from app.rehearsal.openai import answers, refusals
from app.rehearsal.openai.answers import Answer
from app.rehearsal.openai.behaviours import CutOff, Fail, Refuse, Say, StopShort, Wait
from app.rehearsal.openai.server import Api, ApiRequest, fault_answer

BODY_BYTES_MAX: Final = 4 * 1024**2
SHUTDOWN_SECONDS_MAX: Final = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """The project that is played: its key, its models, and how its prompts name sources."""

    api_key: str = "sk-proj-rehearsal-0123456789abcdef"
    models: tuple[str, ...] = ("gpt-5-mini", "gpt-4.1-mini")
    source_line: re.Pattern[str] = answers.SOURCE_LINE


class OpenAIStandIn:
    """One OpenAI project on loopback.

    The product reaches it at `base_url` with the project's key. What it answers is a plain function
    of the prompt, unless the next request was told to end otherwise.
    """

    def __init__(
        self,
        *,
        now: Callable[[], datetime],
        faults: Faults,
        project: Project | None = None,
        answer: Answer | None = None,
        port: int = 0,
        seed: int = 0,
    ) -> None:
        self.url = ""
        self.project = project = project or Project()
        self._faults = faults
        self._port = port
        self._runner: web.AppRunner | None = None

        def draft(system: str, user: str) -> dict[str, Any]:
            return answers.draft(system, user, project.source_line)

        self._api = Api(
            now=now,
            api_key=project.api_key,
            models=project.models,
            answer=answer or draft,
            source_line=project.source_line,
            seed=seed,
        )

    async def start(self) -> None:
        """Listen on loopback."""
        app = web.Application(
            client_max_size=BODY_BYTES_MAX,
            middlewares=[self._api.recorder, self._faults.middleware_answering(fault_answer)],
        )
        app.router.add_post("/v1/responses", self._api.respond)
        app.router.add_post("/v1/chat/completions", self._api.complete)
        app.router.add_get("/v1/models", self._api.list_models)
        app.router.add_get("/v1/models/{model}", self._api.retrieve_model)
        app.router.add_route("*", "/{rest:.*}", self._api.refuse_url)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=SHUTDOWN_SECONDS_MAX)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}"

    async def close(self) -> None:
        """Stop listening; who still waits for an answer gets none."""
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def base_url(self) -> str:
        """The address that clients are given, with the version in it."""
        return f"{self.url}/v1"

    @property
    def requests(self) -> list[ApiRequest]:
        """What the product asked."""
        return self._api.requests

    @property
    def defects(self) -> list[str]:
        """What is wrong with our own answers: must stay empty."""
        return self._api.defects

    def say(self, answer: str | dict[str, Any], *, is_raw: bool = False) -> None:
        """Answer the next request so: a text in the places of its schema, or an object as it is.

        A raw answer is sent even if it breaks the schema, as by servers that only pretend to be
        held to one.
        """
        self._api.next.append(Say(answer, is_raw))

    def obey(self) -> None:
        """Let the model do from now on what any text in its prompt says."""
        self._api.answer = answers.obey

    def refuse(self, reason: str = "I'm sorry, I cannot assist with that request.") -> None:
        """Refuse the next request, as a model does that must not answer."""
        self._api.next.append(Refuse(reason))

    def stop_short(self) -> None:
        """Let a content filter stop the next answer halfway."""
        self._api.next.append(StopShort())

    def cut_off(self) -> None:
        """Drop the connection in the middle of the next answer."""
        self._api.next.append(CutOff())

    def slow(self, seconds: float) -> None:
        """Take so long for the next answer."""
        self._api.next.append(Wait(seconds))

    def fail(self, status: int = 500) -> None:
        """Fail the next request with a server's error."""
        self._api.next.append(Fail(refusals.server_error(status)))

    def rate_limit(self, retry_after_seconds: int = 1) -> None:
        """Refuse the next request as one too many."""
        self._api.next.append(Fail(refusals.rate_limited(retry_after_seconds)))

    def run_out_of_quota(self) -> None:
        """Refuse the next request because the account's money is used up."""
        self._api.next.append(Fail(refusals.out_of_quota()))
