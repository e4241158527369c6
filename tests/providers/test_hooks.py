"""The table of those who send us messages, and what importing it costs."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime

from app.domain.deliveries import Delivery, Provider, Unverified
from app.domain.events import MessageArrived
from app.providers import hooks
from tests.providers.github.payloads import COMMENT

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def test_those_who_send_messages_are_in_the_table_and_the_model_is_not() -> None:
    assert set(hooks(github_app_id=1)) == set(Provider) - {Provider.OPENAI}


def test_each_refuses_what_is_not_signed() -> None:
    for hook in hooks(github_app_id=1).values():
        headers = {"content-type": "application/json"}
        assert isinstance(hook.verify(b"{}", headers, ["a-secret-of-some-length"], NOW), Unverified)


def test_each_says_nothing_of_an_event_that_nobody_knows() -> None:
    for provider, hook in hooks(github_app_id=1).items():
        delivery = Delivery(
            provider=provider, external_id="x", kind="made.up", body=b"{}", received_at=NOW
        )
        assert hook.translate(delivery) == []


def test_our_own_comments_are_told_by_the_apps_id() -> None:
    delivery = Delivery(
        provider=Provider.GITHUB,
        external_id="x",
        kind="issue_comment",
        body=json.dumps(COMMENT).encode(),
        received_at=NOW,
    )
    for app_id, is_ours in ((1, True), (2, False)):
        [arrival] = hooks(github_app_id=app_id)[Provider.GITHUB].translate(delivery)
        assert isinstance(arrival.event, MessageArrived)
        assert arrival.event.message.is_ours is is_ours


def test_the_table_costs_neither_stripe_nor_openai_nor_a_client() -> None:
    heavy = ("stripe", "openai", "aiohttp", "gidgethub")
    code = f"import app.providers, sys; print([n for n in {heavy} if n in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert run.stdout.strip() == "[]"
