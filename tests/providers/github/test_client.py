"""The client against a server that answers whatever a test wants."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any

import jwt
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer, unused_port
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from app.domain.errors import Ambiguous, Postpone, Refused, Transient
from app.domain.ids import InstallationId, RepositoryId
from app.providers.github.client import BODY_BYTES_MAX, Client
from app.providers.github.grants import Grant, Scope
from app.providers.github.tokens import _Token
from tests.providers.github.conftest import PRIVATE_KEY, PUBLIC_KEY
from tests.rehearsal.github.product import Clock

SPEAK = Grant(InstallationId(5), RepositoryId(7), Scope.THREAD)
READ = Grant(InstallationId(5), RepositoryId(7), Scope.CONTENTS)
ELSEWHERE = Grant(InstallationId(6), RepositoryId(8), Scope.THREAD)

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Server:
    """Mints tokens, and answers everything else as it is told."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.url = ""
        self.mints: list[Any] = []
        self.asked: list[web.Request] = []
        self.answers: list[Answer] = []
        self.minting: Answer | None = None

    async def handle(self, request: web.Request) -> web.StreamResponse:
        if request.path.endswith("/access_tokens"):
            self.mints.append((request.path, await request.json()))
            if self.minting is not None:
                return await self.minting(request)
            ends = (self.clock() + timedelta(hours=1)).isoformat()
            token = {"token": f"ghs_1_a.b.{len(self.mints)}", "expires_at": ends}
            return web.json_response(token, status=201)
        self.asked.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return await answer(request)

    def tokens(self) -> list[str]:
        return [one.headers["Authorization"] for one in self.asked]


def says(payload: Any = None, status: int = 200, **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}

    async def answer(_: web.Request) -> web.StreamResponse:
        return web.json_response(payload, status=status, headers=named)

    return answer


@pytest.fixture
async def server(clock: Clock) -> AsyncIterator[Server]:
    server = Server(clock)
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", server.handle)
    async with TestServer(app) as running:
        server.url = str(running.make_url("/")).rstrip("/")
        yield server


@pytest.fixture
async def client(server: Server, clock: Clock) -> AsyncIterator[Client]:
    client = Client(app_id=42, private_key=PRIVATE_KEY, api_url=server.url, now=clock)
    yield client
    await client.close()


async def test_every_request_says_who_asks_and_which_version_is_meant(
    server: Server, client: Client
) -> None:
    server.answers = [says({})]
    await client.get(SPEAK, "some%2Fthing?a=b")
    [asked] = server.asked
    assert asked.rel_url.raw_path_qs == "/some%2Fthing?a=b"
    assert asked.headers["X-GitHub-Api-Version"] == "2026-03-10"
    assert asked.headers["User-Agent"] == "mainstay"
    assert asked.headers["Accept"] == "application/vnd.github.v3+json"


async def test_an_api_under_a_path_is_asked_there(server: Server, clock: Clock) -> None:
    server.answers = [says({})]
    url = f"{server.url}/api/v3/"
    client = Client(app_id=42, private_key=PRIVATE_KEY, api_url=url, now=clock)
    await client.get(SPEAK, "thing")
    await client.close()
    assert server.asked[0].path == "/api/v3/thing"


async def test_a_question_in_graphql_goes_to_its_own_address(server: Server, clock: Clock) -> None:
    server.answers = [says({"data": {"node": None}})]
    url = f"{server.url}/api/v3/"
    client = Client(app_id=42, private_key=PRIVATE_KEY, api_url=url, now=clock)
    assert await client.query(SPEAK, "query {a}", {"b": 1}) == {"data": {"node": None}}
    await client.close()
    assert [each.path for each in server.asked] == ["/api/graphql"]


async def test_a_question_too_many_is_asked_again(server: Server, client: Client) -> None:
    server.answers = [says({"errors": [{"type": "RATE_LIMITED", "message": "too many"}]})]
    with pytest.raises(Transient):
        await client.query(SPEAK, "query {a}", {})
    wrong = {"errors": [{"message": "no such field"}]}
    server.answers = [says(wrong)]
    assert await client.query(SPEAK, "query {a}", {}) == wrong


async def test_a_token_is_minted_for_one_repository_and_one_kind_of_work(
    server: Server, client: Client
) -> None:
    server.answers = [says({})]
    await client.get(SPEAK, "a")
    await client.get(READ, "b")
    assert server.mints == [
        (
            "/app/installations/5/access_tokens",
            {"repository_ids": [7], "permissions": {"issues": "write", "metadata": "read"}},
        ),
        (
            "/app/installations/5/access_tokens",
            {"repository_ids": [7], "permissions": {"contents": "read", "metadata": "read"}},
        ),
    ]


