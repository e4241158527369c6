"""The stage as a server: on loopback alone, with pages that work without JavaScript."""

from __future__ import annotations

import socket
from types import TracebackType
from typing import Final, Self

from aiohttp import web
from aiohttp.typedefs import Handler

from app.rehearsal.stage.acts import Acts
from app.rehearsal.stage.house import House
from app.rehearsal.stage.pages import Pages
from app.rehearsal.stage.rendering import STATIC, respond
from app.rehearsal.world import World

LOOPBACK: Final = "127.0.0.1"
SHUTDOWN_SECONDS_MAX: Final = 0.2


def listen(port: int) -> socket.socket:
    """Take a port of this machine's loopback, 0 for any; OSError when somebody has it."""
    return socket.create_server((LOOPBACK, port))


def address(listening: socket.socket) -> str:
    """Give the address that a browser opens."""
    return f"http://{LOOPBACK}:{listening.getsockname()[1]}"


class Stage:
    """Serves the stage of one world on a socket that listens already."""

    def __init__(self, world: World, listening: socket.socket) -> None:
        self._listening = listening
        house = House(world)
        app = web.Application(middlewares=[_say_what_is_wrong])
        app.add_routes(world.github.oauth.routes())  # signing in is a page of GitHub's too
        app.add_routes([*Acts(house).routes(), *Pages(house).routes()])
        app.router.add_static("/_stage/static", STATIC)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=SHUTDOWN_SECONDS_MAX)

    async def __aenter__(self) -> Self:
        """Answer from now on."""
        await self._runner.setup()
        await web.SockSite(self._runner, self._listening).start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        """Stop answering."""
        await self._runner.cleanup()


@web.middleware
async def _say_what_is_wrong(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except web.HTTPNotFound:
        return respond("missing.html", status=404)
