"""What machines ask: whether we live, whether we can work, and how much waits."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from sqlalchemy import text
from sqlmodel import Session

from app.store import audits
from app.store.deliveries import DELIVERIES
from app.store.engine import Database
from app.store.queues import State
from app.web import health
from tests.web.samples import NOW, OFFERED, SETTLED
from tests.web.serving import Served, serving


async def sql(database: Database, words: str) -> None:
    await database.in_transaction(lambda session: session.connection().execute(text(words)))


async def test_it_is_ready_and_tells_what_waits_for_whom(served: Served) -> None:
    await served.send()
    await served.send()

    def bury(session: Session) -> None:
        table = DELIVERIES.table
        oldest = table.update().where(table.c.seq == 1)
        session.connection().execute(oldest.values(state=State.BURIED, finished_at=NOW))

    await served.database.in_transaction(bury)
    answer = await served.get("/readyz")
    assert (answer.status, answer.json) == (
        200,
        {
            "status": "ready",
            "buried": {"delivery": 1, "event": 0, "effect": 0},
            "waiting": {"delivery": 1, "event": 0, "effect": 0},
            "breaches": 0,
        },
    )


async def test_what_a_person_has_to_look_at_is_a_figure_too(served: Served) -> None:
    await served.send()

    def spoil(session: Session) -> None:
        own = DELIVERIES.table
        session.connection().execute(own.update().values(state=State.BURIED, finished_at=NOW))
        audits.note(session, breaches=3, now=NOW)

    figures = (await served.get("/metrics")).text
    assert "\nmainstay_ledger_breaches 0.0\n" in figures
    assert '\nmainstay_rows_buried{table="delivery"} 0.0\n' in figures
    await served.database.in_transaction(spoil)
    figures = (await served.get("/metrics")).text
    assert "\nmainstay_ledger_breaches 3.0\n" in figures
    assert '\nmainstay_rows_buried{table="delivery"} 1.0\n' in figures
    assert (await served.get("/readyz")).json["breaches"] == 3


async def test_an_old_schema_is_not_ready(served: Served) -> None:
    await sql(served.database, "DELETE FROM alembic_version")
    for path in ("/readyz", "/metrics"):
        answer = await served.get(path)
        assert answer.status == 503
        assert answer.json["reason"] == "the schema is old; run `python -m app migrate`"
    assert (await served.get("/healthz")).status == 200


async def test_a_newer_schema_is_not_ready_either(simple: Served) -> None:
    await sql(simple.database, "UPDATE alembic_version SET version_num = 'of tomorrow'")
    answer = await simple.get("/readyz")
    assert answer.status == 503
    assert "newer version of Mainstay" in answer.json["reason"]


@pytest.mark.parametrize("url", ["sqlite:////nowhere/at/all.db", "postgresql://x@127.0.0.1:1/x"])
async def test_without_a_database_it_lives_and_is_not_ready(url: str) -> None:
    async with Database(url) as away, serving(away) as served:
        assert (await served.get("/healthz")).json == {"status": "alive"}
        for path in ("/readyz", "/metrics"):
            answer = await served.get(path)
            assert (answer.status, answer.json) == (
                503,
                {"status": "not ready", "reason": "the database is away"},
            )
        for path in ("/t/token", "/pay/token"):
            answer = await served.get(path)
            assert answer.status == 503
            assert "We cannot reach our database right now" in answer.text
            assert "nowhere" not in answer.text
        assert (await served.post("/pay/token")).status == 503


async def test_a_database_that_does_not_answer_is_away(
    simple: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks, answered = 0, asyncio.Event()
    inner = simple.database.reading

    async def slow(run: Callable[[Session], object]) -> object:
        nonlocal looks
        looks += 1
        await answered.wait()
        return await inner(run)

    monkeypatch.setattr(simple.database, "reading", slow)
    with monkeypatch.context() as impatient:
        impatient.setattr(health, "READY_SECONDS_MAX", 0.05)
        answers = await asyncio.gather(*(simple.get("/readyz") for _ in range(5)))
    assert {answer.status for answer in answers} == {503}
    assert looks == 1  # however many ask, and however long it takes
    answered.set()
    assert (await simple.get("/readyz")).status == 200


async def test_a_process_that_stops_lives_and_is_not_ready(simple: Served) -> None:
    simple.is_stopping = True
    assert (await simple.get("/healthz")).status == 200
    answer = await simple.get("/readyz")
    assert (answer.status, answer.json["reason"]) == (503, "this process is stopping")


async def test_figures_have_no_label_that_anybody_can_invent(served: Served) -> None:
    await served.has(OFFERED)
    await served.has(SETTLED)
    await served.send(x_github_event="an_event_of_somebody")
    answer = await served.get("/metrics")
    assert answer.status == 200
    assert answer.headers["Content-Type"].startswith("text/plain; version=")
    figures = [line for line in answer.text.splitlines() if not line.startswith("#")]
    assert sorted(figures) == [
        "mainstay_ledger_breaches 0.0",
        *(
            f'mainstay_rows_buried{{table="{table}"}} 0.0'
            for table in ("delivery", "effect", "event")
        ),
        'mainstay_rows_waiting{table="delivery"} 1.0',
        'mainstay_rows_waiting{table="effect"} 0.0',
        'mainstay_rows_waiting{table="event"} 0.0',
        'mainstay_tickets{stage="offered"} 1.0',
        'mainstay_tickets{stage="settled"} 1.0',
    ]
