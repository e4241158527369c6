from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, text
from sqlmodel import Session

from app.store import tables
from app.store.engine import Database
from app.store.migrations import NewerSchemaError, is_current, migrate


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database without a single table."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'empty.db'}"
    url: str = request.getfixturevalue("empty_postgresql_url")
    return url


def test_the_steps_lead_to_the_tables_and_to_nothing_else(database_url: str) -> None:
    with Database(database_url) as database:
        differences = database.read(
            lambda session: compare_metadata(
                MigrationContext.configure(session.connection()), tables.METADATA
            )
        )
    assert differences == []


def test_the_steps_make_the_checks_and_partial_indices_that_the_tables_have(
    empty_url: str,
) -> None:
    """Alembic compares neither: make the tables anew without it, and look at both."""
    with Database(empty_url) as database:
        migrate(database)
        migrated = database.read(finer_points)
        database.transact(lambda session: tables.METADATA.drop_all(session.connection()))
        database.transact(lambda session: tables.METADATA.create_all(session.connection()))
        assert migrated == database.read(finer_points)


def finer_points(session: Session) -> dict[str, object]:
    look = inspect(session.connection())
    found: dict[str, object] = {}
    for table in tables.METADATA.tables:
        options = ("sqlite_where", "postgresql_where")
        found[table] = (
            sorted((each["name"], each["sqltext"]) for each in look.get_check_constraints(table)),
            sorted(
                (
                    each["name"],
                    each["unique"],
                    *(str(each["dialect_options"].get(o)) for o in options),
                )
                for each in look.get_indexes(table)
            ),
        )
    return found


def test_an_empty_database_is_not_current_until_it_was_migrated(empty_url: str) -> None:
    with Database(empty_url) as database:
        assert not is_current(database)
        migrate(database)
        assert is_current(database)
        migrate(database)
        assert is_current(database)


async def test_processes_that_start_together_migrate_once(empty_url: str) -> None:
    databases = [Database(empty_url) for _ in range(4)]
    try:
        await asyncio.gather(*(asyncio.to_thread(migrate, each) for each in databases))
        assert all(map(is_current, databases))
    finally:
        for each in databases:
            await each.close()


def test_the_database_of_a_newer_version_is_refused_in_one_sentence(empty_url: str) -> None:
    with Database(empty_url) as database:
        migrate(database)
        database.transact(
            lambda session: session.connection().execute(
                text("UPDATE alembic_version SET version_num = 'of the future'")
            )
        )
        for look in (is_current, migrate):
            with pytest.raises(NewerSchemaError, match="newer version"):
                look(database)


def test_alembic_is_imported_only_when_it_is_used() -> None:
    code = "import sys, app.store.migrations; sys.exit('alembic' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
