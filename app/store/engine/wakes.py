"""Who waits for news, and how a thread that has some wakes them."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress


class Wakes:
    """Events of running loops, each set when something happens to its topic.

    A topic is the name of a table that is drained. News may be lost when a process dies: whoever
    waits also looks by itself once a second.
    """

    def __init__(self) -> None:
        self._gate = threading.Lock()
        self._watchers: dict[asyncio.Event, tuple[str, asyncio.AbstractEventLoop]] = {}

    @contextmanager
    def watcher(self, topic: str) -> Iterator[asyncio.Event]:
        """Give an event of the running loop that is set whenever the topic is woken."""
        event = asyncio.Event()
        with self._gate:
            self._watchers[event] = (topic, asyncio.get_running_loop())
        try:
            yield event
        finally:
            with self._gate:
                del self._watchers[event]

    def wake(self, topics: Iterable[str]) -> None:
        """Wake everybody who watches one of these topics; from any thread."""
        wanted = frozenset(topics)
        with self._gate:
            watchers = list(self._watchers.items())
        for event, (topic, loop) in watchers:
            if topic in wanted:
                with suppress(RuntimeError):  # the loop ended a moment ago: nobody waits there
                    loop.call_soon_threadsafe(event.set)

    @property
    def has_watchers(self) -> bool:
        """Say whether anybody waits at all."""
        return bool(self._watchers)
