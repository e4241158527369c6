"""Requests against the official parameters: the library's own TypedDicts, read by pydantic.

The library's types are not touched: each is copied with unknown keys forbidden, at any depth, and
with arrays in place of iterables, which pydantic would only look into when somebody walks them.
"""

from __future__ import annotations

import collections.abc
import operator
from collections import defaultdict
from functools import cache, reduce
from types import UnionType
from typing import (
    Any,
    Final,
    Literal,
    NotRequired,
    Required,
    Union,
    cast,
    get_args,
    get_origin,
)

from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails
from typing_extensions import TypedDict, get_type_hints, is_typeddict

from app.rehearsal.openai.refusals import (
    Json,
    RefusedError,
    invalid,
    missing,
    not_rehearsed,
    unknown_parameter,
)

Endpoint = Literal["responses", "chat"]

UNDERSTOOD: Final = {
    "responses": frozenset(
        {
            "input", "instructions", "max_output_tokens", "metadata", "model",
            "parallel_tool_calls", "prompt_cache_key", "prompt_cache_retention", "reasoning",
            "safety_identifier", "service_tier", "store", "stream", "temperature", "text",
            "top_p", "truncation", "user",
        }
    ),
    "chat": frozenset(
        {
            "frequency_penalty", "max_completion_tokens", "max_tokens", "messages", "metadata",
            "model", "n", "parallel_tool_calls", "presence_penalty", "prompt_cache_key",
            "prompt_cache_retention", "reasoning_effort", "response_format", "safety_identifier",
            "seed", "service_tier", "stop", "store", "stream", "temperature", "top_p", "user",
            "verbosity",
        }
    ),
}  # fmt: skip
OUTPUT_TOKENS_MIN: Final = 16
METADATA_KEYS_MAX: Final = 16
METADATA_KEY_CHARS_MAX: Final = 64
METADATA_VALUE_CHARS_MAX: Final = 512
IDENTIFIER_CHARS_MAX: Final = 64

_STRICT: Final = ConfigDict(extra="forbid", strict=True)
_ARRAYS: Final = frozenset({collections.abc.Iterable, collections.abc.Sequence, list})
_BOUNDS: Final = {
    "temperature": (0, 2),
    "top_p": (0, 1),
    "frequency_penalty": (-2, 2),
    "presence_penalty": (-2, 2),
}
_JSON_TYPES: Final = {
    "string_type": "a string",
    "int_type": "an integer",
    "float_type": "a decimal",
    "bool_type": "a boolean",
    "list_type": "an array",
    "dict_type": "an object",
}
_OTHER_MEMBER: Final = {*_JSON_TYPES, "literal_error"}


def check(endpoint: Endpoint, body: Json) -> None:
    """Refuse a body as OpenAI does: by type first, then by what its values may be."""
    if body.get("stream") is True:
        raise not_rehearsed("stream")
    try:
        _adapter(endpoint).validate_python(body)
    except ValidationError as error:
        raise _refusal(error, body) from None
    for name in sorted(body.keys() - UNDERSTOOD[endpoint]):
        raise not_rehearsed(name)
    if body.get("n") not in {None, 1}:
        raise not_rehearsed("n")
    _check_numbers(body)
    _check_metadata(body.get("metadata"))
    if len(body.get("safety_identifier") or "") > IDENTIFIER_CHARS_MAX:
        raise invalid(
            "safety_identifier",
            f"string too long. Expected a string with maximum length {IDENTIFIER_CHARS_MAX}.",
            "string_above_max_length",
        )
    for name in ("model", "input") if endpoint == "responses" else ():
        if name not in body:  # the types leave both to a stored prompt
            raise missing(name)
    if endpoint == "chat" and body["messages"] == []:
        raise invalid("messages", "empty array. Expected an array with minimum length 1.")


def _check_numbers(body: Json) -> None:
    for name, (low, high) in _BOUNDS.items():
        value = body.get(name)
        if value is not None and value < low:
            raise invalid(
                name,
                f"decimal below minimum value. Expected a value >= {low}, but got {value} instead.",
                "decimal_below_min_value",
            )
        if value is not None and value > high:
            raise invalid(
                name,
                f"decimal above maximum value. Expected a value <= {high}, but got {value} "
                "instead.",
                "decimal_above_max_value",
            )
    for name, low in (
        ("max_output_tokens", OUTPUT_TOKENS_MIN),
        ("max_completion_tokens", 1),
        ("max_tokens", 1),
    ):
        value = body.get(name)
        if value is not None and value < low:
            raise invalid(
                name,
                f"integer below minimum value. Expected a value >= {low}, but got {value} instead.",
                "integer_below_min_value",
            )


