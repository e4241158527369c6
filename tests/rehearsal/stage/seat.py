"""A seat before the stage: a browser without JavaScript, and the world behind the curtain."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from html import unescape

import aiohttp

from app.rehearsal.cast import CUSTOMER, QUESTION, QUESTION_TITLE, assemble
from app.rehearsal.github.state import Issue
from app.rehearsal.stage import Stage, address, listen
from app.rehearsal.world import Plot, World, world

START = datetime(2026, 11, 24, 9, tzinfo=UTC)
THREAD = "/octo/widgets/issues/1"


@dataclass(frozen=True)
class Page:
    """What a browser got."""

    status: int
    url: str
    """The path that it ended at."""
    html: str
    headers: dict[str, str]

    @property
    def text(self) -> str:
        """What people read, with single spaces and none before a full stop."""
        visible = re.sub(r"<script.*?</script>|<[^>]+>", " ", self.html, flags=re.DOTALL)
        return re.sub(r" (?=[.,:;!?])", "", " ".join(unescape(visible).split()))


@dataclass(frozen=True)
class Seat:
    """Somebody who looks, and clicks."""

    world: World
    url: str
    issue: Issue
    browser: aiohttp.ClientSession

    async def get(self, path: str = THREAD) -> Page:
        async with self.browser.get(path) as answer:
            return await _page(answer)

    async def post(self, path: str, **form: str) -> Page:
        async with self.browser.post(path, data=form) as answer:
            return await _page(answer)

    async def says(self, by: str, comment: str) -> Page:
        return await self.post(f"{THREAD}/comment", by=by, comment=comment)

    async def moves_clock(self, move: str) -> Page:
        return await self.post("/_stage/clock", move=move, back=THREAD)


async def _page(answer: aiohttp.ClientResponse) -> Page:
    return Page(
        status=answer.status,
        url=answer.url.path_qs,
        html=await answer.text(),
        headers=dict(answer.headers),
    )


@asynccontextmanager
async def take(database_url: str) -> AsyncIterator[Seat]:
    """Open a stage with one issue in it."""
    with listen(0) as listening:
        url = address(listening)
        plot = Plot(database_url=database_url, start=START, pages_url=url)
        async with (
            world(plot) as played,
            Stage(played, listening),
            aiohttp.ClientSession(url) as browser,
        ):
            repository = assemble(played.github)
            issue = played.github.open_issue(repository, QUESTION_TITLE, QUESTION, by=CUSTOMER)
            await played.settle()
            yield Seat(played, url, issue, browser)
