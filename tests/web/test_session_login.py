"""Signing in: the way to GitHub and back, and everybody who would take another way."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from urllib.parse import urlencode

import pytest

from app.providers.github.login import challenge_of
from app.rehearsal.faults import Fault
from app.rehearsal.github.oauth import EXCHANGE
from app.store.engine import Database
from app.web.login import ATTEMPTS_MAX, local
from app.web.signing import Purpose, Signer
from tests.web.people import PUBLIC_URL, SECRET_KEY, SID, WAY, Browser, House, house, query_of


@pytest.fixture
async def home(sqlite: Database) -> AsyncIterator[House]:
    async with house(sqlite) as opened:
        yield opened


@pytest.fixture
def browser(home: House) -> Browser:
    return home.browser()


async def test_a_person_signs_in_and_goes_where_they_wanted(browser: Browser) -> None:
    back = await browser.signs_in(following="/t/abc?x=1&y=%2F")
    assert back.place == "/t/abc?x=1&y=%2F"
    assert await browser.is_signed_in()
    seen = await browser.get("/dashboard")
    assert "<b>carol</b>" in seen.text


async def test_without_a_wish_one_lands_on_ones_own_page(browser: Browser) -> None:
    assert (await browser.signs_in()).place == "/dashboard"


async def test_the_session_cookie_is_for_this_host_and_no_script(browser: Browser) -> None:
    line = (await browser.signs_in()).cookie(SID)
    value, *attributes = line.split("; ")
    assert len(value.partition("=")[2]) == 43
    assert sorted(attributes) == ["HttpOnly", "Path=/", "SameSite=Lax", "Secure"]


async def test_the_way_cookie_is_for_this_host_too_and_gone_afterwards(browser: Browser) -> None:
    seen = await browser.get("/login")
    _, *attributes = seen.cookie(WAY).split("; ")
    assert sorted(attributes) == ["HttpOnly", "Path=/", "SameSite=Lax", "Secure"]
    back = await browser.get(await browser.chooses(seen.place))
    assert "Max-Age=0" in back.cookie(WAY)
    assert WAY not in browser.cookies


async def test_github_is_told_our_callback_a_state_and_a_challenge(browser: Browser) -> None:
    asked = query_of(await browser.begins())
    assert asked["redirect_uri"] == f"{PUBLIC_URL}/login/callback"
    assert asked["code_challenge_method"] == "S256"
    assert len(asked["state"]) == len(asked["code_challenge"]) == 43
    assert asked["state"] != query_of(await browser.begins())["state"]


async def test_neither_cookie_nor_address_has_the_verifier(browser: Browser) -> None:
    page = await browser.begins()
    nonce = browser.cookies[WAY].split(".")[0]
    verifier = Signer(SECRET_KEY).derive(Purpose.VERIFIER, nonce)
    assert query_of(page)["code_challenge"] == challenge_of(verifier)
    assert verifier not in page + browser.cookies[WAY]


# Nobody comes back who did not begin here


async def refused(browser: Browser, path: str, status: int = 400) -> str:
    seen = await browser.get(path)
    assert seen.status == status
    assert SID not in browser.cookies
    assert await browser.house.rows() == []
    return seen.text


@pytest.mark.parametrize("state", ["", "x" * 43, "é", "%ff", None])
async def test_a_state_that_is_missing_or_made_up_signs_nobody_in(
    browser: Browser, state: str | None
) -> None:
    query = query_of(await browser.chooses(await browser.begins()))
    changed = {"code": query["code"], **({} if state is None else {"state": state})}
    text = await refused(browser, f"/login/callback?{urlencode(changed)}")
    assert "That did not begin here" in text
    assert not [one for one in browser.house.github.requests if one.path == EXCHANGE]


async def test_a_link_of_somebody_else_signs_nobody_in(browser: Browser, home: House) -> None:
    """Mallory has the victim open the callback with her own code: the victim would be her."""
    mallory = home.browser()
    link = await mallory.chooses(await mallory.begins(), "mallory")
    await refused(browser, link)
    page = await browser.begins()
    await refused(browser, link)
    own = await browser.get(await browser.chooses(page))
    assert own.status == 303  # and she could not even get in the victim's way


async def test_a_code_of_somebody_else_signs_nobody_in(browser: Browser, home: House) -> None:
    """She even has the victim's state; but the code was given for her own challenge."""
    mallory = home.browser()
    code = query_of(await mallory.chooses(await mallory.begins(), "mallory"))["code"]
    state = query_of(await browser.begins())["state"]
    text = await refused(browser, f"/login/callback?{urlencode({'code': code, 'state': state})}")
    assert "Please sign in once more" in text


async def test_a_way_leads_back_once(browser: Browser, home: House) -> None:
    link = await browser.chooses(await browser.begins())
    way = browser.cookies[WAY]
    assert (await browser.get(link)).status == 303
    again = await browser.get(link)
    assert (again.status, "did not begin here" in again.text) == (400, True)
    browser.cookies[WAY] = way  # who kept the cookie still has a code that is used
    again = await browser.get(link)
    assert (again.status, "once more" in again.text) == (400, True)
    assert len(await home.rows()) == 1


