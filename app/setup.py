"""The set-up: a small server that makes the GitHub App, connects Stripe, and ends.

It is a command of its own, so that no server can be in this mode by accident, and it refuses to
start where nothing is left to do. The code that opens its page is printed on stderr, anew at each
start; whoever cannot read that cannot set anything up.
"""

from __future__ import annotations

import asyncio
import base64
import secrets
import signal
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from aiohttp import web
from pydantic import SecretStr

from app import credentials, logs, manifest
from app import environment as env
from app.domain.errors import MainstayError
from app.providers.github.register import NewApp, convert
from app.providers.stripe.register import HOOK_PATH, register
from app.settings import SettingsFault
from app.web.protocol import runner
from app.web.setup import Parts, Standing, build

OF_THE_APP: Final = (
    *("GITHUB_APP_ID", "GITHUB_PRIVATE_KEY", "GITHUB_PRIVATE_KEY_FILE", "GITHUB_WEBHOOK_SECRET"),
    *("GITHUB_CLIENT_ID", "GITHUB_CLIENT_SECRET"),
)
OF_STRIPE: Final = "STRIPE_WEBHOOK_SECRET"

CODE_BYTES: Final = 10
"""80 bits: sixteen letters and digits, in four groups."""

LINGER_SECONDS: Final = 1.0
"""How long the last page may still fetch what it needs."""

STOP_SECONDS_MAX: Final = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the environment says to a server that is not set up yet."""

    host: str
    port: int
    public_url: str
    github_url: str
    github_api_url: str
    stripe_api_url: str
    stripe_key: SecretStr | None
    log_format: str
    standing: Standing

    @classmethod
    def from_env(cls, environment: Mapping[str, str]) -> Wish:
        """Read what the set-up needs; raise one ``SettingsFault`` that names all that is wrong."""
        read = env.Reader(environment)
        wish = cls(
            host=read("HOST", env.parse_text),
            port=read("PORT", env.parse_port),
            public_url=read("PUBLIC_URL", _parse_secure_url),
            github_url=read("GITHUB_URL", env.parse_private_url),
            github_api_url=read("GITHUB_API_URL", env.parse_private_url),
            stripe_api_url=read("STRIPE_API_URL", env.parse_private_url),
            stripe_key=read.optional("STRIPE_API_KEY", env.parse_secret),
            log_format=read("LOG_FORMAT", env.parse_log_format),
            standing=Standing(
                has_app=any(map(read.is_set, OF_THE_APP)),
                has_stripe=read.is_set(OF_STRIPE),
                has_stripe_key=read.is_set("STRIPE_API_KEY"),
            ),
        )
        if read.faults:
            raise SettingsFault(tuple(read.faults))
        return wish


def _parse_secure_url(text: str) -> str:
    """Read an address at which a browser keeps a cookie to itself: https, or loopback."""
    url = env.parse_url(text)
    parts = urlsplit(url)
    if parts.scheme != "https" and parts.hostname not in {"127.0.0.1", "localhost", "::1"}:
        raise ValueError("would send secrets in the clear: write https://.")
    return url


class Keeper:
    """Keeps what was given: in the credentials file, or on stdout for another store."""

    def __init__(self, path: Path | None) -> None:
        self._path = path

    def keep(self, values: Mapping[str, str]) -> None:
        """Keep values under the names of the environment."""
        if self._path is None:
            print(credentials.lines(values), end="", flush=True)
        else:
            credentials.keep(self._path, values)

    @property
    def place(self) -> str:
        """Where it all is, for people; empty where it was printed."""
        return "" if self._path is None else str(self._path)


def run(environment: Mapping[str, str], *, prints: bool) -> int:
    """Answer until everything is set up, or somebody ends it."""
    wish = Wish.from_env(environment)
    logs.set_up(wish.log_format)
    if wish.standing.has_app and wish.standing.has_stripe:
        raise MainstayError("Everything is set up already: run `python -m app serve`.")
    keeper = Keeper(None if prints else credentials.path_of(environment))
    # It also shows, before there is an App, that its credentials can be kept.
    keeper.keep(_first(environment, wish))
    return asyncio.run(_answer(wish, keeper))


def _first(environment: Mapping[str, str], wish: Wish) -> dict[str, str]:
    """Give what needs no other side: where we are, and a key of our own."""
    first = {"PUBLIC_URL": wish.public_url}
    if not env.Reader(environment).is_set("SECRET_KEY"):
        first["SECRET_KEY"] = secrets.token_hex(32)
    return first


def new_code() -> str:
    """Make what whoever opens the page has to show."""
    text = base64.b32encode(secrets.token_bytes(CODE_BYTES)).decode()
    return "-".join(text[at : at + 4] for at in range(0, len(text), 4))


async def _answer(wish: Wish, keeper: Keeper) -> int:
    parts = _parts(wish, keeper, new_code())
    answering = runner(build(parts), stop_seconds_max=STOP_SECONDS_MAX)
    told = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, told.set)
    await answering.setup()
    try:
        await web.TCPSite(answering, wish.host, wish.port).start()
        _say(f"Open {wish.public_url}/setup and give this code: {parts.code}")
        while not wish.standing.is_done:
            with suppress(TimeoutError):
                async with asyncio.timeout(LINGER_SECONDS):
                    await told.wait()
                break
        else:
            await asyncio.sleep(LINGER_SECONDS)
    finally:
        await answering.cleanup()
    if not wish.standing.has_app:
        _say("Nothing was set up. Run `python -m app setup` again when you like.")
        return 1
    _say("The App is set up. Start the server: python -m app serve")
    if wish.standing.app:
        _say(f"Then install it where it shall work: {wish.standing.app.install_url}")
    return 0


def _parts(wish: Wish, keeper: Keeper, code: str) -> Parts:
    def keep_app(made: NewApp) -> None:
        keeper.keep(
            {
                "GITHUB_APP_ID": str(made.id),
                "GITHUB_PRIVATE_KEY": made.private_key,
                "GITHUB_WEBHOOK_SECRET": made.webhook_secret,
                "GITHUB_CLIENT_ID": made.client_id,
                "GITHUB_CLIENT_SECRET": made.client_secret,
                "GITHUB_APP_URL": made.html_url,
            }
        )

    async def convert_code(given: str) -> NewApp:
        return await convert(given, api_url=wish.github_api_url)

    async def connect_stripe(api_key: str, *, may_replace: bool) -> None:
        given = wish.stripe_key
        secret = await register(
            api_key=api_key or (given.get_secret_value() if given else ""),
            api_url=wish.stripe_api_url,
            url=f"{wish.public_url}{HOOK_PATH}",
            may_replace=may_replace,
        )
        # A key that the operator's own settings have stays there alone.
        keeper.keep({OF_STRIPE: secret, **({"STRIPE_API_KEY": api_key} if api_key else {})})

    return Parts(
        public_url=wish.public_url,
        github_url=wish.github_url,
        code=code,
        manifest=manifest.read(),
        standing=wish.standing,
        convert=convert_code,
        keep_app=keep_app,
        connect_stripe=connect_stripe,
        kept_in=keeper.place,
        now=lambda: datetime.now(UTC),
    )


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)
