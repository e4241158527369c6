"""From where a request came, behind proxies too, and what it is called."""

from __future__ import annotations

import re
from ipaddress import ip_network

import pytest
import structlog

from app.store.engine import Database
from app.web import pay
from app.web.senders import HOPS_MAX, Network, sender
from tests.web.serving import Served, serving

PROXIES = (ip_network("127.0.0.1"), ip_network("10.0.0.0/8"), ip_network("fd00::/8"))


@pytest.mark.parametrize(
    ("remote", "forwarded", "expected"),
    [
        ("127.0.0.1", [], "127.0.0.1"),
        ("127.0.0.1", ["192.0.2.1"], "192.0.2.1"),
        ("::ffff:10.1.1.1", ["192.0.2.1"], "192.0.2.1"),
        ("fd00::1", ["2001:db8::1, fd00::2"], "2001:db8::1"),
        # what a sender wrote stands left of what our proxies add
        ("127.0.0.1", ["198.51.100.7, 192.0.2.1"], "192.0.2.1"),
        ("127.0.0.1", ["198.51.100.7", "192.0.2.1", "10.0.0.9"], "192.0.2.1"),
        ("192.0.2.1", ["198.51.100.7"], "192.0.2.1"),
        ("127.0.0.1", ["192.0.2.1, nonsense"], "127.0.0.1"),
        ("127.0.0.1", ["192.0.2.1,"], "127.0.0.1"),
        ("", ["192.0.2.1"], ""),
        ("127.0.0.1", ["192.0.2.1" + ", 10.0.0.1" * HOPS_MAX], "10.0.0.1"),
        ("127.0.0.1", ["192.0.2.1" + ", 10.0.0.1" * (HOPS_MAX - 1)], "192.0.2.1"),
    ],
)
def test_the_sender_is_who_our_nearest_proxy_heard(
    remote: str, forwarded: list[str], expected: str
) -> None:
    assert sender(remote, forwarded, PROXIES) == expected


def test_without_a_proxy_of_ours_nobody_is_believed() -> None:
    assert sender("127.0.0.1", ["192.0.2.1"], ()) == "127.0.0.1"


@pytest.mark.parametrize(("proxies", "status"), [(PROXIES, 404), ((), 429)])
async def test_customers_behind_a_proxy_are_counted_one_by_one(
    sqlite: Database,
    monkeypatch: pytest.MonkeyPatch,
    proxies: tuple[Network, ...],
    status: int,
) -> None:
    monkeypatch.setattr(pay, "PRESSES_MAX", 1)
    async with serving(sqlite, trusted_proxies=proxies) as served:
        for n in range(2):
            answer = await served.post("/pay/nobody", headers={"X-Forwarded-For": f"192.0.2.{n}"})
        assert answer.status == status


async def test_every_answer_has_a_name_which_the_log_knows(
    simple: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    bound: list[object] = []

    async def fail(_: object) -> None:
        bound.append(structlog.contextvars.get_contextvars()["request"])
        raise RuntimeError

    monkeypatch.setattr(simple.database, "reading", fail)
    names = set()
    for _ in range(2):
        answer = await simple.get("/t/token", headers={"X-Request-Id": "of-the-sender"})
        assert answer.status == 500
        names.add(answer.headers["X-Request-Id"])
    assert len(names) == 2
    assert names == set(bound)
    assert all(re.fullmatch("[0-9a-f]{16}", name) for name in names)
