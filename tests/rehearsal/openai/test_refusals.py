"""What the API refuses, and each way in which it can fail."""

from __future__ import annotations

import time
from typing import Any

import openai
import pytest

from app.rehearsal.faults import Fault, Faults
from app.rehearsal.openai import OpenAIStandIn, schemas
from tests.rehearsal.openai.lab import MODEL, NOW, SCHEMA, Api, Lab

MISSING = "missing_required_parameter"
TOO_LONG = "string_above_max_length"
both = pytest.mark.parametrize("api", ["responses", "chat"])


async def refusal(lab: Lab, api: Api, **more: Any) -> openai.APIStatusError:
    with pytest.raises(openai.APIStatusError) as refused:
        await lab.ask(api, **more)
    assert lab.standin.requests[-1].status == refused.value.status_code
    return refused.value


@both
async def test_a_wrong_key_is_401(lab: Lab, api: Api) -> None:
    lab.client.api_key = "sk-proj-somebody-elses-0000"
    refused = await refusal(lab, api)
    assert isinstance(refused, openai.AuthenticationError)
    assert refused.code == "invalid_api_key"
    assert "sk-proj-********0000" in refused.message


async def test_no_key_is_401(lab: Lab) -> None:
    status, body = await lab.post("/v1/responses", b"{}", Authorization="")
    assert status == 401
    assert body["error"].keys() == {"message", "type", "param", "code"}
    assert "You didn't provide an API key" in body["error"]["message"]


@both
async def test_an_unknown_model_is_404(lab: Lab, api: Api) -> None:
    refused = await refusal(lab, api, model="gpt-9")
    assert isinstance(refused, openai.NotFoundError)
    assert (refused.code, refused.param) == ("model_not_found", None)


async def test_models_are_listed_and_looked_up(lab: Lab) -> None:
    listed = [model.id async for model in lab.client.models.list()]
    assert listed == list(lab.standin.project.models)
    model = await lab.client.models.retrieve(MODEL)
    assert (model.id, model.created) == (MODEL, NOW.timestamp())
    with pytest.raises(openai.NotFoundError):
        await lab.client.models.retrieve("gpt-9")


@pytest.mark.parametrize(("method", "path"), [("GET", "/v1/responses"), ("POST", "/v1/embeddings")])
async def test_an_unknown_url_is_404(lab: Lab, method: str, path: str) -> None:
    headers = {"Authorization": f"Bearer {lab.standin.project.api_key}"}
    async with lab.http.request(method, f"{lab.standin.url}{path}", headers=headers) as response:
        assert response.status == 404
        assert (await response.json())["error"]["message"] == f"Invalid URL ({method} {path})"


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff", b'"x"'])
async def test_what_is_no_json_object_is_refused(lab: Lab, body: bytes) -> None:
    status, answer = await lab.post("/v1/responses", body)
    assert status == 400
    assert "could not parse the JSON body" in answer["error"]["message"]
    status, _ = await lab.post("/v1/responses", b"{}", **{"Content-Type": "text/plain"})
    assert status == 400


