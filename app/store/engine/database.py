"""The one object through which everything reaches the database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Self, TypeVar

from sqlalchemy import URL, Engine, make_url
from sqlalchemy.exc import ArgumentError
from sqlmodel import Session

from app.store.engine.crew import Crew, Job
from app.store.engine.postgresql import Postgresql
from app.store.engine.sqlite import Sqlite
from app.store.engine.trouble import WrongDatabaseUrl
from app.store.engine.wakes import Wakes

T = TypeVar("T")

WAITING_MAX = 4096
"""Transactions that may wait for a thread; one more is refused at once."""


class Database:
    """A SQLite file or a PostgreSQL database, and the threads that work with it.

    Nothing is connected before the first transaction. Close it, or use it as a context manager.
    """

    def __init__(self, url: str, *, waiting_max: int = WAITING_MAX) -> None:
        parsed = _parsed(url)
        self.where = parsed.render_as_string(hide_password=True)
        """The address without its password, for people."""
        self._wakes = Wakes()
        kind = Sqlite if parsed.get_backend_name() == "sqlite" else Postgresql
        self._backend = kind(parsed, self.where, self._wakes)
        self._writing: Crew[Job] = Crew(
            "writer",
            self._backend.write,
            threads=self._backend.writers,
            group_max=self._backend.group_max,
            waiting_max=waiting_max,
        )
        self._reading: Crew[Job] = Crew(
            "reader",
            self._backend.read,
            threads=self._backend.readers,
            group_max=1,
            waiting_max=waiting_max,
        )
        self._watchers = 0
        self._listening: asyncio.Task[None] | None = None

    @property
    def engine(self) -> Engine:
        """Give SQLAlchemy's engine for writing: for migrations and tests."""
        return self._backend.engine

    async def in_transaction(self, run: Callable[[Session], T]) -> T:
        """Run it in a transaction and commit; an exception of its own undoes all that it did.

        Raises ``DatabaseAway`` where the database failed us, ``CommitUnknown`` where nobody knows,
        and ``CrewBusy`` where too much waits already. Whoever stops waiting does not stop it.
        """
        return await _shielded(self._begin(self._writing, run))

    async def reading(self, run: Callable[[Session], T]) -> T:
        """Run it on one unchanging picture of the database; it cannot write."""
        return await _shielded(self._begin(self._reading, run))

    def transact(self, run: Callable[[Session], T]) -> T:
        """Do the same as ``in_transaction`` where there is no event loop: on the command line."""
        return self._begin(self._writing, run).result()

    def read(self, run: Callable[[Session], T]) -> T:
        """Do the same as ``reading`` where there is no event loop."""
        return self._begin(self._reading, run).result()

    @asynccontextmanager
    async def watching(self, topic: str) -> AsyncIterator[asyncio.Event]:
        """Give an event that is set after each commit that had news for this topic.

        On PostgreSQL other processes' commits count too. News can get lost, so whoever waits for it
        also looks by itself, once a second.
        """
        with self._wakes.watcher(topic) as woken:
            self._watchers += 1
            if self._listening is None:
                self._listening = asyncio.create_task(self._backend.listen())
            try:
                yield woken
            finally:
                self._watchers -= 1
                if not self._watchers:
                    await self._stop_listening()

    def wake(self, *topics: str) -> None:
        """Wake those who watch in this process, without a commit: for a clock that jumped."""
        self._wakes.wake(topics)

    async def close(self) -> None:
        """Finish what waits, and let go of every connection; nothing is taken from now on."""
        await asyncio.to_thread(self.close_now)

    def close_now(self) -> None:
        """Do the same where there is no event loop."""
        self._writing.close()
        self._reading.close()
        self._backend.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        await self.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.close_now()

    def _begin(self, crew: Crew[Job], run: Callable[[Session], T]) -> Future[T]:
        job = Job(run)
        job.future.set_running_or_notify_cancel()  # from now on nobody can take it back
        crew.submit(job)
        return job.future

    async def _stop_listening(self) -> None:
        listening, self._listening = self._listening, None
        if listening is not None:
            listening.cancel()
            await asyncio.wait([listening])


async def _shielded(future: Future[T]) -> T:
    """Wait; a caller that is cancelled leaves the transaction to its end, which is then unknown."""
    return await asyncio.shield(asyncio.wrap_future(future))


def _parsed(url: str) -> URL:
    """Read ``DATABASE_URL``; what it says beside the address is the driver's business."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise WrongDatabaseUrl("DATABASE_URL is not an address of a database") from None
    if parsed.drivername == "sqlite" and parsed.database not in (None, "", ":memory:"):
        return parsed
    if parsed.drivername in ("postgresql", "postgres", "postgresql+psycopg"):
        return parsed.set(drivername="postgresql")
    raise WrongDatabaseUrl("DATABASE_URL is neither sqlite:///path nor postgresql://…")
