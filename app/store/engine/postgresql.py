"""PostgreSQL: a bounded pool, a thread for each connection, and news between processes."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

import structlog
from sqlalchemy import URL, create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from app.store.columns import new_id
from app.store.engine.crew import Crew, CrewBusy, CrewGone, Job
from app.store.engine.sql import news_of
from app.store.engine.trouble import CommitUnknown, away, translated
from app.store.engine.wakes import Wakes

WRITERS = 8
READERS = 4
LOCK_SECONDS_MAX = 10
STATEMENT_SECONDS_MAX = 30
CONNECT_SECONDS_MAX = 5
LISTEN_AGAIN_SECONDS = 1.0
TRIES_MAX = 4
"""How often a function is begun after deadlocks and lost connections."""
CHANNEL = "mainstay"
"""The name under which news passes between processes; what it carries are names of tables."""
ANNOUNCEMENTS_MAX = 1024

_MEANS_AGAIN = frozenset({"40001", "40P01"})  # serialization failure, deadlock
_SETTINGS = (
    f"-c timezone=UTC -c lock_timeout={LOCK_SECONDS_MAX}s"
    f" -c statement_timeout={STATEMENT_SECONDS_MAX}s"
    f" -c idle_in_transaction_session_timeout={STATEMENT_SECONDS_MAX}s"
)

log = structlog.get_logger(__name__)


class Postgresql:
    """The pool, what its threads do, and the two connections that carry news."""

    writers = WRITERS
    readers = READERS
    group_max = 1

    def __init__(self, url: URL, where: str, wakes: Wakes) -> None:
        self._where = where
        self._wakes = wakes
        self._name = new_id()
        options = f"{url.query.get('options', '')} {_SETTINGS}".strip()
        self.engine = create_engine(
            url.set(drivername="postgresql+psycopg").update_query_dict({"options": options}),
            hide_parameters=True,
            pool_size=WRITERS + READERS + 1,
            max_overflow=0,
            connect_args={"connect_timeout": CONNECT_SECONDS_MAX},
        )
        self._reader = self.engine.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
        # One thread, which says at once what several commits had to say in the meantime.
        self._herald: Crew[frozenset[str]] = Crew(
            "herald",
            self._announce,
            threads=1,
            group_max=ANNOUNCEMENTS_MAX,
            waiting_max=ANNOUNCEMENTS_MAX,
        )

    def write(self, jobs: list[Job]) -> None:
        """Perform jobs, each in a transaction of its own."""
        for job in jobs:
            try:
                result, topics = self._commit(job)
            except BaseException as error:  # noqa: BLE001 - it belongs to whoever waits for it
                job.future.set_exception(translated(error, self._where))
                continue
            job.future.set_result(result)
            if topics:
                self._wakes.wake(topics)
                with suppress(CrewBusy, CrewGone):  # the others look once a second anyway
                    self._herald.submit(topics)

    def read(self, jobs: list[Job]) -> None:
        """Perform jobs, each on an unchanging picture of the database."""
        for job in jobs:
            try:
                result = self._read(job)
            except BaseException as error:  # noqa: BLE001 - it belongs to whoever waits for it
                job.future.set_exception(translated(error, self._where))
            else:
                job.future.set_result(result)

    def close(self) -> None:
        """Say the last news, and let go of every connection."""
        self._herald.close()
        self.engine.dispose()

    async def listen(self) -> None:
        """Pass on what other processes announce, until cancelled."""
        import psycopg

        _, address = self.engine.dialect.create_connect_args(self.engine.url)
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(
                    **address, autocommit=True, connect_timeout=CONNECT_SECONDS_MAX
                ) as connection:
                    await connection.execute(f"LISTEN {CHANNEL}")
                    async for notice in connection.notifies():
                        speaker, _, topics = notice.payload.partition(":")
                        if speaker != self._name:
                            self._wakes.wake(topics.split(","))
            except psycopg.Error as error:
                log.warning("listening_failed", error=type(error).__name__)
            await asyncio.sleep(LISTEN_AGAIN_SECONDS)

    def _commit(self, job: Job) -> tuple[Any, frozenset[str]]:
        for is_last in (*[False] * (TRIES_MAX - 1), True):
            is_committing = False
            try:
                with Session(self.engine, expire_on_commit=False) as session:
                    result = job.run(session)
                    session.flush()
                    is_committing = True
                    session.commit()
                    return result, news_of(session)
            except DBAPIError as error:
                if error.connection_invalidated and is_committing:
                    raise away(error, self._where, CommitUnknown) from error
                if is_last or not _is_worth_another(error):
                    raise
        raise AssertionError

    def _read(self, job: Job) -> Any:
        for is_last in (False, True):
            try:
                with Session(self._reader) as session:
                    return job.run(session)
            except DBAPIError as error:
                if is_last or not _is_worth_another(error):
                    raise
        raise AssertionError

    def _announce(self, groups: list[frozenset[str]]) -> None:
        topics = ",".join(sorted(frozenset().union(*groups)))
        try:
            with self.engine.begin() as connection:
                connection.execute(
                    text("SELECT pg_notify(:channel, :payload)"),
                    {"channel": CHANNEL, "payload": f"{self._name}:{topics}"},
                )
        except DBAPIError as error:
            log.warning("announcing_failed", error=type(error.orig).__name__)


def _is_worth_another(error: DBAPIError) -> bool:
    """Say whether the function may go well when it is simply begun again."""
    return error.connection_invalidated or getattr(error.orig, "sqlstate", None) in _MEANS_AGAIN
