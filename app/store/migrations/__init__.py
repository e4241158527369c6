"""The schema in steps, forward only (Alembic); run by one process at a time.

To add a step: change the tables, then ``alembic -c app/store/migrations/alembic.ini -x
database=sqlite:///scratch.db upgrade head`` and ``… revision --autogenerate -m "what it does"``;
read what it wrote. A test proves that the steps lead to the tables on both databases.
"""

from __future__ import annotations

import time
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection
from sqlmodel import Session

from app.domain.errors import MainstayError
from app.store.engine import Database, DatabaseAway, begin_migration

if TYPE_CHECKING:
    from alembic.config import Config

HERE = Path(__file__).parent
MEETINGS_MAX = 20
"""How often a process looks whether another one has made a new file ready."""
MEETING_SECONDS = 0.2


class NewerSchemaError(MainstayError):
    """The database was migrated by a newer version of the product, which alone can use it."""


def migrate(database: Database) -> None:
    """Bring the schema up to date; whoever comes second waits, and finds nothing to do."""
    from alembic import command

    def run(session: Session) -> None:
        connection = session.connection()
        begin_migration(session)
        if not _is_current(connection):
            config = _config()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

    for left in reversed(range(MEETINGS_MAX)):
        try:
            database.transact(run)
        except DatabaseAway as error:
            # Who makes a new SQLite file ready is not waited for, as who writes in it is.
            if not left or "locked" not in str(error):
                raise
            time.sleep(MEETING_SECONDS)
        else:
            return


def is_current(database: Database) -> bool:
    """Say whether the schema is the one that this version needs."""
    return database.read(has_newest_schema)


def has_newest_schema(session: Session) -> bool:
    """Say the same within a transaction."""
    return _is_current(session.connection())


def _is_current(connection: Connection) -> bool:
    from alembic.runtime.migration import MigrationContext

    newest, known = _steps()
    done = MigrationContext.configure(connection).get_current_revision()
    if done is not None and done not in known:
        raise NewerSchemaError(
            "The database was migrated by a newer version of Mainstay: start that one instead."
        )
    return done == newest


@cache
def _steps() -> tuple[str | None, frozenset[str]]:
    """Give the newest step, and all of them."""
    from alembic.script import ScriptDirectory

    steps = ScriptDirectory.from_config(_config())
    return steps.get_current_head(), frozenset(each.revision for each in steps.walk_revisions())


def _config() -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(HERE).replace("%", "%%"))
    return config
