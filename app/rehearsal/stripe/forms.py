"""Form bodies as Stripe reads them: `a[b][0][c]=d` → {"a": {"b": {"0": {"c": "d"}}}}.

Whether numbered keys are a list is decided by the endpoint's parameters, not by the form: metadata
may well have a key named 0.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

from app.rehearsal.stripe.refusals import invalid

Nested = dict[str, Any]
"""A decoded form: each leaf is the string that was sent."""

DEPTH_MAX: Final = 10
FIELDS_MAX: Final = 1_000
_KEY: Final = re.compile(r"^([^\[\]]+)((?:\[[^\[\]]*\])*)$")


def decode(fields: Iterable[tuple[str, str]]) -> Nested:
    """Decode the fields of a form (or of a query) into one nested object."""
    decoded: Nested = {}
    for count, (name, value) in enumerate(fields, start=1):
        if count > FIELDS_MAX:
            raise invalid(f"A request can have at most {FIELDS_MAX} parameters.", name)
        _put(decoded, _steps(name), value, name)
    return decoded


def _steps(name: str) -> list[str]:
    match = _KEY.match(name)
    if match is None:
        raise invalid(f"Invalid parameter name: {name}", name)
    steps = [match.group(1), *re.findall(r"\[([^\[\]]*)\]", match.group(2))]
    if len(steps) > DEPTH_MAX:
        raise invalid(f"Parameters can be nested at most {DEPTH_MAX} levels deep.", name)
    return steps


def _put(target: Nested, steps: list[str], value: str, name: str) -> None:
    for step in steps[:-1]:
        target = target.setdefault(step or str(len(target)), {})
        if not isinstance(target, dict):
            raise invalid("Invalid object", name)
    last = steps[-1] or str(len(target))
    if isinstance(target.get(last), dict):
        raise invalid("Invalid object", name)
    target[last] = value
