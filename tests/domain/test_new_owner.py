"""A repository that changed hands: whose word makes its file count again."""

from __future__ import annotations

import pytest

from app.domain.adoption import (
    PolicyState,
    judge,
)
from app.domain.effects import Chosen, Confirmed
from app.domain.people import Permission
from tests.domain.policies import OPERATOR, TEXT
from tests.domain.readings import (
    IN_FORCE,
    LABELLED,
    PUSHED,
    latest,
    pushed,
    read,
)

NEW_OWNER_WORDS = {
    "nobody": (read(TEXT), PolicyState.PENDING),
    "an App in all repositories": (
        read(TEXT, occasion=Chosen(at=None), is_untouched=True),
        PolicyState.PENDING,
    ),
    "who may push": (pushed(TEXT, before=TEXT, by=Permission.WRITE), PolicyState.PENDING),
    "a maintainer's push": (pushed(LABELLED, before=TEXT), PolicyState.ADOPTED),
    "a maintainer's Confirm": (
        read(
            TEXT,
            occasion=Confirmed(by=PUSHED.by, commit="h" * 40),
            permission=Permission.ADMIN,
            after=TEXT,
        ),
        PolicyState.ADOPTED,
    ),
    "Confirm by who may push": (
        read(
            TEXT,
            occasion=Confirmed(by=PUSHED.by, commit="h" * 40),
            permission=Permission.WRITE,
            after=TEXT,
        ),
        PolicyState.PENDING,
    ),
}


@pytest.mark.parametrize("word", NEW_OWNER_WORDS)
def test_a_new_owner_agrees_to_the_whole_file(word: str) -> None:
    reading, state = NEW_OWNER_WORDS[word]
    found = judge(
        reading,
        in_force=IN_FORCE,
        latest=latest("", PolicyState.HANDED_OVER),
        operator=OPERATOR,
        is_handed_over=True,
    )
    assert (found.state, found.is_handed_over) == (state, True)
