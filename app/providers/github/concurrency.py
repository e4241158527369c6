"""Several requests side by side, but not too many."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Final, TypeVar

SIDE_BY_SIDE_MAX: Final = 4

T = TypeVar("T")
R = TypeVar("R")


async def for_each(items: Iterable[T], ask: Callable[[T], Awaitable[R]]) -> list[R]:
    """Ask for each item and give the answers in order; the first error ends them all."""
    slots = asyncio.Semaphore(SIDE_BY_SIDE_MAX)

    async def ask_in_turn(item: T) -> R:
        async with slots:
            return await ask(item)

    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(ask_in_turn(item)) for item in items]
    except BaseExceptionGroup as errors:
        raise errors.exceptions[0] from errors
    return [task.result() for task in tasks]
