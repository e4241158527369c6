"""Signing in at the stand-in, as GitHub lets Apps do it."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from app.rehearsal.faults import Fault, Faults
from app.rehearsal.github.oauth import AUTHORIZE, EXCHANGE, challenge_of
from app.rehearsal.github.server import GitHubStandIn, Registration
from tests.rehearsal.github.product import PUBLIC_KEY, SECRET, Api, Clock, Reply

CALLBACK = "https://shop.example/login/callback"
VERIFIER = "a-verifier-of-at-least-forty-three-characters"
CLIENT_SECRET = Registration(public_key_pem="", webhook_secret="").client_secret


@pytest.fixture
def registration() -> Registration:
    return Registration(public_key_pem=PUBLIC_KEY, webhook_secret=SECRET, callback_url=CALLBACK)


@dataclass(frozen=True)
class Oauth:
    """An App's end of signing in, and the person's."""

    github: GitHubStandIn
    api: Api

    @property
    def wish(self) -> dict[str, str]:
        return {
            "client_id": self.github.state.app.client_id,
            "redirect_uri": CALLBACK,
            "state": "s t&1",
            "code_challenge": challenge_of(VERIFIER),
            "code_challenge_method": "S256",
        }

    async def visits(self, method: str = "GET", form: Any = None, **wish: str) -> Reply:
        query = {name: value for name, value in {**self.wish, **wish}.items() if value}
        async with self.api.session.request(
            method, self.github.url + AUTHORIZE, params=query, data=form, allow_redirects=False
        ) as response:
            return Reply(response.status, response.headers, await response.text())

    async def code(self, login: str = "stranger", **wish: str) -> str:
        reply = await self.visits("POST", {"login": login}, **wish)
        assert reply.status == 302
        return landed(reply)["code"]

    async def exchanges(self, **fields: str) -> Any:
        whole = {
            "client_id": self.github.state.app.client_id,
            "client_secret": CLIENT_SECRET,
            "redirect_uri": CALLBACK,
            "code_verifier": VERIFIER,
            **fields,
        }
        async with self.api.session.post(
            self.github.url + EXCHANGE, data=whole, headers={"Accept": "application/json"}
        ) as response:
            assert response.status == 200
            return await response.json()

    async def looks_after(self, method: str, token: str, *, client: str | None = None) -> Reply:
        app = self.github.state.app
        pair = client or f"{app.client_id}:{CLIENT_SECRET}"
        basic = f"Basic {base64.b64encode(pair.encode()).decode()}"
        path = f"/applications/{pair.partition(':')[0]}/token"
        return await self.api(method, path, {"access_token": token}, authorization=basic)


def landed(reply: Reply) -> Mapping[str, str]:
    """Read what the App is told at its callback."""
    address = urlsplit(reply.headers["Location"])
    assert f"{address.scheme}://{address.netloc}{address.path}" == CALLBACK
    return {name: values[0] for name, values in parse_qs(address.query).items()}


@pytest.fixture
def oauth(github: GitHubStandIn, api: Api) -> Oauth:
    return Oauth(github, api)


async def test_a_person_says_who_he_is_and_the_app_is_told(oauth: Oauth, api: Api) -> None:
    page = await oauth.visits(login="Reader")
    assert page.status == 200
    assert "Who are you?" in page.text
    assert page.text.index(">reader<") < page.text.index(">admin<")
    assert "[bot]" not in page.text
    told = landed(await oauth.visits("POST", {"login": "stranger"}))
    assert told["state"] == "s t&1"
    answer = await oauth.exchanges(code=told["code"])
    assert answer["access_token"].startswith("ghu_")
    assert (answer["expires_in"], answer["token_type"]) == (28_800, "bearer")
    me = await api("GET", "/user", authorization=f"Bearer {answer['access_token']}")
    assert (me.status, me.json["login"]) == (200, "stranger")
    assert me.json["id"] == oauth.github.state.account("stranger").id


async def test_who_does_not_tell_is_sent_back_with_the_reason(oauth: Oauth) -> None:
    for login in ("", "nobody-at-all", "mainstay[bot]"):
        told = landed(await oauth.visits("POST", {"login": login}))
        assert told["error"] == "access_denied"
        assert told["state"] == "s t&1"
        assert "code" not in told


@pytest.mark.parametrize(
    ("wish", "status"),
    [
        ({"client_id": "Iv1.other"}, 404),
        ({"client_id": ""}, 404),
        ({"code_challenge_method": "plain"}, 400),
        ({"code_challenge_method": ""}, 400),
        ({"code_challenge": "short"}, 400),
        ({"code_challenge": ""}, 400),
    ],
)
async def test_a_wish_that_is_not_well_formed_is_told_to_nobody_else(
    oauth: Oauth, wish: dict[str, str], status: int
) -> None:
    assert (await oauth.visits(**wish)).status == status
    assert (await oauth.visits("POST", {"login": "stranger"}, **wish)).status == status


@pytest.mark.parametrize(
    "uri", [f"{CALLBACK}/", f"{CALLBACK}?x=1", "https://shop.example", "https://evil.example/"]
)
async def test_only_the_registered_address_is_ever_sent_to(oauth: Oauth, uri: str) -> None:
    for method in ("GET", "POST"):
        told = landed(await oauth.visits(method, {"login": "stranger"}, redirect_uri=uri))
        assert told["error"] == "redirect_uri_mismatch"
        assert "code" not in told


async def test_a_code_is_good_once(oauth: Oauth) -> None:
    code = await oauth.code()
    assert "access_token" in await oauth.exchanges(code=code)
    assert (await oauth.exchanges(code=code))["error"] == "bad_verification_code"


async def test_a_code_is_good_for_ten_minutes(oauth: Oauth, clock: Clock) -> None:
    first, second = await oauth.code(), await oauth.code()
    clock.forward(minutes=10, seconds=-1)
    assert "access_token" in await oauth.exchanges(code=first)
    clock.forward(seconds=1)
    assert (await oauth.exchanges(code=second))["error"] == "bad_verification_code"


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"client_secret": "guessed"}, "incorrect_client_credentials"),
        ({"client_id": "Iv1.other"}, "incorrect_client_credentials"),
        ({"code": "guessed"}, "bad_verification_code"),
        ({"code_verifier": "another-verifier"}, "bad_verification_code"),
        ({"code_verifier": ""}, "bad_verification_code"),
        ({"redirect_uri": "https://evil.example/"}, "redirect_uri_mismatch"),
    ],
)
async def test_an_exchange_that_is_not_in_order_is_refused_with_status_200(
    oauth: Oauth, fields: dict[str, str], error: str
) -> None:
    code = await oauth.code()
    assert (await oauth.exchanges(**{"code": code, **fields}))["error"] == error


async def test_pkce_is_not_required(oauth: Oauth) -> None:
    code = await oauth.code(code_challenge="", code_challenge_method="")
    assert "access_token" in await oauth.exchanges(code=code, code_verifier="")


async def test_the_exchange_speaks_json_and_forms(oauth: Oauth) -> None:
    fields = {
        "client_id": oauth.github.state.app.client_id,
        "client_secret": CLIENT_SECRET,
        "code": await oauth.code(),
        "code_verifier": VERIFIER,
    }
    url, session = oauth.github.url + EXCHANGE, oauth.api.session
    async with session.post(url, json=fields) as response:
        answer = parse_qs(await response.text())
        assert answer["access_token"][0].startswith("ghu_")
    for body in (b"{", b"[]"):
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        async with session.post(url, data=body, headers=headers) as response:
            assert (await response.json())["error"] == "incorrect_client_credentials"


async def test_a_token_is_looked_after_by_the_app_alone(oauth: Oauth, clock: Clock) -> None:
    token = (await oauth.exchanges(code=await oauth.code()))["access_token"]
    checked = await oauth.looks_after("POST", token)
    assert (checked.status, checked.json["user"]["login"]) == (200, "stranger")
    client_id = oauth.github.state.app.client_id
    for client in (f"{client_id}:guessed", "Iv1.other:guessed"):
        assert (await oauth.looks_after("DELETE", token, client=client)).status == 401
    for authorization in ("Basic %%%", f"Bearer {oauth.api.app_token()}", ""):
        path = f"/applications/{client_id}/token"
        body = {"access_token": token}
        reply = await oauth.api("DELETE", path, body, authorization=authorization)
        assert reply.status == 401
    assert (await oauth.looks_after("DELETE", token)).status == 204
    assert (await oauth.looks_after("DELETE", token)).status == 404
    assert (await oauth.looks_after("POST", token)).status == 404
    assert (await me(oauth, token)).status == 401
    second = (await oauth.exchanges(code=await oauth.code()))["access_token"]
    clock.forward(hours=8)
    assert (await me(oauth, second)).status == 401


async def me(oauth: Oauth, token: str) -> Reply:
    return await oauth.api("GET", "/user", authorization=f"Bearer {token}")


async def test_who_did_not_sign_in_has_no_account_of_his_own(oauth: Oauth) -> None:
    api, client = oauth.api, f"{oauth.github.state.app.client_id}:{CLIENT_SECRET}"
    basic = f"Basic {base64.b64encode(client.encode()).decode()}"
    assert (await api("GET", "/user", authorization=basic)).status == 401
    assert (await api("GET", "/user", authorization="")).status == 401
    assert (await api("GET", "/user", authorization=f"Bearer {api.app_token()}")).status == 401
    assert (await api("GET", "/user")).status == 403
    wrong_path = await api("DELETE", "/applications/Iv1.other/token", {"access_token": "x"})
    assert wrong_path.status == 401


async def test_people_are_not_recorded_and_neither_is_a_secret(
    oauth: Oauth, faults: Faults
) -> None:
    faults.once(Fault.BAD_GATEWAY, path="login/oauth")
    oauth.github.requests.clear()
    code = await oauth.code()
    async with oauth.api.session.post(oauth.github.url + EXCHANGE) as response:
        assert response.status == 502
    token = (await oauth.exchanges(code=code))["access_token"]
    await me(oauth, token)
    await oauth.looks_after("DELETE", token)
    user = f"user:{oauth.github.state.account('stranger').id}"
    asked = [(one.path.rpartition("/")[2], one.caller) for one in oauth.github.requests]
    assert asked == [
        ("access_token", "nobody"),
        ("access_token", "nobody"),
        ("user", user),
        ("token", "client"),
    ]
    recorded = json.dumps([str(one) for one in oauth.github.requests])
    assert not any(secret in recorded for secret in (code, token, CLIENT_SECRET, VERIFIER))
