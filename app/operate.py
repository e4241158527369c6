"""What an operator or a maintainer does by hand: check a file, check the books, look after rows.

Every function prints data to stdout and returns the exit code: 0 good, 1 found a fault.
"""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlmodel import Session

from app import environment as env
from app import schemas
from app.domain.currencies import CURRENCIES
from app.domain.errors import MainstayError
from app.domain.events import Verdict
from app.domain.ids import TicketId
from app.domain.ledger import Account, Posted
from app.domain.policy import MORE, Faults, Foreign, parse
from app.services import freezes, invariants, reviews
from app.settings import SettingsFault
from app.store import by_hand, ledger
from app.store.deliveries import DELIVERIES, delivery_of
from app.store.effects import EFFECTS
from app.store.engine import Database
from app.store.events import EVENTS
from app.store.migrations import is_current
from app.store.queues import Claim, State
from app.worker.steps import tell_failure

GOOD, FAULT = 0, 1
TABLES = {"deliveries": DELIVERIES, "events": EVENTS, "effects": EFFECTS}
CONFIG_BYTES_MAX = 1024 * 1024
"""GitHub gives no more of a file to whoever asks for its contents."""


def run(arguments: Namespace, environment: Mapping[str, str]) -> int:
    """Do what the command line asked for."""
    match arguments.verb:
        case "check-config":
            return check_config(arguments.file, environment)
        case "schemas":
            return write_schemas(arguments.folder)
        case "ledger check":
            return ledger_check(environment)
        case "ledger show":
            return ledger_show(arguments.id, environment)
        case "ledger unfreeze":
            return ledger_unfreeze(arguments.ticket, environment)
        case "review list":
            return review_list(environment)
        case "review pay" | "review part" | "review refund":
            verdict = Verdict(arguments.verb.split()[-1])
            return review_decide(
                arguments.ticket, verdict, getattr(arguments, "amount", None), environment
            )
        case "list":
            table, state, limit = arguments.table, arguments.state, arguments.limit
            return list_rows(table, environment, state=state, limit=limit)
        case "show":
            return show_row(arguments.table, arguments.id, environment)
        case "retry":
            return retry_row(arguments.table, arguments.id, environment)
        case "bury":
            return bury_row(arguments.table, arguments.id, environment, reason=arguments.reason)
    raise AssertionError(arguments.verb)


def check_config(path: str, environment: Mapping[str, str]) -> int:
    """Say what is wrong with a support.yml, a line each; `-` is what comes on stdin.

    Without `CURRENCIES` in the environment, every currency that we know counts as settled. A good
    answer says what only the check run can know: this command asks nobody.
    """
    try:
        with nullcontext(sys.stdin.buffer) if path == "-" else Path(path).open("rb") as file:
            content = file.read(CONFIG_BYTES_MAX)
    except OSError as error:
        raise MainstayError(f"{path} cannot be read: {error.strerror}.") from None
    read = env.Reader(environment)
    settled = read.optional("CURRENCIES", env.parse_currencies)
    share = read("PLATFORM_SHARE", env.parse_share)
    if read.faults:
        raise SettingsFault(tuple(read.faults))
    known = settled or ("usd", *CURRENCIES)
    match parse(content, currencies_settled=known, platform_bp=share):
        case Foreign() as foreign:
            print(f"{path}: {foreign.reason}")
            return FAULT
        case Faults() as found:
            for fault in found.faults:
                print(f"{path}:{fault}")
            if found.is_cut:
                print(f"{path}: {MORE}")
            return FAULT
        case policy:
            plans = ", ".join(plan.id for plan in policy.plans) or "none"
            print(f"{path}: Good. Helpers: {len(policy.helpers)}. Plans: {plans}.")
            unseen = "whether the logins exist on GitHub"
            if settled is None:
                unseen += f", and whether the operator settles in {policy.currency}"
            print(f"Not looked at here: {unseen}. The check run on a pull request looks at that.")
            return GOOD


def write_schemas(folder: str) -> int:
    """Write every JSON Schema that we publish into a folder that is there."""
    try:
        schemas.main(Path(folder))
    except OSError as error:
        raise MainstayError(f"{folder} cannot be written to: {error.strerror}.") from None
    return GOOD


def ledger_check(environment: Mapping[str, str]) -> int:
    """Hold the books against every law, and print each one that is broken."""
    with _database(environment) as database:
        found = database.read(lambda session: list(invariants.breaches(session)))
    for breach in found:
        print(f"{breach.law} {breach.subject}: {breach.sentence}")
    return FAULT if found else GOOD


def ledger_show(name: str, environment: Mapping[str, str]) -> int:
    """Print the entries of a ticket, or those that touch an account, a JSON object a line."""
    with _database(environment) as database:
        found = database.read(
            lambda session: [
                *ledger.by_ticket(session, TicketId(name)),
                *ledger.by_account(session, Account(name)),
            ]
        )
    if not found:
        raise MainstayError(f"The books have nothing about {name!r}: give a ticket or an account.")
    for posted in found:
        _print(_entry(posted))
    return GOOD


def ledger_unfreeze(ticket: str, environment: Mapping[str, str]) -> int:
    """Lift what a bank's warning of fraud has frozen; the worker does it within a second."""
    with _database(environment) as database:
        now = datetime.now(UTC)
        database.transact(lambda session: freezes.unfreeze(session, ticket, now=now))
    return GOOD


def review_list(environment: Mapping[str, str]) -> int:
    """Print the tickets in review, a JSON object a line."""
    with _database(environment) as database:
        found = database.read(lambda session: list(reviews.waiting(session)))
    for each in found:
        _print(each)
    return GOOD


def review_decide(
    ticket: str, verdict: Verdict, amount: str | None, environment: Mapping[str, str]
) -> int:
    """Decide a review in the maintainers' place; the worker does it within a second."""
    with _database(environment) as database:
        now = datetime.now(UTC)
        database.transact(lambda session: reviews.decide(session, ticket, verdict, amount, now=now))
    return GOOD


def list_rows(table: str, environment: Mapping[str, str], *, state: str | None, limit: int) -> int:
    """Print the newest rows, a JSON object a line, without what they carry."""
    wanted = None if state is None else State(state)
    with _database(environment) as database:
        found = database.read(
            lambda session: by_hand.newest(session, TABLES[table], state=wanted, limit=limit)
        )
    for claim in found:
        _print(_row(claim))
    return GOOD


def show_row(table: str, name: str, environment: Mapping[str, str]) -> int:
    """Print one row with what it carries; that may hold private text."""
    with _database(environment) as database:
        claim = database.read(lambda session: by_hand.find(session, TABLES[table], name))
    carried = claim.payload if isinstance(claim.payload, str) else delivery_of(claim).body.decode()
    _print({**_row(claim), "payload": json.loads(carried)})
    return GOOD


def retry_row(table: str, name: str, environment: Mapping[str, str]) -> int:
    """Let a row be tried again at once; its worker wakes within a second."""
    with _database(environment) as database:
        now = datetime.now(UTC)
        database.transact(lambda session: by_hand.try_again(session, TABLES[table], name, now=now))
    return GOOD


def bury_row(table: str, name: str, environment: Mapping[str, str], *, reason: str) -> int:
    """Give a row up. The ticket of an effect hears of it, as when the worker gave up."""

    def bury(session: Session) -> None:
        now = datetime.now(UTC)
        claim = by_hand.give_up(session, TABLES[table], name, reason=reason, now=now)
        if claim.queue is EFFECTS:
            # Whatever nobody ever claimed was surely not done.
            tell_failure(session, claim, reason, is_certain=claim.fence == 0, now=now)

    with _database(environment) as database:
        database.transact(bury)
    return GOOD


@contextmanager
def _database(environment: Mapping[str, str]) -> Iterator[Database]:
    """Open the database of the environment; nothing else of the settings is needed."""
    read = env.Reader(environment)
    url = read("DATABASE_URL", env.parse_database_url)
    if read.faults:
        raise SettingsFault(tuple(read.faults))
    path = url.get_secret_value().removeprefix("sqlite:///")
    if path != url.get_secret_value() and not Path(path).exists():
        raise MainstayError(f"There is no database at {path}: check DATABASE_URL.")
    with Database(url.get_secret_value()) as database:
        if not is_current(database):
            raise MainstayError(
                f"The database {database.where} has no schema of this version: "
                "run `python -m app migrate` first."
            )
        yield database


def _row(claim: Claim) -> dict[str, Any]:
    return {
        "id": claim.id,
        "key": claim.key,
        "kind": claim.kind,
        "state": claim.state,
        "provider": claim.provider,
        "lane": claim.lane,
        "tenant": claim.tenant,
        "attempts": claim.attempts,
        "due_at": claim.due_at,
        "first_tried_at": claim.first_tried_at,
        "created_at": claim.created_at,
        "finished_at": claim.finished_at,
        "owner": claim.owner,
        "reason": claim.reason,
    }


def _print(row: Mapping[str, Any]) -> None:
    print(json.dumps(row, ensure_ascii=False, default=datetime.isoformat))


def _entry(posted: Posted) -> dict[str, Any]:
    entry = posted.entry
    return {
        "key": entry.key,
        "fact": entry.fact,
        "book": entry.book,
        "seq": posted.seq,
        "occurred_at": entry.occurred_at,
        "posted_at": posted.posted_at,
        "ticket": entry.ticket,
        "postings": [
            {"account": each.account, "amount": each.amount, "currency": each.currency}
            for each in entry.postings
        ],
        "hash": posted.hash,
    }
