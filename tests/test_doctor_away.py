"""What the doctor says where nobody answers: whom it asked, and where to look."""

from __future__ import annotations

import os
import subprocess
import sys
from ipaddress import ip_network
from pathlib import Path

import pytest
from aiohttp.test_utils import unused_port

from app import doctor
from app.domain.errors import Postpone, Refused
from app.domain.findings import Finding, Verdict
from app.providers.rooms import Check
from app.settings import Settings
from tests.environments import NEEDED

ROOT = Path(__file__).parent.parent


def away(**changes: str) -> tuple[dict[str, str], dict[str, str]]:
    """Give an environment in which nobody answers, and who is asked by each check."""
    github, stripe, model = (f"127.0.0.1:{unused_port()}" for _ in range(3))
    environment = {
        **NEEDED,
        "PUBLIC_URL": f"http://127.0.0.1:{unused_port()}",
        "GITHUB_CLIENT_ID": "Iv1.client",
        "GITHUB_CLIENT_SECRET": "client-secret",
        "GITHUB_API_URL": f"http://{github}",
        "STRIPE_API_KEY": "sk_live_0123456789",
        "STRIPE_WEBHOOK_SECRET": "whsec_0123456789abcdef",
        "STRIPE_API_URL": f"http://{stripe}",
        "OPENAI_API_KEY": "sk-of-nobody",
        "OPENAI_BASE_URL": f"http://{model}/v1",
        "OPENAI_MODEL": "gpt-none",
        **changes,
    }
    of_github = ("github app", "clock", "permissions", "sign-in", "github webhook")
    of_stripe = ("stripe account", "currencies", "stripe webhook", "checkout")
    asked = {
        **dict.fromkeys((*of_github, "github deliveries"), github),
        **dict.fromkeys(of_stripe, stripe),
        "model": model,
    }
    return environment, asked


async def test_who_is_away_is_named_with_where_to_look(sqlite_url: str) -> None:
    environment, asked = away(DATABASE_URL=sqlite_url)
    found = dict(await doctor.examine(environment, Settings.from_env(environment)))
    for name, place in asked.items():
        assert found[name].verdict is Verdict.FAULT
        assert f"whether this machine reaches {place}: its network" in found[name].remedy
        for word in ("name server", "proxy", "firewall"):
            assert word in found[name].remedy


@pytest.mark.parametrize(
    ("error", "remedy"),
    [
        (Refused("No."), "does not pass by itself"),
        (Postpone("Too much was asked.", seconds=90), "in 90 seconds"),
    ],
)
async def test_a_no_and_a_wait_are_told_apart_from_silence(error: Exception, remedy: str) -> None:
    async def look() -> Finding:
        raise error

    found = await doctor._look(Check("some", look, "api.example.org"))
    assert (found.verdict, found.sentence) == (Verdict.FAULT, str(error))
    assert remedy in found.remedy
    assert "network" not in found.remedy


@pytest.mark.parametrize(
    ("url", "proxies", "verdict", "words"),
    [
        ("https://support.example.org", "", Verdict.NOTE, "Set TRUSTED_PROXIES"),
        ("https://support.example.org", "10.0.0.0/8", Verdict.OK, "10.0.0.0/8"),
        ("http://127.0.0.1:8080", "", Verdict.OK, "none is named"),
    ],
)
def test_a_proxy_that_nobody_named_is_told(
    url: str, proxies: str, verdict: Verdict, words: str
) -> None:
    settings = Settings.from_env({**NEEDED, "PUBLIC_URL": url, "TRUSTED_PROXIES": proxies})
    found = doctor.judge_proxies(settings)
    assert (found.verdict, words in found.sentence) == (verdict, True)
    assert settings.trusted_proxies in ((), (ip_network("10.0.0.0/8"),))


def test_a_file_that_is_no_database_costs_one_line_and_no_traceback(tmp_path: Path) -> None:
    (tmp_path / "x.db").write_text("a shopping list")
    for folder in ("", "missing/"):
        environment, _ = away(DATABASE_URL=f"sqlite:///{tmp_path}/{folder}x.db")
        for command, channel in (("doctor", "stdout"), ("serve", "stderr")):
            ran = subprocess.run(
                [sys.executable, "-m", "app", command],
                cwd=ROOT,
                env={"PATH": os.environ["PATH"], "CREDENTIALS_FILE": "/nowhere", **environment},
                capture_output=True,
                text=True,
                check=False,
                timeout=60,
            )
            said = [each for each in getattr(ran, channel).splitlines() if str(tmp_path) in each]
            assert (ran.returncode, len(said)) == (1, 1), ran.stderr
            assert "Traceback" not in ran.stdout + ran.stderr
            assert "tell us of it" not in ran.stdout
