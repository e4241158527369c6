"""What is taken in, what is refused with which reason, and that nothing refused is stored."""

from __future__ import annotations

import hashlib
import hmac
import json
from ipaddress import ip_network

import pytest
from aiohttp import web
from structlog.testing import capture_logs

from app.store.engine import Database
from app.web import hooks
from app.web.bodies import Bodies, BodyFault
from tests.web.samples import NOW
from tests.web.serving import BODY, SECRETS, Served, serving, signature, signed

SHA1 = "sha1=" + hmac.new(SECRETS["github"].encode(), BODY, hashlib.sha1).hexdigest()


async def test_a_delivery_is_stored_once_and_acknowledged_each_time(served: Served) -> None:
    first = await served.send(x_github_delivery="d-1")
    again = await served.send(x_github_delivery="d-1")
    assert (first.status, first.json) == (202, {"status": "stored"})
    assert (again.status, again.json) == (200, {"status": "it was stored before"})
    assert await served.stored() == 1


async def test_what_we_do_not_know_is_stored_like_everything_else(simple: Served) -> None:
    for event in ("ping", "an_event_of_tomorrow", "push"):
        assert (await simple.send(x_github_event=event)).status == 202
    assert await simple.stored() == 3


WRONG_HEADERS: list[tuple[dict[str, str | None], int, str]] = [
    ({"x_hub_signature_256": None}, 401, "X-Hub-Signature-256 is missing"),
    ({"x_hub_signature_256": None, "x_hub_signature": SHA1}, 401, "X-Hub-Signature-256"),
    ({"x_hub_signature_256": SHA1}, 401, "is not sha256="),
    ({"x_hub_signature_256": ""}, 401, "is missing"),
    ({"x_hub_signature_256": signature(BODY, "another-secret-entirely")}, 401, "not fit"),
    ({"x_hub_signature_256": signature(BODY + b" ")}, 401, "does not fit the body"),
    ({"x_hub_signature_256": "sha256=" + "é" * 64}, 401, "64 hexadecimal digits"),
    ({"x_hub_signature_256": "sha256=" + "\u0661" * 64}, 401, "64 hexadecimal digits"),
    ({"x_github_event": None}, 400, "X-GitHub-Event is missing"),
    ({"x_github_event": "a b"}, 400, "X-GitHub-Event"),
    ({"x_github_delivery": None}, 400, "X-GitHub-Delivery is missing"),
    ({"x_github_delivery": "é"}, 400, "X-GitHub-Delivery"),
    ({"content_type": "text/plain"}, 415, "application/json"),
    ({"content_type": "application/x-www-form-urlencoded"}, 415, "application/json"),
    ({"content_type": "application/jsonp"}, 415, "application/json"),
    ({"content_encoding": "gzip"}, 415, "Content-Encoding"),
]


async def test_wrong_headers_are_refused_with_the_reason(
    simple: Served, subtests: pytest.Subtests
) -> None:
    for headers, status, words in WRONG_HEADERS:
        with subtests.test(headers=headers):
            answer = await simple.send(**headers)
            assert answer.status == status
            assert words in answer.reason
    assert await simple.stored() == 0


NO_OBJECTS = [
    b"",
    b"{",
    b"[]",
    b'"a string"',
    b"null",
    b"7",
    b'{"a": NaN}',
    b"\xff\xfe{}",
    b'{"a": 1} {"b": 2}',
    b"[" * 100_000,
    b'{"a":' * 100_000,
]


async def test_a_body_that_is_no_json_object_is_refused(
    simple: Served, subtests: pytest.Subtests
) -> None:
    for body in NO_OBJECTS:
        with subtests.test(body=body[:12]):
            answer = await simple.send(body)
            assert answer.status == 400
            assert "not a JSON object" in answer.reason
    assert await simple.stored() == 0


async def test_without_the_secret_nobody_learns_what_is_wrong_with_a_body(simple: Served) -> None:
    for body in (b"", b"[]", b"{"):
        answer = await simple.send(body, x_hub_signature_256=signature(body, "not the secret"))
        assert answer.status == 401


async def test_other_methods_are_refused(simple: Served) -> None:
    for method in ("GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"):
        answer = await simple.ask(method, "/hooks/github", data=BODY, headers=signed(BODY))
        assert (answer.status, answer.headers["Allow"]) == (405, "POST")
        assert method == "HEAD" or answer.reason == "Send it with POST."
    assert await simple.stored() == 0


async def test_a_provider_that_sends_nothing_has_no_hook(simple: Served) -> None:
    for path in ("/hooks/discord", "/hooks/openai", "/hooks/", "/hooks/github/x"):
        answer = await simple.post(path, data=BODY, headers=signed(BODY))
        assert answer.status == 404
        assert answer.reason
    assert await simple.stored() == 0


async def test_snapshot_and_thin_events_come_to_the_same_address(served: Served) -> None:
    for kind in ("event", "v2.core.event"):
        event = {"id": f"evt_{kind}", "object": kind, "type": "a.b"}
        body = json.dumps(event).encode()
        for status in (202, 200):
            headers = signed_by_stripe(body)
            answer = await served.post("/hooks/stripe", data=body, headers=headers)
            assert answer.status == status
    assert await served.stored() == 2


