"""Answers that follow a schema, and answers that would not be OpenAI's."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.rehearsal.openai import replies
from app.rehearsal.openai.schemas import Format, Known, follow, verbatim
from tests.rehearsal.openai.lab import SCHEMA


def asked(schema: dict[str, Any]) -> Format:
    return Format(name="draft", schema=schema, param="response_format", is_strict=True)


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"type": "string"}, "the text"),
        ({"type": ["string", "null"]}, "the text"),
        ({"type": "array", "items": {"type": "string"}}, ["a.md"]),
        ({"type": "array", "items": {"type": "integer"}}, []),
        ({"type": "boolean"}, False),
        ({"type": "null"}, None),
        ({"type": "integer", "minimum": 3}, 3),
        ({"type": "number"}, 0),
        ({"enum": ["high", "low"]}, "high"),
        ({"const": 1}, 1),
        ({"anyOf": [{"type": "null"}, {"type": "string"}]}, None),
        ({"$ref": "#/$defs/flag"}, False),
        ({"type": "object", "properties": {"deep": {"type": "string"}}}, {"deep": "the text"}),
    ],
)
def test_each_place_of_a_schema_is_filled(schema: dict[str, Any], value: object) -> None:
    whole = {
        "type": "object",
        "properties": {"place": schema},
        "$defs": {"flag": {"type": "boolean"}},
    }
    answer = follow(asked(whole), Known(text="the text", sources=["a.md"]))
    assert json.loads(answer) == {"place": value}
    assert verbatim(asked(whole), json.loads(answer)) == answer


def test_what_is_known_by_name_comes_first_if_it_fits() -> None:
    known = Known(text="x", fields={"is_handoff": True, "sources": "no list", "other": 1})
    answer = json.loads(follow(asked(SCHEMA), known))
    assert answer == {"answer": "x", "sources": [], "is_handoff": True}


def test_an_answer_that_does_not_follow_is_not_written() -> None:
    with pytest.raises(ValueError, match="does not follow the schema draft"):
        verbatim(asked(SCHEMA), {"answer": "x"})


def test_our_own_answers_are_held_against_the_library() -> None:
    model = replies.model("m", 1)
    replies.check(model)
    with pytest.raises(ValueError, match="no field surprise"):
        replies.check(model | {"surprise": 1})
    with pytest.raises(ValueError, match="created"):
        replies.check(model | {"created": "today"})
    reply = replies.Reply(
        text="x", is_refusal=False, ending="stop", input_tokens=1, output_tokens=1
    )
    written = replies.completion({"model": "m"}, reply, id_="1", created=1)
    replies.check(written)
    written["choices"][0]["message"]["mood"] = "good"
    with pytest.raises(ValueError, match="no field mood"):
        replies.check(written)
