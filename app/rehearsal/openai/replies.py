"""Answers as the two APIs write them, each held against the library's own response model."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal

from pydantic import BaseModel

from app.rehearsal.openai.refusals import Json

CHARS_PER_TOKEN: Final = 4

Ending = Literal["stop", "length", "content_filter"]
"""Why the model stopped: it was done, it had no tokens left, or a filter stopped it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What the model said, before it is put into one API's form."""

    text: str
    is_refusal: bool
    ending: Ending
    input_tokens: int
    output_tokens: int


def tokens(text: str) -> int:
    """Count tokens about as a real tokenizer does: four characters each."""
    return math.ceil(len(text) / CHARS_PER_TOKEN)


def cut(text: str, tokens_max: int | None) -> tuple[str, bool]:
    """Give what fits into so many tokens, and whether something was left out."""
    if tokens_max is None or tokens(text) <= tokens_max:
        return text, False
    return text[: tokens_max * CHARS_PER_TOKEN], True


def response(body: Json, reply: Reply, *, id_: str, created: int) -> Json:
    """Write a reply as POST /v1/responses does."""
    is_done = reply.ending == "stop"
    status = "completed" if is_done else "incomplete"
    content: Json = {"type": "output_text", "text": reply.text, "annotations": [], "logprobs": []}
    if reply.is_refusal:
        content = {"type": "refusal", "refusal": reply.text}
    reasons = {"length": "max_output_tokens", "content_filter": "content_filter"}
    return {
        "id": f"resp_{id_}",
        "object": "response",
        "created_at": created,
        "status": status,
        "background": False,
        "completed_at": created if is_done else None,
        "error": None,
        "incomplete_details": None if is_done else {"reason": reasons[reply.ending]},
        "instructions": body.get("instructions"),
        "max_output_tokens": body.get("max_output_tokens"),
        "max_tool_calls": None,
        "metadata": body.get("metadata") or {},
        "model": body["model"],
        "output": [
            {
                "id": f"msg_{id_}",
                "type": "message",
                "status": status,
                "role": "assistant",
                "content": [content],
            }
        ],
        "parallel_tool_calls": True,
        "previous_response_id": None,
        "prompt_cache_key": body.get("prompt_cache_key"),
        "reasoning": {"effort": None, "summary": None},
        "safety_identifier": body.get("safety_identifier"),
        "service_tier": "default",
        "temperature": body.get("temperature", 1.0),
        "text": {"format": {"type": "text"}} | (body.get("text") or {}),
        "tool_choice": "auto",
        "tools": [],
        "top_logprobs": 0,
        "top_p": body.get("top_p", 1.0),
        "truncation": body.get("truncation", "disabled"),
        "usage": {
            "input_tokens": reply.input_tokens,
            "input_tokens_details": {"cache_write_tokens": 0, "cached_tokens": 0},
            "output_tokens": reply.output_tokens,
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": reply.input_tokens + reply.output_tokens,
        },
        "user": body.get("user"),
    }


def completion(body: Json, reply: Reply, *, id_: str, created: int) -> Json:
    """Write a reply as POST /v1/chat/completions does."""
    return {
        "id": f"chatcmpl-{id_}",
        "object": "chat.completion",
        "created": created,
        "model": body["model"],
        "choices": [
            {
                "index": 0,
                "message": {
                    "role": "assistant",
                    "content": None if reply.is_refusal else reply.text,
                    "refusal": reply.text if reply.is_refusal else None,
                    "annotations": [],
                },
                "logprobs": None,
                "finish_reason": reply.ending,
            }
        ],
        "service_tier": "default",
        "system_fingerprint": None,
        "usage": {
            "prompt_tokens": reply.input_tokens,
            "completion_tokens": reply.output_tokens,
            "total_tokens": reply.input_tokens + reply.output_tokens,
            "prompt_tokens_details": {"audio_tokens": 0, "cached_tokens": 0},
            "completion_tokens_details": {
                "accepted_prediction_tokens": 0,
                "audio_tokens": 0,
                "reasoning_tokens": 0,
                "rejected_prediction_tokens": 0,
            },
        },
    }


def model(name: str, created: int) -> Json:
    """Write one model as GET /v1/models/{model} does."""
    return {"id": name, "object": "model", "created": created, "owned_by": "rehearsal"}


def check(answer: Json) -> None:
    """Hold our own answer against the library's model: ValueError if it is not valid.

    The models let unknown fields pass, so those are looked for as well.
    """
    from openai.types import Model
    from openai.types.chat import ChatCompletion
    from openai.types.responses import Response

    kinds: dict[str, type[BaseModel]] = {
        "response": Response,
        "chat.completion": ChatCompletion,
        "model": Model,
    }
    read = kinds[answer["object"]].model_validate(answer, strict=True)
    for name in _unknown(read):
        raise ValueError(f"{answer['object']} has no field {name}")


def _unknown(value: Any) -> Iterator[str]:
    if isinstance(value, BaseModel):
        yield from value.model_extra or ()
        for name in type(value).model_fields:
            yield from _unknown(getattr(value, name))
    elif isinstance(value, list):
        for item in value:
            yield from _unknown(item)
