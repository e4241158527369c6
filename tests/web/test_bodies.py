"""Bodies: at most so large, so many bytes at once, in time, and in whatever way they come."""

from __future__ import annotations

import asyncio
import io
import tracemalloc
from collections.abc import AsyncIterator

import pytest
from aiohttp import StreamReader, web
from aiohttp.base_protocol import BaseProtocol
from aiohttp.test_utils import make_mocked_request
from structlog.testing import capture_logs

from app.web.bodies import BODY_BYTES_MAX, Bodies, BodyFault
from tests.web.raw import request, wire
from tests.web.serving import BODY, SECRETS, Served, signature, signed

HOOK = "/hooks/github"


async def test_expect_is_answered_and_then_the_body_is_taken(simple: Served) -> None:
    answer = await simple.post(HOOK, data=BODY, headers=signed(BODY), expect100=True)
    assert answer.status == 202


async def test_a_chunked_body_is_taken(simple: Served) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for at in range(0, len(BODY), 7):
            yield BODY[at : at + 7]

    answer = await simple.post(HOOK, data=pieces(), headers=signed(BODY))
    assert answer.status == 202
    assert await simple.stored() == 1


async def test_the_largest_body_is_taken(simple: Served) -> None:
    body = b'{"a": "' + b"x" * (BODY_BYTES_MAX - 9) + b'"}'
    assert len(body) == BODY_BYTES_MAX
    answer = await simple.post(HOOK, data=io.BytesIO(body), headers=signed(body))
    assert answer.status == 202


async def test_a_larger_one_is_refused_before_it_comes(simple: Served) -> None:
    headers = {**signed(BODY), "content-length": str(BODY_BYTES_MAX + 1)}
    async with wire(simple.port) as line:
        await line.write(request(HOOK, headers))
        head = await line.head()
    assert head.startswith(b"HTTP/1.1 413 ")
    assert await simple.stored() == 0


async def test_a_larger_one_that_does_not_say_so_is_not_kept(simple: Served) -> None:
    piece = b"x" * 2**20

    async def endless() -> AsyncIterator[bytes]:
        for _ in range(60):
            yield piece

    tracemalloc.start()
    try:
        answer = await simple.post(HOOK, data=endless(), headers=signed(BODY))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (answer.status, answer.reason) == (413, "The body is larger than 26 MiB.")
    assert peak < 2 * BODY_BYTES_MAX
    assert await simple.stored() == 0


async def test_a_sender_that_leaves_in_the_middle_is_no_error(
    simple: Served, caplog: pytest.LogCaptureFixture
) -> None:
    headers = {**signed(BODY), "content-length": str(len(BODY))}
    with capture_logs() as logs:
        async with wire(simple.port) as line:
            await line.write(request(HOOK, headers) + BODY[:5])
        assert (await simple.send()).status == 202  # the next one is served
    assert sorted((log["event"], log.get("refusal")) for log in logs) == [
        ("a delivery is stored", None),
        ("a message was refused", BodyFault.LEFT),
    ]
    assert caplog.text == ""
    assert await simple.stored() == 1


@pytest.fixture
async def reading() -> AsyncIterator[tuple[int, list[bytes | BodyFault]]]:
    """A server that reads bodies of 100 bytes, 150 in all, in 0.2 seconds: port and results."""
    bodies = Bodies(body_bytes_max=100, reading_bytes_max=150, read_seconds_max=0.2)
    read: list[bytes | BodyFault] = []

    async def handle(request_: web.Request) -> web.Response:
        read.append(await bodies.read(request_))
        return web.Response()

    app = web.Application()
    app.router.add_post("/", handle)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield runner.addresses[0][1], read
    await runner.cleanup()


async def test_a_slow_body_is_given_up(reading: tuple[int, list[bytes | BodyFault]]) -> None:
    port, read = reading
    async with wire(port) as line:
        await line.write(request("/", {"content-length": "10"}) + b"x")
        await line.head()
    assert read == [BodyFault.TOO_SLOW]


async def test_a_body_that_is_no_chunk_does_not_wait_for_ever(
    reading: tuple[int, list[bytes | BodyFault]],
) -> None:
    port, read = reading
    async with wire(port) as line:
        await line.write(request("/", {"transfer-encoding": "chunked"}) + b"1\r\nx\r\n")
        await asyncio.sleep(0)
        await line.write(b"no chunk\r\n")
        await line.head()
    assert len(read) == 0 or read[0] in (BodyFault.BROKEN, BodyFault.TOO_SLOW)


async def test_a_body_that_the_library_cannot_read_is_broken() -> None:
    content = StreamReader(BaseProtocol(asyncio.get_running_loop()), 2**16)
    content.set_exception(web.RequestPayloadError("no chunk"))
    request_ = make_mocked_request("POST", "/", payload=content)
    assert await Bodies().read(request_) is BodyFault.BROKEN


async def test_all_bodies_together_are_bounded(
    reading: tuple[int, list[bytes | BodyFault]],
) -> None:
    port, read = reading
    async with wire(port) as first, wire(port) as second, wire(port) as third:
        await first.write(request("/", {"content-length": "100"}) + b"x" * 99)
        await second.write(request("/", {"content-length": "60"}) + b"x" * 60)
        await second.head()
        await first.write(b"x")
        await first.head()
        await third.write(request("/", {"content-length": "100"}) + b"y" * 100)
        await third.head()
    assert read == [BodyFault.NO_ROOM, b"x" * 100, b"y" * 100]


@pytest.mark.parametrize("length", [0, 1, 100])
async def test_what_was_read_is_what_was_sent(
    reading: tuple[int, list[bytes | BodyFault]], length: int
) -> None:
    port, read = reading
    async with wire(port) as line:
        await line.write(request("/", {"content-length": str(length)}) + b"z" * length)
        await line.head()
    assert read == [b"z" * length]


async def test_an_unsigned_flood_costs_no_parsing(simple: Served) -> None:
    body = b"[" * 2**20
    answers = await asyncio.gather(
        *(
            simple.send(body, x_hub_signature_256=signature(b"", SECRETS["github"]))
            for _ in range(8)
        )
    )
    assert {answer.status for answer in answers} == {401}