async def test_a_way_that_took_too_long_leads_nowhere(browser: Browser, home: House) -> None:
    page = await browser.begins()
    home.clock.forward(minutes=10)
    text = await refused(browser, await browser.chooses(page))
    assert "longer than ten minutes" in text


def tampered(way: str) -> list[str]:
    nonce, ends, following, mark = way.split(".")
    evil = base64.urlsafe_b64encode(b"https://evil.example/").decode().rstrip("=")
    own = Signer("another-key-that-mallory-has")
    text = f"{nonce}.{int(ends) + 999}.{following}"
    return [
        f"{nonce}.{int(ends) + 999}.{following}.{mark}",
        f"{nonce}.{ends}.{evil}.{mark}",
        f"{text}.{own.derive(Purpose.LOGIN, text)}",
        f"{nonce}.{ends}.{following}.{mark[:-1]}",
        f"{nonce}.{ends}.{following}.",
        mark,
        "",
        "....",
        "\N{SNOWMAN}",
    ]


@pytest.mark.parametrize("n", range(9))
async def test_a_cookie_that_is_not_ours_leads_nowhere(browser: Browser, n: int) -> None:
    link = await browser.chooses(await browser.begins())
    browser.cookies[WAY] = tampered(browser.cookies[WAY])[n]
    await refused(browser, link)


# Where one goes on to


@pytest.mark.parametrize(
    "place",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "\\\\evil.example/",
        "/\t/evil.example/",
        "/x\r\nSet-Cookie: a=b",
        "javascript:alert(1)",
        "evil.example",
        " /x",
        "/é",
        "/" + "x" * 512,
        "/login?next=/login",
        "/login/callback?code=1",
        "/logout",
        "",
    ],
)
async def test_nobody_is_sent_to_another_site(browser: Browser, place: str) -> None:
    assert (await browser.signs_in(following=place)).place == "/dashboard"


@pytest.mark.parametrize("place", ["/", "/t/abc", "/pay/abc?plan=x#top", "/payouts"])
def test_a_place_on_this_site_is_kept(place: str) -> None:
    assert local(place) == place


# Sessions are new at each login


async def test_a_planted_cookie_becomes_nobodys_session(browser: Browser, home: House) -> None:
    planted = "p" * 43
    browser.cookies[SID] = planted
    await browser.signs_in()
    assert browser.cookies[SID] != planted
    stranger = home.browser()
    stranger.cookies[SID] = planted
    assert not await stranger.is_signed_in()


async def test_a_session_that_the_browser_had_ends_when_it_signs_in(
    browser: Browser, home: House
) -> None:
    await browser.signs_in("mallory")
    hers = browser.cookies[SID]
    await browser.signs_in("carol")
    stranger = home.browser()
    stranger.cookies[SID] = hers
    assert not await stranger.is_signed_in()
    assert "carol" in (await browser.get("/dashboard")).text


async def test_people_are_known_by_number_and_not_by_name(browser: Browser, home: House) -> None:
    await browser.signs_in("carol")
    home.github.rename_user("carol", "caroline")
    home.github.add_user("carol")
    other = home.browser()
    await other.signs_in("carol")
    again = home.browser()
    await again.signs_in("caroline")
    first, second, third = await home.rows()
    assert first.person_id == third.person_id != second.person_id


# What may go wrong


async def test_who_says_no_is_not_signed_in_and_may_change_their_mind(browser: Browser) -> None:
    text = await refused(browser, await browser.chooses(await browser.begins(), ""), 200)
    assert "You are not signed in" in text
    assert 'href="/login"' in text


@pytest.mark.parametrize("fault", [Fault.BAD_GATEWAY, Fault.TIMEOUT, Fault.ANSWER_LOST])
async def test_github_may_be_away(browser: Browser, home: House, fault: Fault) -> None:
    link = await browser.chooses(await browser.begins())
    home.faults.once(fault, path=EXCHANGE)
    assert "GitHub does not answer" in await refused(browser, link, 503)
    await browser.signs_in()


async def test_a_wrong_client_secret_is_the_operators_to_mend(sqlite: Database) -> None:
    async with house(sqlite, client_secret="another-secret") as home:
        browser = home.browser()
        link = await browser.chooses(await browser.begins())
        assert "Nobody can sign in at the moment" in await refused(browser, link, 503)


@pytest.mark.parametrize("told", [{"error": "redirect_uri_mismatch"}, {"code": "<x>"}, {}])
async def test_an_answer_without_a_code_is_the_operators_to_mend(
    browser: Browser, told: dict[str, str]
) -> None:
    state = query_of(await browser.begins())["state"]
    link = f"/login/callback?{urlencode({**told, 'state': state})}"
    assert "Nobody can sign in at the moment" in await refused(browser, link, 503)


async def test_a_head_request_uses_no_code_up(browser: Browser) -> None:
    link = await browser.chooses(await browser.begins())
    assert (await browser.ask("HEAD", link)).status == 405
    assert (await browser.get(link)).status == 303


async def test_one_address_may_try_so_often_and_no_more(browser: Browser) -> None:
    for _ in range(ATTEMPTS_MAX):
        assert (await browser.get("/login/callback")).status == 400
    for path in ("/login", "/login/callback"):
        refused = await browser.get(path)
        assert refused.status == 429
        assert int(refused.headers["Retry-After"]) > 0
