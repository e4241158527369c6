"""The ticket's own page in each stage, for whoever follows the link."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from app.domain.operator import CHECKOUT_DONE
from app.domain.tickets.paying import CheckoutState
from app.domain.tickets.ticket import Trouble
from tests.web import samples
from tests.web.samples import OPERATOR, at_checkout
from tests.web.serving import Served, words

TITLES = {
    "offered": "Support is on offer",
    "pending": "A bank payment is on its way",
    "queued": "Paid, and a helper is being asked",
    "working": "A helper is at work",
    "proposed": "Is it solved?",
    "review": "The maintainers decide",
    "accepted": "Accepted",
    "settled": "Done",
    "refunded": "Refunded",
    "stopped": "Stopped",
    "expired": "The offer has ended",
}
PAYABLE = {"offered", "chosen", "opening", "open", "failed", "broken"}
OPEN = at_checkout(CheckoutState.OPEN)


async def test_it_answers_the_five_questions_in_every_stage(
    simple: Served, subtests: pytest.Subtests
) -> None:
    for stage, ticket in samples.STAGES.items():
        token = await simple.has(ticket)
        with subtests.test(stage=stage):
            answer = await simple.get(f"/t/{token}")
            assert answer.status == 200
            text = words(answer)
            assert TITLES.get(stage, "") in text
            five = answer.text.partition('<dl class="five">')[2].partition("</dl>")[0]
            assert len(re.findall(r"<dt>[^<]+</dt><dd>.{4,}</dd>", five)) == 5
            assert ("See the plans" in text) == (stage in PAYABLE)
            assert "octo/widgets #" in text
            assert 'href="https://github.com/octo/widgets/issues/' in answer.text
            assert not re.search(r"`|\.\.|\?\.", text)
            assert "<form" not in answer.text
            assert "Refresh" not in answer.headers


async def test_it_says_who_helps_and_why_and_where_the_money_goes(simple: Served) -> None:
    text = words(await simple.get(f"/t/{await simple.has(samples.WORKING)}"))
    assert "Helper ada. It is their turn." in text
    assert "Quick question, $49.00" in text
    assert "Who is asked" not in text
    assert "The helper $43.74 The project $2.36 The platform $1.18" in text


STORIES = [
    ("offered", "24 Nov 2026, 09:00 UTC Support was offered."),
    ("queued", "24 Nov 2026, 10:00 UTC $49.00 was paid. 24 Nov 2026, 10:00 UTC ada was asked."),
    ("working", "ada was asked, and took it."),
    ("declined", "24 Nov 2026, 13:00 UTC carol said what is still missing."),
    ("proposed", "24 Nov 2026, 13:00 UTC ada said that it is solved."),
    ("review", "The maintainers were asked to decide."),
    ("accepted", "24 Nov 2026, 14:00 UTC It was accepted."),
    ("settled", "27 Nov 2026, 13:00 UTC The price was divided."),
    ("refunded", "26 Nov 2026, 10:00 UTC It ended, and all of the money was sent back."),
    ("withdrawn", "It was stopped."),
    ("expired", "8 Dec 2026, 09:00 UTC The offer ended."),
]


async def test_it_tells_what_happened(simple: Served) -> None:
    for stage, told in STORIES:
        text = words(await simple.get(f"/t/{await simple.has(samples.STAGES[stage])}"))
        assert told in text


async def test_whoever_comes_from_the_checkout_is_not_asked_to_pay_again(simple: Served) -> None:
    token = await simple.has(OPEN)
    back = OPERATOR.back_url(token).removeprefix(OPERATOR.public_url)
    answer = await simple.get(back)
    assert answer.status == 200
    assert answer.headers["Refresh"] == "3"
    assert "Your payment is being confirmed" in answer.text
    assert "You do not need to pay again" in answer.text
    await simple.becomes(samples.QUEUED)
    answer = await simple.get(back)
    assert "Refresh" not in answer.headers
    assert "Paid, and a helper is being asked" in answer.text


async def test_without_a_checkout_nothing_is_being_confirmed(simple: Served) -> None:
    for stage in ("offered", "opening", "pending", "settled"):
        token = await simple.has(samples.STAGES[stage])
        answer = await simple.get(f"/t/{token}?{CHECKOUT_DONE}")
        assert "Refresh" not in answer.headers
        assert "being confirmed" not in answer.text


async def test_what_is_out_of_the_ordinary_is_told(simple: Served) -> None:
    failed = replace(samples.REFUNDING, trouble=Trouble.REFUND)
    for ticket, note in (
        (failed, "A refund did not go through. A person is looking at it; nothing is lost."),
        (samples.PAID_TWICE, "Another payment, of $49.00, was not needed. All of it goes straight"),
        (samples.PARTLY_BACK, "$10.00 of $49.00 was given back."),
    ):
        token = await simple.has(ticket)
        for page in ("t", "pay"):
            assert note in (await simple.get(f"/{page}/{token}")).text


async def test_a_private_repository_is_not_named_and_nobody_in_it(simple: Served) -> None:
    for ticket in samples.STAGES.values():
        token = await simple.has(ticket, is_private=True)
        answer = await simple.get(f"/t/{token}")
        assert answer.status == 200
        for name in ("octo", "widgets", "carol", "ada", "linus", "issues/"):
            assert name not in answer.text


async def test_the_front_page_says_what_this_is(simple: Served) -> None:
    answer = await simple.get("/")
    assert answer.status == 200
    assert "Paid support for open source" in answer.text
    assert "Install" not in answer.text  # nobody said where
