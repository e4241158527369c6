"""The command line: it parses, hands over, and turns what came of it into an exit code.

0 is good, 1 found a fault, 2 is wrong use. Data goes to stdout, everything else to stderr. What a
command needs is imported when it runs, so that asking for help costs next to nothing.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from app.domain.errors import MainstayError

if TYPE_CHECKING:
    from app.settings import Settings

GOOD, FAULT, WRONG_USE = 0, 1, 2


def build_parser() -> argparse.ArgumentParser:
    """Describe every command with its options."""
    parser = argparse.ArgumentParser(
        prog="python -m app", description=sys.modules["app"].__doc__, allow_abbrev=False
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    add = partial(commands.add_parser, allow_abbrev=False)

    serve = add("serve", help="answer webhooks and people, and work")
    serve.add_argument("--no-worker", action="store_true", help="only answer; others `work`")
    serve.set_defaults(run=_serve)
    work = add("work", help="work only, beside any number of `serve --no-worker`")
    work.set_defaults(run=_work)
    for command in (serve, work):
        command.add_argument(
            "--no-migrate", action="store_true", help="refuse an old schema, do not migrate it"
        )
    migrate = add("migrate", help="bring the database to the newest schema")
    migrate.set_defaults(run=_migrate)
    # It has options of its own, which it parses itself.
    rehearse = add(
        "rehearse", help="the whole product on this machine, without an account", add_help=False
    )
    rehearse.set_defaults(run=_rehearse)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    parser = build_parser()
    arguments, rest = parser.parse_known_args(argv)
    if rest and arguments.run is not _rehearse:
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    arguments.rest = rest
    try:
        code: int = arguments.run(arguments)
        sys.stdout.flush()
    except MainstayError as error:
        print(error, file=sys.stderr)
        return FAULT
    except KeyboardInterrupt:
        return FAULT
    except BrokenPipeError:
        # Whoever read our output has seen enough; nothing is left to be flushed at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAULT
    return code


def _serve(arguments: argparse.Namespace) -> int:
    def run(settings: Settings) -> int:
        from app.main import serve

        return serve(
            settings,
            with_worker=not arguments.no_worker,
            migrate_first=not arguments.no_migrate,
        )

    return _with_settings(run)


def _work(arguments: argparse.Namespace) -> int:
    def run(settings: Settings) -> int:
        from app.main import work

        return work(settings, migrate_first=not arguments.no_migrate)

    return _with_settings(run)


def _migrate(_: argparse.Namespace) -> int:
    def run(settings: Settings) -> int:
        from app.main import migrate

        return migrate(settings)

    return _with_settings(run)


def _rehearse(arguments: argparse.Namespace) -> int:
    try:
        from app.rehearsal.play import main as play
    except ModuleNotFoundError as missing:
        # An image holds the product alone.
        raise MainstayError(
            f"There is no {missing.name} here: rehearse from the source, by `make rehearse`."
        ) from None
    return play(arguments.rest)


def _with_settings(run: Callable[[Settings], int]) -> int:
    """Run with the settings of the environment, and log an error that nobody foresaw."""
    import structlog

    from app import logs
    from app.settings import Settings, SettingsFault

    try:
        settings = Settings.from_env(os.environ)
    except SettingsFault as fault:
        print(fault, file=sys.stderr)
        return WRONG_USE
    logs.set_up(settings.log_format, settings.secrets())
    log = structlog.get_logger("app")
    for sentence in settings.missing():
        log.warning(sentence)
    try:
        return run(settings)
    except MainstayError:
        raise
    except Exception:
        # Not Python's own traceback: it would be printed as it is, with what no log may hold.
        log.critical("Mainstay stops because of an error that nobody foresaw.", exc_info=True)
        return FAULT


if __name__ == "__main__":
    sys.exit(main())
