"""What a request says and in which form it wants its answer, the same for both APIs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from app.rehearsal.openai import schemas
from app.rehearsal.openai.params import Endpoint
from app.rehearsal.openai.refusals import Json, RefusedError, missing, not_rehearsed
from app.rehearsal.openai.schemas import Format

REASONING_MODELS: Final = ("gpt-5", "o1", "o3", "o4")
_INSTRUCTING: Final = frozenset({"developer", "system"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """One request to the model."""

    system: str
    user: str
    format: Format | None
    tokens_max: int | None


def read(endpoint: Endpoint, body: Json) -> Prompt:
    """Read a valid body; refuse what needs more than a text and its form."""
    if endpoint == "responses":
        said = list(_messages(body["input"], "input"))
        if body.get("instructions"):
            said.insert(0, ("system", body["instructions"]))
    else:
        said = list(_messages(body["messages"], "messages"))
    asked = _response_format(body) if endpoint == "responses" else _chat_format(body)
    if asked is not None:
        schemas.check(asked)
    return Prompt(
        system="\n\n".join(text for role, text in said if role in _INSTRUCTING),
        user="\n\n".join(text for role, text in said if role not in _INSTRUCTING),
        format=asked,
        tokens_max=_tokens_max(body),
    )


def _messages(given: str | list[Json], param: str) -> Iterator[tuple[str, str]]:
    if isinstance(given, str):
        yield "user", given
        return
    for position, item in enumerate(given):
        if "role" not in item or item.get("type", "message") != "message":
            raise not_rehearsed(f"{param}[{position}].type")
        yield item["role"], _text(item.get("content"), f"{param}[{position}].content")


def _text(content: str | list[Json] | None, param: str) -> str:
    if content is None or isinstance(content, str):
        return content or ""
    for position, part in enumerate(content):
        if "text" not in part:
            raise not_rehearsed(f"{param}[{position}].type")
    return "\n".join(part["text"] for part in content)


def _response_format(body: Json) -> Format | None:
    asked: Json = (body.get("text") or {}).get("format") or {"type": "text"}
    if asked["type"] == "text":
        return None
    if asked["type"] != "json_schema":
        raise not_rehearsed("text.format.type")
    return _format(asked, "text.format.schema")


def _chat_format(body: Json) -> Format | None:
    asked: Json = body.get("response_format") or {"type": "text"}
    if asked["type"] == "text":
        return None
    if asked["type"] != "json_schema":
        raise not_rehearsed("response_format.type")
    if "schema" not in asked["json_schema"]:
        raise missing("response_format.json_schema.schema")
    return _format(asked["json_schema"], "response_format")


def _format(asked: Json, param: str) -> Format:
    schema: dict[str, Any] = asked["schema"]
    is_strict = bool(asked.get("strict"))
    return Format(name=asked["name"], schema=schema, param=param, is_strict=is_strict)


def _tokens_max(body: Json) -> int | None:
    """Give the bound on the answer, under whichever name it was sent."""
    old, new = body.get("max_tokens"), body.get("max_completion_tokens")
    if old is not None and body["model"].startswith(REASONING_MODELS):
        raise RefusedError(
            "Unsupported parameter: 'max_tokens' is not supported with this model. Use "
            "'max_completion_tokens' instead.",
            param="max_tokens",
            code="unsupported_parameter",
        )
    if old is not None and new is not None:
        raise RefusedError(
            "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.",
            param="max_tokens",
        )
    bounds = (body.get("max_output_tokens"), new, old)
    return next((bound for bound in bounds if bound is not None), None)
