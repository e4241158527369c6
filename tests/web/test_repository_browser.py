"""The page of a repository in a real browser, and the pages that say that something is wrong."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import AsyncIterator, Callable

import pytest
from axe_playwright_python.async_playwright import (  # type: ignore[import-untyped]  # it has none
    Axe,
)
from playwright.async_api import Browser, BrowserContext, Page, Response, async_playwright, expect

from app.domain.errors import Transient
from app.rehearsal.faults import Fault
from app.store.engine import Database
from app.web import repositories
from tests.stories.scene import POLICY, Scene, scene
from tests.stories.test_support_file import BROKEN, HELD_BY_OTHERS, RAISED, check, pushes
from tests.web.serving import serving
from tests.web.test_browser import NARROW, WIDE, complaints

CHROMIUM = shutil.which("chromium")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        CHROMIUM is None and not os.environ.get("CI"), reason="there is no chromium here"
    ),
]

LOOKS = ((NARROW, "light"), (WIDE, "dark"))


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


async def is_for_everybody(page: Page, heading: str) -> None:
    """Hold that a page can be read on a phone and on a desk, by day and by night."""
    await expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    for closed in await page.locator("details:not([open]) > summary").all():
        await closed.click()
    for width, scheme in LOOKS:
        await page.set_viewport_size({"width": width, "height": 844})
        await page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of the two
        report = await Axe().run(page)
        assert report.violations_count == 0, report.generate_report()
        assert await page.evaluate("document.documentElement.scrollWidth") <= width


async def signs_in(context: BrowserContext, played: Scene, login: str, path: str) -> Page:
    page = await context.new_page()
    await page.goto(f"{played.world.url}{path}")
    await page.get_by_role("button", name=login, exact=True).click()
    return page


async def test_from_the_installation_to_the_word_and_out_again(
    played: Scene, browser: Browser
) -> None:
    context, other = await browser.new_context(), await browser.new_context()
    phone = await signs_in(other, played, "octo", "/dashboard")
    await expect(phone.get_by_role("heading", level=1)).to_have_text("Your tickets")
    commit = await pushes(played, RAISED, "ada")
    # GitHub sends whoever has installed the App to this address.
    page = await signs_in(
        context, played, "octo", "/dashboard?installation_id=4711&setup_action=install"
    )
    said = complaints(page, played.world.url)
    await is_for_everybody(page, "Your tickets")
    await page.get_by_role("link", name="octo/widgets").click()
    await is_for_everybody(page, "A change waits for your word")
    await expect(page.get_by_text("the repository gets 0% instead of 5%")).to_be_visible()
    await expect(page.get_by_text("$47.28").first).to_be_visible()
    await page.get_by_role("button", name="Confirm this file").click()
    await is_for_everybody(page, "The file is in force")
    await expect(page.get_by_role("status")).to_have_text("Confirmed. This file is in force.")
    await expect(page.get_by_role("link", name=commit[:7])).to_have_attribute(
        "href", f"{played.github.html_url_base}/octo/widgets/commit/{commit}"
    )
    await page.reload()  # the word is not given again
    assert check(played).conclusion == "success"
    await page.get_by_role("link", name="Your tickets and projects").click()
    await page.get_by_role("button", name="Sign out everywhere").click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Paid support")
    for each in (page, phone):
        await each.goto(f"{played.world.url}/dashboard/{played.repository.id}")
        await expect(each.get_by_text("Who are you?")).to_be_visible()
    assert said == []
    await page.get_by_role("button", name="octo", exact=True).click()
    await is_for_everybody(page, "The file is in force")


async def test_a_word_needs_no_javascript(played: Scene, browser: Browser) -> None:
    await pushes(played, RAISED, "ada")
    context = await browser.new_context(java_script_enabled=False)
    page = await signs_in(context, played, "max", f"/dashboard/{played.repository.id}")
    await page.get_by_role("button", name="Confirm this file").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("The file is in force")


async def test_why_nothing_is_sold_can_be_read_by_everybody(
    played: Scene, browser: Browser
) -> None:
    page = await signs_in(
        await browser.new_context(), played, "octo", f"/dashboard/{played.repository.id}"
    )
    await is_for_everybody(page, "The file is in force")
    for text, heading in (
        (BROKEN, "The newest file has faults"),
        ("", "The file is empty"),
        (HELD_BY_OTHERS, "Another app has this file"),
        (None, "There is no file"),
        (POLICY, "The file waits for your word"),
    ):
        await pushes(played, text, "ada")
        await page.reload()
        await is_for_everybody(page, heading)
    played.github.set_visibility(played.repository, is_private=True, by="octo")
    played.github.set_archived(played.repository, is_archived=True, by="octo")
    await played.settle()
    await page.reload()
    await is_for_everybody(page, "The file waits for your word")
    await expect(page.get_by_text("This repository is archived")).to_be_visible()
    await page.get_by_role("link", name="Your tickets and projects").click()
    await page.get_by_text("Another project").click()
    await page.get_by_label("Its name at GitHub").fill("octo/secret")
    await page.get_by_role("button", name="Show it").click()
    await expect(page.get_by_role("status")).to_contain_text("We know of no repository")
    await is_for_everybody(page, "Your tickets")


SEND = """({fields, to}) => {
    const form = document.createElement("form");
    Object.assign(form, {method: "post", action: to});
    for (const [name, value] of Object.entries(fields)) {
        const field = document.createElement("input");
        Object.assign(field, {name, value});
        form.append(field);
    }
    document.body.append(form);
    form.submit();
}"""


async def test_what_went_wrong_can_be_read_by_everybody(
    sqlite_url: str, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(repositories, "LOOKS_MAX", 3)
    async with scene(sqlite_url) as played:
        await errors_are_for_everybody(played, browser)


async def errors_are_for_everybody(played: Scene, browser: Browser) -> None:
    own = f"{played.world.url}/dashboard/{played.repository.id}"
    page = await signs_in(await browser.new_context(), played, "octo", "/dashboard")
    statuses: list[int] = []

    def note(answer: Response) -> None:
        if answer.request.is_navigation_request():
            statuses.append(answer.status)

    page.on("response", note)

    async def sends(path: str, form: dict[str, str]) -> None:
        await page.goto(f"{played.world.url}/")
        await page.evaluate(SEND, {"fields": form, "to": f"{played.world.url}{path}"})
        await page.wait_for_url(f"{played.world.url}{path}")

    await pushes(played, RAISED, "ada")
    await page.goto(f"{played.world.url}/dashboard")
    csrf = await page.locator('[name="csrf"]').first.get_attribute("value") or ""
    confirm = f"/dashboard/{played.repository.id}/confirm"
    stale = {"csrf": csrf, "form": "0" * 32, "commit": "c" * 40}
    for path, status, heading in (
        ("/dashboard/1", 404, "There is nothing here"),
        (confirm, 405, "That is not possible here"),
        ("/login/callback?state=forged", 400, "That did not begin here"),
    ):
        await page.goto(f"{played.world.url}{path}")
        await is_for_everybody(page, heading)
        assert statuses[-1] == status
    for path, form, status, heading in (
        ("/logout", {"csrf": "forged"}, 403, "That did not come from a page of yours"),
        (confirm, stale | {"form": "none"}, 400, "That did not work"),
        ("/logout", {"csrf": "x" * 20_000}, 413, "That is too much"),
        (confirm, stale, 409, "A change waits for your word"),
    ):
        await sends(path, form)
        await is_for_everybody(page, heading)
        assert statuses[-1] == status

    played.world.faults.once(Fault.BAD_GATEWAY, path="permission", times=9)
    await page.goto(own)
    await is_for_everybody(page, "GitHub does not answer")
    assert statuses[-1] == 503
    played.world.faults.clear()
    for _ in range(repositories.LOOKS_MAX):
        if statuses[-1] == 429:
            break
        await page.goto(own)
    await is_for_everybody(page, "That was a lot at once")


@pytest.mark.parametrize(
    ("path", "trouble", "heading"),
    [
        ("/t/nobody", Transient("The database is away."), "Just a moment"),
        ("/t/nobody", RuntimeError("a private value"), "Something went wrong"),
        ("/dashboard/70", AssertionError(), "Signing in is not set up here"),
    ],
)
async def test_our_own_troubles_can_be_read_by_everybody(
    sqlite_url: str,
    browser: Browser,
    monkeypatch: pytest.MonkeyPatch,
    path: str,
    trouble: Exception,
    heading: str,
) -> None:
    async def fail(_: Callable[..., object]) -> None:
        raise trouble

    async with Database(sqlite_url) as database, serving(database) as served:
        monkeypatch.setattr(database, "reading", fail)
        page = await browser.new_page()
        await page.goto(f"{served.url}{path}")
        await is_for_everybody(page, heading)
        assert not re.search("private", await page.content())
