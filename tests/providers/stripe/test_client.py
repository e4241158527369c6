from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer, unused_port

from app.domain.effects import CloseCheckout, DraftReply, Effect
from app.domain.errors import Ambiguous, MainstayError, Postpone, Refused, Transient
from app.providers.rooms import Attempt
from app.providers.stripe import client
from app.providers.stripe.perform import Stripe
from tests.providers.stripe.till import LANE, START, TICKET, checkout, read_payment, refund

KEY = "sk_test_corner_cases_0123456789"
ATTEMPT = Attempt(number=1, first_at=START, at=START)
ERROR = {"error": {"type": "invalid_request_error", "message": "No such thing.", "code": "x"}}

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def speaking_with(handler: Handler, timeout_seconds: float = 5.0) -> AsyncIterator[Stripe]:
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handler)
    async with TestServer(app) as server:
        url = str(server.make_url("/"))
        stripe = Stripe(api_key=KEY, api_url=url, timeout_seconds=timeout_seconds)
        try:
            yield stripe
        finally:
            await stripe.close()


def answering(status: int, body: object, headers: dict[str, str] | None = None) -> Handler:
    async def answer(_: web.Request) -> web.StreamResponse:
        if isinstance(body, str):
            return web.Response(status=status, text=body, headers=headers)
        return web.json_response(body, status=status, headers=headers)

    return answer


async def failure(stripe: Stripe, effect: Effect | None = None) -> MainstayError:
    with pytest.raises(MainstayError) as raised:
        await stripe.perform(effect or read_payment("pi_1"), ATTEMPT)
    return raised.value


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (400, ERROR, Refused),
        (402, ERROR, Refused),
        (404, ERROR, Refused),
        (401, ERROR, Transient),
        (403, ERROR, Transient),
        (409, ERROR, Transient),
        (429, ERROR, Postpone),
        (500, ERROR, Ambiguous),
        (502, "<html>Bad Gateway</html>", Ambiguous),
        (503, "", Ambiguous),
        (404, "<html>Not Found</html>", Ambiguous),
        (404, {"message": "no route"}, Ambiguous),
        (200, "<html>Welcome to the hotel's Wi-Fi</html>", Ambiguous),
        (200, {"object": "payment_intent"}, Ambiguous),
        (200, {"id": "pi_1", "object": "payment_intent", "status": "levitating"}, Ambiguous),
    ],
)
async def test_every_answer_says_what_to_do_next(
    status: int, body: object, expected: type[MainstayError]
) -> None:
    async with speaking_with(answering(status, body)) as stripe:
        error = await failure(stripe)
    assert type(error) is expected
    assert str(error).endswith(".")
    assert KEY not in str(error)


@pytest.mark.parametrize(
    ("retry_after", "seconds"), [("7", 7), ("soon", 5), ("-1", 5), ("", 5), ("99999999", 3600)]
)
async def test_a_postponement_is_as_long_as_stripe_says_within_bounds(
    retry_after: str, seconds: float
) -> None:
    async with speaking_with(answering(429, ERROR, {"Retry-After": retry_after})) as stripe:
        error = await failure(stripe)
    assert isinstance(error, Postpone)
    assert (error.seconds, error.is_for_tenant) == (seconds, False)


@pytest.mark.parametrize("effect", [checkout(), refund("pi_1"), read_payment("pi_1")])
async def test_an_answer_of_another_shape_is_as_good_as_none(effect: Effect) -> None:
    async with speaking_with(answering(200, {"object": "list", "data": None})) as stripe:
        assert type(await failure(stripe, effect)) is Ambiguous


async def test_a_checkout_that_stays_open_is_closed_by_a_later_try() -> None:
    effect = CloseCheckout(ticket=TICKET, lane=LANE, session="cs_1")
    session = {"id": "cs_1", "object": "checkout.session", "status": "open"}
    async with speaking_with(answering(200, session)) as stripe:
        assert type(await failure(stripe, effect)) is Transient


