"""A server as an operator runs it: a process of its own, with an environment, until SIGTERM."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.settings import Settings
from tests.environments import EVERYTHING, RSA

ROOT = Path(__file__).parent.parent
READY_CPU_SECONDS_MAX = 3.0
TOKEN = "a-token-of-a-ticket"
# Nobody listens on the discard port: whatever is sent to the outside fails.
NOWHERE = "http://127.0.0.1:9"


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """What a server answered, wrote and cost, from its start to its end."""

    answers: Mapping[str, int]
    exit_code: int
    output: str
    logged: str
    cpu_seconds: float
    secrets: list[str]


def environment(tmp_path: Path) -> dict[str, str]:
    return {
        **EVERYTHING,
        "DATABASE_URL": f"sqlite:///{tmp_path}/mainstay.db",
        "HOST": "127.0.0.1",
        "PORT": "0",
        "GITHUB_API_URL": NOWHERE,
        "GITHUB_URL": NOWHERE,
        "STRIPE_API_URL": NOWHERE,
        "OPENAI_BASE_URL": NOWHERE,
        "LOG_FORMAT": "json",
    }


def start(environment: Mapping[str, str]) -> tuple[subprocess.Popen[str], int, list[str]]:
    """Start a server, and give its port and what it logged until it answered."""
    process = subprocess.Popen(
        [sys.executable, "-m", "app", "serve"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr
    lines = []
    for line in process.stderr:
        lines.append(line)
        if (record := json.loads(line))["event"] == "answering":
            return process, record["port"], lines
    raise AssertionError(f"the server ended with {process.wait()}: {lines}")


def post(url: str, body: bytes, headers: Mapping[str, str]) -> int:
    request = urllib.request.Request(url, data=body, headers=dict(headers))
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code


def github(body: bytes, secret: str) -> dict[str, str]:
    return {
        "content-type": "application/json",
        "x-github-event": "ping",
        "x-github-delivery": "d-1",
        "x-hub-signature-256": "sha256="
        + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest(),
    }


@pytest.fixture
def life(tmp_path: Path) -> Life:
    given = environment(tmp_path)
    secret, key = given["GITHUB_WEBHOOK_SECRET"], given["STRIPE_API_KEY"]
    process, port, lines = start(given)
    try:
        url = f"http://127.0.0.1:{port}"
        body = json.dumps({"zen": secret, "hook_id": 1}).encode()
        answers = {
            "signed": post(f"{url}/hooks/github", body, github(body, secret)),
            "forged": post(f"{url}/hooks/github", body, github(body, "another" + secret)),
            "token": post(f"{url}/pay/{TOKEN}", b"", {"authorization": f"Bearer {key}"}),
        }
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.stderr
        assert process.stdout
        with process.stderr, process.stdout:
            lines += process.stderr.readlines()
            output = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    return Life(
        answers=answers,
        exit_code=process.returncode,
        output=output,
        logged="".join(lines),
        cpu_seconds=usage.ru_utime + usage.ru_stime,
        secrets=list(Settings.from_env(given).secrets()),
    )


def test_a_server_answers_is_quick_stops_when_told_and_logs_no_secret(life: Life) -> None:
    assert life.answers == {"signed": 202, "forged": 401, "token": 404}
    assert life.exit_code == 0
    assert life.output == ""
    assert life.cpu_seconds < READY_CPU_SECONDS_MAX
    told = [*life.secrets, TOKEN, RSA.splitlines()[1]]
    assert len(told) > 8
    assert [secret for secret in told if secret in life.logged] == []
