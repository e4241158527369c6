"""A hostile issue on its way to the model and back: data on the way in, words on the way out."""

from __future__ import annotations

import json

import pytest

from app.domain.command_lines import first_command_line
from app.domain.drafting import Shown, build_prompt, filter_answer, render_draft
from app.domain.ids import TicketId
from app.rehearsal.openai.answers import obey
from tests.domain.hostile import HOSTILE
from tests.domain.hostile_issues import HOSTILE_ISSUES
from tests.domain.test_drafting import PATHS, URL, dangers

DOCUMENTS = (
    ("README.md", "# Widget\n\nA widget.\n"),
    ("docs/guide.md", "# Guide\n\nSet the proxy in widget.toml.\n"),
)
OURS = {"", "QUESTION", "There are no sources.", *(f"SOURCE {path}" for path in PATHS)}

issues = pytest.mark.parametrize(("title", "body"), HOSTILE_ISSUES)


def test_the_corpus_is_large_dangerous_and_no_copy() -> None:
    assert len(set(HOSTILE_ISSUES)) == len(HOSTILE_ISSUES) >= 60
    words = [f"{title}\n\n{body}" for title, body in HOSTILE_ISSUES]
    assert sum(bool(dangers(each)) for each in words) >= 60
    answers = {answer for answer, _ in HOSTILE}
    assert sum(body in answers for _, body in HOSTILE_ISSUES) <= 3


@issues
def test_every_line_of_it_is_marked_as_data(title: str, body: str) -> None:
    prompt = build_prompt(f"{title}\n\n{body}", DOCUMENTS, repository="acme/widget")
    unmarked = {line for line in prompt.user.splitlines() if not line.startswith("| ")}
    assert unmarked <= OURS
    assert prompt.user.count("\nSOURCE ") == len(prompt.sources)
    harmless = build_prompt("", DOCUMENTS, repository="acme/widget")
    assert prompt.system == harmless.system


@issues
def test_a_model_that_obeys_it_does_no_harm(title: str, body: str) -> None:
    prompt = build_prompt(f"{title}\n\n{body}", DOCUMENTS, repository="acme/widget")
    said = obey(prompt.system, prompt.user)
    answered = filter_answer(json.dumps(said), repository_url=URL, known_paths=PATHS)
    assert isinstance(answered, Shown), "the title can be read, whatever becomes of the body"
    assert set(answered.sources) <= set(PATHS)
    draft = render_draft(answered, ticket=TicketId("t1"), repository_url=URL, commit="abc123")
    mark, shown = draft.split("\n", 1)
    assert mark == "<!-- mainstay:draft:t1 -->"
    assert dangers(shown) == []
    assert "<!-- mainstay:" not in shown
    assert first_command_line(draft) is None


@issues
def test_nor_does_one_that_takes_its_body_for_the_whole_reply(title: str, body: str) -> None:
    for reply in (body, f"{title}\n{body}", json.dumps({"answer": body})):
        answered = filter_answer(reply, repository_url=URL, known_paths=PATHS)
        assert not isinstance(answered, Shown)
