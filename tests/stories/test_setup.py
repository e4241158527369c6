"""From nothing to a running App with two commands and a browser."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import stat
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pytest
from axe_playwright_python.async_playwright import (  # type: ignore[import-untyped]  # it has none
    Axe,
)
from playwright.async_api import Browser, ConsoleMessage, Page, async_playwright, expect

from app import credentials
from app.providers.stripe.register import register
from app.rehearsal.faults import Faults
from app.rehearsal.github.server import GitHubStandIn
from app.rehearsal.stripe.standin import StripeStandIn
from app.settings import Settings
from tests.stories.scene import free_port

ROOT = Path(__file__).parents[2]
CHROMIUM = shutil.which("chromium")
Seen = Callable[[Page, str], Awaitable[None]]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        CHROMIUM is None and not os.environ.get("CI"), reason="there is no chromium here"
    ),
]


def now() -> datetime:
    return datetime.now(UTC)


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def text_of(path: Path) -> str:
    return path.read_text() if path.exists() else ""


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        yield launched
        await launched.close()


@pytest.fixture
async def github() -> AsyncIterator[GitHubStandIn]:
    github = GitHubStandIn(now=now, faults=Faults(), registration=None)
    await github.start()
    github.add_user("ada")
    yield github
    await github.close()
    assert github.defects == []


@pytest.fixture
async def stripe() -> AsyncIterator[StripeStandIn]:
    stripe = StripeStandIn(now=now, faults=Faults())
    await stripe.start()
    yield stripe
    await stripe.close()
    assert stripe.defects == []


@pytest.fixture
def environment(tmp_path: Path, github: GitHubStandIn, stripe: StripeStandIn) -> dict[str, str]:
    port = free_port()
    return {
        "PATH": os.environ["PATH"],
        "CREDENTIALS_FILE": str(tmp_path / "mainstay.env"),
        "DATABASE_URL": f"sqlite:///{tmp_path}/mainstay.db",
        "PORT": str(port),
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "GITHUB_URL": github.html_url_base,
        "GITHUB_API_URL": github.url,
        "STRIPE_API_URL": stripe.url,
    }


@asynccontextmanager
async def ran(
    environment: Mapping[str, str], *command: str
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run a command until the block is left, if it does not end before."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "app", *command),
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
        await process.communicate()


async def code_of(process: asyncio.subprocess.Process) -> str:
    """Read the code that the terminal shows."""
    assert process.stderr
    async for line in process.stderr:
        if found := re.search(r"give this code: ([A-Z2-7-]{19})$", line.decode().strip()):
            return found[1]
    raise AssertionError("no code was shown")


async def fine(page: Page, heading: str) -> None:
    """Hold a page to what every page is held to."""
    await expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    report = await Axe().run(page)
    assert report.violations_count == 0, report.generate_report()
    assert not await page.evaluate("document.body.scrollWidth > innerWidth")


async def there(page: Page, heading: str) -> None:
    """Wait for a page, which another test looks at."""
    await expect(page.get_by_role("heading", level=1)).to_have_text(heading)


async def make_app(page: Page, url: str, code: str, seen: Seen = there) -> None:
    await page.goto(url)
    await seen(page, "Set this server up")
    await page.get_by_label("Code").fill(code.lower())
    await page.get_by_role("button", name="Go on").click()
    await seen(page, "Make the GitHub App")
    await page.get_by_label("Name").fill("Fjord support")
    await page.get_by_role("button", name="Go on").click()
    await seen(page, "Go to GitHub")
    await page.get_by_role("button", name="Make it at GitHub").click()
    await page.get_by_role("button", name="Create GitHub App for ada").click()
    await seen(page, "Connect Stripe")


async def until_it_answers(url: str) -> None:
    async with asyncio.timeout(60), aiohttp.ClientSession() as http:
        while True:
            with suppress(aiohttp.ClientConnectionError):
                async with http.get(f"{url}/healthz") as answer:
                    if answer.status == 200:
                        return
            await asyncio.sleep(0.05)


async def test_two_commands_and_a_browser(
    browser: Browser, environment: dict[str, str], github: GitHubStandIn, stripe: StripeStandIn
) -> None:
    url, path = environment["PUBLIC_URL"], Path(environment["CREDENTIALS_FILE"])
    page = await browser.new_page(viewport={"width": 390, "height": 844})
    said: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.location["url"].startswith(url):
            said.append(message.text)

    page.on("console", hear)
    async with ran(environment, "setup") as process:
        await make_app(page, url, await code_of(process), fine)
        await page.get_by_label("Secret key").fill(stripe.account.api_key)
        await page.get_by_role("button", name="Connect Stripe").click()
        await fine(page, "Everything is set up")
        await page.get_by_role("button", name="Close the set-up").click()
        await fine(page, "Ready")
        async with asyncio.timeout(20):
            assert await process.wait() == 0
        assert process.stderr
        ended = (await process.stderr.read()).decode()
    install_url = f"{github.html_url_base}/apps/fjord-support/installations/new"
    assert f"Then install it where it shall work: {install_url}\n" in ended
    assert said == []
    assert mode_of(path) == 0o600
    settings = Settings.from_env(credentials.merged(environment))
    assert settings.github.app_id == github.state.app.id
    assert list(settings.missing()) == ["There is no AI: it needs OPENAI_API_KEY and OPENAI_MODEL."]
    async with ran(environment, "serve"):
        await until_it_answers(url)
        await page.goto(url)
        link = page.get_by_role("link", name="Install the App")
        await expect(link).to_have_attribute("href", install_url)
        github.install_app("ada")
        stripe.pay_unknown(1000)
        await github.settle()
        await stripe.settle()
        assert github.deliveries[-1].delivery.status == 202
        assert stripe.deliveries
        assert {each.status for each in stripe.deliveries} == {202}


async def test_a_stranger_sets_nothing_up(
    browser: Browser, environment: dict[str, str], github: GitHubStandIn
) -> None:
    url, path = environment["PUBLIC_URL"], Path(environment["CREDENTIALS_FILE"])
    async with ran(environment, "setup") as process, aiohttp.ClientSession() as http:
        code = await code_of(process)
        before = text_of(path)
        async with http.post(f"{url}/setup", data={"code": "AAAA-AAAA-AAAA-AAAA"}) as answer:
            assert answer.status == 403
        for step in ("app", "stripe", "end"):
            async with http.post(f"{url}/setup/{step}", data={"name": "Mine"}) as answer:
                assert answer.status == 403
        async with http.get(f"{url}/setup/app?code=abc&state=def") as answer:
            assert answer.status == 400
        page = await browser.new_page()
        await page.goto(url)
        await page.get_by_label("Code").fill(code)
        await page.get_by_role("button", name="Go on").click()
        await page.goto(f"{url}/setup/app?code=abc&state=of-somebody-else")
        await expect(page.get_by_role("status")).to_contain_text("did not begin in this browser")
        # Who shows the code later goes on alone: the browser before has to show it again.
        other = await (await browser.new_context()).new_page()
        await other.goto(url)
        await other.get_by_label("Code").fill(code)
        await other.get_by_role("button", name="Go on").click()
        await page.goto(url)
        await expect(page.get_by_label("Code")).to_be_visible()
        assert text_of(path) == before
        assert not any("conversions" in each.path for each in github.requests)


async def test_an_endpoint_that_is_there_is_replaced_only_when_told(
    browser: Browser, environment: dict[str, str], stripe: StripeStandIn
) -> None:
    url = environment["PUBLIC_URL"]
    account = {
        "api_key": stripe.account.api_key,
        "api_url": stripe.url,
        "url": f"{url}/hooks/stripe",
    }
    first = await register(**account, may_replace=False)
    page = await browser.new_page()
    async with ran({**environment, "STRIPE_API_KEY": stripe.account.api_key}, "setup") as process:
        await make_app(page, url, await code_of(process))
        await page.get_by_role("button", name="Connect Stripe").click()
        await there(page, "Connect Stripe")
        (old,) = stripe.all("webhook_endpoint")
        await page.get_by_role("button", name="Replace the endpoint").click()
        await there(page, "Everything is set up")
    (new,) = stripe.all("webhook_endpoint")
    assert new["id"] != old["id"]
    kept = credentials.read(Path(environment["CREDENTIALS_FILE"]))
    assert kept["STRIPE_WEBHOOK_SECRET"] != first
    assert "STRIPE_API_KEY" not in kept  # it stays where the operator has it


async def test_what_is_set_up_is_not_set_up_again(environment: dict[str, str]) -> None:
    done = {**environment, "GITHUB_APP_ID": "1", "STRIPE_WEBHOOK_SECRET": "whsec_of_the_tests"}
    async with ran(done, "setup") as process:
        _, said = await process.communicate()
    assert process.returncode == 1
    assert b"Everything is set up already" in said
    assert text_of(Path(environment["CREDENTIALS_FILE"])) == ""


async def test_credentials_can_be_printed_for_another_store(
    browser: Browser, environment: dict[str, str], github: GitHubStandIn
) -> None:
    page = await browser.new_page()
    async with ran(environment, "setup", "--print") as process:
        await make_app(page, environment["PUBLIC_URL"], await code_of(process))
        await page.get_by_role("button", name="Go on without Stripe").click()
        await there(page, "Ready")
        printed, _ = await process.communicate()
    assert process.returncode == 0
    assert text_of(Path(environment["CREDENTIALS_FILE"])) == ""
    values = dict(line.split("=", 1) for line in printed.decode().splitlines())
    assert Settings.from_env({**environment, **values}).github.app_id == github.state.app.id
