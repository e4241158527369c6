"""Who is at the other end: sessions, forms, and what GitHub says of somebody."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp.test_utils import make_mocked_request
from structlog.testing import capture_logs

from app.domain.errors import Postpone, Refused, Transient
from app.domain.events import RepositorySeen
from app.domain.ids import InstallationId, RepositoryId
from app.domain.people import Permission
from app.services.sessions import IDLE_MAX, LIFETIME, NOTED_EVERY
from app.store import installations
from app.store.engine import Database
from app.web import session as sessions
from app.web.session import FORM_BYTES_MAX, FORMS_MAX, Sessions
from app.web.signing import Purpose, Signer
from tests.web.people import SECRET_KEY, SID, Browser, House, house, who_has
from tests.web.samples import NOW
from tests.web.serving import serving


@pytest.fixture
async def home(sqlite: Database) -> AsyncIterator[House]:
    async with house(sqlite) as opened:
        yield opened


@pytest.fixture
async def browser(home: House) -> Browser:
    browser = home.browser()
    await browser.signs_in()
    return browser


async def csrf_of(browser: Browser) -> str:
    return (await browser.get("/dashboard")).csrf


# Sessions


async def test_the_database_does_not_know_what_the_browser_has(
    home: House, browser: Browser
) -> None:
    (row,) = await home.rows()
    assert row.id_hash == hashlib.sha256(browser.cookies[SID].encode()).hexdigest()
    assert row.user_id == home.github.state.account("carol").id
    assert browser.cookies[SID] not in str(row)


async def test_a_page_of_ones_own_sends_others_to_sign_in_and_back(home: House) -> None:
    stranger = home.browser()
    seen = await stranger.get("/dashboard?x=%26")
    assert (seen.status, seen.place) == (303, "/login?next=%2Fdashboard%3Fx%3D%2526")
    page = (await stranger.get(seen.place)).place
    back = await stranger.get(await stranger.chooses(page))
    assert back.place == "/dashboard?x=%26"


@pytest.mark.parametrize("change", ["other", "shorter", "longer", "strange", "hash"])
async def test_a_cookie_that_was_tampered_with_is_nobodys(
    home: House, browser: Browser, change: str
) -> None:
    own = browser.cookies[SID]
    browser.cookies[SID] = {
        "other": ("B" if own[0] == "A" else "A") + own[1:],
        "shorter": own[:-1],
        "longer": f"{own}A",
        "strange": "\N{SNOWMAN}" * 43,
        "hash": hashlib.sha256(own.encode()).hexdigest(),
    }[change]
    assert not await browser.is_signed_in()
    browser.cookies[SID] = own
    assert await browser.is_signed_in()


async def test_a_session_ends_by_itself(home: House, browser: Browser) -> None:
    other = home.browser()
    await other.signs_in("ada")
    steps = int(LIFETIME / IDLE_MAX) * 2
    for _ in range(steps - 1):
        home.clock.forward(seconds=(LIFETIME / steps).total_seconds())
        assert await browser.is_signed_in()
    assert not await other.is_signed_in()  # nobody used it for two hours
    home.clock.forward(seconds=(LIFETIME / steps).total_seconds())
    assert not await browser.is_signed_in()


async def test_looking_at_a_page_writes_seldom(home: House, browser: Browser) -> None:
    await browser.get("/dashboard")
    assert [row.seen_at for row in await home.rows()] == [NOW]
    home.clock.forward(seconds=NOTED_EVERY.total_seconds())
    await browser.get("/dashboard")
    assert [row.seen_at for row in await home.rows()] == [NOW + NOTED_EVERY]


# Signing out


async def test_signing_out_ends_the_session_at_the_server(home: House, browser: Browser) -> None:
    stolen = home.browser()
    stolen.cookies = dict(browser.cookies)
    seen = await browser.post("/logout", {"csrf": await csrf_of(browser)})
    assert (seen.status, seen.place) == (303, "/")
    assert "Max-Age=0" in seen.cookie(SID)
    assert SID not in browser.cookies
    assert not await stolen.is_signed_in()


async def test_signing_out_everywhere_ends_ones_other_sessions(
    home: House, browser: Browser
) -> None:
    phone, other = home.browser(), home.browser()
    await phone.signs_in("carol")
    await other.signs_in("ada")
    seen = await browser.post("/logout/everywhere", {"csrf": await csrf_of(browser)})
    assert (seen.status, seen.place) == (303, "/")
    assert not await browser.is_signed_in()
    assert not await phone.is_signed_in()
    assert await other.is_signed_in()


@pytest.mark.parametrize("path", ["/logout", "/logout/everywhere"])
async def test_who_is_signed_out_already_may_sign_out(home: House, path: str) -> None:
    seen = await home.browser().post(path)
    assert (seen.status, seen.place) == (303, "/")
    assert not seen.set_cookies  # a form of another site comes without the cookie, and takes none


@pytest.mark.parametrize("path", ["/logout", "/logout/everywhere"])
async def test_no_link_signs_anybody_out(browser: Browser, path: str) -> None:
    assert (await browser.get(path)).status == 405
    assert await browser.is_signed_in()


# Forms


async def still_in(browser: Browser, form: Any, status: int = 403, **headers: str) -> None:
    """Send a form that must be refused."""
    for path in ("/logout", "/logout/everywhere"):
        seen = await browser.post(path, form, **headers)
        assert seen.status == status
        assert not seen.set_cookies
    assert await browser.is_signed_in()


async def test_a_form_without_its_token_is_refused(browser: Browser) -> None:
    token = await csrf_of(browser)
    for form in ({}, {"csrf": ""}, {"csrf": token[:-1]}, {"csrf": f"{token}A"}, {"token": token}):
        await still_in(browser, form)
    await still_in(browser, {"csrf": "\N{SNOWMAN}"})
    await still_in(browser, {"csrf": browser.cookies[SID]})


async def test_a_token_belongs_to_one_session(home: House, browser: Browser) -> None:
    other = home.browser()
    await other.signs_in("carol")
    await still_in(browser, {"csrf": await csrf_of(other)})
    token = await csrf_of(browser)
    await browser.signs_in("carol")
    await still_in(browser, {"csrf": token})


async def test_a_token_is_made_of_the_operators_key(browser: Browser) -> None:
    own = browser.cookies[SID]
    assert await csrf_of(browser) == Signer(SECRET_KEY).derive(Purpose.CSRF, own)
    await still_in(browser, {"csrf": Signer("another-key").derive(Purpose.CSRF, own)})
    await still_in(browser, {"csrf": Signer(SECRET_KEY).derive(Purpose.STATE, own)})


@pytest.mark.parametrize("site", ["cross-site", "same-site", "nonsense"])
async def test_a_form_of_another_site_is_refused_whatever_it_carries(
    browser: Browser, site: str
) -> None:
    await still_in(browser, {"csrf": await csrf_of(browser)}, Sec_Fetch_Site=site)


async def test_a_form_of_our_own_pages_is_taken(browser: Browser) -> None:
    form = {"csrf": await csrf_of(browser)}
    assert (await browser.post("/logout", form, Sec_Fetch_Site="same-origin")).status == 303
    assert not await browser.is_signed_in()


async def test_one_person_may_send_so_many_forms_and_no_more(
    browser: Browser,
) -> None:
    form = {"csrf": "of nobody"}
    statuses = [(await browser.post("/logout", form)).status for _ in range(FORMS_MAX + 1)]
    assert statuses == [403] * FORMS_MAX + [429]
    assert await browser.is_signed_in()


async def test_a_form_is_small_and_a_form(browser: Browser) -> None:
    token = await csrf_of(browser)
    await still_in(browser, {"csrf": token, "x": "x" * FORM_BYTES_MAX}, 413)
    await still_in(browser, {"csrf": token, **{f"n{n}": "" for n in range(100)}}, 400)
    await still_in(browser, b"csrf=\xff", 400, Content_Type="application/x-www-form-urlencoded")
    await still_in(browser, f'{{"csrf": "{token}"}}', 415, Content_Type="application/json")


async def test_of_several_fields_of_one_name_the_last_one_counts(browser: Browser) -> None:
    token = await csrf_of(browser)
    await still_in(browser, [("csrf", token), ("csrf", "of nobody")])
    await still_in(browser, [("csrf", token), ("csrf", "")])
    seen = await browser.post("/logout", [("csrf", "of nobody"), ("csrf", token)])
    assert seen.status == 303
    assert not await browser.is_signed_in()


async def test_signing_in_and_out_and_a_refused_form_are_logged_and_no_secret(
    home: House,
) -> None:
    browser = home.browser()
    with capture_logs() as logs:
        await browser.signs_in()
        secret, token = browser.cookies[SID], await csrf_of(browser)
        await browser.post("/logout", {"csrf": "of nobody"})
        await browser.post("/logout/everywhere", {"csrf": token})
        await browser.get("/login/callback?code=x&state=made-up")
    (person,) = {log["person"] for log in logs if "person" in log}
    assert [(log["event"], log["log_level"], log.get("person")) for log in logs] == [
        ("somebody signed in", "info", person),
        ("a form was refused", "warning", person),
        ("somebody signed out everywhere", "info", person),
        ("somebody came back who did not begin here", "warning", None),
    ]
    assert [each for each in (secret, token, "carol", "made-up") if each in str(logs)] == []


# What somebody may do, asked afresh


@pytest.fixture
async def known(home: House) -> RepositoryId:
    """A repository in which the App is installed."""
    seen = RepositorySeen(id=RepositoryId(70), owner="octo", name="tools", is_private=False)
    await home.database.in_transaction(
        lambda session: installations.save_repository(session, seen, InstallationId(7), now=NOW)
    )
    return seen.id


def door(home: House) -> Sessions:
    return Sessions(
        database=home.database,
        signer=Signer(SECRET_KEY),
        permission_of=home.permission_of,
        now=home.clock,
    )


async def test_github_is_asked_each_time(home: House, known: RepositoryId) -> None:
    who = await who_has(home.database, 5)
    home.permission = Permission.ADMIN
    assert await door(home).permission(who, known) is Permission.ADMIN
    home.permission = Permission.READ
    assert await door(home).permission(who, known) is Permission.READ
    assert home.asked == [(7, 70, 5), (7, 70, 5)]


async def test_nobody_may_anything_where_the_app_is_not(home: House, known: RepositoryId) -> None:
    who = await who_has(home.database, 5)
    home.permission = Permission.ADMIN
    assert await door(home).permission(who, RepositoryId(71)) is Permission.NONE
    seen = RepositorySeen(id=known, owner="octo", name="tools", is_private=False)
    await home.database.in_transaction(
        lambda session: installations.save_repository(session, seen, None, now=NOW)
    )
    assert await door(home).permission(who, known) is Permission.NONE
    assert home.asked == []


async def test_what_github_does_not_say_is_no_permission(
    home: House, known: RepositoryId, monkeypatch: pytest.MonkeyPatch
) -> None:
    who = await who_has(home.database, 5)
    home.permission = Refused("The App is not installed there any more.")
    assert await door(home).permission(who, known) is Permission.NONE
    home.permission = Postpone("rate limit", seconds=60)
    with pytest.raises(Transient):
        await door(home).permission(who, known)
    home.permission = Transient("GitHub could not be reached.")
    with pytest.raises(Transient):
        await door(home).permission(who, known)

    async def never(*_: object) -> Permission:
        await asyncio.Event().wait()
        return Permission.ADMIN

    monkeypatch.setattr(sessions, "ASK_SECONDS_MAX", 0.01)
    monkeypatch.setattr(home, "permission_of", never)
    with pytest.raises(TimeoutError):
        await door(home).permission(who, known)


# Where it is not set up


@pytest.mark.parametrize("path", ["/login", "/login/callback?code=x&state=y", "/dashboard"])
async def test_a_server_without_sign_in_says_so(sqlite: Database, path: str) -> None:
    async with serving(sqlite) as served:
        seen = await served.get(path)
    assert seen.status == 503
    assert "Signing in is not set up here" in seen.text
    assert "Set-Cookie" not in seen.headers


def test_what_cannot_be_a_secret_is_not_looked_for() -> None:
    for shown in ("", "short", "x" * 44, "ä" * 43, "x" * 42 + "="):
        request = make_mocked_request("GET", "/", headers={"Cookie": f"{SID}={shown}"})
        assert sessions.secret_of(request) == ""
