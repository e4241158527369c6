"""What the loop says of trouble: loud for what somebody should look at, quiet for what is usual."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from structlog.testing import LogCapture

from app.domain.errors import NotYet, Transient
from app.store.engine import Database
from app.store.events import EVENTS
from app.store.queues import Claim
from tests.store.rows import add_event, column
from tests.worker.draining import Clock, Doing, draining, until


@pytest.fixture
def records() -> Iterator[list[Any]]:
    capture = LogCapture()
    before = structlog.get_config()
    structlog.configure(processors=[structlog.contextvars.merge_contextvars, capture])
    yield capture.entries
    structlog.configure(**before)


@pytest.mark.parametrize(
    ("error", "level"), [(NotYet("not merged yet"), "info"), (Transient("502"), "warning")]
)
async def test_who_waits_for_what_is_not_there_yet_alarms_nobody(
    database: Database, records: list[Any], error: Transient, level: str
) -> None:
    async def do(_: Claim) -> None:
        raise error

    async def is_told() -> bool:
        return await database.reading(column(EVENTS, "reason")) == [str(error)]

    clock = Clock()
    await database.in_transaction(add_event("a"))
    async with draining(database, Doing(database, clock, do), clock):
        await until(is_told)
    (record,) = (each for each in records if each["event"] == "retrying")
    assert record["log_level"] == level