async def test_the_app_proves_itself_by_our_clock(
    server: Server, client: Client, clock: Clock
) -> None:
    server.answers = [says([])]
    clock.forward(days=400)
    await client.get(None, "app/hook/deliveries")
    scheme, _, token = server.asked[0].headers["Authorization"].partition(" ")
    claims = jwt.decode(
        token, PUBLIC_KEY, algorithms=["RS256"], options={"verify_exp": False, "verify_iat": False}
    )
    now = int(clock().timestamp())
    assert (scheme, claims) == ("Bearer", {"iss": "42", "iat": now - 60, "exp": now + 480})


async def test_twenty_who_ask_at_once_cause_one_minting(server: Server, client: Client) -> None:
    server.answers = [says({})]
    await asyncio.gather(*(client.get(SPEAK, f"{number}") for number in range(20)))
    assert len(server.mints) == 1
    assert set(server.tokens()) == {"Bearer ghs_1_a.b.1"}


async def test_a_token_is_renewed_before_its_end(
    server: Server, client: Client, clock: Clock
) -> None:
    server.answers = [says({})]
    await client.get(SPEAK, "a")
    clock.forward(minutes=54)
    await client.get(SPEAK, "b")
    clock.forward(minutes=2)
    await client.get(SPEAK, "c")
    assert server.tokens() == [f"Bearer ghs_1_a.b.{number}" for number in (1, 1, 2)]


async def test_a_token_that_was_revoked_is_replaced_once(server: Server, client: Client) -> None:
    server.answers = [says({"message": "Bad credentials"}, 401), says({"id": 1}, 201)]
    assert await client.post(SPEAK, "a", {"body": "b"}) == {"id": 1}
    assert server.tokens() == ["Bearer ghs_1_a.b.1", "Bearer ghs_1_a.b.2"]


async def test_those_who_find_a_token_revoked_at_once_replace_it_once(
    server: Server, client: Client
) -> None:
    async def fresh_only(request: web.Request) -> web.StreamResponse:
        is_fresh = request.headers["Authorization"] != "Bearer ghs_1_a.b.1"
        return web.json_response({}, status=200 if is_fresh else 401)

    server.answers = [fresh_only]
    await asyncio.gather(*(client.get(SPEAK, f"{number}") for number in range(10)))
    assert len(server.mints) == 2


async def test_credentials_that_are_wrong_are_not_tried_for_ever(
    server: Server, client: Client
) -> None:
    server.answers = [says({"message": "Bad credentials"}, 401)]
    with pytest.raises(Transient):
        await client.post(SPEAK, "a", {"body": "b"})
    assert len(server.asked) == 2


@pytest.mark.parametrize("payload", [{}, [], {"token": "x", "expires_at": "soon"}])
async def test_a_minting_without_a_token_comes_again(
    server: Server, client: Client, payload: Any
) -> None:
    server.minting = says(payload, 201)
    with pytest.raises(Transient, match="no installation token"):
        await client.get(SPEAK, "a")


async def test_an_installation_never_gets_another_ones_answer(
    server: Server, client: Client
) -> None:
    server.answers = [says({"of": 5}, ETag='"x"'), says({"of": 6}, ETag='"x"')]
    assert await client.get(SPEAK, "same") == {"of": 5}
    assert await client.get(ELSEWHERE, "same") == {"of": 6}
    assert "If-None-Match" not in server.asked[1].headers


async def test_what_is_not_modified_is_given_again(server: Server, client: Client) -> None:
    async def unmodified(request: web.Request) -> web.StreamResponse:
        assert request.headers["If-None-Match"] == '"x"'
        return web.Response(status=304)

    server.answers = [says({"a": 1}, ETag='"x"'), unmodified]
    assert await client.get(SPEAK, "same") == await client.get(SPEAK, "same") == {"a": 1}


async def test_a_large_answer_is_not_kept(server: Server, client: Client) -> None:
    server.answers = [says({"a": "x" * 20_000}, ETag='"x"')]
    await client.get(SPEAK, "same")
    await client.get(SPEAK, "same")
    assert "If-None-Match" not in server.asked[1].headers


