"""The group-commit writer: 202 only after the commit, many in one transaction, bounded."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import make_url, select, text
from sqlmodel import Session
from structlog.testing import capture_logs

from app.domain.deliveries import Delivery, Provider
from app.store.deliveries import DELIVERIES
from app.store.engine import Database
from app.web.intake import Intake, IntakeClosed, IntakeFull, NotStored
from tests.web.samples import NOW
from tests.web.serving import BODY, count_deliveries, serving

MANY = 200


def delivery(n: int = 0, size_bytes: int = 2) -> Delivery:
    return Delivery(
        provider=Provider.GITHUB,
        external_id=f"d-{n}",
        kind="issues",
        body=b"{" + b" " * (size_bytes - 2) + b"}",
        received_at=NOW,
    )


@asynccontextmanager
async def blocked(database: Database, url: str) -> AsyncIterator[Callable[[], None]]:
    """Let no transaction write until the block is left, or the function is called."""
    with Database(url) as other:
        connection = await asyncio.to_thread(other.engine.connect)
        transaction = connection.begin()  # on SQLite this is the writer's lock already
        if make_url(url).get_backend_name() != "sqlite":
            connection.execute(text("LOCK TABLE delivery IN ACCESS EXCLUSIVE MODE"))

        def release() -> None:
            if transaction.is_active:
                transaction.rollback()

        try:
            yield release
        finally:
            release()
            connection.close()


class Counted:
    """Counts the transactions of a database."""

    def __init__(self, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
        self.times = 0
        inner = database.in_transaction

        async def counted(run: Callable[[Session], object]) -> object:
            self.times += 1
            return await inner(run)

        monkeypatch.setattr(database, "in_transaction", counted)


async def names(database: Database) -> list[str]:
    """Give the stored deliveries' ids, in the order in which they were stored."""

    def read(session: Session) -> Sequence[str]:
        own = DELIVERIES.table.c
        return (
            session.connection().execute(select(own.external_id).order_by(own.seq)).scalars().all()
        )

    return list(await database.reading(read))


