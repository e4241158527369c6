"""What runs all day must not read the rows that are done: the databases' own plans say so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Connection, event, text
from sqlmodel import Session

from app.domain.adoption import PolicyState
from app.domain.deliveries import Provider
from app.domain.events import RepositorySeen
from app.domain.ids import InstallationId, RepositoryId, UserId
from app.domain.people import Identity
from app.store import installations, operation, policies
from app.store.columns import new_id
from app.store.deliveries import DELIVERIES
from app.store.effects import EFFECTS
from app.store.engine import Database
from app.store.events import EVENTS
from app.store.policies import Reading
from app.store.queues import Queue, State, prune_all
from tests.store.rows import NOW, claim, finish, later

DONE_ROWS = 6000
QUEUES = pytest.mark.parametrize("queue", [DELIVERIES, EVENTS, EFFECTS], ids=lambda each: each.name)


def fill(queue: Queue) -> Callable[[Session], None]:
    """Make a table as it is after some time: much is done, some waits for later, little is due."""

    def row(n: int, state: State, due_in: float) -> dict[str, Any]:
        columns = {
            "provider": "github",
            "external_id": new_id(),
            "size_bytes": 1,
            "key": new_id(),
            "lane": f"{n % 500}",
        }
        return {
            **{name: value for name, value in columns.items() if name in queue.table.c},
            "id": new_id(),
            "kind": "x",
            "payload": b"x" if queue is DELIVERIES else "x",
            "state": state,
            "due_at": later(due_in),
            "order_at": later(due_in),
            "created_at": NOW,
            "finished_at": NOW if state is State.DONE else None,
        }

    def run(session: Session) -> None:
        rows = [row(n, State.DONE, -60) for n in range(DONE_ROWS)]
        rows += [row(n, State.READY, 3600) for n in range(500)]
        rows += [row(n, State.READY, -60) for n in range(20)]
        session.connection().execute(queue.table.insert(), rows)

    return run


@contextmanager
def plans(connection: Connection) -> Iterator[list[str]]:
    """Collect the plan of every statement that is executed, just before it is."""
    found: list[str] = []
    explain = "EXPLAIN QUERY PLAN " if connection.dialect.name == "sqlite" else "EXPLAIN "

    def look(_connection: object, cursor: Any, statement: str, parameters: Any, *_: object) -> None:
        if statement.startswith(("SELECT", "UPDATE", "DELETE", "WITH")):
            cursor.execute(explain + statement, parameters)
            found.append("\n".join(str(line[-1]) for line in cursor.fetchall()))

    event.listen(connection, "before_cursor_execute", look)
    try:
        yield found
    finally:
        event.remove(connection, "before_cursor_execute", look)


async def plans_of(database: Database, queue: Queue, run: Callable[[Session], object]) -> list[str]:
    await database.in_transaction(fill(queue))
    await database.in_transaction(lambda session: session.connection().execute(text("ANALYZE")))

    def watched(session: Session) -> list[str]:
        with plans(session.connection()) as found:
            run(session)
        return found

    return await database.in_transaction(watched)


def reads_all_of(queue: Queue, plan: str) -> bool:
    names = (queue.name, "candidate", "earlier", "busy")
    for line in plan.splitlines():
        words = line.strip(" ->")
        if any(words == f"SCAN {name}" for name in names) or f"Seq Scan on {queue.name}" in words:
            return True
    return False


@QUEUES
async def test_claiming_reads_only_what_is_due(database: Database, queue: Queue) -> None:
    def run(session: Session) -> None:
        assert len(claim(queue)(session)) == 20

    found = await plans_of(database, queue, run)
    assert len(found) >= 3
    assert [plan for plan in found if reads_all_of(queue, plan)] == []


class UndoError(Exception):
    """Takes back what was done to the schema."""


async def test_without_an_index_these_tests_would_notice(database: Database) -> None:
    def run(session: Session) -> None:
        session.connection().execute(text("DROP INDEX ix_event_ready"))
        with plans(session.connection()) as found:
            claim(EVENTS)(session)
        assert any(reads_all_of(EVENTS, plan) for plan in found)
        raise UndoError

    with pytest.raises(UndoError):
        await plans_of(database, EVENTS, run)


@QUEUES
async def test_finishing_finds_its_row_by_number(database: Database, queue: Queue) -> None:
    def run(session: Session) -> None:
        finish(*claim(queue, limit=1)(session))(session)

    found = await plans_of(database, queue, run)
    assert not reads_all_of(queue, found[-1])


@QUEUES
async def test_pruning_reads_only_what_is_old(database: Database, queue: Queue) -> None:
    def run(session: Session) -> None:
        prune_all(session, before=later(-3600), limit=100)

    found = await plans_of(database, queue, run)
    assert [plan for plan in found if reads_all_of(queue, plan)] == []


async def test_the_figures_count_what_waits_without_what_is_done(database: Database) -> None:
    found = await plans_of(database, EVENTS, operation.standing)
    assert [plan for plan in found if reads_all_of(EVENTS, plan)] == []


async def test_somebodys_repositories_are_found_without_reading_all(database: Database) -> None:
    def fill_places(session: Session) -> None:
        for n in range(1, 1500):
            place = InstallationId(n)
            installations.save_installation(
                session, place, "acme", is_active=True, now=NOW, by=UserId(n)
            )
            seen = RepositorySeen(id=RepositoryId(n), owner="a", name=str(n), is_private=False)
            installations.save_repository(session, seen, place, now=NOW)
            by = Identity(provider=Provider.GITHUB, external_id=str(n), login="ada")
            reading = Reading(repository=seen.id, state=PolicyState.FAULTY, by=by)
            policies.record(session, reading, now=NOW)
        session.connection().execute(text("ANALYZE"))

    await database.in_transaction(fill_places)

    def watched(session: Session) -> list[str]:
        with plans(session.connection()) as found:
            assert policies.of_person(session, UserId(7), limit=9) == [7]
        return found

    (plan,) = await database.in_transaction(watched)
    for table in ("policy", "repository", "installation"):
        assert f"SCAN {table}" not in plan
        assert f"Seq Scan on {table}" not in plan
