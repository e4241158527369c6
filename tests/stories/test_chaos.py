"""Everything that can fail fails at random, in many stories at once, and all of them end right."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta

import pytest

from app.rehearsal.faults import Fault, Faults
from app.store import by_hand
from app.store.effects import EFFECTS
from app.store.queues import State
from tests.stories.scene import Scene, scene
from tests.stories.tales import KINDS, Tale, Turns, begin, ends_right, next_turn, places

SEED = int(os.environ.get("CHAOS_SEED", "20261124"))
"""Every run fails in the same places, unless it is told to fail in others: ``make chaos``."""

RATES = dict.fromkeys(Fault, 0.03)
"""Of a hundred requests eighteen fail, and of a hundred webhooks six come twice or late."""

PLACES = 20
"""Installations: GitHub lets each write 80 times a minute, and 500 times an hour."""

SETTLE_SECONDS_MAX = 200.0
DAYS = 8
"""By then every promised time is over."""


async def tell(s: Scene, tales: list[tuple[Tale, Turns]]) -> None:
    """Let all tales go on, turn by turn, until each is told."""
    going_on = [turns for _, turns in tales]
    while going_on:
        going_on = await next_turn(going_on)
        await s.world.settle(SETTLE_SECONDS_MAX)


async def only_drafts_were_given_up(s: Scene) -> int:
    """A model is asked three times; everything else is done in the end."""
    buried = await s.database.reading(
        lambda session: by_hand.newest(session, EFFECTS, state=State.BURIED, limit=1000)
    )
    assert {each.kind for each in buried} <= {"DraftReply"}
    return len(buried)


@pytest.mark.parametrize(
    ("kind", "many"),
    [
        pytest.param("sqlite", 200, marks=pytest.mark.xdist_group("chaos")),
        pytest.param("postgresql", 20, marks=pytest.mark.xdist_group("chaos-postgresql")),
    ],
)
async def test_whatever_fails_every_story_ends_right(
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    record_property: Callable[[str, object], None],
    kind: str,
    many: int,
) -> None:
    url: str = request.getfixturevalue(f"{kind}_url")
    monkeypatch.setattr("app.web.pay.PRESSES_MAX", 100 * many)  # all of them live at one address
    faults = Faults(seed=SEED, timeout_seconds=0.05, reorder_seconds=0.05)
    async with scene(url, faults=faults) as s:
        made = places(s.world, PLACES)
        await s.settle()
        faults.rates.update(RATES)
        kinds = list(KINDS.values())
        tales = []
        for n in range(many):
            tale = begin(s, made[n % PLACES], n)
            tales.append((tale, kinds[n % len(kinds)].tell(tale)))
        await tell(s, tales)
        for _ in range(DAYS):
            s.world.clock.advance(timedelta(days=1))
            await s.world.settle(SETTLE_SECONDS_MAX)
        faults.clear()
        await s.settle()
        record_property("injected", {each.value: n for each, n in faults.injected.items()})
        record_property("requests", len(s.github.requests) + len(s.stripe.requests))

        for n, (tale, _) in enumerate(tales):
            ends_right(tale, kinds[n % len(kinds)])
        refunds = len(s.stripe.all("refund"))
        assert refunds == sum(kinds[n % len(kinds)].refunds for n in range(many))
        assert set(faults.injected) == set(Fault)
        given_up = await only_drafts_were_given_up(s)
        cards = sum(len(tale.talk.cards) for tale, _ in tales)
        assert sum(len(tale.talk.drafts) for tale, _ in tales) == cards - given_up
        s.buried = given_up
