from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.rehearsal.stage.seat import Seat, take


@pytest.fixture
async def seat(sqlite_url: str) -> AsyncIterator[Seat]:
    async with take(sqlite_url) as taken:
        yield taken
