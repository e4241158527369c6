"""SQLite: one file, one writer. What waits is committed together."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlmodel import Session

from app.store.engine.crew import Job
from app.store.engine.sql import news_of
from app.store.engine.trouble import CommitUnknown, DatabaseAway, away, translated
from app.store.engine.wakes import Wakes

READERS = 4
GROUP_MAX = 64
"""Functions that share a commit."""
GROUP_SECONDS_MAX = 0.05
"""After this time a group takes no more, so that other processes get their turn to write."""
BUSY_SECONDS_MAX = 10
"""How long we wait for another process that writes."""
LOG_BYTES_MAX = 64 * 1024 * 1024
"""The write-ahead log is cut back to this size after each checkpoint."""

_ON_CONNECT = (
    f"PRAGMA busy_timeout={BUSY_SECONDS_MAX * 1000}",
    "PRAGMA foreign_keys=ON",
)
_ON_CONNECT_TO_WRITE = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",  # it holds money: what was acknowledged survives a power cut
    f"PRAGMA journal_size_limit={LOG_BYTES_MAX}",
)


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What a function gave or raised, which is told only after the commit."""

    job: Job
    result: Any = None
    error: BaseException | None = None
    topics: frozenset[str] = frozenset()

    def settle(self) -> None:
        if self.error is None:
            self.job.future.set_result(self.result)
        else:
            self.job.future.set_exception(self.error)


class Sqlite:
    """The writer's connection and the readers', and what their threads do."""

    writers = 1
    readers = READERS
    group_max = GROUP_MAX

    def __init__(self, url: URL, where: str, wakes: Wakes) -> None:
        self._where = where
        self._wakes = wakes
        self.engine = _engine(url, "BEGIN IMMEDIATE", *_ON_CONNECT, *_ON_CONNECT_TO_WRITE)
        self._reader = _engine(url, "BEGIN", *_ON_CONNECT, "PRAGMA query_only=ON")

    def write(self, jobs: list[Job]) -> None:
        """Perform jobs in order, as many in one transaction as fit into its time."""
        waiting = deque(jobs)
        while waiting:
            outcomes = self._commit_together(waiting)
            for outcome in outcomes:
                outcome.settle()
            self._wakes.wake({topic for outcome in outcomes for topic in outcome.topics})

    def read(self, jobs: list[Job]) -> None:
        """Perform jobs, each on an unchanging picture of the file."""
        for job in jobs:
            try:
                with Session(self._reader) as session:
                    outcome = _Outcome(job, job.run(session))
            except BaseException as error:  # noqa: BLE001 - it belongs to whoever waits for it
                outcome = _Outcome(job, error=translated(error, self._where))
            outcome.settle()

    def close(self) -> None:
        """Let go of every connection."""
        self.engine.dispose()
        self._reader.dispose()

    async def listen(self) -> None:
        """Hear nothing: other processes' news is found by looking, once a second."""

    def _commit_together(self, waiting: deque[Job]) -> list[_Outcome]:
        """Take from what waits, and give what came of it once that is committed."""
        outcomes: list[_Outcome] = []
        taken: list[Job] = []
        kind = DatabaseAway
        full_at = time.monotonic() + GROUP_SECONDS_MAX
        try:
            with self.engine.connect() as connection, connection.begin() as transaction:
                while waiting and (not taken or time.monotonic() < full_at):
                    taken.append(waiting.popleft())
                    outcomes.append(self._in_savepoint(connection, taken[-1]))
                kind = CommitUnknown
                transaction.commit()
        except BaseException as error:  # noqa: BLE001 - it belongs to all who shared the commit
            lost = taken or [waiting.popleft()]
            return [_Outcome(job, error=away(error, self._where, kind)) for job in lost]
        return outcomes

    def _in_savepoint(self, connection: Connection, job: Job) -> _Outcome:
        """Run one function so that its failure undoes its own work alone."""
        session = Session(
            connection, join_transaction_mode="create_savepoint", expire_on_commit=False
        )
        with session:
            try:
                result = job.run(session)
                session.commit()
            except BaseException as error:  # noqa: BLE001 - it belongs to whoever waits for it
                session.rollback()
                return _Outcome(job, error=translated(error, self._where))
            return _Outcome(job, result, topics=news_of(session))


def _engine(url: URL, begin: str, *on_connect: str) -> Engine:
    engine = create_engine(url, hide_parameters=True, pool_size=READERS, max_overflow=0)

    @event.listens_for(engine, "connect")
    def _connected(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # the driver begins nothing by itself: we do
        for pragma in on_connect:
            connection.execute(pragma)

    @event.listens_for(engine, "begin")
    def _begun(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine
