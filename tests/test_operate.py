from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import Connection, text

from app.__main__ import main
from app.domain.deliveries import Delivery, Provider
from app.domain.events import EffectFailed
from app.store import claims, deliveries, ledger
from app.store.by_hand import newest
from app.store.effects import EFFECTS
from app.store.engine import Database
from app.store.events import EVENTS, event_of
from app.store.queues import State
from tests.domain.ledger_examples import AT, paid
from tests.store.rows import NOW, add_effects, claim, reaction

ROOT = Path(__file__).parent.parent
OURS = ROOT / ".github/support.yml"


@pytest.fixture
def opened(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    monkeypatch.setenv("DATABASE_URL", database_url)
    with Database(database_url) as database:
        yield database


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def unlock(connection: Connection) -> None:
    """Take away what keeps the books from being changed, as who owns the database could."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("ALTER TABLE posting DISABLE TRIGGER USER"))
        return
    names = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))
    for name in names.scalars().all():
        connection.execute(text(f"DROP TRIGGER {name}"))


def run(arguments: str) -> int:
    return main(arguments.split())


def test_a_review_that_is_not_there_is_no_review(
    opened: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("review list") == 0
    assert lines(capsys) == []
    for words in ("pay nothing", "part nothing 20", "refund nothing"):
        assert run(f"review {words}") == 1
        assert "There is no ticket 'nothing'" in capsys.readouterr().err


def test_a_ticket_that_is_not_there_is_not_frozen(
    opened: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("ledger unfreeze nothing") == 1
    assert "There is no ticket 'nothing'" in capsys.readouterr().err


UNSEEN = "Not looked at here: whether the logins exist on GitHub"
SEEN = "The check run on a pull request looks at that."


def test_our_own_file_is_good(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check-config", str(OURS)]) == 0
    good, *others = capsys.readouterr().out.splitlines()
    assert good.endswith("Good. Helpers: 2. Plans: question, session.")
    assert others == [f"{UNSEEN}, and whether the operator settles in usd. {SEEN}"]


def test_a_check_names_no_currency_where_the_operator_has_said_which(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CURRENCIES", "eur,usd")
    assert main(["check-config", str(OURS)]) == 0
    assert capsys.readouterr().out.splitlines()[1:] == [f"{UNSEEN}. {SEEN}"]


def test_a_file_may_come_on_stdin(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(OURS.read_bytes())))
    assert run("check-config -") == 0
    assert capsys.readouterr().out.startswith("-: Good.")


def test_a_fault_is_shown_with_its_line(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "support.yml"
    file.write_text(OURS.read_text().replace("price: 49", "price: free"))
    line = file.read_text()[: file.read_text().index("free")].count("\n") + 1
    assert main(["check-config", str(file)]) == 1
    assert f"{file}:{line}:" in capsys.readouterr().out


def test_many_faults_are_cut_and_it_says_so(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "support.yml"
    file.write_text("version: 1\n" + "".join(f"unknown{n}: 1\n" for n in range(200)))
    assert main(["check-config", str(file)]) == 1
    assert "There are more faults; these come first." in capsys.readouterr().out


def test_a_foreign_file_is_no_good(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "support.yml").write_text("supportLabel: support\n")
    assert main(["check-config", str(tmp_path / "support.yml")]) == 1
    assert "another app" in capsys.readouterr().out


def test_a_file_is_checked_with_the_facts_of_its_operator(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CURRENCIES", "eur")
    assert main(["check-config", str(OURS)]) == 1
    monkeypatch.setenv("CURRENCIES", "euros")
    assert main(["check-config", str(OURS)]) == 2
    assert capsys.readouterr().err.startswith("CURRENCIES has 'euros'")


def test_a_file_that_cannot_be_read_is_said_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("check-config nowhere.yml") == 1
    assert capsys.readouterr().err == "nowhere.yml cannot be read: No such file or directory.\n"


def test_schemas_are_written_into_a_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["schemas", "--folder", str(tmp_path)]) == 0
    assert json.loads((tmp_path / "support.schema.json").read_text())["properties"]
    assert main(["schemas", "--folder", str(tmp_path / "nowhere")]) == 1
    assert "cannot be written to" in capsys.readouterr().err


def test_books_in_order_are_said_so_by_the_exit_code(
    opened: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    opened.transact(lambda session: ledger.post(session, paid(), posted_at=AT))
    assert run("ledger check") == 0
    assert capsys.readouterr().out == ""


def test_a_changed_amount_is_found_in_the_books(
    opened: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    opened.transact(lambda session: ledger.post(session, paid(), posted_at=AT))
    with opened.engine.begin() as connection:
        unlock(connection)
        connection.execute(text("UPDATE posting SET amount = amount + 1 WHERE position = 0"))
    assert run("ledger check") == 1
    laws = {line.split()[0] for line in capsys.readouterr().out.splitlines()}
    assert laws == {"accounts_sum_to_zero", "chains_hold"}


@pytest.mark.parametrize("name", ["t1", "stripe_fees"])
def test_entries_are_shown_by_ticket_and_by_account(
    opened: Database, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    opened.transact(lambda session: ledger.post(session, paid(), posted_at=AT))
    assert run(f"ledger show {name}") == 0
    (entry,) = lines(capsys)
    assert (entry["key"], entry["ticket"], entry["seq"]) == ("txn_1", "t1", 1)
    assert sum(posting["amount"] for posting in entry["postings"]) == 0


def test_what_is_not_in_the_books_is_said_so(
    opened: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("ledger show t2") == 1
    assert "nothing about 't2'" in capsys.readouterr().err


def test_rows_are_listed_without_what_they_carry(
    opened: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    opened.transact(add_effects(reaction("c1"), reaction("c2")))
    assert run("effects list --limit 1 --state ready") == 0
    (row,) = lines(capsys)
    assert (row["kind"], row["state"], row["attempts"]) == ("React", "ready", 0)
    assert "payload" not in row
    assert run("effects list --state done") == 0
    assert lines(capsys) == []


def test_a_delivery_is_shown_as_it_came(
    opened: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    delivery = Delivery(
        provider=Provider.GITHUB,
        external_id="d1",
        kind="ping",
        body='{"zen": "Schön"}'.encode(),
        received_at=datetime(2026, 11, 24, tzinfo=UTC),
    )
    opened.transact(lambda session: deliveries.add_many(session, [delivery]))
    assert run("deliveries show d1") == 0
    (row,) = lines(capsys)
    assert (row["key"], row["payload"]) == ("d1", {"zen": "Schön"})
    assert row["created_at"].startswith("2026-11-24T00:00:00")


def test_an_effect_that_is_given_up_is_told_to_its_lane_and_can_come_back(
    opened: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    opened.transact(add_effects(reaction("c1")))
    assert run("effects list") == 0
    (row,) = lines(capsys)
    assert main(["effects", "bury", row["id"], "--reason", "the thread is gone"]) == 0
    (event,) = opened.read(lambda session: newest(session, EVENTS, state=None, limit=9))
    failed = event_of(event)
    assert isinstance(failed, EffectFailed)
    assert (failed.effect, failed.reason) == (reaction("c1"), "the thread is gone")
    assert failed.is_certain
    assert event.lane == row["lane"]
    assert run(f"effects bury {row['id']}") == 1
    assert run(f"effects retry {row['id']}") == 0
    (again,) = opened.read(lambda session: newest(session, EFFECTS, state=None, limit=9))
    assert again.state is State.READY


def test_an_effect_that_was_ever_claimed_may_have_been_done(opened: Database) -> None:
    opened.transact(add_effects(reaction("c1")))
    (row,) = opened.transact(claim(EFFECTS))
    opened.transact(lambda session: claims.retry(session, row, due_at=NOW, reason="no answer"))
    assert run(f"effects bury {row.id}") == 0
    (event,) = opened.read(lambda session: newest(session, EVENTS, state=None, limit=9))
    failed = event_of(event)
    assert isinstance(failed, EffectFailed)
    assert not failed.is_certain


def test_a_row_that_is_not_there_is_1(opened: Database, capsys: pytest.CaptureFixture[str]) -> None:
    for verb in ("show", "retry", "bury"):
        assert run(f"events {verb} nothing") == 1
        assert capsys.readouterr().err == "There is no event 'nothing'.\n"


@pytest.mark.parametrize("limit", ["0", "1001", "many", "-1", "٣"])
def test_a_listing_is_bounded(limit: str) -> None:
    with pytest.raises(SystemExit) as ended:
        run(f"events list --limit {limit}")
    assert ended.value.code == 2


def test_a_database_without_the_schema_is_refused_and_none_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "other.db"
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{file}")
    assert run("ledger check") == 1
    assert "There is no database at" in capsys.readouterr().err
    assert not file.exists()
    file.touch()
    assert run("ledger check") == 1
    assert "python -m app migrate" in capsys.readouterr().err
    monkeypatch.setenv("DATABASE_URL", "mysql://ada:hunter2@db/x")
    assert run("ledger check") == 2
    assert "hunter2" not in capsys.readouterr().err
