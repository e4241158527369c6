"""The pay page in every state of a ticket, and its one button."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlmodel import Session
from structlog.testing import capture_logs

from app.domain.tickets.paying import CheckoutState
from app.domain.tickets.ticket import Trouble
from app.store.engine import Database
from app.store.events import EVENTS
from app.store.queues import State
from app.web import pay
from tests.web import samples
from tests.web.samples import CHECKOUT_URL, CHOSEN, HOUR, NOW, OFFERED, OPERATOR, at_checkout
from tests.web.serving import Served, serving, words

NOTHING_DUE = {
    "free": "This help is free.",
    "pending": "Your bank was asked for the money; nothing else is needed from you.",
    "queued": "It is paid. Thank you.",
    "working": "It is paid. Thank you.",
    "stopping": "It is paid. Thank you.",
    "proposed": "It is paid. Thank you.",
    "declined": "It is paid. Thank you.",
    "review": "It is paid. Thank you.",
    "accepted": "It is paid. Thank you.",
    "settled": "It is paid. Thank you.",
    "paid_twice": "It is paid. Thank you.",
    "partly_back": "It is paid. Thank you.",
    "refunding": "It was paid, and the money was given back.",
    "refunded": "It was paid, and the money was given back.",
    "stopped": "It was paid, and the money was given back.",
    "withdrawn": "The offer was withdrawn. Comment /support to ask again.",
    "overtaken": "Somebody else in this thread has paid already.",
    "expired": "The offer has ended. Comment /support to ask again.",
}
OPENING = at_checkout(CheckoutState.OPENING)
OPEN = at_checkout(CheckoutState.OPEN)


async def requests(served: Served) -> list[str]:
    """Give the keys of the requests for a checkout."""

    def read(session: Session) -> list[str]:
        own = EVENTS.table.c
        return list(session.connection().execute(select(own.key).order_by(own.seq)).scalars())

    return await served.database.reading(read)


async def test_it_shows_all_that_one_wants_to_know_before_paying(simple: Served) -> None:
    token = await simple.has(CHOSEN)
    answer = await simple.get(f"/pay/{token}")
    assert answer.status == 200
    text = words(answer)
    for part in (
        "octo/widgets #1, asked by carol",
        "Quick question $49.00 USD",
        "First answer within 8 working hours",
        "Solved within 3 working days",
        "Where $49.00 goes",
        "core helper community helper",
        "The helper $43.74 $39.01",
        "The project $2.36 $7.09",
        "The platform $1.18 $1.18",
        "Payment processing $1.72 $1.72",
        "ada and linus, chosen by the maintainers. They are asked one after another.",
        "If no helper takes it within 2 days after you paid, you get everything back",
        "Comment /support cancel in the issue. Until a helper has answered you get all of it back",
        "2 days of silence count as a yes",
        (
            "the maintainers decide, within 5 days; if they do not, Fjord Software AS decides; and "
            "if nobody has after 14 days more, you get everything back"
        ),
        "A proposal that you do not decline within 3 days counts as accepted",
        "3 days after you accepted the answer",
        "To the card or account that it came from, usually within 5 to 10 days.",
        "nothing is added to the price",
        "Fjord Software AS. Stripe takes the payment; we never see your card.",
        "Sold by Fjord Software AS",
        "help@example.org",
    ):
        assert part in text
    assert f'<form method="post" action="/pay/{token}?plan=question">' in answer.text
    assert 'href="https://example.org/terms"' in answer.text
    assert "<script" not in answer.text


async def test_without_a_choice_every_plan_stands_there_with_its_button(simple: Served) -> None:
    token = await simple.has(OFFERED)
    answer = await simple.get(f"/pay/{token}")
    assert answer.status == 200
    assert "Choose a plan" in answer.text
    for plan in ("question", "session"):
        assert f'<form method="post" action="/pay/{token}?plan={plan}">' in answer.text
    assert "Where $180.00 goes" in answer.text


async def test_the_address_names_the_plan(simple: Served) -> None:
    token = await simple.has(CHOSEN)
    for plan in ("session", "SESSION"):
        text = (await simple.get(f"/pay/{token}?plan={plan}")).text
        assert "One-hour session" in text
        assert "Quick question" not in text
        assert f'href="/pay/{token}?plan="' in text  # the other plans are one step away


async def test_an_unknown_plan_is_told_kindly(served: Served) -> None:
    token = await served.has(CHOSEN)
    for plan in ("gold", "%3Cb%3E", "a%00b", "x" * 500, "%ff"):
        for method in ("GET", "POST"):
            answer = await served.ask(method, f"/pay/{token}?plan={plan}")
            assert answer.status == 200
            assert "There is no such plan on offer here. These are the ones" in answer.text
            assert "Quick question" in answer.text
            assert "One-hour session" in answer.text
            assert "gold" not in answer.text
    assert await requests(served) == []


async def test_a_promise_that_was_not_given_is_not_shown(simple: Served) -> None:
    silent = replace(samples.QUESTION, respond_within=None)
    terms = replace(samples.TERMS, plans=(silent,))
    token = await simple.has(replace(OFFERED, terms=terms))
    text = words(await simple.get(f"/pay/{token}"))
    assert "First answer" not in text
    assert "Solved within 3 working days" in text
    assert "other plans" not in text


async def test_one_division_is_shown_where_every_helper_has_the_same(simple: Served) -> None:
    only = replace(samples.QUESTION, shares=samples.QUESTION.shares[:1])
    token = await simple.has(replace(OFFERED, terms=replace(samples.TERMS, plans=(only,))))
    text = words(await simple.get(f"/pay/{token}"))
    assert "The helper $43.74 The project $2.36" in text
    assert "core helper" not in text


async def test_nothing_is_due(simple: Served, subtests: pytest.Subtests) -> None:
    for stage, reason in NOTHING_DUE.items():
        token = await simple.has(samples.STAGES[stage])
        for method in ("GET", "POST"):
            with subtests.test(stage=stage, method=method):
                answer = await simple.ask(method, f"/pay/{token}?plan=question")
                assert answer.status == 200
                assert "Nothing is due" in answer.text
                assert reason in words(answer)
                assert "<form" not in answer.text
    assert await requests(simple) == []


async def test_every_stage_is_either_due_or_not(simple: Served) -> None:
    assert set(samples.STAGES) - set(NOTHING_DUE) == {
        "offered",
        "chosen",
        "opening",
        "open",
        "failed",
        "broken",
    }


async def test_a_server_without_stripe_sells_nothing(sqlite: Database) -> None:
    async with serving(sqlite, operator=replace(OPERATOR, has_checkout=False)) as served:
        token = await served.has(CHOSEN)
        for answer in (await served.get(f"/pay/{token}"), await served.post(f"/pay/{token}")):
            assert answer.status == 200
            assert "Payments are switched off here at the moment." in answer.text
        assert await requests(served) == []


async def test_nothing_is_sold_where_the_app_is_gone(simple: Served) -> None:
    token = await simple.has(CHOSEN, is_active=False)
    for answer in (await simple.get(f"/pay/{token}"), await simple.post(f"/pay/{token}")):
        assert "does not offer support here any more" in answer.text
    assert await requests(simple) == []


async def test_an_unknown_token_is_not_found(served: Served) -> None:
    await served.has(CHOSEN)
    for token in ("no-such-token", "token-of-a-ticket-00000", "x" * 65, "%00", "%ff", "a%2Fb", "'"):
        for method, path in (("GET", "pay"), ("HEAD", "pay"), ("POST", "pay"), ("GET", "t")):
            answer = await served.ask(method, f"/{path}/{token}")
            assert answer.status == 404
            assert answer.headers["Content-Type"].startswith("text/html")


async def test_a_session_that_is_open_is_gone_to(simple: Served) -> None:
    token = await simple.has(OPEN)
    for method in ("GET", "HEAD", "POST"):
        answer = await simple.ask(method, f"/pay/{token}?plan=question")
        assert (answer.status, answer.headers["Location"]) == (303, CHECKOUT_URL)
    assert (await simple.get(f"/pay/{token}")).status == 303
    assert (await simple.get(f"/pay/{token}?plan=session")).status == 200
    assert (await simple.get(f"/pay/{token}?plan=")).status == 200
    assert await requests(simple) == []


@pytest.mark.parametrize(
    "address",
    [
        "https://elsewhere.example/c/pay/cs_1",
        "https://checkout.stripe.com@elsewhere.example/",
        "https://checkout.stripe.com:8443/",
        "http://checkout.stripe.com/c/pay/cs_1",
    ],
)
async def test_a_checkout_at_a_place_that_we_do_not_know_is_never_gone_to(
    simple: Served, address: str
) -> None:
    token = await simple.has(at_checkout(CheckoutState.OPEN, url=address))
    with capture_logs() as logs:
        for method in ("GET", "POST"):
            answer = await simple.ask(method, f"/pay/{token}")
            assert (answer.status, "Location" in answer.headers) == (500, False)
            assert "It is our fault" in answer.text
    assert "STRIPE_CHECKOUT_URL" in logs[0]["event"]
    assert logs[0]["log_level"] == "error"


async def test_a_checkout_has_a_domain_of_its_own_where_the_operator_says_so(
    sqlite: Database,
) -> None:
    address = "https://pay.example.org/c/pay/cs_1"
    async with serving(sqlite, checkouts=("https://pay.example.org",)) as served:
        token = await served.has(at_checkout(CheckoutState.OPEN, url=address))
        answer = await served.post(f"/pay/{token}")
    assert (answer.status, answer.headers["Location"]) == (303, address)
    policy = answer.headers["Content-Security-Policy"]
    assert "form-action 'self' https://pay.example.org;" in policy


async def test_a_session_that_is_over_is_opened_anew(simple: Served) -> None:
    token = await simple.has(at_checkout(CheckoutState.OPEN, expires_at=NOW))
    shown = await simple.get(f"/pay/{token}")
    assert (shown.status, "Pay for support" in shown.text) == (200, True)
    assert "Refresh" in (await simple.post(f"/pay/{token}")).headers
    assert len(await requests(simple)) == 1


async def test_the_button_asks_once_however_often_it_is_pressed(served: Served) -> None:
    token = await served.has(CHOSEN)
    answers = await asyncio.gather(*(served.post(f"/pay/{token}") for _ in range(4)))
    assert {answer.status for answer in answers} == {200}
    assert len(await requests(served)) == 1


async def test_the_page_looks_again_until_the_session_is_there(served: Served) -> None:
    token = await served.has(CHOSEN)
    address = f"/pay/{token}?plan=question"
    for look in (served.post, served.get):
        answer = await look(address)
        assert answer.status == 200
        assert answer.headers["Refresh"] == f"3; url={address}"
        assert "Opening the checkout" in answer.text
        assert "<form" not in answer.text
    await served.becomes(OPENING)  # the request was handled
    assert "Refresh" in (await served.get(address)).headers
    await served.becomes(OPEN)
    assert (await served.get(address)).headers["Location"] == CHECKOUT_URL


async def test_the_button_goes_on_as_soon_as_the_session_is_there(
    simple: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = await simple.has(OPENING)
    pressing = asyncio.create_task(simple.post(f"/pay/{token}"))
    await asyncio.sleep(0.05)
    await simple.becomes(OPEN)
    answer = await pressing
    assert (answer.status, answer.headers["Location"]) == (303, CHECKOUT_URL)


async def test_a_checkout_that_could_not_be_opened_can_be_tried_again(simple: Served) -> None:
    token = await simple.has(replace(CHOSEN, trouble=Trouble.CHECKOUT, checkouts=1))
    shown = await simple.get(f"/pay/{token}")
    assert "The checkout could not be opened the last time. Nothing was charged" in shown.text
    assert "<form" in shown.text
    pressed = await simple.post(f"/pay/{token}")
    assert "Refresh" in pressed.headers  # it is tried again, so nothing is known yet
    assert len(await requests(simple)) == 1


async def test_a_failure_is_shown_at_once(simple: Served) -> None:
    token = await simple.has(OPENING)
    pressing = asyncio.create_task(simple.post(f"/pay/{token}"))
    await asyncio.sleep(0.05)
    await handle_requests(simple.database)
    await simple.becomes(replace(CHOSEN, trouble=Trouble.CHECKOUT, checkouts=1))
    answer = await pressing
    assert "Refresh" not in answer.headers
    assert "The checkout could not be opened the last time" in answer.text


async def test_only_the_plan_that_is_being_opened_says_so(simple: Served) -> None:
    opening = at_checkout(CheckoutState.OPENING, next_plan="session")
    closing = at_checkout(CheckoutState.CLOSING, next_plan="session")
    for ticket, wanted, other in (
        (OPENING, "question", "session"),
        (opening, "session", "question"),
        (closing, "session", "question"),
    ):
        token = await simple.has(ticket)
        assert "Refresh" in (await simple.get(f"/pay/{token}?plan={wanted}")).headers
        shown = await simple.get(f"/pay/{token}?plan={other}")
        assert ("Refresh" in shown.headers, "<form" in shown.text) == (False, True)


async def test_closing_for_good_opens_nothing(simple: Served) -> None:
    token = await simple.has(at_checkout(CheckoutState.CLOSING))
    assert "<form" in (await simple.get(f"/pay/{token}")).text


async def test_every_change_of_mind_is_another_request(simple: Served) -> None:
    token = await simple.has(OPENING)
    for ticket, plan in (
        (OPENING, "session"),
        (at_checkout(CheckoutState.OPENING, next_plan="session"), "question"),
        (OPEN, "session"),
        (replace(CHOSEN, checkouts=1), "question"),
        (at_checkout(CheckoutState.OPEN, expires_at=NOW - timedelta(hours=1)), "question"),
    ):
        await simple.becomes(ticket)
        await simple.post(f"/pay/{token}?plan={plan}")
    assert len(await requests(simple)) == 5


async def test_what_came_to_nothing_while_the_bank_thought_can_be_asked_anew(
    simple: Served,
) -> None:
    token = await simple.has(CHOSEN)
    await simple.post(f"/pay/{token}")
    await handle_requests(simple.database)  # while it was pending: nothing was due
    await simple.becomes(samples.FAILED)
    assert "Refresh" in (await simple.post(f"/pay/{token}")).headers
    assert len(await requests(simple)) == 2


async def test_too_many_buttons_do_not_wait(
    sqlite: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pay, "WAITING_MAX", 0)
    async with serving(sqlite, open_seconds_max=60) as served, asyncio.timeout(5):
        token = await served.has(CHOSEN)
        assert "Refresh" in (await served.post(f"/pay/{token}")).headers


async def test_a_process_that_stops_lets_nobody_wait(sqlite: Database) -> None:
    async with serving(sqlite, open_seconds_max=60) as served, asyncio.timeout(5):
        token = await served.has(CHOSEN)
        served.is_stopping = True
        assert "Refresh" in (await served.post(f"/pay/{token}")).headers


async def test_a_private_repository_is_not_named_and_nobody_in_it(simple: Served) -> None:
    for ticket in (OFFERED, CHOSEN, OPENING, samples.PENDING, samples.SETTLED):
        token = await simple.has(ticket, is_private=True)
        answer = await simple.get(f"/pay/{token}")
        assert answer.status == 200
        for name in ("octo", "widgets", "carol", "ada", "linus"):
            assert name not in answer.text


async def test_what_comes_from_a_file_is_never_markup(simple: Served) -> None:
    plan = replace(samples.QUESTION, title='<b>"x"</b>&amp;')
    terms = replace(samples.TERMS, plans=(plan, HOUR), helpers=("<i>",))
    token = await simple.has(replace(OFFERED, terms=terms))
    text = (await simple.get(f"/pay/{token}?plan=question")).text
    assert "&lt;b&gt;&#34;x&#34;&lt;/b&gt;&amp;amp;" in text
    assert "<i>" not in text


async def handle_requests(database: Database) -> None:
    """Finish every request, as the worker does."""
    await database.in_transaction(
        lambda session: session.connection().execute(
            EVENTS.table.update().values(state=State.DONE, finished_at=NOW)
        )
    )
