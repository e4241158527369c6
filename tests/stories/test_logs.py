"""What the product writes down of a story: ids, and nothing that is private or secret."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from app import logs
from app.rehearsal.faults import Fault
from app.settings import Settings
from tests.stories.scene import scene


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before = root.handlers, root.level
    written = io.StringIO()
    logs.set_up("json", stream=written)
    yield written
    root.handlers, root.level = before
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()


async def test_no_secret_and_no_private_word_of_a_whole_story_is_logged(
    sqlite_url: str, stream: io.StringIO
) -> None:
    async with scene(sqlite_url, buried=1) as s:  # the model refused
        settings = Settings.from_env(s.world.environment())
        logs.set_up("json", settings.secrets(), stream=stream)
        for path in (r"/comments$", r"/reactions$", r"/assignees$", "/git/", "/v1/"):
            for fault in (Fault.BAD_GATEWAY, Fault.ANSWER_LOST, Fault.RATE_LIMITED):
                s.world.faults.once(fault, path=path)
        s.openai.refuse("Xylophone: I must not answer.")
        s.github.open_issue(s.repository, "Quokka title", "Wombat body", by="carol")
        issue = s.github.open_issue(s.repository, "Quokka title", "Wombat body", by="carol")
        talk = await s.asked()
        talk.issue = issue
        await talk.says("carol", "Marmot prose.\n\n/support")
        await talk.pays("question")
        await talk.says("ada", "Capybara answer.")
        await talk.says("ada", "/support propose Axolotl note")
        await talk.says("carol", "/support decline Pangolin reason")
        await talk.says("carol", "/support cancel Ocelot reason")
        await talk.says("ada", "/support release")
        token = talk.token
        async with s.http.post(
            f"{s.world.url}/hooks/github", data=b'{"action": "Narwhal"}', headers={}
        ) as answer:
            assert answer.status == 401
        tokens = list(s.github.gate._tokens)
        session = s.stripe.all("checkout.session")[0]
        payer = session["customer_details"]["email"]

    written = stream.getvalue()
    records = [json.loads(line) for line in written.splitlines()]
    assert len(records) > 40
    assert any(record["event"] == "retrying" for record in records)
    animals = (
        *("Quokka", "Wombat", "Marmot", "Capybara", "Axolotl", "Pangolin", "Ocelot"),
        *("Narwhal", "Xylophone"),
    )
    private = (*animals, "carol", "proxy", payer, token, *tokens, *settings.secrets())
    assert [words for words in private if words and words in written] == []
    assert len(tokens) >= 2

    retried = next(record for record in records if record["event"] == "retrying")
    assert {"effect_id", "lane", "kind", "attempts", "reason"} <= set(retried)
    stored = next(record for record in records if record["event"] == "a delivery is stored")
    assert {"delivery", "provider", "kind"} <= set(stored)
