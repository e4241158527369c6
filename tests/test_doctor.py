"""The doctor over the stand-ins: all is well, and then one thing after another is not."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import stripe
from aiohttp import web
from aiohttp.test_utils import TestServer, unused_port

from app import doctor, manifest
from app.domain.findings import Finding, Verdict
from app.providers.stripe.translate import KINDS
from app.rehearsal.faults import Fault, Faults
from app.rehearsal.github.auth import public_key_of
from app.rehearsal.github.server import GitHubStandIn, Registration
from app.rehearsal.openai import OpenAIStandIn
from app.rehearsal.stripe import sessions
from app.rehearsal.stripe.standin import Account, StripeStandIn
from app.settings import Settings
from tests.environments import NEEDED, RSA

ROOT = Path(__file__).parent.parent


class Clock:
    """GitHub's clock, which may be another one than ours."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@dataclass
class Ward:
    """Everything that the doctor looks at, all in order."""

    environment: dict[str, str]
    clock: Clock
    faults: Faults
    github: GitHubStandIn
    stripe: StripeStandIn
    openai: OpenAIStandIn
    answers: dict[str, int]
    """What our own server answers, by its path."""

    async def found(self) -> dict[str, Finding]:
        settings = Settings.from_env(self.environment)
        return dict(await doctor.examine(self.environment, settings))


@pytest.fixture
async def ward(sqlite_url: str) -> AsyncIterator[Ward]:
    clock, faults = Clock(), Faults(timeout_seconds=30)
    answers = {"/healthz": 200, "/hooks/github": 202}

    async def answer(request: web.Request) -> web.Response:
        return web.json_response({"status": "alive"}, status=answers[request.path])

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(TestServer(app))
        url = str(server.make_url("")).rstrip("/")
        asked = manifest.read()
        registration = Registration(
            public_key_pem=public_key_of(RSA),
            webhook_secret=NEEDED["GITHUB_WEBHOOK_SECRET"],
            permissions=asked["default_permissions"],
            events=asked["default_events"],
        )
        github = GitHubStandIn(
            now=clock,
            faults=faults,
            registration=registration,
            webhook_url=f"{url}/hooks/github",
        )
        account = Account(webhook_secret="whsec_0123456789abcdef", api_key="sk_live_0123456789")
        stripe = StripeStandIn(
            now=clock, faults=faults, webhook_url=f"{url}/hooks/stripe", account=account
        )
        openai = OpenAIStandIn(now=clock, faults=faults)
        for service in (github, stripe, openai):
            await service.start()
            stack.push_async_callback(service.close)
        environment = {
            **NEEDED,
            "DATABASE_URL": sqlite_url,
            "PUBLIC_URL": url,
            "GITHUB_APP_ID": str(registration.id),
            "GITHUB_CLIENT_ID": registration.client_id,
            "GITHUB_CLIENT_SECRET": registration.client_secret,
            "GITHUB_API_URL": github.url,
            "GITHUB_URL": github.html_url_base,
            "STRIPE_API_URL": stripe.url,
            "STRIPE_CHECKOUT_URL": stripe.url,
            "STRIPE_API_KEY": account.api_key,
            "STRIPE_WEBHOOK_SECRET": account.webhook_secret,
            "OPENAI_API_KEY": openai.project.api_key,
            "OPENAI_BASE_URL": openai.base_url,
            "OPENAI_MODEL": openai.project.models[0],
        }
        yield Ward(environment, clock, faults, github, stripe, openai, answers)
        assert [*github.defects, *stripe.defects, *openai.defects] == []


async def test_all_is_well(ward: Ward) -> None:
    open_checkout(ward)
    ward.github.site.hooks.ping()
    await ward.github.settle()
    found = await ward.found()
    assert {name for name, each in found.items() if each.verdict is Verdict.OK} == {
        *("secrets", "proxies", "database", "github app", "clock", "permissions", "installations"),
        "sign-in",
        *("github webhook", "github deliveries", "stripe account", "currencies"),
        *("stripe webhook", "checkout", "model"),
    }
    assert found["public url"].verdict is Verdict.NOTE  # it is loopback
    assert all(each.sentence.endswith(".") for each in found.values())


def asked_for(ward: Ward, **changes: Any) -> None:
    ward.github.state.register(replace(ward.github.state.app, **changes))


def endpoint(ward: Ward, **changes: Any) -> None:
    ward.stripe.all("webhook_endpoint")[0].update(changes)


def setting(**changes: str) -> Callable[[Ward], None]:
    return lambda ward: ward.environment.update(changes)


def hook(ward: Ward, url: str, secret: str = "x") -> None:
    ward.github.site.hooks.register(secret=secret, url=url)


def platform(ward: Ward, **changes: Any) -> None:
    ward.stripe.all("account")[0].update(changes)


