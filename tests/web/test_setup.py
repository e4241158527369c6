"""The set-up pages, held to what goes wrong on the way: nothing is lost, doubled, or anybody's."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
from aiohttp.test_utils import TestServer

from app.domain.errors import MainstayError, Refused, Transient
from app.providers.github.register import AnswerLost, NewApp
from app.web.setup import COOKIE, Parts, Standing, build
from tests.web.samples import NOW

CODE = "ABCD-EFGH-IJKL-MN23"
GITHUB = "https://github.example.org"
MADE = NewApp(
    id=7,
    name="Fjord support",
    html_url=f"{GITHUB}/apps/fjord-support",
    client_id="Iv1.x",
    client_secret="the-client-secret",
    webhook_secret="the-webhook-secret",
    private_key="the-private-key",
)


@dataclass
class Visit:
    """One browser, and the other sides that it meets."""

    http: aiohttp.ClientSession
    url: str
    standing: Standing
    cookie: str = ""
    later: timedelta = timedelta()
    refusals: list[MainstayError] = field(default_factory=list)
    """What converting or connecting raises next."""
    full: str = ""
    """Why nothing can be kept."""
    converted: list[str] = field(default_factory=list)
    kept: list[NewApp] = field(default_factory=list)
    connected: list[tuple[str, bool]] = field(default_factory=list)

    async def ask(self, method: str, path: str, **data: str) -> tuple[int, str, Mapping[str, str]]:
        headers = {"Cookie": f"{COOKIE}={self.cookie}"} if self.cookie else {}
        async with self.http.request(
            method, f"{self.url}{path}", data=data or None, headers=headers, allow_redirects=False
        ) as answer:
            if given := answer.cookies.get(COOKIE):
                self.cookie = given.value
            return answer.status, unescape(await answer.text()), answer.headers

    async def opens(self) -> None:
        assert (await self.ask("POST", "/setup", code=CODE))[0] == 303

    async def csrf(self) -> str:
        _, page, _ = await self.ask("GET", "/setup")
        found = re.search(r'name="csrf" value="([^"]+)"', page)
        assert found
        return found[1]

    async def press(self, path: str, **data: str) -> tuple[int, str]:
        status, page, _ = await self.ask("POST", path, csrf=await self.csrf(), **data)
        return status, page

    async def state(self) -> str:
        """Go as far as the button that leads to GitHub, and give the state in its address."""
        _, page = await self.press("/setup/app", name="Fjord support", organisation="fjord")
        found = re.search(r'action="(https://github[^"]+)"', page)
        assert found
        address = urlsplit(found[1])
        assert address.path == "/organizations/fjord/settings/apps/new"
        return parse_qs(address.query)["state"][0]

    async def comes_back(self, state: str, code: str = "a-code") -> tuple[int, str]:
        status, page, _ = await self.ask("GET", f"/setup/app?code={code}&state={state}")
        return status, page


@pytest.fixture
async def visit() -> AsyncIterator[Visit]:
    visit: Visit

    def fail_if_told() -> None:
        if visit.refusals:
            raise visit.refusals.pop(0)

    async def convert(code: str) -> NewApp:
        visit.converted.append(code)
        fail_if_told()
        return MADE

    def keep(made: NewApp) -> None:
        if visit.full:
            raise MainstayError(visit.full)
        visit.kept.append(made)

    async def connect(api_key: str, *, may_replace: bool) -> None:
        visit.connected.append((api_key, may_replace))
        fail_if_told()

    standing = Standing(has_app=False, has_stripe=False, has_stripe_key=False)
    app = build(
        Parts(
            public_url="https://support.example.org",
            github_url=GITHUB,
            code=CODE,
            manifest={"name": "Mainstay", "default_events": [], "default_permissions": {}},
            standing=standing,
            convert=convert,
            keep_app=keep,
            connect_stripe=connect,
            kept_in="mainstay.env",
            now=lambda: NOW + visit.later,
        )
    )
    async with TestServer(app) as server, aiohttp.ClientSession() as http:
        visit = Visit(http, str(server.make_url("")).rstrip("/"), standing)
        yield visit


async def test_the_whole_way(visit: Visit) -> None:
    status, page, headers = await visit.ask("GET", "/setup")
    assert status == 200
    assert CODE not in page
    policy = headers["Content-Security-Policy"]
    assert f"form-action 'self' {GITHUB};" in policy
    assert "script" not in policy
    await visit.opens()
    status, _ = await visit.comes_back(await visit.state())
    assert (status, visit.kept) == (303, [MADE])
    status, page = await visit.press("/setup/stripe", key="rk_test_0123456789")
    assert (status, visit.connected) == (200, [("rk_test_0123456789", False)])
    assert "Everything is set up" in page
    assert not any(secret in page for secret in ("the-client-secret", "the-private-key", "rk_test"))
    status, page = await visit.press("/setup/end")
    assert visit.standing.is_done
    assert MADE.install_url in page


async def test_a_code_is_taken_as_people_write_it_and_tries_are_limited(visit: Visit) -> None:
    assert (await visit.ask("POST", "/setup", code="abcdefghijklmn23 "))[0] == 303
    statuses = [(await visit.ask("POST", "/setup", code="wröng"))[0] for _ in range(30)]
    assert statuses == [403] * 29 + [429]


async def test_a_state_is_good_once_in_time_and_in_its_browser(visit: Visit) -> None:
    await visit.opens()
    state = await visit.state()
    visit.later = timedelta(hours=1)
    assert (await visit.comes_back(state))[0] == 400
    visit.later = timedelta(0)
    mine, visit.cookie = visit.cookie, "another-browser"
    assert (await visit.comes_back(state))[0] == 400
    visit.cookie = mine
    assert (await visit.comes_back("a-state-of-somebody-else"))[0] == 400
    assert visit.converted == []
    assert (await visit.comes_back(state))[0] == 303
    await visit.comes_back(state)
    assert visit.converted == ["a-code"]


async def test_no_second_app_is_made(visit: Visit) -> None:
    await visit.opens()
    first, second = await visit.state(), await visit.state()
    csrf = await visit.csrf()
    await visit.comes_back(first)
    assert (await visit.comes_back(second, "another-code"))[0] == 303
    status, _, _ = await visit.ask("POST", "/setup/app", csrf=csrf, name="Another")
    assert (status, visit.converted) == (409, ["a-code"])


async def test_a_page_that_is_reloaded_tries_the_same_code_again(visit: Visit) -> None:
    await visit.opens()
    state = await visit.state()
    visit.refusals.append(Transient("GitHub answered 502."))
    status, page = await visit.comes_back(state)
    assert status == 503
    assert "Reload this page" in page
    assert (await visit.comes_back(state))[0] == 303
    assert visit.kept == [MADE]


async def test_credentials_that_could_not_be_kept_are_kept_by_a_reload(visit: Visit) -> None:
    await visit.opens()
    state = await visit.state()
    visit.full = "mainstay.env cannot be written (No space left on device)."
    status, page = await visit.comes_back(state)
    assert status == 503
    assert "No space left" in page
    assert "reload this page" in page
    visit.full = ""
    assert (await visit.comes_back(state))[0] == 303
    assert (visit.kept, visit.converted) == ([MADE], ["a-code"])


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (Refused("GitHub does not take this code any more."), 400, "begin again"),
        (AnswerLost("no credentials"), 503, "delete the new App"),
    ],
)
async def test_what_cannot_be_mended_is_told(
    visit: Visit, error: MainstayError, status: int, words: str
) -> None:
    await visit.opens()
    visit.refusals.append(error)
    answered, page = await visit.comes_back(await visit.state())
    assert (answered, visit.kept) == (status, [])
    assert words in page
    assert "Make the GitHub App" in page


@pytest.mark.parametrize(
    "fields",
    [
        {"name": ""},
        {"name": "x" * 35},
        {"name": "Good", "organisation": "../settings"},
        {"name": "Good", "organisation": "-a"},
    ],
)
async def test_a_name_that_github_would_not_take_is_told(
    visit: Visit, fields: dict[str, str]
) -> None:
    await visit.opens()
    status, page = await visit.press("/setup/app", **fields)
    assert status == 400
    assert 'role="status"' in page


async def test_a_form_needs_its_token_and_a_page_of_ours(visit: Visit) -> None:
    await visit.opens()
    csrf = await visit.csrf()
    assert (await visit.ask("POST", "/setup/app", csrf="forged", name="Mine"))[0] == 403
    headers = {"Cookie": f"{COOKIE}={visit.cookie}", "Sec-Fetch-Site": "cross-site"}
    data: Any = {"csrf": csrf, "name": "Mine"}
    async with visit.http.post(f"{visit.url}/setup/app", data=data, headers=headers) as answer:
        assert answer.status == 403


async def test_stripes_trouble_is_told_and_the_step_stays(visit: Visit) -> None:
    await visit.opens()
    await visit.comes_back(await visit.state())
    assert (await visit.press("/setup/stripe", key="pk_test_0123456789"))[0] == 400
    visit.refusals.append(Transient("Stripe does not let our API key do this (401)."))
    status, page = await visit.press("/setup/stripe", key="sk_test_0123456789")
    assert status == 502
    assert "(401)" in page
    assert "sk_test" not in page
    assert not visit.standing.has_stripe


async def test_nothing_else_is_answered(visit: Visit) -> None:
    for path in ("/dashboard", "/hooks/github", "/t/token", "/metrics"):
        assert (await visit.ask("GET", path))[0] == 404
    assert (await visit.ask("GET", "/healthz"))[0] == 200
    assert (await visit.ask("GET", "/"))[2]["Location"] == "/setup"
