"""At every stage everybody tries everything: only what the table gives them is done."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.domain import commands
from app.domain.commands import Command
from app.domain.people import Permission
from app.domain.verbs import Verb
from tests.domain.tickets import rights
from tests.domain.tickets.builders import ADA, CAROL, GRACE, MALLORY, MAX, Story

BEGINNINGS: dict[str, Callable[[], Story]] = {
    "offered": Story,
    "volunteers": lambda: Story().asking_volunteers(),
    "queued": lambda: Story().paid(),
    "working": lambda: Story().working(),
    "waiting": lambda: _said(Story().working(), ADA, "Which version is it?"),
    "stopping": lambda: _said(Story().working(), CAROL, "/support cancel"),
    "proposed": lambda: Story().proposed(),
    "review": lambda: Story().reviewed(),
    "accepted": lambda: Story().accepted(),
    "settled": lambda: Story().settled(),
    "cancelled": lambda: _said(Story(), CAROL, "/support cancel"),
    "refunded": lambda: Story().paid().waits(hours=50),
}
WORDS = (
    "session", "ai", "status", "help", "cancel", "accept", "accept @ada", "decline no", "claim",
    "release", "propose here", "refund why", "refund 20 why", "transfer @grace", "transfer @ada",
    "escalate", "reopen why", "rate 4", "human", "off 3d", "community", "private", "nonsense",
    "propose\n\nDoes it work now?", "decline no\n\nWhy not?",
)  # fmt: skip


def _said(story: Story, login: str, words: str) -> Story:
    story.says(login, words)
    return story


@pytest.mark.parametrize("beginning", BEGINNINGS)
def test_nobody_does_more_than_the_table_gives_them(beginning: str) -> None:
    story = BEGINNINGS[beginning]()
    before = story.ticket
    for login in (CAROL, ADA, GRACE, MAX, MALLORY):
        for words in ("It may be the proxy.", "Which one?", *(f"/support {w}" for w in WORDS)):
            said = commands.read(words, plan_ids=["question", "session"], currency="usd")
            for permission in (None, Permission.WRITE, Permission.MAINTAIN) if said else (None,):
                story.ticket, story.effects = before, []
                who = rights.roles(story, login, permission, said)
                story.says(login, words, permission)
                rights.only_the_table_gives_rights(
                    before, story.ticket, story.effects, who, said, is_question="?" in words
                )


def test_every_verb_is_tried() -> None:
    tried = {
        said.verb
        for words in WORDS
        if isinstance(said := commands.read(f"/support {words}", plan_ids=["session"]), Command)
    }
    assert set(Verb) - tried == {Verb.QUOTE, Verb.TIME, Verb.QUESTION, Verb.BUDGET}