def open_checkout(ward: Ward) -> None:
    price = {"currency": "usd", "unit_amount": 4900, "product_data": {"name": "Help"}}
    wanted = {
        "mode": "payment",
        "success_url": "https://support.example.org/",
        "line_items": [{"quantity": 1, "price_data": price}],
    }
    sessions.create(ward.stripe._book, wanted)


def move_checkout(ward: Ward) -> None:
    open_checkout(ward)
    ward.environment["STRIPE_CHECKOUT_URL"] = "https://pay.example.org"


AMISS: Mapping[str, tuple[Callable[[Ward], None], str, str]] = {
    "another App's key": (setting(GITHUB_APP_ID="5"), "github app", "one App"),
    "a clock that is behind": (
        lambda ward: setattr(ward.clock, "ahead", timedelta(minutes=5)),
        "clock",
        "NTP",
    ),
    "a permission that is missing": (
        lambda ward: asked_for(ward, permissions={"metadata": "read", "issues": "read"}),
        "permissions",
        "issues (write)",
    ),
    "an event that is missing": (
        lambda ward: asked_for(ward, events=("issues",)),
        "permissions",
        "issue_comment",
    ),
    "a wrong client secret": (
        setting(GITHUB_CLIENT_SECRET="wrong"),
        "sign-in",
        "GITHUB_CLIENT_SECRET",
    ),
    "webhooks that go elsewhere": (
        lambda ward: hook(ward, "https://elsewhere.example.org/hooks/github"),
        "github webhook",
        "elsewhere.example.org",
    ),
    "webhooks without a secret": (
        lambda ward: hook(ward, f"{ward.environment['PUBLIC_URL']}/hooks/github", secret=""),
        "github webhook",
        "GITHUB_WEBHOOK_SECRET",
    ),
    "a server that does not answer": (
        setting(PUBLIC_URL=f"http://127.0.0.1:{unused_port()}"),
        "public url",
        "start `serve`",
    ),
    "another server": (
        lambda ward: ward.answers.update({"/healthz": 404}),
        "public url",
        "something else",
    ),
    "an address in the clear": (
        setting(PUBLIC_URL="http://support.example.org"),
        "public url",
        "https://",
    ),
    "secrets that can be guessed": (setting(SECRET_KEY="a" * 32), "secrets", "SECRET_KEY"),
    "secrets of the rehearsal": (
        setting(SECRET_KEY="rehearsal-secret-key-0123456789abcdef"),
        "secrets",
        "can be guessed",
    ),
    "one secret for two": (
        setting(SECRET_KEY=NEEDED["GITHUB_WEBHOOK_SECRET"]),
        "secrets",
        "the same",
    ),
    "a key that Stripe does not know": (
        setting(STRIPE_API_KEY="sk_live_wrong"),
        "stripe account",
        "check the key",
    ),
    "an account that cannot charge": (
        lambda ward: platform(ward, charges_enabled=False),
        "stripe account",
        "activation",
    ),
    "a currency that is converted": (setting(CURRENCIES="usd,eur"), "currencies", "EUR"),
    "no endpoint at Stripe": (
        lambda ward: endpoint(ward, url="https://elsewhere.example.org/"),
        "stripe webhook",
        "is missing",
    ),
    "an endpoint that is disabled": (
        lambda ward: endpoint(ward, status="disabled"),
        "stripe webhook",
        "is disabled",
    ),
    "an event that Stripe does not send": (
        lambda ward: endpoint(ward, enabled_events=sorted(KINDS - {"refund.failed"})),
        "stripe webhook",
        "does not send refund.failed",
    ),
    "an old version": (
        lambda ward: endpoint(ward, api_version="2024-06-20"),
        "stripe webhook",
        f"one of version {stripe.api_version}",
    ),
    "a checkout where our button does not lead": (
        move_checkout,
        "checkout",
        "set STRIPE_CHECKOUT_URL to http://127.0.0.1",
    ),
    "a model that nobody has": (setting(OPENAI_MODEL="gpt-none"), "model", "gpt-5-mini"),
    "a key that the model's server does not know": (
        setting(OPENAI_API_KEY="sk-wrong"),
        "model",
        "OPENAI_API_KEY",
    ),
}


@pytest.mark.parametrize("what", AMISS)
async def test_what_is_amiss_is_told_with_its_remedy(ward: Ward, what: str) -> None:
    break_it, name, words = AMISS[what]
    break_it(ward)
    found = await ward.found()
    finding = found[name]
    assert finding.verdict is Verdict.FAULT
    assert words in f"{finding.sentence} {finding.remedy}"
    assert finding.remedy.endswith(".") or finding.remedy.endswith("/hooks/github")


