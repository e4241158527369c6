from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.effects import CloseCheckout
from app.domain.errors import Ambiguous, Postpone, Refused, Transient
from app.domain.events import CheckoutClosed, CheckoutOpened
from app.domain.money import Money
from app.providers.stripe import perform
from app.rehearsal.faults import Fault
from app.rehearsal.stripe.standin import Account
from tests.providers.stripe.till import LANE, START, TICKET, Till, checkout, open_till

SESSIONS = "/v1/checkout/sessions"


def close(session: str) -> CloseCheckout:
    return CloseCheckout(ticket=TICKET, lane=LANE, session=session)


async def test_a_checkout_is_opened_with_its_address_and_its_end(till: Till) -> None:
    opened = await till.do(checkout(), CheckoutOpened)
    (session,) = till.standin.all("checkout.session")
    assert opened == CheckoutOpened(
        ticket=TICKET,
        n=1,
        session=session["id"],
        url=session["url"],
        expires_at=START + timedelta(hours=23),
    )


async def test_the_session_and_its_payment_say_whose_they_are(till: Till) -> None:
    opened = await till.do(checkout(n=2), CheckoutOpened)
    till.standin.pay(opened.session)
    (session,) = till.standin.all("checkout.session")
    (intent,) = till.standin.all("payment_intent")
    metadata = {"ticket_id": TICKET, "plan": "question", "lane": LANE, "n": "2"}
    assert (session["metadata"], intent["metadata"]) == (metadata, metadata)
    assert (session["client_reference_id"], intent["transfer_group"]) == (TICKET, TICKET)
    assert (session["amount_total"], session["currency"]) == (4900, "usd")
    assert session["adaptive_pricing"] == {"enabled": False}
    assert {"card", "us_bank_account"} <= set(session["payment_method_types"])


async def test_doing_it_twice_gives_the_same_session(till: Till) -> None:
    first = await till.do(checkout(), CheckoutOpened)
    till.clock.move(timedelta(hours=20))
    assert await till.do(checkout(), CheckoutOpened, number=2) == first
    assert len(till.standin.all("checkout.session")) == 1


async def test_the_next_session_of_a_ticket_is_another_one(till: Till) -> None:
    first = await till.do(checkout(n=1), CheckoutOpened)
    second = await till.do(checkout(n=2), CheckoutOpened)
    assert first.session != second.session


@pytest.mark.parametrize(
    "fault", [Fault.ANSWER_LOST, Fault.BAD_GATEWAY, Fault.SERVER_ERROR, Fault.TIMEOUT]
)
async def test_after_an_answer_that_did_not_come_there_is_one_session(
    till: Till, fault: Fault
) -> None:
    till.faults.timeout_seconds = 0.02
    till.faults.once(fault, method="POST", path=SESSIONS)
    with pytest.raises(Ambiguous):
        await till.do(checkout(), CheckoutOpened)
    await till.do(checkout(), CheckoutOpened, number=2)
    assert len(till.standin.all("checkout.session")) == 1
    assert {each.idempotency_key for each in till.asked("POST", SESSIONS)} == {checkout().key}


@pytest.mark.parametrize("is_after_work", [True, False])
async def test_a_failure_that_stripe_keeps_does_not_open_a_second_session(
    till: Till, *, is_after_work: bool
) -> None:
    till.standin.break_once(SESSIONS, is_after_work=is_after_work)
    with pytest.raises(Ambiguous):
        await till.do(checkout(), CheckoutOpened)
    opened = await till.do(checkout(), CheckoutOpened, number=2)
    again = await till.do(checkout(), CheckoutOpened, number=3)
    assert [each["id"] for each in till.standin.all("checkout.session")] == [opened.session]
    assert again == opened


async def test_a_try_whose_answer_was_lost_is_found_under_its_own_key(till: Till) -> None:
    till.standin.break_once(SESSIONS, is_after_work=False)
    with pytest.raises(Ambiguous):
        await till.do(checkout(), CheckoutOpened)
    till.standin.break_once(SESSIONS, is_after_work=False)
    with pytest.raises(Ambiguous):  # the second key fails as well
        await till.do(checkout(), CheckoutOpened, number=2)
    await till.do(checkout(), CheckoutOpened, number=3)
    keys = [each.idempotency_key for each in till.asked("POST", SESSIONS)]
    key = checkout().key
    assert keys == [key, key, f"{key}:2", key, f"{key}:2", f"{key}:3"]


async def test_too_many_kept_failures_are_a_failure(till: Till) -> None:
    for number in range(1, 5):
        till.standin.break_once(SESSIONS, is_after_work=False)
        with pytest.raises(Ambiguous, match="500"):
            await till.do(checkout(), CheckoutOpened, number=number)
    assert till.standin.all("checkout.session") == []


async def test_two_at_a_time_do_not_open_two_sessions() -> None:
    async with open_till(account=Account(latency_seconds=0.05)) as till:
        both = await asyncio.gather(
            till.do(checkout(), CheckoutOpened),
            till.do(checkout(), CheckoutOpened),
            return_exceptions=True,
        )
        assert {type(each) for each in both} == {CheckoutOpened, Transient}
        assert len(till.standin.all("checkout.session")) == 1


