"""What is said to whoever may decide on a repository's file."""

from __future__ import annotations

from itertools import product

import pytest

from app.domain.adoption import PolicyState
from app.domain.policy import Foreign, ForeignKind, SupportPolicy, parse
from app.domain.wording import repositories as words
from app.domain.wording.repositories import FREE_PATH, OWN_PATH, Told
from tests.domain.policies import policy

EVERY = [
    words.told(state, foreign, path, is_read=is_read, is_in_force=is_in_force)
    for state, foreign, path, is_read, is_in_force in product(
        (None, *PolicyState),
        (None, *map(Foreign, ForeignKind)),
        (OWN_PATH, FREE_PATH),
        (True, False),
        (True, False),
    )
]


def foreign(kind: ForeignKind, path: str = OWN_PATH) -> Told:
    return words.told(PolicyState.FOREIGN, Foreign(kind), path, is_read=True, is_in_force=False)


def test_every_state_has_words_that_are_whole_sentences() -> None:
    assert len({each.title for each in EVERY}) == 12
    for told in EVERY:
        assert told.title
        for sentence in filter(None, (told.lead, *told.steps)):
            assert sentence[0].isupper()
            assert sentence.endswith(".")
            assert "!" not in sentence


def test_where_nothing_is_sold_there_is_something_to_do() -> None:
    for state in (PolicyState.FOREIGN, PolicyState.MISSING, PolicyState.FAULTY):
        told = words.told(state, None, OWN_PATH, is_read=True, is_in_force=False)
        assert told.steps


@pytest.mark.parametrize("kind", ForeignKind)
def test_a_file_of_others_can_stay_where_it_is(kind: ForeignKind) -> None:
    beside, at_ours = foreign(kind), foreign(kind, FREE_PATH)
    assert any(f"write ours to `{FREE_PATH}`" in step for step in beside.steps)
    assert not any("write ours to" in step for step in at_ours.steps), "it stands there already"
    assert at_ours.new_path == ""
    assert beside.new_path == ("" if kind is ForeignKind.EMPTY else FREE_PATH)
    assert f"Fill `{FREE_PATH}`" in " ".join(foreign(ForeignKind.EMPTY, FREE_PATH).steps)


@pytest.mark.parametrize("currency", ["usd", "eur", "jpy", "kwd"])
def test_the_file_to_begin_with_is_good_in_every_kind_of_currency(currency: str) -> None:
    found = parse(words.example("ada", currency).encode(), currencies_settled=(currency,))
    assert isinstance(found, SupportPolicy)
    assert (found.currency, found.helpers[0].login) == (currency, "ada")


def test_a_size_counts_in_good_english() -> None:
    assert words.size(policy()) == "2 helpers, 2 plans"
    one = parse(words.example("ada", "usd").encode(), currencies_settled=("usd",))
    assert isinstance(one, SupportPolicy)
    assert words.size(one) == "1 helper, 1 plan"
