"""The server as an operator starts and stops it: a process of its own, with an environment."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import aiohttp
import pytest

from app.rehearsal.world import Plot, World
from tests.environments import EVERYTHING
from tests.stories.scene import PEOPLE, free_port
from tests.stories.tales import places

ROOT = Path(__file__).parents[2]
STOP_SECONDS_MAX = 30.0


async def serve(environment: Mapping[str, str]) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "app", "serve"),
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "LOG_FORMAT": "json", **environment},
        stderr=subprocess.DEVNULL,
    )


async def until_it_answers(http: aiohttp.ClientSession, url: str, status: int) -> None:
    async with asyncio.timeout(60):
        while True:
            with suppress(aiohttp.ClientConnectionError):
                async with http.get(url) as answer:
                    if answer.status == status:
                        return
            await asyncio.sleep(0.05)


async def test_told_to_stop_it_takes_nothing_new_finishes_what_it_does_and_goes(
    sqlite_url: str,
) -> None:
    played = World(Plot(database_url=sqlite_url, port=free_port()))
    async with played.outside(), aiohttp.ClientSession() as http:
        for login in PEOPLE:
            played.github.add_user(login)
        process = await serve(played.environment())
        try:
            await until_it_answers(http, f"{played.url}/healthz", 200)
            (place,) = places(played, 1)
            issue = played.github.open_issue(place, "No proxy", "How?", by="carol")
            played.openai.slow(4.0)
            played.github.comment(issue, "/support", by="carol")
            async with asyncio.timeout(60):
                while played.openai._api.next:  # noqa: ASYNC110 - a stand-in sets no event
                    await asyncio.sleep(0.05)
            process.send_signal(signal.SIGTERM)
            await until_it_answers(http, f"{played.url}/readyz", 503)
            late_command = played.github.comment(issue, "/support session", by="carol")
            await played.github.settle()
            late = played.github.deliveries[-1].delivery
            assert late.status == 503
            async with asyncio.timeout(STOP_SECONDS_MAX):
                assert await process.wait() == 0
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        assert late_command.reactions == []  # it was refused, so nothing came of it
        # What was at work was finished: the model is not asked a second time.
        async with played.inside():
            await played.settle()
        assert sum("mainstay:draft" in each.body for each in issue.comments) == 1
        assert len(played.openai.requests) == 1


def refused(*arguments: str, **environment: str) -> str:
    """Run a command that must refuse, and give the one sentence with which it does."""
    ran = subprocess.run(
        [sys.executable, "-m", "app", *arguments],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **EVERYTHING, "PORT": "0", **environment},
        capture_output=True,
        text=True,
        timeout=STOP_SECONDS_MAX,
        check=False,
    )
    assert ran.returncode == 1
    assert ran.stdout == ""
    (sentence,) = ran.stderr.splitlines()
    return sentence


@pytest.mark.parametrize("command", ["serve", "work"])
def test_a_database_that_cannot_be_reached_is_named_without_its_password(command: str) -> None:
    url = f"postgresql://ada:pass-word@127.0.0.1:{free_port()}/mainstay"
    sentence = refused(command, DATABASE_URL=url)
    assert "127.0.0.1" in sentence
    assert "cannot be used" in sentence
    assert "pass-word" not in sentence


def test_a_folder_that_is_not_there_is_said_as_well(tmp_path: Path) -> None:
    sentence = refused("serve", DATABASE_URL=f"sqlite:///{tmp_path}/nowhere/mainstay.db")
    assert "unable to open database file" in sentence


@pytest.mark.parametrize("command", ["serve", "work"])
def test_an_old_schema_is_not_served_unless_it_may_be_migrated(
    command: str, tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path}/mainstay.db"
    sentence = refused(command, "--no-migrate", DATABASE_URL=url)
    assert "python -m app migrate" in sentence