async def test_hundreds_at_once_share_a_few_transactions(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    transactions = Counted(database, monkeypatch)
    async with serving(database) as served:
        answers = await asyncio.gather(
            *(served.send(x_github_delivery=f"d-{n}") for n in range(MANY))
        )
        assert {answer.status for answer in answers} == {202}
        assert sorted(await names(database)) == sorted(f"d-{n}" for n in range(MANY))
        assert transactions.times < MANY / 4


async def test_the_same_delivery_many_times_at_once_is_new_once(database: Database) -> None:
    async with serving(database) as served:
        answers = await asyncio.gather(*(served.send(x_github_delivery="d-1") for _ in range(20)))
    assert sorted(answer.status for answer in answers) == [200] * 19 + [202]
    assert await names(database) == ["d-1"]


async def test_nobody_is_told_before_the_commit(database: Database, database_url: str) -> None:
    async with serving(database) as served, blocked(database, database_url) as release:
        sending = asyncio.create_task(served.send())
        done, _ = await asyncio.wait([sending], timeout=0.3)
        assert not done
        release()
        assert (await sending).status == 202
        assert await served.stored() == 1


async def test_what_failed_was_not_stored_and_says_so(database: Database) -> None:
    await database.in_transaction(
        lambda session: session.connection().execute(text("DROP TABLE delivery"))
    )
    async with serving(database) as served:
        with capture_logs() as logs:
            answers = await asyncio.gather(served.send(), served.send())
    assert [answer.status for answer in answers] == [503, 503]
    assert answers[0].reason == "It was not stored. Please send it again."
    assert BODY.decode() not in str(logs)
    assert "deliveries were not stored" in [log["event"] for log in logs]


async def test_the_database_is_away_and_comes_back(sqlite_url: str) -> None:
    path = sqlite_url.removeprefix("sqlite:///")
    async with Database(f"sqlite:///{path}/away.db") as away, serving(away) as served:
        assert (await served.send()).status == 503
    async with Database(sqlite_url) as back, serving(back) as served:
        assert (await served.send()).status == 202


async def test_a_server_that_nobody_reaches_is_away() -> None:
    address = "postgresql://nobody@127.0.0.1:1/none"
    async with Database(address) as away, serving(away) as served:
        assert (await served.send()).status == 503


async def test_a_full_intake_refuses_by_rows(database: Database, database_url: str) -> None:
    intake = Intake(database, waiting_rows_max=2)
    async with (
        serving(database, intake=intake) as served,
        blocked(database, database_url) as release,
    ):
        waiting = [asyncio.create_task(intake.store(delivery(n))) for n in range(2)]
        await asyncio.sleep(0)
        refused = await served.send()
        assert (refused.status, refused.reason) == (503, "It was not stored. Please send it again.")
        release()
        assert all(await asyncio.gather(*waiting))
        assert (await served.send()).status == 202  # there is room again
    assert len(await names(database)) == 3


async def test_a_full_intake_refuses_by_bytes(sqlite: Database, sqlite_url: str) -> None:
    intake = Intake(sqlite, waiting_bytes_max=100)
    async with blocked(sqlite, sqlite_url) as release:
        first = asyncio.create_task(intake.store(delivery(1, 60)))
        await asyncio.sleep(0)
        with pytest.raises(IntakeFull):
            await intake.store(delivery(2, 60))
        second = asyncio.create_task(intake.store(delivery(3, 40)))
        await asyncio.sleep(0)
        release()
        assert all(await asyncio.gather(first, second))
    assert await intake.store(delivery(2, 60))
    assert await names(sqlite) == ["d-1", "d-3", "d-2"]


async def test_groups_are_bounded_and_keep_the_order(
    sqlite: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    transactions = Counted(sqlite, monkeypatch)
    intake = Intake(sqlite, group_rows_max=4, group_bytes_max=100)
    sizes = [10, 10, 10, 10, 90, 90, 500, 10]  # 4 rows | 90 | 90 | 500 alone | 10
    await asyncio.gather(*(intake.store(delivery(n, size)) for n, size in enumerate(sizes)))
    assert transactions.times == 5
    assert await names(sqlite) == [f"d-{n}" for n in range(8)]


async def test_room_is_given_back_after_a_failure(
    sqlite: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(_: object) -> None:
        raise RuntimeError("a private value")

    intake = Intake(sqlite, waiting_rows_max=1, waiting_bytes_max=2)
    with monkeypatch.context() as patch, capture_logs() as logs:
        patch.setattr(sqlite, "in_transaction", fail)
        for _ in range(3):
            with pytest.raises(NotStored):
                await intake.store(delivery())
    assert "private" not in str(logs)
    assert await intake.store(delivery()) is True


async def test_who_stops_waiting_does_not_stop_the_others(
    sqlite: Database, sqlite_url: str
) -> None:
    intake = Intake(sqlite)
    async with blocked(sqlite, sqlite_url) as release:
        leaving, staying = (asyncio.create_task(intake.store(delivery(n))) for n in range(2))
        await asyncio.sleep(0)
        leaving.cancel()
        release()
        assert await staying is True
    assert await names(sqlite) == ["d-0", "d-1"]


async def test_closing_stores_what_waits_and_takes_no_more(
    sqlite: Database, sqlite_url: str
) -> None:
    intake = Intake(sqlite)
    async with blocked(sqlite, sqlite_url) as release:
        waiting = asyncio.create_task(intake.store(delivery()))
        await asyncio.sleep(0)
        closing = asyncio.create_task(intake.close())
        await asyncio.sleep(0)
        with pytest.raises(IntakeClosed):
            await intake.store(delivery(1))
        assert not closing.done()
        release()
        await closing
    assert await waiting is True
    assert await sqlite.reading(count_deliveries) == 1
    await Intake(sqlite).close()
