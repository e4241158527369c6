"""The rehearsal on the command line: open the stage, or play a script and say how it ended."""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import signal
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from socket import socket
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from app.rehearsal.scripts.story import Beat, Story
    from app.rehearsal.world import Plot

GOOD, FAULT, WRONG_USE = 0, 1, 2

SCRIPTS: Final = (
    "happy",
    "label",
    "ladder",
    "community",
    "cancel",
    "no-helper",
    "breach",
    "config-pull-request",
    "steal-share",
    "hostile-ai",
    "flood",
    "decline-review",
    "dispute",
    "transfer",
    "uninstall",
    "transfer-repository",
    "private",
)
STAGE_PORT: Final = 8080
CURTAIN: Final = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
"""Scripts begin on this Tuesday morning, so that calendars and holidays always play the same."""

FAULT_SECONDS: Final = 0.5
"""So long a request that gets no answer is held here: nobody wants to wait for it."""


def main(argv: Sequence[str]) -> int:
    """Run the rehearsal and return its exit code."""
    arguments = _parser().parse_args(argv)
    try:
        with _database_url(arguments.keep) as url:
            plot = _plot(arguments, url)
            if arguments.script is None:
                return asyncio.run(_open_stage(plot, arguments.port))
            return asyncio.run(_play(plot, arguments.script, as_json=arguments.json))
    except _WrongUseError as error:
        print(error, file=sys.stderr)
        return WRONG_USE


class _WrongUseError(Exception):
    """What was asked for cannot be done; its text says why."""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m app rehearse",
        description="The whole product on this machine, with stand-ins for GitHub, Stripe and "
        "OpenAI. Without --script a stage is opened for the browser.",
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("--script", choices=SCRIPTS, help="play this story without a browser; 1: it went wrong")
    add("--json", action="store_true", help="print the story's timeline as JSON")
    add("--seed", type=int, default=0, help="what chance decides: ids, faults (default: 0)")
    add(
        "--port",
        type=_port,
        help=f"where the stage is (default: {STAGE_PORT}, or any that is free)",
    )
    add(
        "--faults",
        type=_rates,
        default={},
        metavar="RATES",
        help="what goes wrong at random: 0.1, or bad_gateway=0.1,answer_lost=0.05",
    )
    add("--keep", type=Path, metavar="DIR", help="keep the database in this folder")
    add("--verbose", action="store_true", help="log everything to stderr, not only warnings")
    return parser


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 65_536:
        raise argparse.ArgumentTypeError("must be a number from 1 to 65535")
    return int(text)


def _rates(text: str) -> dict[str, float]:
    """Read rates; one number alone is spread over everything that can go wrong."""
    try:
        if "=" not in text:
            rates = {"": float(text)}
        else:
            pairs = (pair.split("=") for pair in text.split(","))
            rates = {name.strip(): float(rate) for name, rate in pairs}
    except ValueError:
        raise argparse.ArgumentTypeError("must be 0.1, or name=0.1,name=0.05") from None
    if not all(rate >= 0 for rate in rates.values()) or sum(rates.values()) > 1:
        raise argparse.ArgumentTypeError("rates are from 0 to 1, also together")
    return rates


@contextmanager
def _database_url(keep: Path | None) -> Iterator[str]:
    """Give the address of a new database, which is gone afterwards unless it is to be kept."""
    if keep is None:
        with tempfile.TemporaryDirectory(prefix="mainstay-") as folder:
            yield f"sqlite:///{folder}/mainstay.db"
        return
    path = keep.resolve() / "mainstay.db"
    if path.exists():
        raise _WrongUseError(f"There is a database in {keep} already. Please name another folder.")
    path.parent.mkdir(parents=True, exist_ok=True)
    yield f"sqlite:///{path}"


