"""What every handler of the stage works with."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

from aiohttp import web

from app.rehearsal.cast import CUSTOMER, PARTS
from app.rehearsal.github.state import Issue, Repository
from app.rehearsal.world import RestlessError, World

SETTLE_SECONDS_MAX: Final = 2.0
"""So long a button waits for what follows from it; the page looks again by itself anyway."""

TEXT_CHARACTERS_MAX: Final = 65_536


class House:
    """The world that is shown, and what the next page says once."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._note = ""

    def say_once(self, note: str) -> None:
        """Let the next page say this."""
        self._note = note

    def take_note(self) -> str:
        """Give what is to be said, once."""
        note, self._note = self._note, ""
        return note

    async def settle(self) -> None:
        """Let the product do what follows, within a short time."""
        try:
            await self.world.settle(SETTLE_SECONDS_MAX)
        except (RestlessError, TimeoutError):
            self.say_once("Mainstay is still at work; this page looks again by itself.")

    def repository(self, request: web.Request) -> Repository:
        """Find the repository of an address."""
        name = f"{request.match_info['owner']}/{request.match_info['repo']}"
        found = self.world.github.state.find_repository(name)
        if found is None:
            raise web.HTTPNotFound
        return found

    def issue(self, request: web.Request) -> Issue:
        """Find the issue of an address."""
        found = self.repository(request).issues.get(int(request.match_info["number"]))
        if found is None:
            raise web.HTTPNotFound
        return found


def issue_path(issue: Issue) -> str:
    """Give the address of an issue's page."""
    return f"/{issue.repository.full_name}/issues/{issue.number}"


def back_to(issue: Issue, by: str) -> web.HTTPSeeOther:
    """Go back to an issue, as the same person."""
    query = "" if by == CUSTOMER else f"?{urlencode({'as': by})}"
    return web.HTTPSeeOther(f"{issue_path(issue)}{query}")


def person(value: object) -> str:
    """Read who acts; nobody but the cast can."""
    login = str(value)
    if login not in PARTS:
        raise web.HTTPBadRequest(text="That is nobody of this rehearsal.")
    return login
