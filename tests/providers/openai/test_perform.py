from __future__ import annotations

import asyncio
import subprocess
import sys
import traceback
from dataclasses import replace
from typing import Any, Literal

import pytest
from aiohttp import web
from aiohttp.test_utils import unused_port

from app.domain.drafting import ANSWER_SCHEMA
from app.domain.drafting.budgets import OUTPUT_TOKENS_MAX, TRIES_MAX
from app.domain.effects import ReadPayment
from app.domain.errors import MainstayError, Refused, Transient
from app.providers.openai import client
from app.providers.openai.perform import OpenAI
from tests.providers.openai.model import (
    ANSWER,
    DRAFT,
    DRAFTED,
    KEY,
    attempt,
    chat,
    responses,
    speaking_with,
    text,
)

Api = Literal["responses", "chat"]
ERROR = {
    "error": {
        "message": "You asked: a private question.",
        "type": "invalid_request_error",
        "code": "model_not_found",
        "param": "the question",
    }
}


async def failure(model: OpenAI, number: int = 1) -> MainstayError:
    with pytest.raises((Refused, Transient)) as raised:
        await model.perform(DRAFT, attempt(number))
    assert str(raised.value).endswith(".")
    assert KEY not in str(raised.value)
    return raised.value


async def test_responses_gives_the_answer_with_what_it_cost() -> None:
    async with speaking_with(responses()) as (model, asked):
        assert await model.perform(DRAFT, attempt()) == DRAFTED
    assert asked.paths == ["/v1/responses"]
    assert asked.headers[0]["authorization"] == f"Bearer {KEY}"
    assert asked.bodies == [
        {
            "model": "gpt-test",
            "instructions": DRAFT.system,
            "input": DRAFT.user,
            "text": {
                "format": {
                    "type": "json_schema",
                    "name": "answer",
                    "schema": dict(ANSWER_SCHEMA),
                    "strict": True,
                }
            },
            "max_output_tokens": OUTPUT_TOKENS_MAX,
            "safety_identifier": "c0ffee",
            "store": False,
        }
    ]


async def test_chat_gives_the_answer_with_what_it_cost() -> None:
    async with speaking_with(chat(), api="chat") as (model, asked):
        assert await model.perform(DRAFT, attempt()) == DRAFTED
    assert asked.paths == ["/v1/chat/completions"]
    assert asked.bodies == [
        {
            "model": "gpt-test",
            "messages": [
                {"role": "system", "content": DRAFT.system},
                {"role": "user", "content": DRAFT.user},
            ],
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": "answer", "schema": dict(ANSWER_SCHEMA), "strict": True},
            },
            "max_completion_tokens": OUTPUT_TOKENS_MAX,
            "safety_identifier": "c0ffee",
        }
    ]


@pytest.mark.parametrize("name", ["response_format", "max_completion_tokens", "safety_identifier"])
async def test_a_server_that_does_not_know_a_parameter_is_asked_more_plainly(name: str) -> None:
    unknown = (400, {"error": {"message": f"Unrecognized request argument supplied: {name}"}})
    async with speaking_with(unknown, chat(), api="chat") as (model, asked):
        assert await model.perform(DRAFT, attempt()) == DRAFTED
    assert asked.bodies[1] == {
        "model": "gpt-test",
        "messages": asked.bodies[0]["messages"],
        "max_tokens": OUTPUT_TOKENS_MAX,
    }


async def test_a_server_that_refuses_for_another_reason_is_not_asked_again() -> None:
    async with speaking_with((400, ERROR), chat(), api="chat") as (model, asked):
        assert "(400, model_not_found, invalid_request_error)" in str(await failure(model))
    assert len(asked.bodies) == 1


async def test_what_a_server_quotes_of_the_question_goes_nowhere() -> None:
    async with speaking_with((400, ERROR)) as (model, _):
        error = await failure(model)
    assert "question" not in "".join(traceback.format_exception(error))


@pytest.mark.parametrize("api", ["responses", "chat"])
@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (400, Refused),
        (401, Refused),
        (403, Refused),
        (404, Refused),
        (422, Refused),
        (408, Transient),
        (409, Transient),
        (429, Transient),
        (500, Transient),
        (502, Transient),
        (503, Transient),
    ],
)
async def test_every_status_says_whether_to_try_again(
    api: Api, status: int, expected: type[Exception]
) -> None:
    async with speaking_with(ERROR, api=api, status=status) as (model, asked):
        assert type(await failure(model)) is expected
    assert len(asked.bodies) == 1  # the outbox tries again, nobody else


@pytest.mark.parametrize(("number", "expected"), [(1, Transient), (2, Transient), (3, Refused)])
async def test_a_draft_is_given_up_after_a_few_tries(
    number: int, expected: type[Exception]
) -> None:
    assert TRIES_MAX == 3
    async with speaking_with(ERROR, status=503) as (model, _):
        assert type(await failure(model, number)) is expected


