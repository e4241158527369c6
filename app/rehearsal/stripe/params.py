"""Requests against the official parameters: the TypedDicts of `stripe.params`, read by pydantic.

A form holds strings only, so `_typed` first turns each leaf into what its annotation asks for, and
holds enumerations closed (the library writes them `Literal[...] | str`). Pydantic then finds what
is unknown, missing or of the wrong type, at any depth.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from functools import cache
from types import UnionType
from typing import Any, Final, Literal, Union, cast, get_args, get_origin

import stripe.params.checkout
from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails
from stripe import RequestOptions
from typing_extensions import TypedDict, get_type_hints, is_typeddict

from app.rehearsal.stripe.forms import Nested
from app.rehearsal.stripe.refusals import (
    Json,
    RefusedError,
    invalid,
    missing,
    unknown_parameter,
)

METADATA_KEYS_MAX: Final = 50
METADATA_KEY_CHARS_MAX: Final = 40
METADATA_VALUE_CHARS_MAX: Final = 500
STRING_CHARS_MAX: Final = 5_000

_STRICT: Final = ConfigDict(extra="forbid", strict=True, arbitrary_types_allowed=True)
_INTEGER: Final = re.compile(r"^-?\d{1,18}$")
_MODULES: Final[Mapping[str, Any]] = {
    "": stripe.params,
    "checkout": stripe.params.checkout,
    "radar": stripe.params.radar,
}


def read(name: str, form: Nested) -> Json:
    """Read a decoded form as the parameters of this name, or refuse it as Stripe does."""
    adapter, hints = _adapter(name)
    typed = {key: _typed(value, hints.get(key), key) for key, value in form.items()}
    try:
        adapter.validate_python(typed)
    except ValidationError as error:
        raise _refusal(error, typed) from None
    return typed


@cache
def _adapter(name: str) -> tuple[TypeAdapter[Any], Mapping[str, Any]]:
    """Build the validator when the first request asks for it; all of them would take seconds."""
    module_name, _, attribute = name.rpartition(".")
    params = getattr(_MODULES[module_name], attribute)
    _forbid_unknown(sys.modules[params.__module__])
    # The library mixes its own request options into these types; they are no parameters.
    options = RequestOptions.__annotations__
    own = {key: hint for key, hint in params.__annotations__.items() if key not in options}
    # mypy wants literal names here, and the point is that they are the library's.
    strict = cast("Any", TypedDict)(attribute, own)
    strict.__module__ = params.__module__
    strict.__pydantic_config__ = _STRICT
    return TypeAdapter(strict), get_type_hints(strict)


def _forbid_unknown(module: Any) -> None:
    for value in vars(module).values():
        if is_typeddict(value):
            value.__pydantic_config__ = _STRICT


def _typed(value: Any, hint: Any, param: str) -> Any:
    """Turn a form's value into what the annotation asks for; what does not fit stays as it is."""
    if hint is None:
        return value
    if isinstance(value, dict):
        return _typed_object(value, hint, param)
    members = _members(hint)
    if value == "":
        if not any("" in get_args(member) for member in members if get_origin(member) is Literal):
            raise _cannot_be_empty(param)
        return value
    literals = [
        choice for member in members if get_origin(member) is Literal for choice in get_args(member)
    ]
    choices = [choice for choice in literals if choice != ""]
    if choices and value not in choices:
        raise invalid(f"Invalid {param}: must be one of {', '.join(map(str, choices))}", param)
    if choices or str in members:
        return _checked_length(value, param)
    return _typed_scalar(value, members, param)


def _typed_object(value: Nested, hint: Any, param: str) -> Any:
    for member in _members(hint):
        if is_typeddict(member):
            hints = get_type_hints(member)
            return {
                key: _typed(inner, hints.get(key), f"{param}[{key}]")
                for key, inner in value.items()
            }
        if get_origin(member) is list and all(key.isdigit() for key in value):
            (of,) = get_args(member)
            ordered = sorted(value.items(), key=lambda item: int(item[0]))
            return [_typed(inner, of, f"{param}[{key}]") for key, inner in ordered]
        if get_origin(member) is dict and param.rstrip("]").endswith("metadata"):
            return _checked_metadata(value, param)
    return value


def _typed_scalar(value: str, members: tuple[Any, ...], param: str) -> Any:
    if bool in members:
        if value not in {"true", "false"}:
            raise invalid(f"Invalid boolean: {value}", param)
        return value == "true"
    if int in members:
        if not _INTEGER.match(value):
            raise invalid(f"Invalid integer: {value}", param, "parameter_invalid_integer")
        return int(value)
    if float in members or Decimal in members:
        try:
            number = Decimal(value)
        except InvalidOperation:
            raise invalid(f"Invalid decimal: {value}", param) from None
        return number if Decimal in members else float(number)
    if any(get_origin(member) is list for member in members):
        raise invalid("Invalid array", param)
    raise invalid("Invalid object", param)


def _checked_length(value: str, param: str) -> str:
    if len(value) > STRING_CHARS_MAX:
        raise invalid(
            f"Invalid string: {value[:20]}...{value[-5:]}; must be at most {STRING_CHARS_MAX} "
            "characters",
            param,
        )
    return value


def _members(hint: Any) -> tuple[Any, ...]:
    return get_args(hint) if get_origin(hint) in {Union, UnionType} else (hint,)


def _checked_metadata(metadata: Nested, param: str) -> Nested:
    if len(metadata) > METADATA_KEYS_MAX:
        raise invalid(f"You can only have up to {METADATA_KEYS_MAX} metadata keys.", param)
    for key, value in metadata.items():
        if len(key) > METADATA_KEY_CHARS_MAX:
            raise invalid(
                f"Metadata keys can have up to {METADATA_KEY_CHARS_MAX} characters, but you "
                f"passed in a key that is {len(key)} characters. Invalid key: {key}",
                f"{param}[{key}]",
            )
        if isinstance(value, str) and len(value) > METADATA_VALUE_CHARS_MAX:
            raise invalid(
                f"Metadata values can have up to {METADATA_VALUE_CHARS_MAX} characters, but you "
                f"passed in a value that is {len(value)} characters. Invalid value: {value}",
                f"{param}[{key}]",
            )
    return metadata


def _cannot_be_empty(param: str) -> RefusedError:
    return invalid(
        f"You passed an empty string for '{param}'. We assume empty values are an attempt to unset "
        f"a parameter; however '{param}' cannot be unset. You should remove '{param}' from your "
        "request or supply a non-empty value.",
        param,
        "parameter_invalid_empty",
    )


def _refusal(error: ValidationError, typed: Json) -> RefusedError:
    """Say what Stripe would say about the first thing that is wrong: unknown keys come first."""
    order = {"extra_forbidden": 0, "missing": 1}
    first = min(error.errors(), key=lambda detail: order.get(detail["type"], 2))
    param = _param(first, typed)
    if first["type"] == "extra_forbidden":
        return unknown_parameter(param)
    if first["type"] == "missing":
        return missing(param)
    wanted = "string" if first["type"] == "string_type" else "object"
    return invalid(f"Invalid {wanted}", param)


def _param(detail: ErrorDetails, typed: Json) -> str:
    """Write where the error is in Stripe's way; pydantic's names of union members are left out."""
    here: Any = typed
    steps: list[str] = []
    for step in detail["loc"]:
        if isinstance(here, list) or (isinstance(here, dict) and step in here):
            here = cast("Any", here)[step]
        elif detail["type"] != "missing" or step != detail["loc"][-1]:
            continue
        steps.append(str(step))
    return steps[0] + "".join(f"[{step}]" for step in steps[1:])
