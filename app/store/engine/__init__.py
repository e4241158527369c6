"""The database: how a function gets its transaction, on SQLite or on PostgreSQL.

This folder alone knows one from the other. Both run ``def f(session)`` in threads while the event
loop waits for the result:

* SQLite (``sqlite.py``) has one writer at a time whatever we do, so one thread takes what waits,
  first come first served, and commits it together: each function in a savepoint, one fsync for all.
* PostgreSQL (``postgresql.py``) has a bounded pool with a thread for each connection. Where two
  writers must not meet, they lock (``lock_repository``, ``take_turns``).

A function must have no effect outside its session: after a deadlock or a lost connection it runs
again. Waiting for it is shielded: whoever stops waiting does not stop the transaction.
"""

from __future__ import annotations

from app.store.engine.crew import CrewBusy, CrewGone
from app.store.engine.database import Database
from app.store.engine.sql import (
    DatabaseClock,
    begin_migration,
    insert_once,
    lock_repository,
    news,
    take_turns,
)
from app.store.engine.trouble import CommitUnknown, DatabaseAway, WrongDatabaseUrl

__all__ = [
    "CommitUnknown",
    "CrewBusy",
    "CrewGone",
    "Database",
    "DatabaseAway",
    "DatabaseClock",
    "WrongDatabaseUrl",
    "begin_migration",
    "insert_once",
    "lock_repository",
    "news",
    "take_turns",
]
