"""The product is killed at random instants while stories go on; what was taken is done, once.

GitHub's clock is 59 seconds behind the product's here. So a delivery that nobody took counts as a
minute old after one second, and the next start asks for it again: the product's own clock is the
system's, and its rules are those of every day.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
from sqlalchemy import select

from app.rehearsal.waiting import work_under_way
from app.rehearsal.world import Plot, World
from app.store.deliveries import DELIVERIES
from app.store.engine import Database
from app.store.queues import State
from tests.stories.scene import PEOPLE, Scene, free_port
from tests.stories.tales import KINDS, begin, ends_right, next_turn, places

ROOT = Path(__file__).parents[2]
SEED = int(os.environ.get("CHAOS_SEED", "20261124"))
BEHIND = timedelta(seconds=59)
REDELIVERIES_MAX = 3
PLACES = 5
"""Installations: GitHub's limit of 80 writings a minute is one of real minutes here."""
QUIET_SECONDS_MAX = 60.0
LIFE_SECONDS_MAX = 0.6
HEAL_SECONDS_MAX = 8.0
"""More than a lease: what the server before was killed in must be over first."""
ANSWER_SECONDS_MAX = 20.0


class Server:
    """The product in a process of its own, which is killed and started again."""

    def __init__(self, played: World, nursery: asyncio.subprocess.Process) -> None:
        self.kills = 0
        self._played = played
        self._nursery = nursery
        self._process: int | None = None

    async def start(self) -> None:
        assert self._nursery.stdin
        assert self._nursery.stdout
        self._nursery.stdin.write(b"\n")
        self._process = int(await self._nursery.stdout.readline())

    async def answers(self) -> None:
        """Wait until it takes connections."""
        port = int(self._played.url.rpartition(":")[2])
        async with asyncio.timeout(ANSWER_SECONDS_MAX):
            while True:
                with suppress(OSError):
                    _, writer = await asyncio.open_connection("127.0.0.1", port)
                    writer.close()
                    await writer.wait_closed()
                    return
                await asyncio.sleep(0.01)

    async def kill(self) -> None:
        assert self._process is not None
        os.kill(self._process, signal.SIGKILL)
        self.kills += 1
        self._process = None

    async def stop(self) -> None:
        """End it as an operator does, and wait until it is gone."""
        process, self._process = self._process, None
        if process is not None:
            os.kill(process, signal.SIGTERM)
            async with asyncio.timeout(ANSWER_SECONDS_MAX):
                with suppress(ProcessLookupError):
                    while True:
                        os.kill(process, 0)
                        await asyncio.sleep(0.01)


@asynccontextmanager
async def server(played: World, log: Path) -> AsyncIterator[Server]:
    """Prepare to start the product in processes of its own, and leave none behind."""
    environment = {"PATH": os.environ["PATH"], "LOG_FORMAT": "json", **played.environment()}
    with log.open("wb") as written:
        nursery = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.stories.nursery",
            cwd=ROOT,
            env=environment,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=written,
        )
        made = Server(played, nursery)
        try:
            yield made
        finally:
            await made.stop()
            assert nursery.stdin
            nursery.stdin.close()
            await nursery.wait()


