"""Idempotency keys: one piece of work a key, whatever happens to the answer."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
import stripe

from app.rehearsal.faults import Fault
from app.rehearsal.stripe import Account
from tests.rehearsal.stripe.shop import QUICK, Shop, line, open_shop

SESSIONS = "/v1/checkout/sessions"


def headers(answered: Any) -> Any:
    assert answered.last_response is not None
    return answered.last_response.headers


async def test_the_same_request_gets_the_same_answer(shop: Shop) -> None:
    first, second = await shop.open(key="k"), await shop.open(key="k")
    assert first.to_dict() == second.to_dict()
    assert len(shop.standin.all("checkout.session")) == 1
    assert "Idempotent-Replayed" not in headers(first)
    assert headers(second)["Idempotent-Replayed"] == "true"
    assert headers(second)["Idempotency-Key"] == "k"
    assert headers(second)["Original-Request"] == headers(first)["Request-Id"]
    assert headers(second)["Request-Id"] != headers(first)["Request-Id"]
    assert [request.is_replayed for request in shop.standin.requests] == [False, True]
    assert [request.is_executed for request in shop.standin.requests] == [True, False]


async def test_another_key_is_another_request(shop: Shop) -> None:
    first, second = await shop.open(key="k1"), await shop.open(key="k2")
    assert first.id != second.id


async def test_the_answer_is_replayed_as_it_was_even_if_the_object_has_changed(shop: Shop) -> None:
    opened = await shop.open(key="k")
    shop.standin.pay(opened.id)
    assert (await shop.open(key="k")).status == "open"


async def test_a_key_with_other_parameters_is_refused(shop: Shop) -> None:
    await shop.open(key="k")
    with pytest.raises(stripe.IdempotencyError, match="same parameters") as refused:
        await shop.open(key="k", line_items=[line(5000)])
    assert refused.value.http_status == 400


async def test_a_key_at_another_endpoint_is_refused(shop: Shop) -> None:
    opened = await shop.open(key="k")
    with pytest.raises(stripe.IdempotencyError, match="same endpoint"):
        await shop.client.v1.checkout.sessions.expire_async(opened.id, {}, {"idempotency_key": "k"})


async def test_a_key_has_at_most_255_characters(shop: Shop) -> None:
    await shop.open(key="k" * 255)
    with pytest.raises(stripe.IdempotencyError, match="255"):
        await shop.open(key="k" * 256)


async def test_what_fails_validation_does_not_use_up_the_key(shop: Shop) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        await shop.open(key="k", mood="good")
    with pytest.raises(stripe.InvalidRequestError):
        await shop.open(key="k", success_url="nowhere")
    assert (await shop.open(key="k")).status == "open"


async def test_a_refusal_of_the_work_itself_is_replayed(shop: Shop) -> None:
    opened = await shop.open()
    options: stripe.RequestOptions = {"idempotency_key": "k"}
    refund: Any = {"payment_intent": "pi_1"}
    for _ in range(2):
        with pytest.raises(stripe.InvalidRequestError, match="No such payment_intent") as refused:
            await shop.client.v1.refunds.create_async(refund, options)
    assert refused.value.headers is not None
    assert refused.value.headers["Idempotent-Replayed"] == "true"
    assert refused.value.headers["Stripe-Should-Retry"] == "false"
    assert opened.status == "open"


@pytest.mark.parametrize("is_after_work", [False, True])
async def test_a_500_is_replayed_whether_or_not_the_work_was_done(
    shop: Shop, *, is_after_work: bool
) -> None:
    shop.standin.break_once("/v1/refunds", is_after_work=True)
    shop.standin.break_once(SESSIONS, is_after_work=is_after_work)
    for _ in range(3):
        with pytest.raises(stripe.APIError) as failed:
            await shop.open(key="k")
        assert failed.value.http_status == 500
    assert len(shop.standin.all("checkout.session")) == is_after_work
    assert (await shop.open(key="k2")).status == "open"


async def test_a_lost_answer_can_be_asked_for_again(shop: Shop) -> None:
    shop.faults.once(Fault.ANSWER_LOST, method="POST", path=SESSIONS)
    with pytest.raises(stripe.APIConnectionError):
        await shop.open(key="k")
    (lost,) = shop.standin.all("checkout.session")
    assert (await shop.open(key="k")).id == lost["id"]
    first, second = shop.standin.requests
    assert (first.status, first.is_executed) == (None, True)
    assert (second.status, second.is_replayed) == (200, True)


async def test_a_key_is_forgotten_after_a_day(shop: Shop) -> None:
    first = await shop.open(key="k")
    shop.clock.forward(hours=23, minutes=59)
    assert (await shop.open(key="k")).id == first.id
    shop.clock.forward(minutes=1)
    assert (await shop.open(key="k")).id != first.id


async def test_two_requests_at_once_with_one_key_conflict() -> None:
    account = Account(latency_seconds=0.2, webhook_policy=QUICK)
    async with open_shop(account) as shop:
        answers = await asyncio.gather(
            shop.open(key="k"), shop.open(key="k"), return_exceptions=True
        )
        (refused,) = [answer for answer in answers if isinstance(answer, stripe.StripeError)]
        assert refused.http_status == 409
        assert refused.code is None or refused.code == "idempotency_key_in_use"
        assert refused.headers is not None
        assert refused.headers["Stripe-Should-Retry"] == "true"
        assert len(shop.standin.all("checkout.session")) == 1
        assert (await shop.open(key="k")).id == shop.standin.all("checkout.session")[0]["id"]


async def test_a_get_takes_no_notice_of_keys(shop: Shop) -> None:
    url = f"{shop.standin.url}/v1/balance"
    key = {"Authorization": f"Bearer {shop.standin.account.api_key}", "Idempotency-Key": "k"}
    for _ in range(2):
        async with shop.http.get(url, headers=key) as response:
            assert response.status == 200
            assert "Idempotent-Replayed" not in response.headers


@pytest.mark.parametrize(
    ("fault", "error", "status"),
    [
        (Fault.BAD_GATEWAY, stripe.APIError, 502),
        (Fault.SERVER_ERROR, stripe.APIError, 500),
        (Fault.TOO_MANY, stripe.RateLimitError, 429),
        (Fault.RATE_LIMITED, stripe.RateLimitError, 429),
        (Fault.TIMEOUT, stripe.APIConnectionError, None),
    ],
)
async def test_injected_faults_come_in_stripes_words_and_before_any_work(
    shop: Shop, fault: Fault, error: type[stripe.StripeError], status: int | None
) -> None:
    shop.faults.once(fault, path=SESSIONS)
    with pytest.raises(error) as failed:
        await shop.open(key="k")
    assert failed.value.http_status == status
    assert shop.standin.all("checkout.session") == []
    assert [(asked.status, asked.is_executed) for asked in shop.standin.requests] == [
        (status, False)
    ]
    assert (await shop.open(key="k")).status == "open"
