"""What a route gives back: an answer, one page of a list, or a refusal in GitHub's words."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, TypeVar
from urllib.parse import urlencode

DOCUMENTATION_URL: Final = "https://docs.github.com/rest"
PER_PAGE_DEFAULT: Final = 30
PER_PAGE_MAX: Final = 100

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Answer:
    """A status with a JSON payload, or with bytes of another media type."""

    status: int
    payload: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    media_type: str = "application/json; charset=utf-8"

    @property
    def is_raw(self) -> bool:
        """Whether this is the content of something, and no JSON."""
        return isinstance(self.payload, bytes)

    @property
    def body(self) -> bytes:
        """The bytes that are sent."""
        if self.status in {204, 304}:
            return b""
        return self.payload if isinstance(self.payload, bytes) else encode(self.payload)


class RefusalError(Exception):
    """What GitHub says instead of doing what it was asked for."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        errors: Sequence[Mapping[str, Any] | str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.errors = errors
        self.headers = dict(headers or {})

    @property
    def answer(self) -> Answer:
        """The refusal as it is sent."""
        payload: dict[str, Any] = {
            "message": self.message,
            "documentation_url": DOCUMENTATION_URL,
            "status": str(self.status),
        }
        if self.errors is not None:
            payload["errors"] = list(self.errors)
        return Answer(self.status, payload, self.headers)


def not_found() -> RefusalError:
    """Refuse without telling whether the thing exists."""
    return RefusalError(404, "Not Found")


def forbidden() -> RefusalError:
    """Refuse what the App has no permission for."""
    return RefusalError(403, "Resource not accessible by integration")


def validation_failed(
    resource: str, field_name: str, code: str, message: str | None = None
) -> RefusalError:
    """Refuse a value, saying which one and why."""
    error = {"resource": resource, "field": field_name, "code": code}
    if message is not None:
        error["message"] = message
    return RefusalError(422, "Validation Failed", errors=[error])


def encode(payload: Any) -> bytes:
    """Write JSON as GitHub does: compact, in UTF-8."""
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()


def instant(at: datetime) -> str:
    """Write an instant as GitHub does: UTC, whole seconds."""
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def instant_or_none(at: datetime | None) -> str | None:
    """Write an instant that may be missing."""
    return None if at is None else instant(at)


def whole_number(query: Mapping[str, str], name: str, default: int) -> int:
    """Read a positive number from a query; GitHub takes the default for anything else."""
    try:
        number = int(query.get(name, default))
    except ValueError:
        return default
    return number if number > 0 else default


def page_of(items: Sequence[Item], query: Mapping[str, str], url: str) -> tuple[list[Item], str]:
    """Cut one page out of a list, and write the Link header that leads to the other pages.

    `url` is the list's own address without a query; an empty header means that there is one page.
    """
    per_page = min(whole_number(query, "per_page", PER_PAGE_DEFAULT), PER_PAGE_MAX)
    page = whole_number(query, "page", 1)
    last = max(1, -(-len(items) // per_page))
    kept = [(name, value) for name, value in query.items() if name != "page"]

    def link(number: int, relation: str) -> str:
        return f'<{url}?{urlencode([*kept, ("page", str(number))])}>; rel="{relation}"'

    links = []
    if page > 1:
        links += [link(min(page - 1, last), "prev")]
    if page < last:
        links += [link(page + 1, "next"), link(last, "last")]
    if page > 1:
        links += [link(1, "first")]
    return list(items[(page - 1) * per_page : page * per_page]), ", ".join(links)