NO_EVENTS: list[tuple[bytes, dict[str, str], int]] = [
    (b"{}", {"stripe-signature": "t=1,v1=é"}, 401),
    (b"{}", {"stripe-signature": ""}, 401),
    (b"{}", {}, 400),
    (b"[]", {}, 400),
    (b"\xff", {}, 400),
    (b'{"id": "evt_1", "type": "a"}', {"content-type": "text/plain"}, 415),
]


async def test_what_is_not_an_event_of_stripes_is_refused(simple: Served) -> None:
    for body, wrong, status in NO_EVENTS:
        headers = {**signed_by_stripe(body), **wrong}
        answer = await simple.post("/hooks/stripe", data=body, headers=headers)
        assert answer.status == status
        assert answer.reason
    assert await simple.stored() == 0


async def test_a_process_that_stops_takes_nothing_in(simple: Served) -> None:
    simple.is_stopping = True
    answer = await simple.send()
    assert (answer.status, answer.reason) == (503, "This process is stopping.")
    assert await simple.stored() == 0


FORGED = {"x_hub_signature_256": signature(b"something else")}
UNSIGNED = {"x_hub_signature_256": None}


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hooks, "REFUSED_MAX", 3)


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize("wrong", [FORGED, UNSIGNED])
async def test_what_is_signed_wrongly_is_answered_so_often_and_no_more(
    simple: Served, wrong: dict[str, str | None]
) -> None:
    with capture_logs() as logs:
        answers = [await simple.send(**wrong) for _ in range(6)]
    assert [answer.status for answer in answers] == [401] * 3 + [429] * 3
    for answer in answers[3:]:
        assert answer.headers["Retry-After"] == "60"
        assert "not signed with our secret" in answer.reason
    assert [log["event"] for log in logs] == [
        *["a message was refused"] * 3,
        "somebody asks too often",  # once
    ]
    assert await simple.stored() == 0


@pytest.mark.usefixtures("few")
async def test_what_is_well_signed_is_taken_in_whatever_else_comes_from_its_address(
    simple: Served,
) -> None:
    body = json.dumps({"id": "evt_1", "object": "event", "type": "a.b"}).encode()
    for wrong in (FORGED, UNSIGNED) * 4:
        await simple.send(**wrong)
        assert (await simple.send()).status == 202
        stripe = {"data": body, "headers": signed_by_stripe(body)}
        assert (await simple.post("/hooks/stripe", **stripe)).status in (200, 202)
        # what we cannot use of it keeps its reason, too: it is the sender's, and not a stranger's
        assert (await simple.send(content_type="text/plain")).status == 415
        assert (await simple.send(b"[]")).status == 400
    assert (await simple.send(**FORGED)).status == 429
    assert await simple.stored() == 9


@pytest.mark.usefixtures("few")
async def test_after_too_many_what_has_no_signature_is_not_even_read(
    simple: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[int | None] = []
    inner = Bodies.read

    async def noted(self: Bodies, request: web.Request) -> bytes | BodyFault:
        read.append(request.content_length)
        return await inner(self, request)

    monkeypatch.setattr(Bodies, "read", noted)
    for _ in range(5):
        await simple.send(**UNSIGNED)
    assert len(read) == 3
    assert (await simple.send(**FORGED)).status == 429  # only its body tells
    assert len(read) == 4


@pytest.mark.usefixtures("few")
async def test_nothing_else_that_anybody_can_send_there_is_answered_for_ever(
    simple: Served,
) -> None:
    assert (await simple.post("/hooks/discord")).status == 404
    assert (await simple.get("/hooks/github")).status == 405
    assert (await simple.send(**FORGED, content_encoding="gzip")).status == 415
    assert (await simple.post("/hooks/discord")).status == 429
    assert (await simple.get("/hooks/github")).status == 429
    assert (await simple.send(**FORGED, content_encoding="gzip")).status == 429


@pytest.mark.usefixtures("few")
async def test_strangers_behind_our_proxy_are_counted_one_by_one(sqlite: Database) -> None:
    async with serving(sqlite, trusted_proxies=(ip_network("127.0.0.1"),)) as served:
        for n, status in ((1, 401), (1, 401), (1, 401), (1, 429), (2, 401)):
            answer = await served.send(**FORGED, x_forwarded_for=f"192.0.2.{n}")
            assert answer.status == status


async def test_the_log_tells_what_came_and_nothing_of_its_content(simple: Served) -> None:
    body = json.dumps({"text": "a private sentence"}).encode()
    with capture_logs() as logs:
        await simple.send(body, x_github_delivery="d-1")
        await simple.send(body, x_hub_signature_256=signature(b""))
    stored, refused = logs
    assert (stored["provider"], stored["delivery"], stored["kind"]) == ("github", "d-1", "issues")
    assert (refused["provider"], refused["refusal"]) == ("github", "forged")
    assert "private" not in str(logs)
    assert signature(body) not in str(logs)


def signed_by_stripe(body: bytes) -> dict[str, str]:
    at = int(NOW.timestamp())
    message = f"{at}.".encode() + body
    v1 = hmac.new(SECRETS["stripe"].encode(), message, hashlib.sha256).hexdigest()
    return {"content-type": "application/json", "stripe-signature": f"t={at},v1={v1}"}
