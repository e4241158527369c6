"""What holds of every answer, whatever was asked: its headers, and that looking changes nothing."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from app.domain.tickets.paying import CheckoutState
from app.store.engine import Database
from tests.web.raw import request, wire
from tests.web.samples import CHOSEN, OPERATOR, at_checkout
from tests.web.serving import Answer, Served, count_rows, serving

ALWAYS = {
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Strict-Transport-Security": "max-age=31536000",
}


@pytest.fixture
async def busy(database: Database) -> AsyncIterator[Served]:
    """A server with a ticket that can be paid, and one whose checkout is open."""
    async with serving(database) as served:
        await served.has(CHOSEN)
        await served.has(at_checkout(CheckoutState.OPEN))
        yield served


def addresses(served: Served) -> list[str]:
    """Give every address that can be got, each with everything that it can be asked for."""
    found = [
        resource.canonical.replace("{token}", ticket.token)
        .replace("{provider}", "github")
        .replace("{name}", "style.css")
        .replace("{repository}", "70")
        for resource in served.app.router.resources()
        for ticket in served.tickets
    ]
    return sorted({*found, *(f"{path}?plan=question" for path in found)})


def protected(answer: Answer) -> None:
    for name, value in ALWAYS.items():
        assert answer.headers[name] == value
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'self'; img-src 'self';")
    assert "form-action 'self' https://checkout.stripe.com;" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    for name in ("Server", "Set-Cookie", "X-Powered-By"):
        assert name not in answer.headers
    assert "Cache-Control" in answer.headers
    assert "X-Request-Id" in answer.headers


async def test_looking_changes_nothing_and_every_answer_is_protected(busy: Served) -> None:
    before = await busy.database.reading(count_rows)
    statuses = set()
    for address in [*addresses(busy), "/nowhere", "/static/none", "/t/", "/pay/nobody", "/%ff"]:
        for method in ("GET", "HEAD"):
            answer = await busy.ask(method, address)
            protected(answer)
            statuses.add(answer.status)
    assert statuses == {200, 303, 404, 405, 503}  # 503: signing in is not set up here
    assert await busy.database.reading(count_rows) == before
    await busy.post(f"/pay/{busy.tickets[0].token}")
    after = await busy.database.reading(count_rows)
    assert {name for name in after if after[name] != before[name]} == {"event"}


async def test_every_kind_of_error_is_protected(simple: Served) -> None:
    protected(await simple.post("/hooks/github", data=b"{}"))
    protected(await simple.post("/t/token"))
    protected(await simple.post("/pay/nobody"))
    protected(await simple.ask("DELETE", "/"))
    answer = await simple.get("/", headers={"Expect": "the-unexpected"})
    assert answer.status == 417
    protected(answer)


async def test_a_failure_is_protected_and_tells_nothing(
    simple: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(_: object) -> None:
        raise RuntimeError("a private value")

    monkeypatch.setattr(simple.database, "reading", fail)
    with capture_logs() as logs:
        for path in ("/t/a-public-token", "/pay/a-public-token", "/metrics"):
            answer = await simple.get(path)
            assert answer.status == 500
            assert "private" not in answer.text
            protected(answer)
    assert [log["route"] for log in logs] == ["/t/{token}", "/pay/{token}", "/metrics"]
    assert "a-public-token" not in str(logs)


async def test_an_error_repeats_what_is_allowed(simple: Served) -> None:
    answer = await simple.post("/t/token")
    assert (answer.status, answer.headers["Allow"]) == (405, "GET,HEAD")
    assert "That is not possible here" in answer.text


async def test_only_a_site_on_https_asks_for_https(sqlite: Database) -> None:
    operator = replace(OPERATOR, public_url="http://127.0.0.1:8080")
    async with serving(sqlite, operator=operator) as served:
        assert "Strict-Transport-Security" not in (await served.get("/")).headers


async def test_pages_and_redirects_are_not_kept(busy: Served) -> None:
    for ticket in busy.tickets:
        for path in ("t", "pay"):
            answer = await busy.get(f"/{path}/{ticket.token}")
            assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "raw",
    [
        b"GET /t/token HTTP/9.9\r\n\r\n",
        b"nonsense\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET /t/" + b"x" * 9000 + b" HTTP/1.1\r\nHost: test\r\n\r\n",
        request("/t/token", {"a" * 9000: "b"}, "GET"),
    ],
)
async def test_what_is_not_http_is_refused_and_told_briefly(
    simple: Served, raw: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    async with wire(simple.port) as line:
        await line.write(raw)
        assert b" 400 " in await line.head()
    assert (await simple.get("/healthz")).status == 200
    assert caplog.text == "" or caplog.messages == ["what came was not HTTP"]
    assert {record.levelname for record in caplog.records} <= {"INFO"}
    assert "Traceback" not in caplog.text


def test_an_error_of_our_own_is_told_whole(
    simple: Served, caplog: pytest.LogCaptureFixture
) -> None:
    error = RuntimeError("of our own")
    logging.getLogger("aiohttp.server").error("a request failed", exc_info=error)
    assert "RuntimeError: of our own" in caplog.text
