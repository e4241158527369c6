"""The happy story in a real browser, clicking on the stage as a newcomer would."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator

import pytest
from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]  # it has none
from playwright.async_api import Browser, Page, async_playwright, expect

from tests.rehearsal.stage.seat import THREAD, Seat

CHROMIUM = shutil.which("chromium")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        CHROMIUM is None and not os.environ.get("CI"), reason="there is no chromium here"
    ),
]


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        yield launched
        await launched.close()


async def says(page: Page, login: str, text: str) -> None:
    await page.get_by_role("radio", name=login).check(force=True)
    await page.get_by_label("Your comment").fill(text)
    await page.get_by_role("button", name="Comment", exact=True).click()


async def test_the_happy_story_is_played_by_clicking(seat: Seat, browser: Browser) -> None:
    page = await browser.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    await page.goto(seat.url)
    await page.get_by_role("link", name="As carol").click()
    await page.get_by_role("button", name="Comment", exact=True).click()
    await page.get_by_role("link", name="Pay $49.00").click()
    await page.get_by_role("button", name="Pay $49.00").click()
    await page.get_by_role("button", name="with card").click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Paid")
    await page.goto(seat.url)
    await says(page, "ada", "Please set `proxy` in `widgets.toml`.")
    await says(page, "ada", "/support propose it is in the docs")
    await expect(page.locator("#thread h3")).to_have_text("Is it solved?")
    await says(page, "carol", "/support accept")
    await page.get_by_role("button", name="Next deadline").click()
    await expect(page.locator("#thread h3")).to_have_text("Done")
    await expect(page.locator("#backstage")).to_contain_text("Owed to ada")
    assert wrong == []


async def test_the_page_shows_what_is_new_by_itself_and_keeps_what_is_typed(
    seat: Seat, browser: Browser
) -> None:
    page = await browser.new_page()
    await page.goto(f"{seat.url}{THREAD}")
    await page.get_by_label("Your comment").fill("I am still typ")
    seat.world.github.comment(seat.issue, "/support", by="carol")
    await expect(page.locator("#thread h3")).to_have_text("Support is on offer", timeout=10_000)
    await page.locator("#thread summary", has_text="Commands").click()
    seat.world.github.comment(seat.issue, "And another thing", by="carol")
    await expect(page.locator("#thread")).to_contain_text("And another thing", timeout=10_000)
    await expect(page.locator("#thread details[open] summary")).to_have_text("Commands")
    await expect(page.get_by_label("Your comment")).to_have_value("I am still typ")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_stage_is_accessible_and_fits_a_phone(
    seat: Seat, browser: Browser, scheme: str
) -> None:
    await seat.says("carol", "/support")
    await seat.says("carol", "/support cancel")
    context = await browser.new_context(
        viewport={"width": 390, "height": 844},
        color_scheme="dark" if scheme == "dark" else "light",
        bypass_csp=True,  # axe brings a script of its own
    )
    page = await context.new_page()
    for path in (THREAD, "/octo/widgets/issues/new", "/_stage/outside", "/octo/widgets"):
        await page.goto(f"{seat.url}{path}")
        found = await Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        widths = await page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert widths[0] <= widths[1], path
