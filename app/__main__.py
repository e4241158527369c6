"""The command line: it parses, hands over, and turns what came of it into an exit code.

0 is good, 1 found a fault, 2 is wrong use. Data goes to stdout, everything else to stderr. What a
command needs is imported when it runs, so that asking for help costs next to nothing.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from app.domain.errors import MainstayError

if TYPE_CHECKING:
    from app.settings import Settings

GOOD, FAULT, WRONG_USE = 0, 1, 2
TABLES = ("deliveries", "events", "effects")
ROWS_MAX = 1000


def build_parser() -> argparse.ArgumentParser:
    """Describe every command with its options."""
    parser = argparse.ArgumentParser(
        prog="python -m app", description=sys.modules["app"].__doc__, allow_abbrev=False
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    add = partial(commands.add_parser, allow_abbrev=False)

    setup = add("setup", help="make the GitHub App and connect Stripe, in a browser; once")
    setup.add_argument(
        "--print",
        action="store_true",
        dest="prints",
        help="print the credentials on stdout for a secret store, do not write the file",
    )
    setup.set_defaults(run=_setup)
    serve = add("serve", help="answer webhooks and people, and work")
    serve.add_argument("--no-worker", action="store_true", help="only answer; others `work`")
    serve.set_defaults(run=_serve)
    work = add("work", help="work only, beside any number of `serve --no-worker`")
    work.set_defaults(run=_work)
    for command in (serve, work):
        command.add_argument(
            "--no-migrate", action="store_true", help="refuse an old schema, do not migrate it"
        )
    doctor = add("doctor", help="say what is wrong with this server, and what to do; 1: something")
    doctor.add_argument("--json", action="store_true", help="a JSON object a line, for machines")
    doctor.set_defaults(run=_doctor)
    migrate = add("migrate", help="bring the database to the newest schema")
    migrate.set_defaults(run=_migrate)
    # It has options of its own, which it parses itself.
    rehearse = add(
        "rehearse", help="the whole product on this machine, without an account", add_help=False
    )
    rehearse.set_defaults(run=_rehearse)
    check = add("check-config", help="check a .github/support.yml; 1: it has faults")
    check.add_argument("file", metavar="FILE", help="the file, or - for what comes on stdin")
    schemas = add("schemas", help="write the JSON Schemas that editors use")
    schemas.add_argument("--folder", default="schemas", help="where to (default: %(default)s)")
    for verb in (check, schemas):
        verb.set_defaults(run=_operate, verb=verb.prog.split()[-1])
    _add_review(add("review", help="decide a ticket that its maintainers did not decide"))
    _add_ledger(add("ledger", help="check the books, show what is in them, lift a warning"))
    for table in TABLES:
        _add_table(add(table, help=f"list, show, retry or bury {table}"), table)
    return parser


def _add_review(review: argparse.ArgumentParser) -> None:
    verbs = review.add_subparsers(title="verbs", metavar="VERB", required=True)
    listing = verbs.add_parser("list", help="the tickets in review, a JSON object a line")
    pay = verbs.add_parser("pay", help="the helper is paid")
    part = verbs.add_parser("part", help="a part goes back, and the helper is paid from the rest")
    refund = verbs.add_parser("refund", help="the customer gets all of it back")
    for verb in (pay, part, refund):
        verb.add_argument("ticket", metavar="TICKET")
    part.add_argument("amount", metavar="AMOUNT", help="what goes back, like 20 or '20 usd'")
    for verb in (listing, pay, part, refund):
        verb.set_defaults(run=_operate, verb=f"review {verb.prog.split()[-1]}")


def _add_ledger(ledger: argparse.ArgumentParser) -> None:
    verbs = ledger.add_subparsers(title="verbs", metavar="VERB", required=True)
    check = verbs.add_parser("check", help="hold the books against every law; 1: one is broken")
    show = verbs.add_parser("show", help="show the entries of a ticket or of an account")
    show.add_argument("id", metavar="ID")
    unfreeze = verbs.add_parser("unfreeze", help="let a ticket go on that a bank warned of")
    unfreeze.add_argument("ticket", metavar="TICKET")
    for verb in (check, show, unfreeze):
        verb.set_defaults(run=_operate, verb=f"ledger {verb.prog.split()[-1]}")


def _add_table(command: argparse.ArgumentParser, table: str) -> None:
    command.set_defaults(table=table)
    verbs = command.add_subparsers(title="verbs", metavar="VERB", required=True)
    listing = verbs.add_parser("list", help="the newest rows, a JSON object a line")
    listing.add_argument("--state", choices=("ready", "running", "done", "buried"))
    listing.add_argument(
        "--limit", metavar="ROWS", type=_rows, default=50, help="at most (default: %(default)s)"
    )
    show = verbs.add_parser("show", help="one row with what it carries, private text too")
    retry = verbs.add_parser("retry", help="try a row again now; a buried one comes back")
    bury = verbs.add_parser("bury", help="give a row up; its ticket hears of it")
    bury.add_argument("--reason", default="an operator gave it up")
    for verb in (show, retry, bury):
        verb.add_argument("id", metavar="ID", help="its id or its key")
    for verb in (listing, show, retry, bury):
        verb.set_defaults(run=_operate, verb=verb.prog.split()[-1])


def _rows(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,4}", text) or not 1 <= int(text) <= ROWS_MAX:
        raise argparse.ArgumentTypeError(f"must be a number from 1 to {ROWS_MAX}")
    return int(text)


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
        from app.settings import SettingsFault

        print(error, file=sys.stderr)
        return WRONG_USE if isinstance(error, SettingsFault) else FAULT
    except KeyboardInterrupt:
        return FAULT
    except BrokenPipeError:
        # Whoever read our output has seen enough; nothing is left to be flushed at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAULT
    return code


def _environment() -> Mapping[str, str]:
    from app import credentials

    return credentials.merged(os.environ)


def _setup(arguments: argparse.Namespace) -> int:
    from app.setup import run

    return run(_environment(), prints=arguments.prints)


def _doctor(arguments: argparse.Namespace) -> int:
    from app.doctor import run

    return run(os.environ, as_json=arguments.json)


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


def _operate(arguments: argparse.Namespace) -> int:
    from app.operate import run

    return run(arguments, _environment())


def _with_settings(run: Callable[[Settings], int]) -> int:
    """Run with the settings of the environment, and log an error that nobody foresaw."""
    import structlog

    from app import logs
    from app.settings import Settings

    settings = Settings.from_env(_environment())
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
