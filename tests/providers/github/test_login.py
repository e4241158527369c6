"""Who came back: the exchange with GitHub, held to the stand-in and to worse servers."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer, unused_port

from app.domain.deliveries import Provider
from app.domain.errors import Refused, Transient
from app.domain.people import Identity
from app.providers.github.login import CodeRefused, Login, challenge_of
from app.providers.github.plain import ANSWER_BYTES_MAX
from app.rehearsal.faults import Fault, Faults
from app.rehearsal.github.oauth import EXCHANGE
from app.rehearsal.github.server import GitHubStandIn, Registration
from app.rehearsal.github.state import Repository
from tests.providers.github.conftest import PUBLIC_KEY
from tests.rehearsal.github.product import SECRET, Clock

CALLBACK = "https://support.example.org/login/callback"
VERIFIER = "a-verifier-that-nobody-else-knows-of-43-signs"
REGISTERED = Registration(public_key_pem=PUBLIC_KEY, webhook_secret=SECRET, callback_url=CALLBACK)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@pytest.fixture
async def github(clock: Clock, faults: Faults) -> AsyncIterator[GitHubStandIn]:
    github = GitHubStandIn(now=clock, faults=faults, registration=REGISTERED, webhook_url="")
    await github.start()
    yield github
    await github.close()
    assert github.defects == []


def login_at(url: str, **changes: Any) -> Login:
    known = {"client_id": REGISTERED.client_id, "client_secret": REGISTERED.client_secret}
    return Login(**{**known, "url": url, "api_url": url, **changes})


@pytest.fixture
async def login(github: GitHubStandIn) -> AsyncIterator[Login]:
    login = login_at(github.url)
    yield login
    await login.close()


async def code(login: Login, who: str = "carol", *, redirect_uri: str = CALLBACK) -> str:
    """Be sent to GitHub, choose an account there, and come back with a code."""
    address = login.address(redirect_uri=redirect_uri, state="x", verifier=VERIFIER)
    async with (
        aiohttp.ClientSession() as browser,
        browser.post(address, data={"login": who}, allow_redirects=False) as answer,
    ):
        assert answer.status == 302
        query = parse_qs(urlsplit(answer.headers["Location"]).query)
        return query["code"][0]


async def identify(login: Login, given: str, **changes: str) -> Identity:
    known = {"redirect_uri": CALLBACK, "verifier": VERIFIER}
    return await login.identify(given, **{**known, **changes})


def test_a_person_is_sent_to_github_with_our_state_and_challenge() -> None:
    login = login_at("https://github.example")
    address = urlsplit(login.address(redirect_uri=CALLBACK, state="a&b", verifier=VERIFIER))
    assert address._replace(query="").geturl() == "https://github.example/login/oauth/authorize"
    assert parse_qs(address.query) == {
        "client_id": [REGISTERED.client_id],
        "redirect_uri": [CALLBACK],
        "state": ["a&b"],
        "code_challenge": [challenge_of(VERIFIER)],
        "code_challenge_method": ["S256"],
    }
    assert VERIFIER not in address.query
    assert REGISTERED.client_secret not in address.query


def test_the_challenge_is_that_of_the_standard() -> None:
    """RFC 7636, appendix B."""
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    assert challenge_of(verifier) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


async def test_whoever_came_back_is_known_by_their_number(
    github: GitHubStandIn, repository: Repository, login: Login
) -> None:
    number = github.state.account("carol").id
    assert await identify(login, await code(login)) == Identity(
        Provider.GITHUB, str(number), "carol"
    )
    github.rename_user("carol", "caroline")
    renamed = await identify(login, await code(login, "caroline"))
    assert (renamed.external_id, renamed.login) == (str(number), "caroline")


async def test_the_token_is_ended_at_once(
    github: GitHubStandIn, repository: Repository, login: Login
) -> None:
    await identify(login, await code(login))
    assert [(one.method, one.path.rpartition("/")[2]) for one in github.requests] == [
        ("POST", "access_token"),
        ("GET", "user"),
        ("DELETE", "token"),
    ]
    assert github.requests[-1].status == 204
    assert not any(each.startswith("ghu_") for each in github.gate._tokens)


@pytest.mark.parametrize("fault", [Fault.SERVER_ERROR, Fault.ANSWER_LOST, Fault.TOO_MANY])
async def test_a_token_that_cannot_be_ended_is_not_the_persons_trouble(
    faults: Faults, repository: Repository, login: Login, fault: Fault
) -> None:
    faults.once(fault, method="DELETE", path="/token$")
    assert (await identify(login, await code(login))).login == "carol"


@pytest.mark.parametrize("fault", [Fault.BAD_GATEWAY, Fault.TIMEOUT, Fault.RATE_LIMITED])
@pytest.mark.parametrize("path", [f"{EXCHANGE}$", "/user$"])
async def test_passing_trouble_is_told_as_such(
    faults: Faults, repository: Repository, login: Login, fault: Fault, path: str
) -> None:
    faults.once(fault, path=path, times=2)  # aiohttp asks once more where nothing can be done twice
    with pytest.raises(Transient):
        await identify(login, await code(login))


async def test_the_token_is_ended_although_its_question_was_not_answered(
    faults: Faults, github: GitHubStandIn, repository: Repository, login: Login
) -> None:
    faults.once(Fault.BAD_GATEWAY, path="/user$")
    with pytest.raises(Transient):
        await identify(login, await code(login))
    assert not any(each.startswith("ghu_") for each in github.gate._tokens)


async def test_a_code_is_not_taken_twice(repository: Repository, login: Login) -> None:
    given = await code(login)
    await identify(login, given)
    with pytest.raises(CodeRefused, match="bad_verification_code"):
        await identify(login, given)


async def test_a_code_of_another_browser_is_not_taken(repository: Repository, login: Login) -> None:
    with pytest.raises(CodeRefused):
        await identify(login, await code(login), verifier="that-of-another-browser")


async def test_a_code_that_is_too_old_is_not_taken(
    repository: Repository, login: Login, clock: Clock
) -> None:
    given = await code(login)
    clock.forward(minutes=10)
    with pytest.raises(CodeRefused):
        await identify(login, given)


async def test_what_the_operator_has_to_mend_is_told_apart(
    github: GitHubStandIn, repository: Repository, login: Login
) -> None:
    stranger = login_at(github.url, client_secret="another-secret")
    with pytest.raises(Refused, match="incorrect_client_credentials") as refused:
        await identify(stranger, await code(login))
    assert not isinstance(refused.value, CodeRefused)
    with pytest.raises(Refused, match="redirect_uri_mismatch") as refused:
        await identify(login, await code(login), redirect_uri="https://elsewhere.example/")
    assert not isinstance(refused.value, CodeRefused)
    await stranger.close()


async def asked(*answers: Handler) -> Any:
    """Ask a server that gives these answers, one after another; give what came of it."""
    left = list(answers)

    async def handle(request: web.Request) -> web.StreamResponse:
        return await (left.pop(0) if len(left) > 1 else left[0])(request)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handle)
    async with TestServer(app) as server:
        login = login_at(str(server.make_url("/")).rstrip("/"))
        try:
            return await identify(login, "a-code")
        finally:
            await login.close()


def says(payload: Any, status: int = 200) -> Handler:
    async def answer(_: web.Request) -> web.StreamResponse:
        return web.json_response(payload, status=status)

    return answer


def writes(text: str, status: int = 200, **headers: str) -> Handler:
    async def answer(_: web.Request) -> web.StreamResponse:
        return web.Response(text=text, status=status, headers=headers)

    return answer


TOKEN = says({"access_token": "ghu_x"})


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (writes("<html>"), Transient),
        (writes(""), Transient),
        (says([]), Transient),
        (says({"access_token": 5}), Transient),
        (says({"access_token": ""}), Transient),
        (writes("", 302, Location="https://elsewhere.example/"), Refused),
        (writes("Not Found", 404), Refused),
        (writes("x" * (ANSWER_BYTES_MAX + 1)), Refused),
        (says({"error": "unverified_user_email"}), CodeRefused),
        (says({"error": ["<b>", "x"]}), CodeRefused),
    ],
)
async def test_an_exchange_that_makes_no_sense_lets_nobody_in(
    answer: Handler, error: type[Exception]
) -> None:
    with pytest.raises(error) as raised:
        await asked(answer)
    assert not re.search(r"<|a-code|secret|verifier", str(raised.value))


@pytest.mark.parametrize(
    "account",
    [
        None,
        [],
        {"login": "carol", "type": "User"},
        {"id": "1", "login": "carol", "type": "User"},
        {"id": 0, "login": "carol", "type": "User"},
        {"id": 1, "login": None, "type": "User"},
        {"id": 1, "login": "acme", "type": "Organization"},
        {"id": 1, "login": "acme[bot]", "type": "Bot"},
    ],
)
async def test_an_account_that_is_no_persons_lets_nobody_in(account: Any) -> None:
    with pytest.raises(Refused, match="names no person"):
        await asked(TOKEN, says(account))


async def test_a_token_that_github_does_not_believe_lets_nobody_in() -> None:
    with pytest.raises(Refused, match="401"):
        await asked(TOKEN, says({"message": "Bad credentials"}, 401))


async def test_github_may_be_away() -> None:
    login = login_at(f"http://127.0.0.1:{unused_port()}")
    with pytest.raises(Transient, match="ClientConnectorError"):
        await identify(login, "a-code")
    await login.close()


async def test_closing_what_was_never_used_is_fine() -> None:
    await login_at("https://github.example").close()