@pytest.mark.parametrize(
    ("api", "more", "param", "code"),
    [
        ("responses", {"extra_body": {"mood": 1}}, "mood", "unknown_parameter"),
        ("chat", {"extra_body": {"mood": 1}}, "mood", "unknown_parameter"),
        (
            "responses",
            {"text": {"format": {"type": "text", "strict": True}}},
            "text.format.strict",
            "unknown_parameter",
        ),
        (
            "responses",
            {"input": [{"role": "user", "content": "x", "mood": 1}]},
            "input[0].mood",
            "unknown_parameter",
        ),
        (
            "responses",
            {"input": [{"role": "user", "content": [{"type": "input_text", "text": "x", "a": 1}]}]},
            "input[0].content[0].a",
            "unknown_parameter",
        ),
        (
            "chat",
            {"messages": [{"role": "user", "content": "x", "mood": 1}]},
            "messages[0].mood",
            "unknown_parameter",
        ),
        ("chat", {"messages": [{"role": "user"}]}, "messages[0].content", MISSING),
        ("responses", {"input": [{"role": "user"}]}, "input[0].content", MISSING),
        ("responses", {"input": openai.omit}, "input", MISSING),
        ("responses", {"extra_body": {"input": 3}}, "input", "invalid_type"),
        (
            "chat",
            {"response_format": {"type": "json_schema", "json_schema": {"name": "x"}}},
            "response_format.json_schema.schema",
            MISSING,
        ),
        ("responses", {"temperature": "hot"}, "temperature", "invalid_type"),
        ("responses", {"temperature": 2.5}, "temperature", "decimal_above_max_value"),
        ("chat", {"top_p": -0.1}, "top_p", "decimal_below_min_value"),
        ("responses", {"max_output_tokens": 15}, "max_output_tokens", "integer_below_min_value"),
        ("responses", {"max_output_tokens": 20.5}, "max_output_tokens", "invalid_type"),
        ("chat", {"max_tokens": 9}, "max_tokens", "unsupported_parameter"),
        (
            "chat",
            {"model": "gpt-4.1-mini", "max_tokens": 9, "max_completion_tokens": 9},
            "max_tokens",
            None,
        ),
        ("responses", {"truncation": "maybe"}, "truncation", "invalid_value"),
        (
            "chat",
            {"messages": [{"role": "robot", "content": "x"}]},
            "messages[0].role",
            "invalid_value",
        ),
        ("chat", {"messages": []}, "messages", "invalid_value"),
        ("responses", {"safety_identifier": "x" * 65}, "safety_identifier", TOO_LONG),
        ("chat", {"metadata": {"k" * 65: "x"}}, f"metadata.{'k' * 64}", TOO_LONG),
        ("chat", {"metadata": {"k": "x" * 513}}, "metadata.k", TOO_LONG),
        ("chat", {"metadata": {str(n): "x" for n in range(17)}}, "metadata", "invalid_value"),
        ("responses", {"tools": []}, "tools", None),
        ("responses", {"stream": True}, "stream", None),
        ("chat", {"stream": True}, "stream", None),
        ("chat", {"n": 2}, "n", None),
        ("responses", {"input": [{"type": "item_reference", "id": "x"}]}, "input[0].type", None),
        (
            "responses",
            {"input": [{"role": "user", "content": [{"type": "input_image", "detail": "low"}]}]},
            "input[0].content[0].type",
            None,
        ),
        ("responses", {"text": {"format": {"type": "json_object"}}}, "text.format.type", None),
        ("chat", {"response_format": {"type": "json_object"}}, "response_format.type", None),
    ],
)
async def test_a_wrong_parameter_is_refused_by_name(
    lab: Lab, api: Api, more: dict[str, Any], param: str, code: str | None
) -> None:
    refused = await refusal(lab, api, **more)
    assert isinstance(refused, openai.BadRequestError)
    assert (refused.param, refused.code) == (param, code)
    assert refused.type == "invalid_request_error"
    assert lab.standin.requests[-1].answer is None


async def test_a_missing_model_is_refused(lab: Lab) -> None:
    for path, body in [("responses", b'{"input": "x"}'), ("chat/completions", b'{"messages": []}')]:
        status, answer = await lab.post(f"/v1/{path}", body)
        assert (status, answer["error"]["param"]) == (400, "model")


@pytest.mark.parametrize(
    ("schema", "says"),
    [
        ({"type": "string"}, 'type: "object"'),
        ({"type": "thing"}, "is not valid under any of the given schemas"),
        (SCHEMA | {"additionalProperties": True}, "'additionalProperties' is required"),
        (SCHEMA | {"required": ["answer"]}, "Missing 'sources'"),
        (SCHEMA | {"allOf": []}, "[] should be non-empty"),
        (SCHEMA | {"not": {}}, "'not' is not permitted"),
        (
            SCHEMA
            | {
                "properties": {"a": {"type": "array", "items": {"type": "object"}}},
                "required": ["a"],
            },
            "In context=('properties', 'a', 'items'), 'additionalProperties' is required",
        ),
        (
            SCHEMA
            | {
                "properties": {"a": {"anyOf": [{"type": "null", "oneOf": [{}]}]}},
                "required": ["a"],
            },
            "'oneOf' is not permitted",
        ),
    ],
)
@both
async def test_an_unsupported_schema_is_refused(
    lab: Lab, api: Api, schema: dict[str, Any], says: str
) -> None:
    refused = await refusal(lab, api, schema=schema)
    assert says in refused.message
    assert refused.code == "invalid_json_schema"
    assert refused.param == ("text.format.schema" if api == "responses" else "response_format")


