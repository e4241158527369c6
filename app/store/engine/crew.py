"""Threads that take work from one bounded first-in, first-out queue, several pieces at a time."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from sqlmodel import Session

from app.domain.errors import Transient

Item = TypeVar("Item")


class CrewBusy(Transient):
    """So much waits already that this was not taken."""


class CrewGone(Transient):
    """The database was closed: the process is about to end."""


@dataclass(frozen=True, slots=True)
class Job:
    """A function that wants a session, and the future of its result."""

    run: Callable[[Session], Any]
    future: Future[Any] = field(default_factory=Future)


class Crew(Generic[Item]):
    """Some threads, and what waits for them in the order in which it came.

    ``perform`` gets up to ``group_max`` items at once. It never raises.
    """

    def __init__(
        self,
        name: str,
        perform: Callable[[list[Item]], None],
        *,
        threads: int,
        group_max: int,
        waiting_max: int,
    ) -> None:
        self._perform = perform
        self._group_max = group_max
        self._waiting: queue.Queue[Item | None] = queue.Queue(maxsize=waiting_max)
        self._gate = threading.Lock()
        self._is_started = False
        self._is_closed = False
        self._threads = [
            threading.Thread(target=self._work, name=f"{name}-{n}", daemon=True)
            for n in range(threads)
        ]

    def submit(self, item: Item) -> None:
        """Let a thread have it as soon as those that came before have had their turn."""
        with self._gate:  # nothing may slip in behind the last word of close()
            if self._is_closed:
                raise CrewGone("the database was closed")
            if not self._is_started:
                self._is_started = True
                for thread in self._threads:
                    thread.start()
            try:
                self._waiting.put_nowait(item)
            except queue.Full:
                raise CrewBusy(f"{self._waiting.maxsize} transactions wait already") from None

    def close(self) -> None:
        """Finish everything that was taken, then end the threads."""
        with self._gate:
            is_to_be_ended = self._is_started and not self._is_closed
            self._is_closed = True
        if is_to_be_ended:
            for _ in self._threads:
                self._waiting.put(None)
            for thread in self._threads:
                thread.join()

    def _work(self) -> None:
        is_last = False
        while not is_last:
            group: list[Item] = []
            item = self._waiting.get()
            while item is not None:
                group.append(item)
                if len(group) == self._group_max:
                    break
                try:
                    item = self._waiting.get_nowait()
                except queue.Empty:
                    break
            is_last = item is None
            if group:
                self._perform(group)
