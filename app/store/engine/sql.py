"""The few things that are said differently to SQLite and to PostgreSQL, each as one function."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, Column, Float, Insert, Table, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import FunctionElement
from sqlmodel import Session

from app.domain.ids import RepositoryId
from app.store.columns import Instant

_NEWS = "news"


class DatabaseClock(FunctionElement[datetime]):
    """The database's own time, some seconds from now: leases go by it, whatever our clock says."""

    name = "database_clock"
    type = Instant()
    inherit_cache = True

    def __init__(self, seconds: float | BindParameter[float] = 0.0) -> None:
        super().__init__(
            seconds
            if isinstance(seconds, BindParameter)
            else BindParameter("clock_seconds", seconds, type_=Float(), unique=True)
        )


@compiles(DatabaseClock, "sqlite")
def _on_sqlite(element: DatabaseClock, compiler: SQLCompiler, **kw: Any) -> str:
    seconds = compiler.process(element.clauses, **kw)
    return f"strftime('%Y-%m-%d %H:%M:%f000', 'now', printf('%+.3f seconds', {seconds}))"


@compiles(DatabaseClock, "postgresql")
def _on_postgresql(element: DatabaseClock, compiler: SQLCompiler, **kw: Any) -> str:
    seconds = compiler.process(element.clauses, **kw)
    # The statement's time, not the transaction's: a transaction may have waited for a lock.
    return f"(statement_timestamp() + make_interval(secs => {seconds}))"


def insert_once(
    session: Session, table: Table, rows: Sequence[Mapping[str, Any]], *, returning: Column[Any]
) -> set[Any]:
    """Insert the rows whose unique values nobody has yet, and give this column of those alone."""
    if not rows:
        return set()
    statement = _insert_once(_dialect(session), table, returning)
    return set(session.connection().execute(statement, list(rows)).scalars())


def lock_repository(session: Session, repository: RepositoryId) -> None:
    """Let nobody else write for this repository until the end of the transaction.

    Limits, rotation, budgets and the book's chain then need no further care. SQLite has one writer.
    """
    if _dialect(session) == "postgresql":
        session.connection().execute(
            text("SELECT 1 FROM repository WHERE id = :id FOR NO KEY UPDATE"),
            {"id": repository},
        )


def take_turns(session: Session, what: str) -> None:
    """Let one transaction at a time pass here, across all processes, until it ends."""
    if _dialect(session) == "postgresql":
        session.connection().execute(
            text("SELECT pg_advisory_xact_lock(hashtextextended(:what, 0))"), {"what": what}
        )


def begin_migration(session: Session) -> None:
    """Let one process at a time change the schema, for as long as that takes."""
    if _dialect(session) == "postgresql":
        for bound in ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"):
            session.connection().execute(text(f"SET LOCAL {bound} = 0"))
    take_turns(session, "migrate")


def news(session: Session, topic: str) -> None:
    """Wake those who watch this topic once the transaction is committed."""
    session.info.setdefault(_NEWS, set()).add(topic)


def news_of(session: Session) -> frozenset[str]:
    """Give the topics that a transaction has news for."""
    return frozenset(session.info.get(_NEWS, ()))


def _dialect(session: Session) -> str:
    return session.get_bind().dialect.name


@cache
def _insert_once(dialect: str, table: Table, returning: Column[Any]) -> Insert:
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    return insert(table).on_conflict_do_nothing().returning(returning)