@pytest.mark.parametrize(
    ("status", "words"),
    [(401, "GITHUB_WEBHOOK_SECRET"), (429, "GITHUB_WEBHOOK_SECRET"), (503, "`serve`")],
)
async def test_webhooks_that_did_not_arrive_are_counted_until_one_try_does(
    ward: Ward, status: int, words: str
) -> None:
    ward.answers["/hooks/github"] = status
    ward.github.site.hooks.ping()
    await ward.github.settle()
    finding = (await ward.found())["github deliveries"]
    assert finding.verdict is Verdict.FAULT
    assert finding.sentence.startswith("1 of 1 webhooks")
    assert str(status) in finding.sentence
    assert words in finding.remedy
    ward.answers["/hooks/github"] = 202
    ward.github.site.hooks.redeliver(ward.github.deliveries[-1])
    await ward.github.settle()
    assert (await ward.found())["github deliveries"].verdict is Verdict.OK


async def test_owners_who_have_not_accepted_a_permission_are_named(ward: Ward) -> None:
    for n in range(7):
        ward.github.add_user(f"owner-{n}")
        ward.github.install_app(f"owner-{n}")
    assert "(7 of them)" in (await ward.found())["installations"].sentence
    for installation in list(ward.github.state.installations.values())[1:]:
        installation.permissions = installation.permissions | {"checks": "read"}
    found = (await ward.found())["installations"]
    assert found.verdict is Verdict.NOTE
    assert found.sentence == (
        "6 of 7 installations lack a permission until their owners accept it at GitHub: "
        "owner-1, owner-2, owner-3, owner-4, owner-5 and more."
    )


async def test_an_old_schema_and_no_database_are_told(ward: Ward, tmp_path: Path) -> None:
    ward.environment["DATABASE_URL"] = f"sqlite:///{tmp_path}/none.db"
    assert (await ward.found())["database"].verdict is Verdict.NOTE
    assert not await asyncio.to_thread((tmp_path / "none.db").exists)  # looking makes none
    await asyncio.to_thread((tmp_path / "none.db").touch)
    finding = (await ward.found())["database"]
    assert finding.verdict is Verdict.FAULT
    assert "python -m app migrate" in finding.remedy


async def test_one_look_that_hangs_takes_nothing_from_the_others(
    ward: Ward, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "LOOK_SECONDS_MAX", 3.0)
    ward.faults.once(Fault.TIMEOUT, path=r"/app/hook/config")
    for _ in range(2):  # what passes by itself is asked once more
        ward.faults.once(Fault.BAD_GATEWAY, path=r"/v1/balance")
    found = await ward.found()
    amiss = {name for name, each in found.items() if each.verdict is Verdict.FAULT}
    assert amiss == {"github webhook", "currencies"}


async def test_a_moments_trouble_is_no_finding(ward: Ward) -> None:
    ward.faults.once(Fault.BAD_GATEWAY, path=r"/v1/balance")
    ward.faults.once(Fault.BAD_GATEWAY, path=r"/app/hook/deliveries")
    found = await ward.found()
    assert not any(each.verdict is Verdict.FAULT for each in found.values())


async def test_what_is_not_set_up_is_no_fault(ward: Ward) -> None:
    for name in ("STRIPE_API_KEY", "STRIPE_WEBHOOK_SECRET", "OPENAI_API_KEY", "GITHUB_CLIENT_ID"):
        del ward.environment[name]
    del ward.environment["GITHUB_CLIENT_SECRET"]
    found = await ward.found()
    for name in ("stripe", "model", "sign-in"):
        assert found[name].verdict is Verdict.NOTE
    assert not any(each.verdict is Verdict.FAULT for each in found.values())


async def ran(environment: Mapping[str, str], *options: str) -> subprocess.CompletedProcess[str]:
    return await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "app", "doctor", *options],
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "CREDENTIALS_FILE": "/nowhere/of-these-tests.env",
            **environment,
        },
        capture_output=True,
        text=True,
        check=False,
    )


async def test_the_command_says_it_by_a_line_each_and_its_exit_code(ward: Ward) -> None:
    good = await ran(ward.environment)
    assert good.returncode == 0, good.stdout
    assert good.stderr == ""
    assert {line.split()[0] for line in good.stdout.splitlines()} == {"ok", "note"}
    ward.environment["STRIPE_API_KEY"] = "sk_live_another_one_0123456789"
    bad = await ran(ward.environment, "--json")
    assert bad.returncode == 1
    told = [json.loads(line) for line in bad.stdout.splitlines()]
    assert {each["check"] for each in told if each["verdict"] == "fault"} == {
        *("stripe account", "currencies", "stripe webhook", "checkout"),
    }
    secrets = Settings.from_env(ward.environment).secrets()
    assert [each for each in secrets if each in good.stdout + bad.stdout + bad.stderr] == []


async def test_wrong_settings_are_faults_and_the_database_is_looked_at(sqlite_url: str) -> None:
    told = await ran({"DATABASE_URL": sqlite_url, "SECRET_KEY": "short"})
    assert told.returncode == 1
    assert "SECRET_KEY is weak" in told.stdout
    assert "python -m app setup" in told.stdout
    assert "ok     database" in told.stdout
    assert (await ran({}, "--loud")).returncode == 2
