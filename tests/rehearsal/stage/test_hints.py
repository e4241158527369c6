from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import pytest

from app.domain.tickets.clocks import Clock
from app.domain.tickets.stages import MoneyState, Stage
from app.rehearsal.faults import Fault
from app.rehearsal.github.state import Issue
from app.rehearsal.stage.backstage import FAULT_WORDS
from app.rehearsal.stage.books import _WHAT_COMES
from app.rehearsal.stage.hints import hint


def issue(*ours: str, assignees: tuple[str, ...] = ()) -> Issue:
    comments = [SimpleNamespace(body=body, is_via_app=True) for body in ours]
    people = [SimpleNamespace(login=login) for login in assignees]
    return cast("Issue", SimpleNamespace(comments=comments, assignees=people))


def card(stage: Stage, money: MoneyState) -> str:
    return f"<!-- mainstay:card:01a v=1 stage={stage} money={money} -->\n### A card"


@pytest.mark.parametrize("stage", Stage)
@pytest.mark.parametrize("money", [MoneyState.UNPAID, MoneyState.PENDING, MoneyState.PAID])
def test_there_is_something_to_try_in_every_stage(stage: Stage, money: MoneyState) -> None:
    tried = hint(issue(card(stage, money)))
    assert tried.words.endswith((".", "!"))
    assert bool(tried.by) is bool(tried.comment)


@pytest.mark.parametrize(
    ("stage", "by", "comment"),
    [
        (Stage.WAITING_ON_CUSTOMER, "carol", "It is"),
        (Stage.PROPOSED, "carol", "/support accept"),
        (Stage.REVIEW, "octo", "/support refund"),
        (Stage.EXPIRED, "carol", "/support"),
    ],
)
def test_a_comment_comes_from_who_may_give_it(stage: Stage, by: str, comment: str) -> None:
    tried = hint(issue(card(stage, MoneyState.PAID)))
    assert (tried.by, tried.comment.startswith(comment)) == (by, True)


def test_who_is_asked_is_who_is_assigned_or_else_who_was_mentioned() -> None:
    paid = card(Stage.QUEUED, MoneyState.PAID)
    assert hint(issue(paid, assignees=("ada",))).by == "ada"
    notice = "<!-- mainstay:notice:01a:asked -->\n@grace, would you take this?"
    assert hint(issue(paid, notice)).by == "grace"


def test_the_newest_card_counts() -> None:
    over = card(Stage.CANCELLED, MoneyState.UNPAID)
    assert hint(issue(over, card(Stage.PROPOSED, MoneyState.PAID))).comment == "/support accept"


def test_every_clock_and_every_fault_has_its_words() -> None:
    assert set(_WHAT_COMES) == set(Clock)
    assert set(FAULT_WORDS) == set(Fault)
