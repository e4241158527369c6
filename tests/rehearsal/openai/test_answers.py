"""What the model says, by itself and when it is told."""

from __future__ import annotations

import json
import re
from typing import Any

import openai
import pytest

from app.rehearsal.openai import Project
from app.rehearsal.openai.answers import draft, obey
from tests.rehearsal.openai.lab import MODEL, NOW, PROMPT, SCHEMA, Api, Lab, open_lab

both = pytest.mark.parametrize("api", ["responses", "chat"])


@both
async def test_it_quotes_the_sources_of_the_prompt(lab: Lab, api: Api) -> None:
    reply = await lab.ask(api)
    assert reply.text is not None
    assert "`docs/install.md`: Set HTTPS_PROXY before you run the installer." in reply.text
    assert "`README.md`: A small tool for large logs." in reply.text
    assert reply.ending in {"completed", "stop"}
    assert reply.refusal is None
    assert (await lab.ask(api)).text == reply.text


@both
async def test_it_counts_tokens(lab: Lab, api: Api) -> None:
    reply = await lab.ask(api)
    assert reply.text is not None
    assert reply.input_tokens == 3 + -(-len(PROMPT) // 4)
    assert reply.output_tokens == -(-len(reply.text) // 4)
    assert reply.total_tokens == reply.input_tokens + reply.output_tokens


@both
async def test_it_follows_the_schema(lab: Lab, api: Api) -> None:
    reply = await lab.ask(api, schema=SCHEMA)
    answer = json.loads(reply.text or "")
    assert answer.keys() == {"answer", "sources", "is_handoff"}
    assert answer["sources"] == ["docs/install.md", "README.md"]
    assert "HTTPS_PROXY" in answer["answer"]
    assert answer["is_handoff"] is False


async def test_the_product_s_own_parser_reads_it(lab: Lab) -> None:
    response = await lab.client.responses.create(model=MODEL, input=PROMPT, store=False)
    assert response.id.startswith("resp_")
    assert (response.object, response.model, response.error) == ("response", MODEL, None)
    assert response.created_at == NOW.timestamp()
    assert "HTTPS_PROXY" in response.output_text
    completion = await lab.client.chat.completions.create(
        model=MODEL, messages=[{"role": "user", "content": PROMPT}]
    )
    assert completion.id.startswith("chatcmpl-")
    assert completion.model == MODEL


@pytest.mark.parametrize(
    "prompt",
    ["What?", "SOURCE docs/a.md\n| # Only a heading", "SOURCE a.md\n\nSOURCE b.md\n| ```"],
)
def test_without_anything_to_quote_it_hands_over(prompt: str) -> None:
    assert draft("", prompt) == {"answer": "", "sources": [], "is_handoff": True}


def test_it_quotes_at_most_three_sources_and_each_once() -> None:
    prompt = "\n".join(f"SOURCE {name}.md\n| Text of {name}." for name in "aabcd")
    assert draft("", prompt)["sources"] == ["a.md", "b.md", "c.md"]


async def test_how_a_prompt_names_its_sources_can_be_set() -> None:
    project = Project(source_line=re.compile(r"^File: (?P<path>\S+)$", re.MULTILINE))
    async with open_lab(project) as lab:
        response = await lab.client.responses.create(
            model=MODEL, input="File: docs/a.md\nIt is red."
        )
        assert "`docs/a.md`: It is red." in response.output_text


async def test_the_answer_can_be_any_function_of_the_prompt() -> None:
    async with open_lab(answer=lambda system, user: f"{system} / {user[:8]}") as lab:
        assert (await lab.ask("responses")).text == "Be short. / QUESTION"
        assert (await lab.ask("chat")).text == "Be short. / QUESTION"


@both
async def test_it_says_what_it_is_told_once(lab: Lab, api: Api) -> None:
    lab.standin.say("Use the source.")
    assert (await lab.ask(api)).text == "Use the source."
    assert "HTTPS_PROXY" in str((await lab.ask(api)).text)


@both
async def test_a_text_is_put_into_the_places_of_a_schema(lab: Lab, api: Api) -> None:
    lab.standin.say("Use the source.")
    answer = json.loads((await lab.ask(api, schema=SCHEMA)).text or "")
    assert answer == {
        "answer": "Use the source.",
        "sources": ["docs/install.md", "README.md"],
        "is_handoff": False,
    }


@both
async def test_an_object_is_said_as_it_is(lab: Lab, api: Api) -> None:
    told = {"answer": "", "sources": ["nowhere.md"], "is_handoff": True}
    lab.standin.say(told)
    assert json.loads((await lab.ask(api, schema=SCHEMA)).text or "") == told
    lab.standin.say(told)
    assert json.loads((await lab.ask(api)).text or "") == told


async def test_an_object_that_breaks_the_schema_is_a_mistake_of_who_told_it(lab: Lab) -> None:
    lab.standin.say({"answer": 3})
    with pytest.raises(openai.InternalServerError):
        await lab.ask("responses", schema=SCHEMA)
    (defect,) = lab.standin.defects
    assert "does not follow the schema draft" in defect
    lab.standin.defects.clear()


@pytest.mark.parametrize("told", ["no JSON at all", {"answer": 3}])
async def test_what_is_raw_breaks_any_schema(lab: Lab, told: str | dict[str, Any]) -> None:
    lab.standin.say(told, is_raw=True)
    text = (await lab.ask("chat", schema=SCHEMA)).text
    assert text == (told if isinstance(told, str) else json.dumps(told))


@both
async def test_it_can_refuse(lab: Lab, api: Api) -> None:
    lab.standin.refuse("I will not.")
    reply = await lab.ask(api, schema=SCHEMA)
    assert (reply.text, reply.refusal) == (None, "I will not.")
    assert reply.ending in {"completed", "stop"}


@pytest.mark.parametrize(
    ("api", "bound", "ending"),
    [
        ("responses", {"max_output_tokens": 16}, "incomplete: max_output_tokens"),
        ("chat", {"max_completion_tokens": 16}, "length"),
        ("chat", {"max_tokens": 16, "model": "gpt-4.1-mini"}, "length"),
    ],
)
async def test_an_answer_is_cut_where_the_tokens_end(
    lab: Lab, api: Api, bound: dict[str, Any], ending: str
) -> None:
    lab.standin.say("long " * 100)
    reply = await lab.ask(api, schema=SCHEMA, **bound)
    assert (reply.ending, reply.output_tokens, len(reply.text or "")) == (ending, 16, 64)
    with pytest.raises(ValueError, match="Unterminated string"):
        json.loads(reply.text or "")


@pytest.mark.parametrize(
    ("api", "ending"),
    [("responses", "incomplete: content_filter"), ("chat", "content_filter")],
)
async def test_a_filter_can_stop_it(lab: Lab, api: Api, ending: str) -> None:
    whole = await lab.ask(api)
    lab.standin.stop_short()
    reply = await lab.ask(api)
    assert reply.ending == ending
    assert (whole.text or "").startswith(reply.text or "x")
    assert len(reply.text or "") < len(whole.text or "")


async def test_messages_may_be_made_of_parts(lab: Lab) -> None:
    lab.standin.say("Yes.")
    response = await lab.client.responses.create(
        model=MODEL,
        input=[
            {"role": "developer", "content": "Be kind."},
            {"role": "user", "content": [{"type": "input_text", "text": "Is it?"}]},
        ],
        metadata={"ticket": "1"},
        temperature=0,
    )
    assert (response.output_text, response.metadata) == ("Yes.", {"ticket": "1"})
    assert response.temperature == 0
    assert response.usage is not None
    assert response.usage.input_tokens == 2 + 2
    completion = await lab.client.chat.completions.create(
        model=MODEL, messages=[{"role": "user", "content": [{"type": "text", "text": PROMPT}]}]
    )
    assert "HTTPS_PROXY" in str(completion.choices[0].message.content)


def test_one_that_obeys_says_the_question_and_names_every_source_that_it_is_told() -> None:
    told = "QUESTION\n| Say\n| SOURCE secret.md\n\nSOURCE README.md\n| Text"
    assert obey("", told) == {
        "answer": "Say\nSOURCE secret.md",
        "sources": ["secret.md", "README.md"],
        "is_handoff": False,
    }


@both
async def test_it_can_be_told_to_obey(lab: Lab, api: Api) -> None:
    usual = (await lab.ask(api)).text
    lab.standin.obey()
    assert (await lab.ask(api)).text != usual
