"""The performer against the stand-in, which is as strict as OpenAI is."""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Literal

import pytest

from app.domain.drafting import build_prompt
from app.domain.errors import Refused, Transient
from app.domain.events import ReplyDrafted
from app.providers.openai.perform import OpenAI
from app.rehearsal.faults import Fault, Faults
from app.rehearsal.openai.standin import OpenAIStandIn
from tests.providers.openai.model import DRAFT, START, attempt

README = "# Hello\n\nThe port is read from `PORT`; without it, it is 8080."
PROMPT = build_prompt(
    "How do I change the port?", [("README.md", README)], repository="octo/hello-world"
)
QUESTION = replace(
    DRAFT,
    system=PROMPT.system,
    user=PROMPT.user,
    customer_hash=hashlib.sha256(b"583231").hexdigest(),
)


@dataclass
class Desk:
    """A model, and the server that it is asked at."""

    standin: OpenAIStandIn
    faults: Faults
    model: OpenAI

    async def draft(self, number: int = 1) -> ReplyDrafted:
        event = await self.model.perform(QUESTION, attempt(number))
        assert isinstance(event, ReplyDrafted)
        return event


@pytest.fixture(params=["responses", "chat"])
async def desk(request: pytest.FixtureRequest) -> AsyncIterator[Desk]:
    api: Literal["responses", "chat"] = request.param
    faults = Faults(timeout_seconds=0.02)
    standin = OpenAIStandIn(now=lambda: START, faults=faults)
    await standin.start()
    project = standin.project
    model = OpenAI(
        api_key=project.api_key, model=project.models[0], api=api, base_url=standin.base_url
    )
    try:
        yield Desk(standin, faults, model)
    finally:
        await model.close()
        await standin.close()
    assert standin.defects == []


async def test_a_question_gets_a_draft_that_names_its_sources(desk: Desk) -> None:
    drafted = await desk.draft()
    answer = json.loads(drafted.answer)
    assert answer.keys() == {"answer", "sources", "is_handoff"}
    assert answer["sources"] == ["README.md"]
    assert (drafted.ticket, drafted.model) == (DRAFT.ticket, desk.standin.project.models[0])
    assert min(drafted.input_tokens, drafted.output_tokens) > 0
    assert len(desk.standin.requests) == 1


@pytest.mark.parametrize(
    "fault",
    [Fault.BAD_GATEWAY, Fault.SERVER_ERROR, Fault.TOO_MANY, Fault.TIMEOUT, Fault.ANSWER_LOST],
)
async def test_whatever_passes_is_tried_again(desk: Desk, fault: Fault) -> None:
    desk.faults.once(fault)
    with pytest.raises(Transient):
        await desk.draft()
    await desk.draft(2)


async def test_whatever_does_not_pass_ends_in_giving_up(desk: Desk) -> None:
    desk.faults.once(Fault.BAD_GATEWAY, times=3)
    for number in (1, 2):
        with pytest.raises(Transient):
            await desk.draft(number)
    with pytest.raises(Refused, match="Given up after 3 tries"):
        await desk.draft(3)


async def test_a_model_that_declines_is_taken_at_its_word(desk: Desk) -> None:
    desk.standin.refuse()
    with pytest.raises(Refused, match="declined to answer"):
        await desk.draft()


async def test_an_answer_that_a_filter_stopped_is_none(desk: Desk) -> None:
    desk.standin.stop_short()
    with pytest.raises(Refused, match="declined to answer"):
        await desk.draft()


async def test_an_answer_that_did_not_fit_is_none(desk: Desk) -> None:
    desk.standin.say("word " * 4_000)
    with pytest.raises(Refused, match="was cut off"):
        await desk.draft()


async def test_a_connection_that_breaks_is_tried_again(desk: Desk) -> None:
    desk.standin.cut_off()
    with pytest.raises(Transient):
        await desk.draft()
    await desk.draft(2)


async def test_a_key_that_is_not_good_is_refused_without_telling_it(desk: Desk) -> None:
    key = "sk-proj-of-somebody-else-0123456789"
    stranger = OpenAI(
        api_key=key, model="gpt-5-mini", api="responses", base_url=desk.standin.base_url
    )
    try:
        with pytest.raises(Refused, match="API key") as raised:
            await stranger.perform(QUESTION, attempt())
    finally:
        await stranger.close()
    assert key[-4:] not in str(raised.value)


async def test_a_model_that_does_not_exist_is_refused(desk: Desk) -> None:
    key = desk.standin.project.api_key
    model = OpenAI(api_key=key, model="gpt-9", api="chat", base_url=desk.standin.base_url)
    try:
        with pytest.raises(Refused, match="model_not_found"):
            await model.perform(QUESTION, attempt())
    finally:
        await model.close()
