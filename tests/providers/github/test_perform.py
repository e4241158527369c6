"""The table of what is done at GitHub."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, get_args

import pytest

from app.domain.conversations import Thread
from app.domain.effects import DraftReply, Effect
from app.domain.ids import Lane
from app.providers.github import perform as room
from app.providers.github.perform import GitHub
from tests.providers.github.orders import FIRST, TICKET

EFFECTS = get_args(Effect)


def _is_done_at_github(effect: Any) -> bool:
    # Every effect says by whom it is performed, whatever it holds.
    return bool(effect.provider.fget(None) == "github")


@pytest.mark.parametrize("effect", EFFECTS, ids=lambda effect: effect.__name__)
def test_an_effect_is_in_the_table_exactly_if_it_is_githubs(effect: Callable[..., Any]) -> None:
    is_in_table = f"case {effect.__name__}():" in inspect.getsource(room.perform)
    assert is_in_table == _is_done_at_github(effect)


async def test_what_is_done_elsewhere_is_not_tried(thread: Thread, performer: GitHub) -> None:
    effect = DraftReply(ticket=TICKET, lane=Lane("lane"), system="", user="", customer_hash="hash")
    with pytest.raises(TypeError, match="DraftReply is not done at GitHub"):
        await performer.perform(effect, FIRST)


async def test_what_was_never_used_is_closed_too(performer: GitHub) -> None:
    await performer.close()
    await performer.close()
