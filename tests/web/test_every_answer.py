"""What holds of every answer, whatever was asked: its headers, and that looking changes nothing."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from urllib.parse import quote

import pytest
import structlog
from structlog.testing import capture_logs

from app import logs
from app.domain.tickets.paying import CheckoutState
from app.store.engine import Database
from tests.web.raw import request, wire
from tests.web.samples import CHOSEN, OPERATOR, at_checkout
from tests.web.serving import BODY, Answer, Served, count_rows, serving, signed

FORGED = (
    '\n{"event": "FORGED", "level": "info"}\r\n2026-11-24T12:00:00.000000Z [info     ] FORGED\n'
)
GENUINE = {
    "json": re.compile(r'\{"(?!event": "FORGED").*"timestamp": "[^"]+".*\}$'),
    "text": re.compile(r"[0-9-]{10}T[0-9:.]+Z \[\w+ *\] (?!FORGED)|    "),  # a traceback is set in
}
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


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before = root.handlers, root.level
    yield io.StringIO()
    root.handlers, root.level = before
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()


@pytest.mark.parametrize("log_format", ["json", "text"])
async def test_no_stranger_writes_lines_of_their_own_into_the_log(
    simple: Served, monkeypatch: pytest.MonkeyPatch, stream: io.StringIO, log_format: str
) -> None:
    async def fail(_: object) -> None:
        raise RuntimeError(FORGED)  # the worst: a traceback repeats what somebody sent

    logs.set_up(log_format, stream=stream)
    coded = "%0d%0a".join(("x", quote(FORGED.strip())))
    for path in (f"/t/{coded}", f"/pay/x?plan={coded}", f"/hooks/{coded}", f"/login?next={coded}"):
        await simple.get(path, headers={"Cookie": f"__Host-sid={coded}", "X-Request-Id": coded})
        await simple.post(path, data=FORGED.encode(), headers={"User-Agent": coded})
    for name in ("X-GitHub-Event", "X-GitHub-Delivery", "X-Hub-Signature-256", "X-Request-Id"):
        headers = {**signed(BODY), name: "x\r FORGED\r\x85FORGED"}
        async with wire(simple.port) as line:
            sent = {**headers, "content-length": str(len(BODY)), "connection": "close"}
            await line.write(request("/hooks/github", sent) + BODY)
            await line.rest()
    await simple.send(FORGED.encode())
    await simple.send(FORGED.encode(), x_hub_signature_256=None)
    monkeypatch.setattr(simple.database, "reading", fail)
    assert (await simple.get("/t/x")).status == 500
    lines = stream.getvalue().splitlines()
    assert len(lines) >= 4
    assert [line for line in lines if not GENUINE[log_format].match(line)] == []


def test_an_error_of_our_own_is_told_whole(
    simple: Served, caplog: pytest.LogCaptureFixture
) -> None:
    error = RuntimeError("of our own")
    logging.getLogger("aiohttp.server").error("a request failed", exc_info=error)
    assert "RuntimeError: of our own" in caplog.text
