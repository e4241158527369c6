from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Callable

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from app.rehearsal.faults import REQUEST_FAULTS, Fault, Faults

Client = TestClient[web.Request, web.Application]
Serve = Callable[[Faults], Awaitable[Client]]


@pytest.fixture
def work() -> list[str]:
    """What the handler behind the faults has done."""
    return []


@pytest.fixture
async def serve(work: list[str]) -> AsyncIterator[Serve]:
    clients: list[Client] = []

    async def handler(request: web.Request) -> web.Response:
        if request.path == "/refused":
            work.append("refused")
            raise web.HTTPConflict
        work.append(await request.text())
        return web.json_response({"done": True})

    async def start(faults: Faults) -> Client:
        app = web.Application(middlewares=[faults.middleware])
        app.router.add_route("*", "/{path:.*}", handler)
        client = TestClient(TestServer(app))
        await client.start_server()
        clients.append(client)
        return client

    yield start
    for client in clients:
        await client.close()


async def test_without_faults_everything_works(serve: Serve, work: list[str]) -> None:
    client = await serve(Faults())
    async with client.post("/x", data="a") as response:
        assert response.status == 200
    assert work == ["a"]


@pytest.mark.parametrize(
    ("fault", "status", "sentence"),
    [
        (Fault.BAD_GATEWAY, 502, "Bad Gateway"),
        (Fault.SERVER_ERROR, 500, "Server Error"),
        (Fault.RATE_LIMITED, 403, "secondary rate limit"),
        (Fault.TOO_MANY, 429, "Too Many Requests"),
    ],
)
async def test_a_refusing_fault_answers_before_any_work(
    serve: Serve, work: list[str], fault: Fault, status: int, sentence: str
) -> None:
    faults = Faults(retry_after_seconds=7)
    faults.once(fault)
    client = await serve(faults)
    async with client.post("/x", data="a") as response:
        assert response.status == status
        assert sentence in await response.text()
        wants_pause = fault in {Fault.RATE_LIMITED, Fault.TOO_MANY}
        assert response.headers.get("Retry-After") == ("7" if wants_pause else None)
    assert work == []
    async with client.post("/x", data="b") as response:
        assert response.status == 200
    assert faults.injected == {fault: 1}


async def test_a_timeout_holds_the_request_and_then_drops_it(serve: Serve, work: list[str]) -> None:
    faults = Faults(timeout_seconds=0.05)
    faults.once(Fault.TIMEOUT)
    client = await serve(faults)
    began = time.monotonic()
    with pytest.raises(aiohttp.ClientError):
        await client.post("/x", data="a")
    assert time.monotonic() - began >= 0.05
    assert work == []


async def test_a_lost_answer_does_the_work_and_drops_the_connection(
    serve: Serve, work: list[str]
) -> None:
    faults = Faults()
    faults.once(Fault.ANSWER_LOST, times=2)
    client = await serve(faults)
    for path in ("/x", "/refused"):
        with pytest.raises(aiohttp.ClientError):
            await client.post(path, data="a")
    assert work == ["a", "refused"]


async def test_once_matches_method_and_path(serve: Serve) -> None:
    faults = Faults()
    faults.once(Fault.BAD_GATEWAY, method="POST", path=r"/issues/\d+/comments$", times=2)
    client = await serve(faults)

    async def status(method: str, path: str) -> int:
        async with client.request(method, path) as response:
            return response.status

    assert await status("GET", "/issues/1/comments") == 200
    assert await status("POST", "/issues/x/comments") == 200
    assert await status("POST", "/issues/1/comments") == 502
    assert await status("POST", "/issues/22/comments") == 502
    assert await status("POST", "/issues/1/comments") == 200


async def test_clear_ends_scripted_and_random_faults(serve: Serve) -> None:
    faults = Faults(rates={Fault.SERVER_ERROR: 1.0})
    faults.once(Fault.BAD_GATEWAY)
    faults.clear()
    client = await serve(faults)
    async with client.get("/x") as response:
        assert response.status == 200


async def test_what_people_look_at_never_fails(serve: Serve) -> None:
    client = await serve(Faults(rates={Fault.SERVER_ERROR: 1.0}))
    async with client.get("/_stage/issues/1") as response:
        assert response.status == 200
    async with client.get("/x") as response:
        assert response.status == 500


async def test_another_service_fails_in_its_own_words() -> None:
    faults = Faults(rates={Fault.TOO_MANY: 1.0})

    def answer(fault: Fault, retry_after_seconds: int) -> web.Response:
        return web.json_response({"error": {"type": str(fault)}}, status=429)

    app = web.Application(middlewares=[faults.middleware_answering(answer)])
    async with TestClient(TestServer(app)) as client, client.get("/v1/x") as response:
        assert await response.json() == {"error": {"type": "too_many"}}


def _draw(seed: int) -> list[Fault | None]:
    faults = Faults(seed, rates=dict.fromkeys(REQUEST_FAULTS, 0.05))
    return [faults.for_request("GET", "/x") for _ in range(400)]


def test_random_faults_come_again_with_the_same_seed() -> None:
    drawn = _draw(1)
    assert drawn == _draw(1)
    assert drawn != _draw(2)
    assert set(drawn) == {None, *REQUEST_FAULTS}
    assert 60 <= sum(fault is not None for fault in drawn) <= 180


def test_random_faults_end_at_the_limit_and_scripted_ones_do_not_count() -> None:
    faults = Faults(rates={Fault.SERVER_ERROR: 1.0}, limit=2)
    faults.once(Fault.BAD_GATEWAY)
    drawn = [faults.for_request("GET", "/x") for _ in range(5)]
    assert drawn == [Fault.BAD_GATEWAY, Fault.SERVER_ERROR, Fault.SERVER_ERROR, None, None]


def test_webhook_faults_and_request_faults_do_not_meet() -> None:
    faults = Faults()
    faults.once(Fault.DUPLICATE, path="issue_comment")
    assert faults.for_request("POST", "/issue_comment") is None
    assert faults.for_webhook("issues") is None
    assert faults.for_webhook("issue_comment") is Fault.DUPLICATE


async def test_a_client_that_gave_up_ends_a_held_request_without_noise(serve: Serve) -> None:
    faults = Faults(timeout_seconds=0.1)
    faults.once(Fault.TIMEOUT)
    client = await serve(faults)
    with pytest.raises(TimeoutError):
        await client.get("/x", timeout=aiohttp.ClientTimeout(total=0.02))
    async with client.get("/x") as response:
        assert response.status == 200
