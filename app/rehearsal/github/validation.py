"""Everything that comes in or goes out, held against the official description of the API.

The description is githubkit's, generated from GitHub's own. Its models are loaded by name when
they are first needed: all of them together take long, and the few that are used do not.
"""

from __future__ import annotations

import functools
import importlib
import json
import re
from typing import Any, Final, Union

import pydantic

from app.rehearsal.github.answers import RefusalError

API_VERSION: Final = "2026-03-10"
API_VERSIONS: Final = frozenset({"2022-11-28", API_VERSION})
PACKAGE: Final = "githubkit_schemas.v2026_03_10"
UNSET: Final = "<UNSET>"
"""How githubkit's models name a key that was left out, which is one more choice for each key."""
VALUE_CHARACTERS_MAX: Final = 100
UNKNOWN: Final = "not in the description"
UNEVEN_KEYS: Final = frozenset(
    {"archived_at", "archived_by", "assignee", "client_id", "merge_commit_sha", "user_view_type"}
)
"""Keys that the description of one webhook requires and that of its sibling does not have."""


@functools.cache
def _adapter(expression: str) -> pydantic.TypeAdapter[Any]:
    """Turn `A`, `list[A]`, or several of them with `|` between, into what validates it."""
    return pydantic.TypeAdapter(_type(expression))


def _type(expression: str) -> Any:
    choices = [choice.strip() for choice in expression.split("|")]
    if len(choices) > 1:
        return Union[tuple(_type(choice) for choice in choices)]  # noqa: UP007 — made at run time
    inner = re.fullmatch(r"list\[(\w+)\]", expression)
    if inner is not None:
        return list[_type(inner[1])]  # type: ignore[misc]  # the type is known at run time only
    if expression == "str":
        return str
    if expression == "dict":
        return dict[str, Any]
    return getattr(importlib.import_module(f"{PACKAGE}.models"), expression)


def _webhook_model(event: str, action: str | None) -> str:
    """Name a webhook's model: `issue_comment` and `created` make WebhookIssueCommentCreated."""
    words = f"webhook_{event}" if action is None else f"webhook_{event}_{action}"
    return "".join(word.title() for word in words.split("_"))


def _unknown_keys(given: Any, known: Any, path: str = "") -> list[str]:
    """List the keys that were given although the description does not have them."""
    if isinstance(given, dict) and isinstance(known, dict):
        unknown = [f"{path}{key}" for key in given if key not in known]
        for key in given.keys() & known.keys():
            unknown += _unknown_keys(given[key], known[key], f"{path}{key}.")
        return sorted(unknown)
    if isinstance(given, list) and isinstance(known, list):
        return [
            name
            for index, (left, right) in enumerate(zip(given, known, strict=False))
            for name in _unknown_keys(left, right, f"{path}{index}.")
        ]
    return []


def _problems(adapter: pydantic.TypeAdapter[Any], body: bytes) -> list[str]:
    try:
        parsed = adapter.validate_json(body, strict=True)
    except pydantic.ValidationError as error:
        return [f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]
    known = adapter.dump_python(parsed, mode="json", by_alias=True, exclude_unset=True)
    return [f"{name}: {UNKNOWN}" for name in _unknown_keys(json.loads(body), known)]


def answer_problems(expression: str, body: bytes) -> list[str]:
    """Say what is wrong with an answer of ours; nothing is, unless the stand-in has a defect."""
    return _problems(_adapter(expression), body)


def webhook_problems(event: str, action: str | None, body: bytes) -> list[str]:
    """Say what is wrong with a webhook of ours."""
    found = answer_problems(_webhook_model(event, action), body)
    ending = f": {UNKNOWN}"
    keys = {one: one.removesuffix(ending).rpartition(".")[2] for one in found}
    return [one for one in found if not one.endswith(ending) or keys[one] not in UNEVEN_KEYS]


def parse_request(expression: str, body: bytes) -> Any:
    """Parse a request's body, or refuse it as GitHub does: 400 no JSON, 422 not as described.

    An empty body is an empty object. GitHub refuses keys that it does not know on some routes and
    ignores them on others; here they are refused on all, so that no misspelt key goes unseen.
    """
    try:
        given = json.loads(body) if body.strip() else {}
        encoded = json.dumps(given, ensure_ascii=False).encode()  # half a surrogate pair is no text
    except ValueError:
        raise RefusalError(400, "Problems parsing JSON") from None
    if not isinstance(given, dict | list):
        raise RefusalError(400, "Body should be a JSON object")
    adapter = _adapter(expression)
    try:
        parsed = adapter.validate_json(encoded, strict=True)
    except pydantic.ValidationError as error:
        told = [found for found in error.errors() if UNSET not in found["msg"]]
        sentences = "\n".join(dict.fromkeys(_sentence(found) for found in told))
        raise RefusalError(422, f"Invalid request.\n\n{sentences}") from None
    known = adapter.dump_python(parsed, mode="json", by_alias=True, exclude_unset=True)
    unknown = _unknown_keys(given, known)
    if unknown:
        sentences = "\n".join(f'"{name}" is not a permitted key.' for name in unknown)
        raise RefusalError(422, f"Invalid request.\n\n{sentences}")
    return given


def _sentence(found: Any) -> str:
    names = [str(part) for part in found["loc"]]
    path = "/".join(name for name in names if re.fullmatch(r"\d+|[a-z_]+", name))
    if found["type"] == "missing":
        return f'"{names[-1]}" wasn\'t supplied.'
    value = "nil" if found["input"] is None else json.dumps(found["input"], default=str)
    shown = value if len(value) <= VALUE_CHARACTERS_MAX else f"{value[:VALUE_CHARACTERS_MAX]}…"
    return f"For 'properties/{path}', {shown} is not valid: {found['msg']}."