async def test_an_endless_answer_is_refused(server: Server, client: Client) -> None:
    async def endless(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for _ in range(BODY_BYTES_MAX // 2**20 + 1):
            await response.write(b"x" * 2**20)
        return response

    server.answers = [endless]
    with pytest.raises(Refused, match="larger"):
        await client.get(SPEAK, "a")


@pytest.mark.parametrize(
    "link", ["http://127.0.0.1.evil.example/more", "https://evil.example/more", "ftp://x/more"]
)
async def test_no_token_follows_a_link_to_another_server(
    server: Server, client: Client, link: str
) -> None:
    server.answers = [says([1], Link=f'<{link}>; rel="next"')]
    pages = client.pages(SPEAK, "list")
    assert await anext(pages) == [1]
    with pytest.raises(Refused, match="another server"):
        await anext(pages)
    assert len(server.asked) == 1


async def test_a_redirect_is_not_followed(server: Server, client: Client) -> None:
    server.answers = [says({}, 307, Location="/elsewhere"), says({"id": 1})]
    with pytest.raises(Refused):
        await client.post(SPEAK, "a", {"body": "b"})
    assert len(server.asked) == 1


@pytest.mark.parametrize("body", [b"{", b"\xff", b'"'])
async def test_an_answer_that_is_not_what_it_says_was_none(
    server: Server, client: Client, body: bytes
) -> None:
    async def broken(_: web.Request) -> web.StreamResponse:
        return web.Response(body=body, content_type="application/json")

    server.answers = [broken]
    with pytest.raises(Transient, match="could not be read") as caught:
        await client.get(SPEAK, "a")
    assert not isinstance(caught.value, Ambiguous)
    with pytest.raises(Ambiguous, match="could not be read"):
        await client.post(SPEAK, "a", {"body": "b"})


async def test_a_time_out_is_ambiguous_only_where_something_is_made(
    server: Server, clock: Clock
) -> None:
    let_go = asyncio.Event()

    async def silent(_: web.Request) -> web.StreamResponse:
        await let_go.wait()
        return web.Response()

    server.answers = [says({}), silent]
    client = Client(
        app_id=42, private_key=PRIVATE_KEY, api_url=server.url, now=clock, timeout_seconds=1.0
    )
    await client.get(SPEAK, "a")
    asks = [
        client.get(SPEAK, "a"),
        client.patch(SPEAK, "a", {"body": "b"}),
        client.post(SPEAK, "a", {"content": "eyes"}, is_repeatable=True),
        client.post(SPEAK, "a", {"body": "b"}),
    ]
    errors = await asyncio.gather(*asks, return_exceptions=True)
    let_go.set()
    await client.close()
    assert [type(error) for error in errors] == [Transient, Transient, Transient, Ambiguous]


async def test_what_never_reached_github_was_surely_not_done(clock: Clock) -> None:
    url = f"http://127.0.0.1:{unused_port()}"
    client = Client(app_id=42, private_key=PRIVATE_KEY, api_url=url, now=clock)
    with pytest.raises(Transient, match="reached") as caught:
        await client.post(None, "a", {"body": "b"})
    await client.close()
    assert type(caught.value) is Transient


async def test_untold_waits_double_for_one_installation_until_it_goes_well(
    server: Server, client: Client
) -> None:
    async def wait(grant: Grant) -> float:
        with pytest.raises(Postpone) as caught:
            await client.get(grant, "a")
        return caught.value.seconds

    server.answers = [says({"message": "Slow down"}, 429)]
    assert [await wait(SPEAK), await wait(SPEAK), await wait(ELSEWHERE)] == [60, 120, 60]
    server.answers = [says({})]
    await client.get(SPEAK, "a")
    server.answers = [says({"message": "Slow down"}, 429)]
    assert [await wait(SPEAK), await wait(ELSEWHERE)] == [60, 120]


async def test_the_apps_own_limit_is_nobodys_installation(server: Server, client: Client) -> None:
    server.answers = [says({"message": "Slow down"}, 429, Retry_After="3")]
    with pytest.raises(Postpone) as caught:
        await client.get(None, "a")
    assert not caught.value.is_for_tenant


async def test_what_is_missing_is_none_only_where_it_may_be(server: Server, client: Client) -> None:
    server.answers = [says({"message": "Not Found"}, 404)]
    assert await client.find(SPEAK, "a") is None
    with pytest.raises(Refused):
        await client.get(SPEAK, "a")


async def test_an_app_that_is_not_installed_is_not_a_thing_that_is_missing(
    server: Server, client: Client
) -> None:
    server.minting = says({"message": "Not Found"}, 404)
    with pytest.raises(Refused, match="not installed"):
        await client.find(SPEAK, "a")


def test_a_key_that_is_none_is_refused_at_once(clock: Clock) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the library's own words
        Client(app_id=42, private_key="no key", api_url="http://127.0.0.1:1", now=clock)


def test_a_key_of_another_kind_is_refused_at_once(clock: Clock) -> None:
    key = Ed25519PrivateKey.generate().private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    with pytest.raises(TypeError, match="RSA"):
        Client(app_id=42, private_key=key.decode(), api_url="http://127.0.0.1:1", now=clock)


def test_tokens_do_not_show_in_a_representation(clock: Clock) -> None:
    assert "ghs_" not in repr(_Token(text="ghs_secret", expires_at=clock()))
