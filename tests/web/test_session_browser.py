"""Signing in and out in a real browser, with the cookies as it keeps them."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator

import pytest
from axe_playwright_python.async_playwright import (  # type: ignore[import-untyped]  # it has none
    Axe,
)
from playwright.async_api import Browser, async_playwright, expect

from tests.stories.scene import POLICY, Scene, scene

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


@pytest.fixture
async def played(sqlite_url: str) -> AsyncIterator[Scene]:
    async with scene(sqlite_url) as played:
        yield played


async def test_a_customer_signs_in_sees_their_tickets_and_signs_out(
    played: Scene, browser: Browser
) -> None:
    await played.asked("carol")
    dashboard = f"{played.world.url}/dashboard"
    context = await browser.new_context(viewport={"width": 390, "height": 844})
    page = await context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    await page.goto(dashboard)
    assert page.url.startswith(f"{played.github.html_url_base}/login/oauth/authorize?")
    assert (await Axe().run(page)).violations_count == 0
    await page.get_by_role("button", name="carol", exact=True).click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Your tickets")
    assert page.url == dashboard
    await expect(page.get_by_role("listitem").filter(has_text="octo/widgets #1")).to_be_visible()
    (cookie,) = await context.cookies()
    assert (cookie["name"], cookie["path"]) == ("__Host-sid", "/")
    assert (cookie["secure"], cookie["httpOnly"], cookie["sameSite"]) == (True, True, "Lax")
    assert await page.evaluate("document.cookie") == ""
    report = await Axe().run(page)
    assert report.violations_count == 0, report.generate_report()
    assert not await page.evaluate("document.body.scrollWidth > innerWidth")
    await page.get_by_role("link", name="No proxy").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Support is on offer")
    await page.go_back()
    await context.clear_cookies()  # the session has ended meanwhile: a form leads to GitHub
    await page.get_by_text("a project of yours").click()
    await page.get_by_label("Its name at GitHub").fill("octo/widgets")
    await page.get_by_role("button", name="Show it").click()
    await expect(page.get_by_text("Who are you?")).to_be_visible()
    assert page.url.startswith(f"{played.github.html_url_base}/login/oauth/authorize?")
    await page.get_by_role("button", name="carol", exact=True).click()
    await page.goto(dashboard)
    await page.get_by_role("button", name="Sign out", exact=True).click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Paid support")
    assert await context.cookies() == []
    await page.go_back()  # nothing of it was kept: the page asks who is there
    await expect(page.get_by_text("Who are you?")).to_be_visible()
    assert wrong == []


async def test_a_helper_takes_a_ticket_on_its_page_without_javascript(
    played: Scene, browser: Browser
) -> None:
    talk = await played.paid("carol")
    context = await browser.new_context(viewport={"width": 390, "height": 844})
    page = await context.new_page()
    await page.goto(f"{played.world.url}/t/{talk.token}")
    await page.get_by_role("link", name="sign in").click()
    await page.get_by_role("button", name="ada", exact=True).click()
    heading = page.get_by_role("heading", level=1)
    await expect(heading).to_have_text("Paid, and a helper is being asked")
    report = await Axe().run(page)
    assert report.violations_count == 0, report.generate_report()
    assert not await page.evaluate("document.body.scrollWidth > innerWidth")
    await page.get_by_role("button", name="Take the ticket").click()
    await expect(heading).to_have_text("A helper is at work")
    await page.get_by_label("A note for the customer").fill("Set proxy=on.")
    report = await Axe().run(page)
    assert report.violations_count == 0, report.generate_report()
    await page.get_by_role("button", name="Ask the customer to accept").click()
    await expect(heading).to_have_text("Is it solved?")
    await played.settle()
    assert talk.state == ("proposed", "paid")


@pytest.mark.parametrize("width", [390, 1280])
async def test_a_draft_is_adopted_by_its_helper_and_judged_by_its_reader(
    played: Scene, browser: Browser, width: int
) -> None:
    shown = await played.asked("dave")
    await played.adopts(f"{POLICY}rungs: {{ai: helpers}}\n")
    kept = await played.paid("carol")
    for talk, login, button, then in (
        (kept, "ada", "I have checked it: post it", "A helper is at work"),
        (shown, "dave", "It helped", "Support is on offer"),
    ):
        context = await browser.new_context(viewport={"width": width, "height": 844})
        page = await context.new_page()
        await page.goto(f"{played.world.url}/login?next=/t/{talk.token}")
        await page.get_by_role("button", name=login, exact=True).click()
        await expect(page.get_by_role("button", name=button)).to_be_visible()
        report = await Axe().run(page)
        assert report.violations_count == 0, report.generate_report()
        assert not await page.evaluate("document.body.scrollWidth > innerWidth")
        await page.get_by_role("button", name=button).click()
        await expect(page.get_by_role("heading", level=1)).to_have_text(then)
        await context.close()
    await played.settle()
    assert "**Checked by `ada`.**" in kept.drafts[0]


async def test_a_form_of_another_site_changes_nothing(played: Scene, browser: Browser) -> None:
    context = await browser.new_context()
    page = await context.new_page()
    await page.goto(f"{played.world.url}/login")
    await page.get_by_role("button", name="carol", exact=True).click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Your tickets")
    token = await page.locator('[name="csrf"]').first.get_attribute("value")
    evil = played.github.url.replace("127.0.0.1", "localhost")
    form = (
        f'<form method="post" action="{played.world.url}/logout/everywhere">'
        f'<input type="hidden" name="csrf" value="{token}"><button>Win</button></form>'
    )
    await page.route(f"{evil}/**", lambda route: route.fulfill(content_type="text/html", body=form))
    await page.goto(f"{evil}/prize")
    await page.get_by_role("button", name="Win").click()
    await page.wait_for_url(f"{played.world.url}/**")
    await page.goto(f"{played.world.url}/dashboard")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Your tickets")
