"""Input that nobody here wrote: GitHub's own examples of its webhooks."""

from __future__ import annotations

import hmac
import json
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest

from app.domain.checks import CHECK_NAME, CONFIRM
from app.domain.deliveries import Delivery
from app.providers.github.translate import READERS, translate
from app.providers.github.verify import verify
from tests.providers.github.examples import read_examples

pytestmark = pytest.mark.fetches

SECRET = "a-webhook-secret-of-some-length"
NOW = datetime(2026, 11, 24, tzinfo=UTC)


@pytest.fixture(scope="module")
def examples() -> list[tuple[str, Any]]:
    return read_examples()


def take(kind: str, payload: Any) -> Delivery:
    body = json.dumps(payload).encode()
    signature = hmac.new(SECRET.encode(), body, "sha256").hexdigest()
    headers = {
        "content-type": "application/json",
        "x-github-event": kind,
        "x-github-delivery": "72d3162e-cc78-11e3-81ab-4c9367dc0958",
        "x-hub-signature-256": f"sha256={signature}",
    }
    delivery = verify(body, headers, [SECRET], NOW)
    assert isinstance(delivery, Delivery)
    return delivery


def test_each_is_taken_in_and_none_raises(examples: list[tuple[str, Any]]) -> None:
    for kind, payload in examples:
        arrivals = translate(take(kind, payload), app_id=1)
        assert not arrivals or "installation" in payload


def test_what_we_listen_to_is_understood_once_it_is_for_an_installation(
    examples: list[tuple[str, Any]],
) -> None:
    understood = Counter[tuple[str, str]]()
    for kind, payload in examples:
        whole = {"installation": {"id": 5}, **payload}
        if translate(take(kind, whole), app_id=1):
            understood[kind, payload.get("action", "")] += 1
    # No push is to a default branch, no check is ours, and nobody was given another login.
    ours = {"push", "check_run", "check_suite", "installation_target"}
    assert {kind for kind, _ in understood} == READERS.keys() - ours
    assert understood["issue_comment", "created"] == 5
    assert understood["issue_comment", "deleted"] == 2
    assert understood["issues", "labeled"] == 2
    assert understood["issues", "unlabeled"] == 2
    assert understood["installation", "unsuspend"] == 1
    assert understood["installation", "new_permissions_accepted"] == 1
    assert understood["repository", "transferred"] == 3
    assert understood["pull_request", "opened"] == 4
    assert understood["pull_request", "synchronize"] == 1


def test_a_button_or_another_run_is_understood_once_the_check_run_is_ours(
    examples: list[tuple[str, Any]],
) -> None:
    understood = Counter[str]()
    for kind, payload in examples:
        if kind == "check_run":
            run = {**payload["check_run"], "name": CHECK_NAME}
            whole = {"installation": {"id": 5}, **payload, "check_run": run}
            whole["requested_action"] = {"identifier": CONFIRM}
            app_id = payload["check_run"]["app"]["id"]
            understood[payload["action"]] += len(translate(take(kind, whole), app_id=app_id))
    assert understood == {"created": 0, "completed": 0, "rerequested": 2, "requested_action": 1}


def test_another_run_of_all_checks_is_understood_once_the_suite_is_ours(
    examples: list[tuple[str, Any]],
) -> None:
    understood = Counter[str]()
    for kind, payload in examples:
        if kind == "check_suite":
            whole = {"installation": {"id": 5}, **payload}
            app_id = payload["check_suite"]["app"]["id"]
            understood[payload["action"]] += len(translate(take(kind, whole), app_id=app_id))
    assert understood == {"completed": 0, "requested": 0, "rerequested": 2}