def _check_metadata(metadata: dict[str, str] | None) -> None:
    if metadata is None:
        return
    if len(metadata) > METADATA_KEYS_MAX:
        raise invalid("metadata", f"too many properties. The maximum is {METADATA_KEYS_MAX}.")
    for key, value in metadata.items():
        if len(key) > METADATA_KEY_CHARS_MAX or len(value) > METADATA_VALUE_CHARS_MAX:
            raise invalid(
                f"metadata.{key[:METADATA_KEY_CHARS_MAX]}",
                f"string too long. Keys have up to {METADATA_KEY_CHARS_MAX} characters, values up "
                f"to {METADATA_VALUE_CHARS_MAX}.",
                "string_above_max_length",
            )


@cache
def _adapter(endpoint: Endpoint) -> TypeAdapter[Any]:
    """Build the validator when the first request asks for it: the types take time to read."""
    from openai.types.chat import completion_create_params
    from openai.types.responses import response_create_params

    official = {
        "responses": response_create_params.ResponseCreateParamsNonStreaming,
        "chat": completion_create_params.CompletionCreateParamsNonStreaming,
    }
    return TypeAdapter(_strict(official[endpoint], {}))


def _strict(hint: Any, copies: dict[Any, Any]) -> Any:
    if is_typeddict(hint):
        if hint not in copies:
            copies[hint] = Any  # a type that holds itself is not looked into a second time
            copies[hint] = _copy(hint, copies)
        return copies[hint]
    origin, args = get_origin(hint), get_args(hint)
    if origin is Literal or not args:
        return hint
    members = tuple(_strict(arg, copies) for arg in args)
    if origin in {Union, UnionType}:
        return reduce(operator.or_, members)
    if origin in _ARRAYS:
        return list[members[0]]  # type: ignore[valid-type]  # the point of it: a type made at run time
    return cast("Any", origin)[members]


def _copy(official: Any, copies: dict[Any, Any]) -> Any:
    fields = {}
    for name, hint in get_type_hints(official, include_extras=True).items():
        # Which keys are required stands in strings, which `__required_keys__` did not read.
        origin: Any = get_origin(hint)
        is_required = origin is Required or (official.__total__ and origin is not NotRequired)
        inner = get_args(hint)[0] if origin in {Required, NotRequired} else hint
        fields[name] = (Required if is_required else NotRequired)[_strict(inner, copies)]
    # mypy wants literal names here, and the point is that they are the library's.
    copy = cast("Any", TypedDict)(official.__name__, fields)
    copy.__pydantic_config__ = _STRICT
    return copy


def _refusal(error: ValidationError, body: Json) -> RefusedError:
    """Say what OpenAI would say about the first thing that is wrong."""
    detail = _closest(error, body)
    param = _param(detail, body)
    if detail["type"] == "extra_forbidden":
        return unknown_parameter(param)
    if detail["type"] == "missing":
        return missing(param)
    if detail["type"] == "literal_error":
        supported = detail["ctx"]["expected"]
        return invalid(param, f"Supported values are: {supported}.")
    expected = _JSON_TYPES.get(detail["type"], "another type")
    got = type(detail["input"]).__name__
    return RefusedError(
        f"Invalid type for '{param}': expected {expected}, but got {got} instead.",
        param=param,
        code="invalid_type",
    )


def _closest(error: ValidationError, body: Json) -> ErrorDetails:
    """Choose the error to tell: of a union, that of the member which fits best.

    A member of another JSON type, or with another tag, was hardly meant; else the fewer errors the
    better, and the deeper they lie.
    """
    by_member: defaultdict[tuple[str, ...], list[ErrorDetails]] = defaultdict(list)
    for detail in error.errors():
        _, members = _walk(detail, body)
        by_member[members].append(detail)

    def distance(details: list[ErrorDetails]) -> tuple[int, int]:
        weight = sum(10 if detail["type"] in _OTHER_MEMBER else 1 for detail in details)
        return weight, -max(len(_walk(detail, body)[0]) for detail in details)

    return min(by_member.values(), key=distance)[0]


def _param(detail: ErrorDetails, body: Json) -> str:
    steps, _ = _walk(detail, body)
    return str(steps[0]) + "".join(
        f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps[1:]
    )


def _walk(detail: ErrorDetails, body: Json) -> tuple[list[int | str], tuple[str, ...]]:
    """Split pydantic's location into the steps through the body and the members of unions."""
    here: Any = body
    steps: list[int | str] = []
    members: list[str] = []
    for step in detail["loc"]:
        if isinstance(here, dict) and step in here:
            here = here[cast("str", step)]
            steps.append(step)
        elif isinstance(here, list) and isinstance(step, int):
            here = here[step]
            steps.append(step)
        elif detail["type"] == "missing" and step == detail["loc"][-1]:
            steps.append(step)
        else:
            members.append(str(step))
    return steps, tuple(members)
