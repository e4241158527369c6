"""Everything the product said to the outside, in plain words and as it was sent."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, Final

from app.domain.money import Money, show
from app.rehearsal.github.server import AskedRecord
from app.rehearsal.marks import read_mark
from app.rehearsal.openai.server import ApiRequest as ModelRequest
from app.rehearsal.stripe.server import ApiRequest as StripeRequest
from app.rehearsal.world import World

GITHUB: Final = "GitHub"
STRIPE: Final = "Stripe"
OPENAI: Final = "OpenAI"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One request of the product."""

    at: datetime
    to: str
    """Which service was asked."""
    what: str
    """What it was for, in plain words that go on after the product's name."""
    method: str
    path: str
    body: Any
    status: int | None
    """What was answered; ``None`` where the connection was dropped."""
    is_change: bool
    """It was to change something outside, and did."""

    @property
    def is_missing(self) -> bool:
        """Whether it looked for something that may well not be there, and is not."""
        return self.method == "GET" and self.status == 404


class Listener:
    """Gives what was said since it was asked the last time."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._heard = [0, 0, 0]

    def news(self) -> list[Said]:
        """Give what is new, in the order of time."""
        found: list[Said] = []
        for number, (requests, read) in enumerate(_sources(self._world)):
            new = requests[self._heard[number] :]
            self._heard[number] += len(new)
            found += [read(each) for each in new]
        return sorted(found, key=lambda each: each.at)


def newest(world: World, limit: int) -> list[Said]:
    """Give the newest of what was said, the newest first."""
    found = [
        read(each)
        for requests, read in _sources(world)
        for each in islice(reversed(requests), limit)
    ]
    return sorted(found, key=lambda each: each.at, reverse=True)[:limit]


def count(world: World) -> int:
    """Say how much was said in all."""
    return sum(len(requests) for requests, _ in _sources(world))


def _sources(world: World) -> Iterator[tuple[list[Any], Callable[[Any], Said]]]:
    yield world.github.requests, _to_github
    yield world.stripe.requests, _to_stripe
    yield world.openai.requests, _to_openai


Words = Callable[[re.Match[str], Any], str]

_GITHUB_WORDS: Final[tuple[tuple[str, Words], ...]] = (
    (r"POST .*/access_tokens", lambda _, __: "asks for a token"),
    (r"POST .*/comments/\d+/reactions", lambda _, body: f"reacts with {_of(body, 'content')}"),
    (r"POST .*/issues/\d+/comments", lambda _, body: f"posts {_comment(body)}"),
    (r"PATCH .*/issues/comments/\d+", lambda _, body: f"edits {_comment(body)}"),
    (r"POST .*/issues/\d+/labels", lambda _, __: "puts the label for volunteers on the issue"),
    (r"DELETE .*/labels/", lambda _, __: "takes the label for volunteers off"),
    (r"GET .*/issues/\d+/(?:labels|events)", lambda _, __: "reads the labels"),
    (r"POST /graphql$", lambda _, __: "asks what closed the issue"),
    (r"POST .*/assignees", lambda _, body: f"assigns {_logins(body)}"),
    (r"DELETE .*/assignees", lambda _, body: f"takes {_logins(body)} off"),
    (r"POST .*/check-runs", lambda _, __: "starts a check run"),
    (r"PATCH .*/check-runs/\d+", lambda _, __: "updates a check run"),
    (r"POST /app/hook/deliveries/\d+/attempts", lambda _, __: "asks for a lost webhook again"),
    (r"GET /app/hook/deliveries", lambda _, __: "looks for lost webhooks"),
    (r"GET .*/assignees/([\w-]+)", lambda match, _: f"asks whether {match[1]} can be assigned"),
    (
        r"GET .*/collaborators/([\w-]+)/permission",
        lambda match, _: f"asks what {match[1]} may do",
    ),
    (r"GET .*/issues/\d+/comments", lambda _, __: "reads the comments"),
    (r"GET .*/git/(?:trees|blobs|commits|ref)", lambda _, __: "reads the repository's files"),
    (r"GET .*/check-runs$", lambda _, __: "looks for its check run"),
    (r"GET .*/pulls/\d+/files$", lambda _, __: "reads what a pull request changes"),
    (r"GET /app/installations", lambda _, __: "looks up where it is installed"),
    (r"GET .*/commits$", lambda _, __: "looks for the newest commit"),
    (r"GET /(?:repositories/\d+|repos/[\w.-]+/[\w.-]+)$", lambda _, __: "reads the repository"),
    (r"GET .*/contents/", lambda _, __: "reads the repository's files"),
    (r"GET /users?/([\w-]+)", lambda match, _: f"looks up who {match[1]} is"),
)
_STRIPE_WORDS: Final[tuple[tuple[str, Words], ...]] = (
    (r"POST /v1/checkout/sessions/\w+/expire", lambda _, __: "closes the checkout"),
    (r"POST /v1/checkout/sessions", lambda _, body: f"opens a checkout{_price(body)}"),
    (r"POST /v1/refunds", lambda _, __: "gives a payment back"),
    (r"GET /v1/payment_intents", lambda _, __: "reads a payment"),
    (r"GET /v1/charges", lambda _, __: "reads a charge"),
    (r"GET /v1/refunds", lambda _, __: "reads a refund"),
    (r"GET /v1/checkout/sessions", lambda _, __: "reads a checkout"),
)
_OPENAI_WORDS: Final[tuple[tuple[str, Words], ...]] = (
    (r"POST ", lambda _, __: "asks the model for a draft"),
)
_QUIET: Final = re.compile(r"/access_tokens$|^/graphql$|^/v1/(?:responses|chat)")
"""Requests by POST that change nothing which anybody would see."""


def _to_github(record: AskedRecord) -> Said:
    return _said(GITHUB, record, record.body, _GITHUB_WORDS)


def _to_stripe(record: StripeRequest) -> Said:
    return _said(STRIPE, record, record.params, _STRIPE_WORDS)


def _to_openai(record: ModelRequest) -> Said:
    return _said(OPENAI, record, record.body, _OPENAI_WORDS)


def _said(
    to: str,
    record: AskedRecord | StripeRequest | ModelRequest,
    body: Any,
    table: tuple[tuple[str, Words], ...],
) -> Said:
    line = f"{record.method} {record.path}"
    is_done = record.status is not None and 200 <= record.status < 300
    return Said(
        at=record.at,
        to=to,
        what=_words(table, line, body),
        method=record.method,
        path=record.path,
        body=body,
        status=record.status,
        is_change=is_done and record.method != "GET" and not _QUIET.search(record.path),
    )


def _words(table: tuple[tuple[str, Words], ...], line: str, body: Any) -> str:
    for pattern, words in table:
        match = re.match(pattern, line)
        if match is not None:
            return words(match, body)
    return "reads something" if line.startswith("GET") else "asks for something"


def _of(body: Any, name: str) -> Any:
    return body.get(name, "") if isinstance(body, Mapping) else ""


def _comment(body: Any) -> str:
    mark = read_mark(str(_of(body, "body")))
    return mark.name if mark is not None else "a comment"


def _logins(body: Any) -> str:
    return ", ".join(_of(body, "assignees") or ()) or "somebody"


def _price(body: Any) -> str:
    try:
        price = _of(body, "line_items")["0"]["price_data"]
        return f" for {show(Money(int(price['unit_amount']), str(price['currency'])))}"
    except (LookupError, TypeError, ValueError):
        return ""
