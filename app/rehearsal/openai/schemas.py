"""Structured outputs: which JSON Schemas are taken, and an answer that follows one."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError

from app.rehearsal.openai.refusals import Json, RefusedError

DEPTH_MAX: Final = 10
PROPERTIES_MAX: Final = 5_000

_NAME: Final = re.compile(r"^[a-zA-Z0-9_-]{1,64}$")
_NOT_PERMITTED: Final = ("allOf", "not", "dependentRequired", "dependentSchemas", "if", "oneOf")


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """The form that an answer must have; `param` is where the request asks for it."""

    name: str
    schema: Json
    param: str
    is_strict: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What there is to say: a text, the sources it names, and values for fields by their name."""

    text: str
    sources: list[str] = field(default_factory=list)
    fields: Json = field(default_factory=dict)


def check(asked: Format) -> None:
    """Refuse a schema that structured outputs do not support."""
    if not _NAME.match(asked.name):
        raise _wrong(asked, "the name must match ^[a-zA-Z0-9_-]{1,64}$")
    try:
        Draft202012Validator.check_schema(asked.schema)
    except SchemaError as error:
        raise _wrong(asked, error.message) from None
    if asked.schema.get("type") != "object":
        raise _wrong(asked, "schema must be a JSON Schema of 'type: \"object\"'")
    if asked.is_strict:
        for fault in _strict_faults(asked.schema, ()):
            raise _wrong(asked, fault)
        if sum(1 for _ in _properties(asked.schema)) > PROPERTIES_MAX:
            raise _wrong(asked, f"there are more than {PROPERTIES_MAX} properties")


def follow(asked: Format, known: Known) -> str:
    """Write an answer that follows the schema, with what is known in its places."""
    answer = _value(asked.schema, known, "", asked.schema)
    return verbatim(asked, answer)


def verbatim(asked: Format, answer: Any) -> str:
    """Write exactly this answer; a model that is held to a schema could not break it."""
    faults = [error.message for error in Draft202012Validator(asked.schema).iter_errors(answer)]
    if faults:
        raise ValueError(f"the answer does not follow the schema {asked.name}: {faults[0]}")
    return json.dumps(answer)


def _strict_faults(schema: Json, context: tuple[str, ...]) -> Iterator[str]:
    """Strict schemas know every key of every object, and say so."""
    if len(context) > 2 * DEPTH_MAX:
        yield f"it is nested more than {DEPTH_MAX} levels deep"
    for keyword in _NOT_PERMITTED:
        if keyword in schema:
            yield f"In context={context}, '{keyword}' is not permitted."
    if schema.get("type") == "object":
        if schema.get("additionalProperties") is not False:
            yield (
                f"In context={context}, 'additionalProperties' is required to be supplied and to "
                "be false."
            )
        absent = [
            name for name in schema.get("properties", {}) if name not in schema.get("required", ())
        ]
        if absent:
            yield (
                f"In context={context}, 'required' is required to be supplied and to be an array "
                f"including every key in properties. Missing '{absent[0]}'."
            )
    for step, inner in _inner(schema):
        yield from _strict_faults(inner, (*context, *step))


def _inner(schema: Json) -> Iterator[tuple[tuple[str, ...], Json]]:
    for place in ("properties", "$defs"):
        for name, inner in schema.get(place, {}).items():
            yield (place, name), inner
    if isinstance(schema.get("items"), dict):
        yield ("items",), schema["items"]
    for position, inner in enumerate(schema.get("anyOf", ())):
        yield ("anyOf", str(position)), inner


def _properties(schema: Json) -> Iterator[str]:
    yield from schema.get("properties", {})
    for _, inner in _inner(schema):
        yield from _properties(inner)


def _value(schema: Json, known: Known, name: str, root: Json) -> Any:
    """Give a value that the schema takes: what is known by this name, else what fits the type."""
    if "$ref" in schema:
        return _value(root["$defs"][schema["$ref"].rpartition("/")[2]], known, name, root)
    if name in known.fields and Draft202012Validator(schema).is_valid(known.fields[name]):
        return known.fields[name]
    if "const" in schema or "enum" in schema:
        return schema["const"] if "const" in schema else schema["enum"][0]
    if "anyOf" in schema:
        return _value(schema["anyOf"][0], known, name, root)
    kind = schema.get("type", "object")
    match kind if isinstance(kind, str) else kind[0]:
        case "object":
            return {
                key: _value(inner, known, key, root)
                for key, inner in schema.get("properties", {}).items()
            }
        case "array":
            items = schema.get("items", {})
            return list(known.sources) if items.get("type") == "string" else []
        case "string":
            return known.text
        case "boolean":
            return False
        case "null":
            return None
        case _:
            return schema.get("minimum", 0)


def _wrong(asked: Format, says: str) -> RefusedError:
    return RefusedError(
        f"Invalid schema for response_format '{asked.name}': {says}",
        param=asked.param,
        code="invalid_json_schema",
    )
