"""Whole payloads of webhooks, what they mean, and how one thing in them is changed."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from app.domain.checks import CHECK_NAME
from app.domain.deliveries import Delivery, Provider
from app.domain.events import Event, MessageArrived
from app.providers.github.translate import translate

REPOSITORY = {
    "id": 71,
    "name": "tools",
    "full_name": "octo/tools",
    "private": False,
    "default_branch": "main",
    "archived": False,
}
USER = {"id": 5, "login": "carol", "type": "User"}
ISSUE = {
    "id": 31,
    "number": 7,
    "title": "It does not start",
    "body": None,
    "user": USER,
    "state": "open",
    "locked": False,
    "created_at": "2026-11-24T11:00:00Z",
    "updated_at": "2026-11-24T12:00:00+02:00",
}
COMMON = {
    "installation": {
        "id": 9,
        "account": {"login": "octo", "id": 4},
        "created_at": "2026-11-24T12:00:00+02:00",
    },
    "repository": REPOSITORY,
    "sender": USER,
}
COMMENT: dict[str, Any] = {
    **COMMON,
    "action": "created",
    "issue": ISSUE,
    "comment": {
        "id": 13,
        "body": "/support",
        "user": USER,
        "created_at": "2026-11-24T12:00:00Z",
        "performed_via_github_app": {"id": 1},
    },
}
PUSH: dict[str, Any] = {
    **COMMON,
    "ref": "refs/heads/main",
    "before": "b" * 40,
    "after": "a" * 40,
    "deleted": False,
    "forced": False,
    "commits": [{"added": ["README.md"], "modified": [], "removed": []}],
}
CHOSEN: dict[str, Any] = {
    **COMMON,
    "action": "added",
    "repositories_added": [REPOSITORY],
    "repositories_removed": [],
}
CHECK_RUN: dict[str, Any] = {
    **COMMON,
    "action": "requested_action",
    "check_run": {"name": CHECK_NAME, "head_sha": "c" * 40, "app": {"id": 1}},
    "requested_action": {"identifier": "confirm"},
}
CHECK_SUITE: dict[str, Any] = {
    **COMMON,
    "action": "rerequested",
    "check_suite": {"head_sha": "c" * 40, "app": {"id": 1}, "latest_check_runs_count": 1},
}
PAYLOADS: dict[str, dict[str, Any]] = {
    "issue_comment": COMMENT,
    "issues": {**COMMON, "action": "labeled", "issue": ISSUE, "label": {"name": "paid-support"}},
    "installation": {**COMMON, "action": "created", "repositories": [REPOSITORY]},
    "installation_repositories": CHOSEN,
    "installation_target": {**COMMON, "action": "renamed", "account": USER},
    "repository": {**COMMON, "action": "renamed", "changes": {}},
    "push": {**PUSH, "forced": True},
    "pull_request": {
        **COMMON,
        "action": "opened",
        "pull_request": {"number": 8, "head": {"sha": "c" * 40}},
    },
    "check_run": CHECK_RUN,
    "check_suite": CHECK_SUITE,
}
WRONG: tuple[Any, ...] = (
    None,
    True,
    -1,
    0,
    2**63,
    10**30,
    1.5,
    "",
    "x" * 70_000,
    "\0",
    [],
    {},
    [1],
)


def events(kind: str, payload: Any) -> list[Event]:
    delivery = Delivery(
        provider=Provider.GITHUB,
        external_id="a-delivery",
        kind=kind,
        body=json.dumps(payload).encode(),
        received_at=datetime(2026, 11, 24, tzinfo=UTC),
    )
    return [arrival.event for arrival in translate(delivery, app_id=1)]


def message(payload: Any) -> MessageArrived:
    [event] = events("issue_comment", payload)
    assert isinstance(event, MessageArrived)
    return event


def with_(payload: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """Give a copy with one value changed; `...` takes it out."""
    changed = copy.deepcopy(payload)
    *outer, last = path.split(".")
    found: Any = changed
    for key in outer:
        found = found[int(key) if isinstance(found, list) else key]
    if value is ...:
        del found[last]
    else:
        found[int(last) if isinstance(found, list) else last] = value
    return changed


def paths(value: Any, before: str = "") -> Iterator[str]:
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in pairs:
        yield f"{before}{key}"
        if isinstance(inner, dict | list):
            yield from paths(inner, f"{before}{key}.")
