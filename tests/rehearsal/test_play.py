from __future__ import annotations

import json
import logging
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import structlog

from app.domain.tickets import proposed
from app.domain.tickets.decision import Decision, nothing
from app.domain.tickets.ticket import Ticket
from app.rehearsal import play as play_module
from app.rehearsal.play import SCRIPTS, main
from app.rehearsal.scripts import SCRIPTS as PLAYED

ROOT = Path(__file__).parents[2]
ENDS = {
    "happy": ("settled", "paid"),
    "label": ("settled", "paid"),
    "ladder": ("settled", "paid"),
    "community": ("answered", "unpaid"),
    "cancel": ("cancelled", "refunded"),
    "no-helper": ("refunded", "refunded"),
    "breach": ("refunded", "refunded"),
    "config-pull-request": ("offered", "unpaid"),
    "steal-share": ("settled", "paid"),
    "hostile-ai": ("working", "paid"),
    "transfer": ("settled", "paid"),
    "decline-review": ("settled", "paid"),
    "dispute": ("refunded", "lost"),
    "flood": ("queued", "paid"),
    "transfer-repository": ("queued", "paid"),
    "uninstall": ("working", "paid"),
    "private": ("settled", "paid"),
}


@pytest.fixture(autouse=True)
def logs_as_before() -> Iterator[None]:
    logger = logging.getLogger()
    before = logger.handlers, logger.level
    yield
    logger.handlers, logger.level = before
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()


def play(capsys: pytest.CaptureFixture[str], *argv: str) -> tuple[int, dict[str, Any], str]:
    code = main([*argv, "--json"])
    out, err = capsys.readouterr()
    return code, json.loads(out), err


@pytest.mark.parametrize("script", SCRIPTS)
def test_each_script_ends_as_it_should(script: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, report, err = play(capsys, "--script", script)
    assert (code, err) == (0, "")
    assert report["ok"] is True
    assert (report["ended"]["stage"], report["ended"]["money"]) == ENDS[script]
    timeline = report["timeline"]
    assert all(set(beat) == {"at", "who", "what", "where", "detail"} for beat in timeline)
    moments = [datetime.fromisoformat(beat["at"]) for beat in timeline]
    assert moments == sorted(moments)
    assert {"carol", "mainstay"} <= {beat["who"] for beat in timeline}


def test_every_script_that_can_be_named_is_there() -> None:
    assert tuple(PLAYED) == SCRIPTS


def test_what_goes_wrong_at_random_changes_no_end(capsys: pytest.CaptureFixture[str]) -> None:
    code, report, _ = play(capsys, "--script", "cancel", "--faults", "0.2", "--seed", "3")
    assert (code, report["seed"]) == (0, 3)
    assert (report["ended"]["stage"], report["ended"]["money"]) == ENDS["cancel"]


def never_settled(ticket: Ticket, _: datetime) -> Decision:
    return nothing(ticket, "sabotage")


def test_a_price_that_is_never_divided_is_found(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proposed, "settle", never_settled)
    code, report, err = play(capsys, "--script", "happy")
    assert (code, report["ok"], report["ended"]["stage"]) == (1, False, "accepted")
    assert "'accepted', 'paid'" in report["problem"]
    assert report["problem"] in err


def test_people_can_read_it_and_keep_the_database_which_is_never_used_twice(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    folder = tmp_path / "kept"
    assert main(["--script", "cancel", "--keep", str(folder)]) == 0
    lines = capsys.readouterr().out.splitlines()
    line = r"Tue 24 Nov 09:00:\d\d  carol      comments: /support  \(octo/widgets#2\)"
    assert any(re.fullmatch(line, each) for each in lines)
    assert lines[-1] == "It ended as it should: cancelled, refunded."
    size = (folder / "mainstay.db").stat().st_size
    assert main(["--script", "cancel", "--keep", str(folder)]) == 2
    out, err = capsys.readouterr()
    assert (out, "name another folder" in err) == ("", True)
    assert (folder / "mainstay.db").stat().st_size == size > 100_000


@pytest.mark.parametrize(
    ("argv", "sentence"),
    [
        (["--script", "sad"], "invalid choice"),
        (["--port", "0"], "from 1 to 65535"),
        (["--port", "http"], "from 1 to 65535"),
        (["--faults", "much"], "must be 0.1"),
        (["--faults", "timeout=0.7,too_many=0.7"], "rates are from 0 to 1"),
        (["--faults", "-1"], "rates are from 0 to 1"),
        (["--scripts", "happy"], "unrecognized arguments"),
    ],
)
def test_wrong_use_is_told_in_one_sentence(
    argv: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        main(argv)
    assert left.value.code == 2
    assert sentence in capsys.readouterr().err


def test_a_fault_that_nobody_knows_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--script", "happy", "--faults", "gremlins=0.5"]) == 2
    assert "There is no fault gremlins. There are: bad_gateway" in capsys.readouterr().err


def test_a_port_that_is_taken_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["--port", str(port)]) == 2
    assert f"Port {port} is not free" in capsys.readouterr().err


def test_the_usual_port_is_given_up_for_a_free_one(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        usual = taken.getsockname()[1]
        monkeypatch.setattr(play_module, "STAGE_PORT", usual)
        with play_module._listening(None) as listening:
            host, port = listening.getsockname()
    assert host == "127.0.0.1"
    assert port != usual


def test_the_stage_says_where_it_is_and_ends_cleanly() -> None:
    command = [sys.executable, "-m", "app", "rehearse"]
    environment = {"PATH": os.environ["PATH"]}  # no setting is needed
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        line = process.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:\d+", line)
        assert found is not None, process.stderr.read()
        with urllib.request.urlopen(found[0]) as answer:
            page = answer.read().decode()
        process.send_signal(signal.SIGINT)
        rest, errors = process.communicate(timeout=20)
    assert "The stage is open at" in line
    assert "behind our company" in page
    assert (process.returncode, rest, errors) == (0, "", "")