async def test_too_many_requests_are_postponed_for_as_long_as_stripe_says(till: Till) -> None:
    till.faults.retry_after_seconds = 7
    till.faults.once(Fault.TOO_MANY, path=SESSIONS)
    with pytest.raises(Postpone) as raised:
        await till.do(checkout(), CheckoutOpened)
    assert (raised.value.seconds, raised.value.is_for_tenant) == (7, False)


async def test_an_order_that_stripe_does_not_take_is_refused_with_its_reason(till: Till) -> None:
    with pytest.raises(Refused, match="at least") as raised:
        await till.do(replace(checkout(), price=Money(1, "usd")), CheckoutOpened)
    assert raised.value.is_certain


async def test_another_order_under_a_used_key_is_refused_and_nobody_is_certain(till: Till) -> None:
    await till.do(checkout(), CheckoutOpened)
    with pytest.raises(Refused, match="same parameters") as raised:
        await till.do(replace(checkout(), plan="session"), CheckoutOpened)
    assert not raised.value.is_certain


async def test_when_it_is_too_late_to_open_one_nothing_is_opened(till: Till) -> None:
    till.clock.move(timedelta(hours=22, minutes=31))
    with pytest.raises(Refused, match="too late") as raised:
        await till.do(checkout(), CheckoutOpened, number=9)
    assert raised.value.is_certain
    assert till.standin.all("checkout.session") == []


async def test_when_it_is_too_late_the_session_of_an_earlier_try_is_found(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(perform, "PAGE_ROWS_MAX", 1)
    till.faults.once(Fault.ANSWER_LOST, method="POST", path=SESSIONS)
    with pytest.raises(Ambiguous):
        await till.do(checkout(), CheckoutOpened)
    (session,) = till.standin.all("checkout.session")
    await till.do(checkout(n=2), CheckoutOpened)
    till.clock.move(timedelta(hours=22, minutes=31))
    found = await till.do(checkout(), CheckoutOpened, number=9)
    assert (found.session, found.url) == (session["id"], session["url"])


async def test_the_search_for_a_session_has_a_bound(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(perform, "PAGE_ROWS_MAX", 1)
    monkeypatch.setattr(perform, "PAGES_MAX", 1)
    await till.do(checkout(n=1), CheckoutOpened)
    await till.do(checkout(n=2), CheckoutOpened)
    till.clock.move(timedelta(hours=22, minutes=31))
    with pytest.raises(Refused, match="too many") as raised:
        await till.do(checkout(n=1), CheckoutOpened, number=9)
    assert not raised.value.is_certain


@pytest.mark.parametrize("is_paid", [True, False])
async def test_an_earlier_session_that_has_ended_is_no_open_one(
    till: Till, *, is_paid: bool
) -> None:
    opened = await till.do(checkout(), CheckoutOpened)
    if is_paid:
        till.standin.pay(opened.session)
    till.clock.move(timedelta(hours=24))
    till.standin.tick()
    with pytest.raises(Refused, match="complete" if is_paid else "expired") as raised:
        await till.do(checkout(), CheckoutOpened, number=9)
    assert raised.value.is_certain is not is_paid


async def test_a_long_title_is_cut_to_what_stripe_takes(till: Till) -> None:
    await till.do(replace(checkout(), title="long " * 200), CheckoutOpened)
    (request,) = till.asked("POST", SESSIONS)
    name = request.params["line_items"]["0"]["price_data"]["product_data"]["name"]
    assert len(name) == 250


async def test_a_checkout_is_closed(till: Till) -> None:
    opened = await till.do(checkout(), CheckoutOpened)
    closed = await till.do(close(opened.session), CheckoutClosed)
    assert closed == CheckoutClosed(ticket=TICKET, session=opened.session, is_completed=False)
    assert till.standin.all("checkout.session")[0]["status"] == "expired"


@pytest.mark.parametrize("fault", [Fault.ANSWER_LOST, Fault.BAD_GATEWAY])
async def test_a_checkout_is_closed_though_an_answer_did_not_come(till: Till, fault: Fault) -> None:
    opened = await till.do(checkout(), CheckoutOpened)
    till.faults.once(fault, path="/expire")
    with pytest.raises(Ambiguous):
        await till.do(close(opened.session), CheckoutClosed)
    closed = await till.do(close(opened.session), CheckoutClosed, number=2)
    assert not closed.is_completed


async def test_a_checkout_that_was_completed_before_cannot_be_closed(till: Till) -> None:
    opened = await till.do(checkout(), CheckoutOpened)
    till.standin.pay_later(opened.session)
    closed = await till.do(close(opened.session), CheckoutClosed)
    assert closed.is_completed


async def test_a_checkout_that_does_not_exist_cannot_be_closed(till: Till) -> None:
    with pytest.raises(Refused, match="No such"):
        await till.do(close("cs_test_nothing"), CheckoutClosed)
