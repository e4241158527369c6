from __future__ import annotations

from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any, cast

import aiohttp
import pytest

from app.rehearsal.cast import CUSTOMER, HELPER, assemble
from app.rehearsal.marks import Mark, read_mark
from app.rehearsal.said import Listener, Said, count, newest
from app.rehearsal.world import Plot, World, world


@pytest.fixture
async def played(sqlite_url: str) -> AsyncIterator[World]:
    async with world(Plot(database_url=sqlite_url)) as made:
        yield made


async def test_everything_that_was_said_has_plain_words(played: World) -> None:
    listener = Listener(played)
    issue = played.github.open_issue(assemble(played.github), "It hangs", by=CUSTOMER)
    played.github.comment(issue, "/support", by=CUSTOMER)
    await played.settle()
    first = listener.news()
    changes = [(said.to, said.what) for said in first if said.is_change]
    # A check run on the first commit may come between.
    assert [change for change in changes if "check run" not in change[1]] == [
        ("GitHub", "reacts with eyes"),
        ("GitHub", "posts the card (offered, unpaid)"),
        ("GitHub", "posts the AI draft"),
    ]
    assert ("OpenAI", "asks the model for a draft") in [(said.to, said.what) for said in first]
    assert [said for said in first if "something" in said.what] == []

    card = issue.comments[1].body
    token = card.partition("/pay/")[2].partition("?")[0]
    pay_url = f"{played.url}/pay/{token}?plan=question"
    async with aiohttp.ClientSession() as browser, browser.post(pay_url) as answer:
        assert answer.status == 200
    [session] = played.stripe.all("checkout.session")
    played.stripe.pay(session["id"])
    await played.settle()
    second = listener.news()
    assert "opens a checkout for $49.00" in [said.what for said in second]
    assert f"assigns {HELPER}" in [said.what for said in second]
    assert listener.news() == []
    played.github.close_issue(issue, by=HELPER)
    await played.settle()
    third = listener.news()
    [asked] = [said for said in third if said.what == "asks what closed the issue"]
    assert not asked.is_change
    assert "posts a notice (proposed)" in " ".join(said.what for said in third if said.is_change)
    assert count(played) == len(first) + len(second) + len(third)
    moments = [said.at for said in newest(played, 5)]
    assert len(moments) == 5
    assert moments == sorted(moments, reverse=True)


def said_to_stripe(method: str, path: str, status: int | None, **params: Any) -> Said:
    record = SimpleNamespace(at=0, method=method, path=path, params=params, status=status)
    nobody = SimpleNamespace(requests=[])
    stage = SimpleNamespace(github=nobody, openai=nobody, stripe=SimpleNamespace(requests=[record]))
    [said] = Listener(cast("World", stage)).news()
    return said


def test_what_was_refused_or_got_lost_changed_nothing() -> None:
    assert said_to_stripe("POST", "/v1/refunds", 200).is_change
    assert not said_to_stripe("POST", "/v1/refunds", 400).is_change
    assert not said_to_stripe("POST", "/v1/refunds", None).is_change
    assert not said_to_stripe("GET", "/v1/refunds", 200).is_change


def test_what_has_no_words_is_told_all_the_same() -> None:
    assert said_to_stripe("GET", "/v1/coupons", 200).what == "reads something"
    assert said_to_stripe("POST", "/v1/coupons", 200).what == "asks for something"
    assert said_to_stripe("POST", "/v1/checkout/sessions", 400).what == "opens a checkout"


def test_a_card_a_draft_and_a_notice_are_told_apart() -> None:
    assert read_mark("<!-- mainstay:card:01a v=3 stage=queued money=paid -->\n### Paid") == Mark(
        kind="card", ticket="01a", detail="", v=3, stage="queued", money="paid"
    )
    notice = read_mark("<!-- mainstay:notice:01a:refund -->\n@carol")
    assert notice is not None
    assert (notice.kind, notice.detail, notice.name) == ("notice", "refund", "a notice (refund)")
    names = [
        mark.name
        for mark in map(read_mark, ("<!-- mainstay:draft:01a -->\n", "<!-- mainstay:help:7 -->\n"))
        if mark is not None
    ]
    assert names == ["the AI draft", "the help"]


@pytest.mark.parametrize(
    "body", ["", "/support", "<!-- mainstay:card:01a -->", "x <!-- mainstay:draft:01a -->\n"]
)
def test_other_comments_have_no_mark(body: str) -> None:
    assert read_mark(body) is None