async def test_a_schema_has_bounds_and_a_plain_name(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    deep: dict[str, Any] = {"type": "string"}
    for _ in range(11):
        deep = SCHEMA | {"properties": {"a": deep}, "required": ["a"]}
    assert "more than 10 levels" in (await refusal(lab, "chat", schema=deep)).message
    monkeypatch.setattr(schemas, "PROPERTIES_MAX", 2)
    assert "more than 2 properties" in (await refusal(lab, "chat", schema=SCHEMA)).message
    monkeypatch.undo()
    form = {"type": "json_schema", "name": "my draft", "schema": SCHEMA}
    refused = await refusal(lab, "responses", text={"format": form})
    assert "the name must match" in refused.message


async def test_a_schema_that_is_not_strict_may_be_loose(lab: Lab) -> None:
    form = {"type": "json_schema", "name": "draft", "schema": {"type": "object"}}
    assert (await lab.ask("responses", text={"format": form})).text == "{}"


@pytest.mark.parametrize(
    ("act", "error", "status", "code"),
    [
        ("fail", openai.InternalServerError, 500, None),
        ("rate_limit", openai.RateLimitError, 429, "rate_limit_exceeded"),
        ("run_out_of_quota", openai.RateLimitError, 429, "insufficient_quota"),
    ],
)
@both
async def test_it_can_be_told_to_fail_once(
    lab: Lab, api: Api, act: str, error: type[openai.APIStatusError], status: int, code: str | None
) -> None:
    getattr(lab.standin, act)()
    refused = await refusal(lab, api)
    assert isinstance(refused, error)
    assert (refused.status_code, refused.code) == (status, code)
    assert (await lab.ask(api)).text


async def test_a_rate_limit_says_when_to_come_back(lab: Lab) -> None:
    lab.standin.rate_limit(7)
    refused = await refusal(lab, "chat")
    assert refused.response.headers["Retry-After"] == "7"


async def test_it_can_fail_as_a_proxy_does(lab: Lab) -> None:
    lab.standin.fail(503)
    assert (await refusal(lab, "chat")).status_code == 503


@both
async def test_an_answer_can_be_cut_off_in_the_middle_of_its_body(lab: Lab, api: Api) -> None:
    lab.standin.cut_off()
    with pytest.raises(openai.APIConnectionError):
        await lab.ask(api)
    assert lab.standin.requests[-1].status is None
    assert "HTTPS_PROXY" in str(lab.standin.requests[-1].answer)
    assert (await lab.ask(api)).text


async def test_a_slow_answer_outlasts_a_client_without_patience(lab: Lab) -> None:
    lab.standin.slow(30)
    began = time.monotonic()
    with pytest.raises(openai.APITimeoutError):
        await lab.ask("responses", timeout=0.05)
    lab.standin.slow(0.01)
    assert (await lab.ask("responses")).text
    await lab.standin.close()
    assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault.BAD_GATEWAY, openai.InternalServerError),
        (Fault.SERVER_ERROR, openai.InternalServerError),
        (Fault.TOO_MANY, openai.RateLimitError),
        (Fault.RATE_LIMITED, openai.RateLimitError),
        (Fault.TIMEOUT, openai.APIConnectionError),
        (Fault.ANSWER_LOST, openai.APIConnectionError),
    ],
)
async def test_injected_faults_come_in_openais_words(
    lab: Lab, fault: Fault, error: type[openai.APIError]
) -> None:
    lab.faults.once(fault, path="/v1/responses")
    with pytest.raises(error):
        await lab.ask("responses")
    asked = lab.standin.requests[-1]
    assert (asked.answer is not None) == (fault is Fault.ANSWER_LOST)
    assert (await lab.ask("responses")).text


async def test_every_request_is_written_down(lab: Lab) -> None:
    await lab.ask("responses", safety_identifier="abc", store=False)
    (asked,) = lab.standin.requests
    assert (asked.method, asked.path, asked.status) == ("POST", "/v1/responses", 200)
    assert (asked.body["safety_identifier"], asked.body["store"]) == ("abc", False)
    assert asked.at == NOW
    assert "HTTPS_PROXY" in str(asked.answer)


async def test_a_stand_in_that_was_never_started_can_be_closed() -> None:
    standin = OpenAIStandIn(now=lambda: NOW, faults=Faults())
    await standin.close()
    assert standin.requests == []