@pytest.mark.parametrize(
    ("api", "answer", "what"),
    [
        ("responses", responses({"type": "refusal", "refusal": "I cannot."}), "declined"),
        ("responses", responses(text("  ")), "empty"),
        ("responses", responses(output=[]), "empty"),
        (
            "responses",
            responses(
                text(ANSWER[:20]),
                status="incomplete",
                incomplete_details={"reason": "max_output_tokens"},
            ),
            "cut off",
        ),
        (
            "responses",
            responses(status="incomplete", incomplete_details={"reason": "content_filter"}),
            "declined",
        ),
        ("responses", responses(status="incomplete"), "cut off"),
        ("chat", chat(None, refusal="I cannot."), "declined"),
        ("chat", chat("", "content_filter"), "declined"),
        ("chat", chat(ANSWER[:20], "length"), "cut off"),
        ("chat", chat(None), "empty"),
        ("chat", chat(" \n"), "empty"),
    ],
)
async def test_what_is_no_whole_answer_is_refused_and_says_what_it_cost(
    api: Api, answer: object, what: str
) -> None:
    async with speaking_with(answer, api=api) as (model, _):
        error = await failure(model)
    assert isinstance(error, Refused)
    assert what in str(error)
    assert "812 tokens in, 95 out" in str(error)


async def test_an_answer_in_several_parts_is_one_answer() -> None:
    async with speaking_with(responses(text(ANSWER[:9]), text(ANSWER[9:]))) as (model, _):
        assert await model.perform(DRAFT, attempt()) == DRAFTED


@pytest.mark.parametrize("api", ["responses", "chat"])
async def test_a_server_that_does_not_count_tokens_costs_nothing(api: Api) -> None:
    answer = (responses() if api == "responses" else chat()) | {"usage": None}
    async with speaking_with(answer, api=api) as (model, _):
        drafted = await model.perform(DRAFT, attempt())
    assert drafted == replace(DRAFTED, input_tokens=0, output_tokens=0)


@pytest.mark.parametrize("api", ["responses", "chat"])
@pytest.mark.parametrize(
    "answer",
    [
        "<html>Welcome to the hotel's Wi-Fi</html>",
        "",
        "[]",
        "[" * 100_000,
        {},
        {"status": "failed", "error": {"code": "server_error"}},
        {"status": "in_progress"},
        {"status": "completed", "output": [{"type": "message", "content": None}], "choices": []},
        {"status": "completed", "output": 7, "choices": [{"message": "text"}]},
        {"status": "completed", "usage": {"input_tokens": "x"}, "choices": None},
    ],
)
async def test_an_answer_that_is_none_is_tried_again(api: Api, answer: Any) -> None:
    async with speaking_with(answer, api=api) as (model, _):
        assert type(await failure(model)) is Transient


async def test_an_answer_that_breaks_off_is_tried_again() -> None:
    async def break_off(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "1000"})
        await response.prepare(request)
        await response.write(b'{"id": ')
        assert request.transport is not None
        request.transport.close()
        return response

    async with speaking_with(break_off) as (model, _):
        assert type(await failure(model)) is Transient


async def test_an_answer_that_trickles_is_not_waited_for() -> None:
    async def trickle(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b" ")
            await asyncio.sleep(0.02)

    async with speaking_with(trickle, timeout_seconds=0.1) as (model, _):
        assert type(await failure(model)) is Transient


async def test_an_answer_without_an_end_is_not_read_to_its_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(client, "ANSWER_BYTES_MAX", 1000)
    async with speaking_with(" " * 1001) as (model, _):
        assert "too long" in str(await failure(model))


async def test_a_server_that_is_not_there_is_tried_again() -> None:
    model = OpenAI(
        api_key=KEY,
        model="gpt-test",
        api="responses",
        base_url=f"http://127.0.0.1:{unused_port()}/v1",
    )
    try:
        assert type(await failure(model)) is Transient
    finally:
        await model.close()


async def test_what_is_for_others_is_refused() -> None:
    effect = ReadPayment(lane=DRAFT.lane, intent="pi_1", cause="test")
    async with speaking_with(responses()) as (model, asked):
        with pytest.raises(Refused, match="ReadPayment"):
            await model.perform(effect, attempt())
    assert asked.paths == []


async def test_several_drafts_share_one_client() -> None:
    async with speaking_with(responses()) as (model, asked):
        drafts = [model.perform(DRAFT, attempt()) for _ in range(3)]
        assert await asyncio.gather(*drafts) == [DRAFTED] * 3
    assert len(asked.paths) == 3


async def test_closing_twice_is_closing() -> None:
    async with speaking_with(responses()) as (model, _):
        await model.perform(DRAFT, attempt())
        await model.close()
        await model.close()


def test_openais_library_is_not_imported_until_there_is_something_to_do() -> None:
    script = (
        "import sys; from app.providers.openai.perform import OpenAI; "
        "OpenAI(api_key='k', model='m', api='chat'); "
        "sys.exit('openai' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