def _plot(arguments: argparse.Namespace, url: str) -> Plot:
    """Describe the world, and prepare its database and the logs."""
    from app import logs
    from app.rehearsal.faults import Fault, Faults
    from app.rehearsal.world import Plot
    from app.store.engine import Database
    from app.store.migrations import migrate

    logs.set_up("text")
    logging.getLogger().setLevel(logging.INFO if arguments.verbose else logging.WARNING)
    rates: dict[str, float] = dict(arguments.faults)
    if "" in rates:
        rates = dict.fromkeys(Fault, rates[""] / len(Fault))
    unknown = sorted(set(rates) - set(Fault))
    if unknown:
        known = ", ".join(Fault)
        raise _WrongUseError(f"There is no fault {', '.join(unknown)}. There are: {known}.")
    with Database(url) as database:
        migrate(database)
    return Plot(
        database_url=url,
        seed=arguments.seed,
        faults=Faults(
            arguments.seed,
            {Fault(name): rate for name, rate in rates.items()},
            timeout_seconds=FAULT_SECONDS,
        ),
        start=None if arguments.script is None else CURTAIN,
    )


async def _play(plot: Plot, name: str, *, as_json: bool) -> int:
    """Play a script; print its timeline, and say what went wrong."""
    from app.rehearsal.scripts import SCRIPTS
    from app.rehearsal.scripts.story import Story, StoryError
    from app.rehearsal.world import RestlessError, world

    def hear(beat: Beat) -> None:
        if not as_json:
            print(_line(beat), flush=True)

    problem = ""
    async with world(plot) as played:
        story = Story(played, hear=hear)
        try:
            await SCRIPTS[name](story)
        except (StoryError, RestlessError, TimeoutError) as error:
            problem = str(error) or type(error).__name__
        report = _report(name, plot, story, problem)
    if as_json:
        print(json.dumps(report, indent=2, ensure_ascii=False))
    elif not problem:
        print(f"It ended as it should: {report['ended']['stage']}, {report['ended']['money']}.")
    if problem:
        print(f"It went wrong: {problem}", file=sys.stderr)
    return FAULT if problem else GOOD


def _report(name: str, plot: Plot, story: Story, problem: str) -> Mapping[str, Any]:
    """Give what a machine reads of a story."""
    card = story.newest_card
    report = {
        "script": name,
        "seed": plot.seed,
        "timeline": [{**asdict(beat), "at": beat.at.isoformat()} for beat in story.beats],
        "ended": {"stage": card.stage, "money": card.money} if card is not None else None,
        "ok": not problem,
    }
    return {**report, "problem": problem} if problem else report


def _line(beat: Beat) -> str:
    """Write a beat for people."""
    words = " ".join(f"{beat.what}: {beat.detail}".split()) if beat.detail else beat.what
    where = f"  ({beat.where})" if beat.where else ""
    return f"{beat.at:%a %d %b %H:%M:%S}  {beat.who:<9}  {words}{where}"


async def _open_stage(plot: Plot, port: int | None) -> int:
    """Open the stage until somebody ends it."""
    from app.rehearsal.cast import CUSTOMER, QUESTION, QUESTION_TITLE, assemble
    from app.rehearsal.stage import Stage, address
    from app.rehearsal.world import world

    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, told.set)
    with _listening(port) as listening:
        url = address(listening)
        async with world(replace(plot, pages_url=url)) as opened, Stage(opened, listening):
            repository = assemble(opened.github)
            opened.github.open_issue(repository, QUESTION_TITLE, QUESTION, by=CUSTOMER)
            print(f"The stage is open at {url} (Ctrl-C ends it)", flush=True)
            await told.wait()
    return GOOD


def _listening(port: int | None) -> socket:
    """Take the port that was asked for; where none was, the usual one or any that is free."""
    from app.rehearsal.stage import listen

    try:
        return listen(port or STAGE_PORT)
    except OSError as error:
        if port is not None:
            raise _WrongUseError(f"Port {port} is not free: {error.strerror}.") from None
        return listen(0)