async def test_a_kept_refusal_is_a_refusal_once_every_key_is_used_up() -> None:
    keys = []

    async def replay(request: web.Request) -> web.StreamResponse:
        if request.method == "GET":
            return web.json_response({"object": "list", "data": [], "has_more": False})
        keys.append(request.headers["Idempotency-Key"])
        return web.json_response(ERROR, status=400, headers={"Idempotent-Replayed": "true"})

    async with speaking_with(replay) as stripe:
        error = await failure(stripe, checkout())
    assert isinstance(error, Refused)
    assert keys == [checkout().key, f"{checkout().key}:2", f"{checkout().key}:3"]


async def test_an_answer_that_breaks_off_is_ambiguous() -> None:
    async def break_off(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "1000"})
        await response.prepare(request)
        await response.write(b'{"id": ')
        assert request.transport is not None
        request.transport.close()
        return response

    async with speaking_with(break_off) as stripe:
        assert type(await failure(stripe, checkout())) is Ambiguous


async def test_an_answer_that_comes_too_late_is_ambiguous() -> None:
    async def be_slow(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "1000"})
        await response.prepare(request)
        await asyncio.sleep(5)
        return response

    async with speaking_with(be_slow, timeout_seconds=0.05) as stripe:
        assert type(await failure(stripe)) is Ambiguous


async def test_an_answer_without_an_end_is_not_read_to_its_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(client, "ANSWER_BYTES_MAX", 1000)
    async with speaking_with(answering(200, " " * 1001)) as stripe:
        assert "ClientPayloadError" in str(await failure(stripe))


@pytest.mark.parametrize("status", [301, 307])
async def test_a_redirect_is_not_followed(status: int) -> None:
    async def send_on(request: web.Request) -> web.StreamResponse:
        assert request.path != "/elsewhere"
        return web.Response(status=status, headers={"Location": "/elsewhere"})

    async with speaking_with(send_on) as stripe:
        assert str(status) in str(await failure(stripe, checkout()))


async def test_a_server_that_is_not_there_is_ambiguous() -> None:
    stripe = Stripe(api_key=KEY, api_url=f"http://127.0.0.1:{unused_port()}")
    try:
        assert type(await failure(stripe)) is Ambiguous
    finally:
        await stripe.close()


async def test_nothing_is_told_about_us_and_the_key_is_ours() -> None:
    seen: list[dict[str, str]] = []

    async def look(request: web.Request) -> web.StreamResponse:
        seen.append({name.lower(): value for name, value in request.headers.items()})
        return web.json_response(ERROR, status=404, headers={"Request-Id": "req_1"})

    async with speaking_with(look) as stripe:
        await failure(stripe)
        await failure(stripe)
    assert [each["authorization"] for each in seen] == [f"Bearer {KEY}"] * 2
    assert not any("x-stripe-client-telemetry" in each for each in seen)


async def test_one_failed_request_is_one_request() -> None:
    count = 0

    async def fail(_: web.Request) -> web.StreamResponse:
        nonlocal count
        count += 1
        return web.Response(status=503)

    async with speaking_with(fail) as stripe:
        await failure(stripe, checkout())
    assert count == 1


async def test_what_is_for_others_is_refused() -> None:
    draft = DraftReply(ticket=TICKET, lane=LANE, system="", user="", customer_hash="")
    async with speaking_with(answering(500, "")) as stripe:
        assert isinstance(await failure(stripe, draft), Refused)


async def test_closing_twice_is_closing() -> None:
    stripe = Stripe(api_key=KEY)
    await stripe.close()
    await stripe.close()


def test_stripes_library_is_not_imported_until_there_is_something_to_do() -> None:
    script = (
        "import sys; import app.providers.stripe.perform, app.providers.stripe.verify, "
        "app.providers.stripe.translate; "
        "app.providers.stripe.perform.Stripe(api_key='k'); "
        "sys.exit('stripe' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
