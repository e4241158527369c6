"""The pages in a real browser: readable wide and narrow, and paid for without JavaScript."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestServer
from axe_playwright_python.async_playwright import (  # type: ignore[import-untyped]  # it has none
    Axe,
)
from playwright.async_api import Browser, ConsoleMessage, Page, async_playwright, expect

from app.domain.tickets.paying import CheckoutState
from app.store.engine import Database
from app.web import pay, site
from tests.stories.scene import scene
from tests.web import samples
from tests.web.samples import OPERATOR, at_checkout
from tests.web.serving import Served, serving

CHROMIUM = shutil.which("chromium")
pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.browser,
    pytest.mark.skipif(
        CHROMIUM is None and not os.environ.get("CI"), reason="there is no chromium here"
    ),
]

WIDE, NARROW = 1280, 390
STAGES = ("offered", "paid_twice", "working", "settled")


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """One for all tests here."""
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        yield launched
        await launched.close()


def complaints(page: Page, url: str) -> list[str]:
    """Collect what the browser has to say against our pages: that their policy forbids something.

    What other servers' pages do is theirs.
    """
    said: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if not message.location["url"].startswith("http") or message.location["url"].startswith(
            url
        ):
            said.append(message.text)

    page.on("console", hear)
    page.on("pageerror", lambda error: said.append(str(error)))
    return said


async def addresses(served: Served) -> list[str]:
    """Give the address of every kind of page."""
    tickets = [f"/t/{await served.has(samples.STAGES[stage])}" for stage in STAGES]
    chosen = await served.has(samples.CHOSEN)
    opened = await served.has(at_checkout(CheckoutState.OPEN))
    opening = await served.has(at_checkout(CheckoutState.OPENING))
    confirming = OPERATOR.back_url(opened).removeprefix(OPERATOR.public_url)
    pays = [f"/pay/{chosen}", f"/pay/{chosen}?plan=gold"]
    return [*tickets, *pays, tickets[1].replace("/t/", "/pay/"), f"/pay/{opening}", confirming, "/"]


@pytest.mark.parametrize(("width", "scheme"), [(WIDE, "light"), (NARROW, "dark")])
async def test_every_page_can_be_read_by_everybody(
    browser: Browser, sqlite_url: str, subtests: pytest.Subtests, width: int, scheme: str
) -> None:
    async with Database(sqlite_url) as database, serving(database) as served:
        context = await browser.new_context(
            viewport={"width": width, "height": 844},
            color_scheme=scheme,  # type: ignore[arg-type]  # it is one of the two
        )
        page = await context.new_page()
        said = complaints(page, served.url)
        for address in await addresses(served):
            with subtests.test(address=address):
                await page.goto(f"{served.url}{address}")
                await expect(page.get_by_role("heading", level=1)).to_be_visible()
                for closed in await page.locator("summary").all():
                    await closed.click()
                report = await Axe().run(page)
                assert report.violations_count == 0, report.generate_report()
                assert await page.evaluate("document.documentElement.scrollWidth") <= width
                assert await page.evaluate("getComputedStyle(document.body).margin") == "0px"
        assert said == []
        await context.close()


async def test_a_ticket_is_paid_without_javascript(
    browser: Browser, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(site, "CONFIRM_SECONDS", 1)
    async with scene(sqlite_url) as played:
        talk = await played.asked("carol")
        context = await browser.new_context(
            viewport={"width": NARROW, "height": 844}, java_script_enabled=False
        )
        page = await context.new_page()
        said = complaints(page, played.world.url)
        await page.goto(f"{played.world.url}/pay/{talk.token}")
        await page.get_by_role("button", name="Pay $49.00").click()
        await page.wait_for_url(f"{played.stripe.url}/c/pay/**")
        await page.get_by_role("button", name="Pay 49.00 USD with card").click()
        await page.wait_for_url(f"{played.world.url}/t/{talk.token}*")
        heading = page.get_by_role("heading", level=1)
        await expect(heading).to_have_text("Paid, and a helper is being asked", timeout=10_000)
        await page.goto(f"{played.world.url}/pay/{talk.token}")
        await expect(heading).to_have_text("Nothing is due")
        assert said == []
        await context.close()


async def test_the_page_that_waits_goes_on_by_itself(
    browser: Browser, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pay, "REFRESH_SECONDS", 1)
    async with (
        TestServer(web.Application()) as elsewhere,
        Database(sqlite_url) as database,
        serving(
            database, checkouts=(checkout := str(elsewhere.make_url("")).rstrip("/"),)
        ) as served,
    ):
        token = await served.has(at_checkout(CheckoutState.OPENING))
        context = await browser.new_context(java_script_enabled=False)
        page = await context.new_page()
        await page.goto(f"{served.url}/pay/{token}")
        await expect(page.get_by_role("status")).to_contain_text("goes on by itself")
        await served.becomes(at_checkout(CheckoutState.OPEN, url=f"{checkout}/c/pay/cs_1"))
        await page.wait_for_url(f"{checkout}/c/pay/cs_1")
        await context.close()


@pytest.mark.parametrize(
    "elsewhere",
    [
        "http://localhost:{port}/",
        "https://elsewhere.example/c/pay/cs_1",
        "https://checkout.stripe.com.elsewhere.example/",
        "https://stripe.com/",
    ],
)
async def test_a_button_leads_nowhere_but_to_the_checkout(
    browser: Browser, sqlite_url: str, monkeypatch: pytest.MonkeyPatch, elsewhere: str
) -> None:
    monkeypatch.setattr(pay.Pay, "_make_sure_of", lambda *_: None)  # the browser alone holds it
    async with Database(sqlite_url) as database, serving(database) as served:
        token = await served.has(samples.CHOSEN)
        context = await browser.new_context()
        page = await context.new_page()
        said = complaints(page, served.url)
        await page.goto(f"{served.url}/pay/{token}")
        address = elsewhere.format(port=served.port)
        await served.becomes(at_checkout(CheckoutState.OPEN, url=address))
        await page.get_by_role("button", name="Pay $49.00").click()
        await expect(page.get_by_role("button", name="Pay $49.00")).to_be_visible()
        assert page.url.startswith(f"{served.url}/pay/")
        assert "form-action" in "".join(said)
        await context.close()