class Siege:
    """The stories, the database that they share with the product, and the product's many lives."""

    def __init__(self, scene: Scene, database: Database, server: Server, seed: int) -> None:
        self._scene = scene
        self._database = database
        self._server = server
        self._dice = random.Random(seed)

    async def kill_often(self, times: int) -> None:
        """End it at random instants, also while it starts, and leave it alive in the end."""
        for _ in range(times):
            if self._dice.random() < 0.8:
                await self._server.answers()
            await asyncio.sleep(self._dice.uniform(0, LIFE_SECONDS_MAX))
            await self._server.kill()
            await self._server.start()
        await self._server.answers()

    async def settle(self) -> None:
        """Wait until nothing is under way; what was lost comes back by the next start."""
        async with asyncio.timeout(QUIET_SECONDS_MAX):
            while True:
                await self._scene.github.settle()
                await self._scene.stripe.settle()
                lost = await self._lost()
                if lost:
                    await self._ask_again(lost)
                elif not await self._is_under_way():
                    return
                await asyncio.sleep(0.02)

    async def _lost(self) -> dict[str, int]:
        """Name the deliveries that the product does not have, with the number of their attempts.

        It may have one whose answer was lost: killed after the commit, before the 202.
        """
        attempts = Counter(each.guid for each in self._scene.github.deliveries)
        stored = await stored_deliveries(self._database)
        return {guid: times for guid, times in attempts.items() if guid not in stored}

    async def _ask_again(self, lost: dict[str, int]) -> None:
        """Start once more, which asks GitHub; what it asked for often enough, a person sends."""
        await asyncio.sleep(1.1)
        given_up = {guid for guid, times in lost.items() if times > REDELIVERIES_MAX}
        newest = {each.guid: each for each in self._scene.github.deliveries}
        for guid in given_up:
            self._scene.github.site.hooks.redeliver(newest[guid])
        if lost.keys() - given_up:
            await self._server.kill()
            await self._server.start()
            await self._server.answers()
            with suppress(TimeoutError):
                async with asyncio.timeout(HEAL_SECONDS_MAX):
                    while await self._lost():  # noqa: ASYNC110 - a stand-in sets no event
                        await asyncio.sleep(0.05)

    async def _is_under_way(self) -> bool:
        work = await self._database.reading(
            lambda session: work_under_way(session, datetime.now(UTC))
        )
        return work.is_under_way


async def stored_deliveries(database: Database) -> dict[str, str]:
    """Give the state of each delivery that was stored; it is stored once."""
    own = DELIVERIES.table.c
    rows = await database.reading(
        lambda session: session.connection().execute(select(own.external_id, own.state)).all()
    )
    states = dict(rows)
    assert len(states) == len(rows)
    return states


async def everything_taken_is_done(scene: Scene, database: Database) -> None:
    """Hold that each delivery that was answered with a 2xx was worked on."""
    states = await stored_deliveries(database)
    taken = {each.guid for each in scene.github.deliveries if each.delivery.is_success}
    taken |= {each.id for each in scene.stripe.deliveries if each.is_success}
    assert {each for each in taken if states.get(each) != State.DONE} == set()


@pytest.mark.parametrize(
    ("database", "turns", "kills"),
    [
        pytest.param("sqlite", 10, 5, marks=pytest.mark.xdist_group("kill")),
        pytest.param("postgresql", 6, 2, marks=pytest.mark.xdist_group("kill-postgresql")),
    ],
)
async def test_what_was_taken_is_done_once_however_often_it_is_killed(
    request: pytest.FixtureRequest,
    record_property: Callable[[str, object], None],
    tmp_path: Path,
    database: str,
    turns: int,
    kills: int,
) -> None:
    url: str = request.getfixturevalue(f"{database}_url")
    played = World(Plot(database_url=url, port=free_port(), start=datetime.now(UTC) - BEHIND))
    async with (
        played.outside(),
        AsyncExitStack() as running,
        aiohttp.ClientSession() as http,
        Database(url) as looked_into,
    ):
        for login in PEOPLE:
            played.github.add_user(login)
        async with server(played, tmp_path / "server.log") as product:
            await product.start()
            await product.answers()
            made = places(played, PLACES)
            stage = Scene(played, running, http, made[0])
            siege = Siege(stage, looked_into, product, seed=SEED)
            await siege.settle()
            tales = [
                (begin(stage, made[n % PLACES], n), kind) for n, kind in enumerate(KINDS.values())
            ]
            going_on = [kind.tell(tale) for tale, kind in tales]
            while going_on:
                going_on = await next_turn(going_on)
                if product.kills < turns * kills:
                    await siege.kill_often(kills)
                await siege.settle()
            record_property("kills", product.kills)
            assert product.kills >= turns * kills
            await everything_taken_is_done(stage, looked_into)
            await product.stop()

        # The rest is a matter of days: the same product goes on in this process.
        played.clock.advance(2 * BEHIND)
        await running.enter_async_context(played.inside())
        await stage.settle()
        for _ in range(8):
            await stage.wait(days=1)
        for tale, kind in tales:
            ends_right(tale, kind)
        await stage.is_in_order()
