"""How often one address may ask for a page, and press the button."""

from __future__ import annotations

from ipaddress import ip_network

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from app.store.engine import Database
from app.web import limits, pay, site
from app.web.limits import Limit
from tests.web.samples import CHOSEN
from tests.web.serving import count_rows, serving


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def limit(clock: Clock) -> Limit:
    return Limit(requests_max=2, window_seconds=60, addresses_max=3, timer=clock)


def allows(limit: Limit, remote: str | None, **headers: str) -> bool:
    request = make_mocked_request("POST", "/", headers=headers).clone(remote=remote or "")
    try:
        limit.check(request)
    except web.HTTPTooManyRequests:
        return False
    return True


def test_so_many_and_no_more_until_the_window_is_over(limit: Limit, clock: Clock) -> None:
    assert [allows(limit, "192.0.2.1") for _ in range(4)] == [True, True, False, False]
    clock.now = 59  # asking meanwhile does not make it longer
    assert not allows(limit, "192.0.2.1")
    clock.now = 60
    assert allows(limit, "192.0.2.1")


def test_each_address_has_its_own(limit: Limit) -> None:
    for _ in range(2):
        assert allows(limit, "192.0.2.1")
    assert not allows(limit, "192.0.2.1")
    assert allows(limit, "192.0.2.2")


@pytest.mark.parametrize(
    ("one", "another", "are_one"),
    [
        ("2001:db8::1", "2001:db8::ffff", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("192.0.2.1", "::ffff:192.0.2.1", True),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", False),
        ("", "not an address", True),
    ],
)
def test_a_network_that_one_customer_has_is_one(
    limit: Limit, one: str, another: str, *, are_one: bool
) -> None:
    assert all([allows(limit, one), allows(limit, one)])
    assert allows(limit, another) is not are_one


def test_what_anybody_can_write_does_not_count(limit: Limit) -> None:
    headers = {"X-Forwarded-For": "198.51.100.7", "Forwarded": "for=198.51.100.7"}
    assert [allows(limit, "192.0.2.1", **headers) for _ in range(3)] == [True, True, False]


def test_what_it_remembers_is_bounded(limit: Limit) -> None:
    for n in range(10):
        allows(limit, f"192.0.2.{n}")
    assert len(limit._counts) == 3


async def test_every_page_is_answered_so_often_and_no_more(
    sqlite: Database, monkeypatch: pytest.MonkeyPatch, subtests: pytest.Subtests
) -> None:
    monkeypatch.setattr(limits, "PAGES_MAX", 2)
    always = {"/healthz": 200, "/readyz": 200, "/static/style.css": 200}
    async with serving(sqlite) as served:
        token = await served.has(CHOSEN)
        assert (await served.get("/")).status == 200
        assert (await served.get("/nowhere")).status == 404  # what is not there counts as well
        for path in (f"/t/{token}", f"/pay/{token}", "/", "/login", "/metrics", "/nowhere", "/%ff"):
            with subtests.test(path=path):
                answer = await served.get(path)
                assert (answer.status, answer.headers["Retry-After"]) == (429, "60")
                assert "That was a lot at once" in answer.text
        assert (await served.post(f"/pay/{token}")).status == 429
        assert {path: (await served.get(path)).status for path in always} == always
        assert (await served.send()).status == 202


async def test_behind_our_proxy_each_has_pages_of_their_own(
    sqlite: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "PAGES_MAX", 1)
    async with serving(sqlite, trusted_proxies=(ip_network("127.0.0.1"),)) as served:
        for n, status in ((1, 200), (1, 429), (2, 200)):
            answer = await served.get("/", headers={"X-Forwarded-For": f"192.0.2.{n}"})
            assert answer.status == status


def test_the_limit_of_pages_leaves_room_for_whoever_waits() -> None:
    # A page that waits looks again every few seconds; a whole office has one address.
    waiting = limits.PAGES_SECONDS / min(pay.REFRESH_SECONDS, site.CONFIRM_SECONDS)
    assert limits.PAGES_MAX / waiting >= 30
    assert limits.PAGES_MAX > pay.PRESSES_MAX


async def test_a_page_says_so_and_nothing_is_asked(
    sqlite: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pay, "PRESSES_MAX", 3)
    async with serving(sqlite) as served:
        token = await served.has(CHOSEN)
        before = await sqlite.reading(count_rows)
        for _ in range(3):
            assert (await served.post("/pay/nobody")).status == 404
        answer = await served.post(f"/pay/{token}")
        assert (answer.status, answer.headers["Retry-After"]) == (429, "60")
        assert "That was a lot at once" in answer.text
        assert (await served.get(f"/pay/{token}")).status == 200  # looking costs nothing
        assert await sqlite.reading(count_rows) == before
