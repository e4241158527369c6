from __future__ import annotations

import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import structlog

from app.__main__ import main
from app.domain.errors import Transient
from app.settings import Settings
from tests.environments import NEEDED, RSA

ROOT = Path(__file__).parent.parent
Calls = list[tuple[Any, ...]]


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Iterator[Calls]:
    """Play the composition root and the rehearsal: note what is asked of them, and answer."""
    noted: Calls = []

    def note(name: str) -> Any:
        def called(*given: Any, **named: Any) -> int:
            noted.append((name, *given, named) if named else (name, *given))
            return 1 if name == "play" else 0

        return called

    root = SimpleNamespace(serve=note("serve"), work=note("work"), migrate=note("migrate"))
    monkeypatch.setitem(sys.modules, "app.main", root)
    monkeypatch.setitem(sys.modules, "app.rehearsal.play", SimpleNamespace(main=note("play")))
    for name, value in NEEDED.items():
        monkeypatch.setenv(name, value)
    logger = logging.getLogger()
    before = logger.handlers, logger.level
    yield noted
    logger.handlers, logger.level = before
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "app", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("arguments", "call"),
    [
        ("serve", {"with_worker": True, "migrate_first": True}),
        ("serve --no-worker", {"with_worker": False, "migrate_first": True}),
        ("serve --no-worker --no-migrate", {"with_worker": False, "migrate_first": False}),
        ("work", {"migrate_first": True}),
        ("work --no-migrate", {"migrate_first": False}),
    ],
)
def test_a_command_hands_over_settings_and_options(
    calls: Calls, arguments: str, call: dict[str, bool]
) -> None:
    assert main(arguments.split()) == 0
    assert calls == [(arguments.split(maxsplit=1)[0], Settings.from_env(NEEDED), call)]


def test_migrate_hands_over_the_settings(calls: Calls) -> None:
    assert main(["migrate"]) == 0
    assert calls == [("migrate", Settings.from_env(NEEDED))]


@pytest.mark.parametrize("rest", [[], ["--script", "happy", "--json"], ["--help"]])
def test_the_rehearsal_reads_its_own_options(calls: Calls, rest: list[str]) -> None:
    assert main(["rehearse", *rest]) == 1
    assert calls == [("play", rest)]


def test_where_there_is_no_rehearsal_it_says_where_there_is_one(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "app.rehearsal.play", None)
    assert main(["rehearse"]) == 1
    (sentence,) = capsys.readouterr().err.splitlines()
    assert "make rehearse" in sentence


@pytest.mark.parametrize(
    "arguments", ["", "sing", "serve --loud", "serve --no-work", "work --no-worker", "migrate now"]
)
def test_wrong_use_is_2(calls: Calls, capsys: pytest.CaptureFixture[str], arguments: str) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments.split())
    assert ended.value.code == 2
    assert capsys.readouterr().out == ""
    assert calls == []


def test_a_known_error_is_one_line_and_1(
    calls: Calls, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def serve(*_: Any, **__: Any) -> int:
        raise Transient("The database cannot be reached: check DATABASE_URL.")

    monkeypatch.setattr(sys.modules["app.main"], "serve", serve)
    assert main(["serve"]) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.splitlines()[-1] == "The database cannot be reached: check DATABASE_URL."


def test_an_unforeseen_error_is_logged_without_secrets(
    calls: Calls, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def serve(settings: Settings, **_: Any) -> int:
        raise ZeroDivisionError(settings.secret_key.get_secret_value())

    monkeypatch.setattr(sys.modules["app.main"], "serve", serve)
    assert main(["serve"]) == 1
    error = capsys.readouterr().err
    record = json.loads(error.splitlines()[-1])
    assert (record["level"], "ZeroDivisionError" in record["exception"]) == ("critical", True)
    assert NEEDED["SECRET_KEY"] not in error


def test_what_a_server_does_not_do_is_logged_when_it_starts(
    calls: Calls, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["serve"])
    said = [json.loads(line)["event"] for line in capsys.readouterr().err.splitlines()]
    assert said == list(Settings.from_env(NEEDED).missing())


def test_an_interrupted_command_ends_without_a_traceback(
    calls: Calls, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_: Settings) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(sys.modules["app.main"], "migrate", interrupted)
    assert main(["migrate"]) == 1
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize("command", ["serve", "work", "migrate"])
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GITHUB_WEBHOOK_SECRET", ""),
        ("GITHUB_WEBHOOK_SECRET", "fifteen-letters"),
        ("GITHUB_PRIVATE_KEY", RSA[:400]),
    ],
)
def test_a_start_that_is_not_safe_is_refused_in_one_sentence(
    command: str, name: str, value: str
) -> None:
    ran = run(command, **{**NEEDED, name: value})
    assert ran.returncode == 2
    assert ran.stdout == ""
    (sentence,) = ran.stderr.splitlines()
    assert sentence.startswith(f"{name} is ")
    assert not value or value not in sentence


def test_help_names_every_command_on_stdout() -> None:
    ran = run("--help")
    assert ran.returncode == 0
    assert ran.stderr == ""
    for command in ("serve", "work", "migrate", "rehearse"):
        assert f"\n    {command} " in ran.stdout


def test_a_reader_that_has_seen_enough_is_no_error() -> None:
    code = (
        "import os, sys; from types import SimpleNamespace as N;"
        "sys.modules['app.rehearsal.play'] = N(main=lambda rest: print('x' * 100_000) or 0);"
        "from app.__main__ import main; sys.exit(main(['rehearse']))"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(10) == 1
