"""The web application on each database."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from app.store.engine import Database
from tests.web.serving import Served, serving


@pytest.fixture
async def served(database: Database) -> AsyncIterator[Served]:
    async with serving(database) as served:
        yield served


@pytest.fixture
async def sqlite(sqlite_url: str) -> AsyncIterator[Database]:
    async with Database(sqlite_url) as database:
        yield database


@pytest.fixture
async def simple(sqlite: Database) -> AsyncIterator[Served]:
    """Where the database makes no difference."""
    async with serving(sqlite) as served:
        yield served
