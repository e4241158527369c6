"""Events: signed, sent until they are taken, and there to be asked for."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
import stripe

from app.rehearsal.faults import Fault
from tests.rehearsal.stripe.shop import Shop


async def events(shop: Shop, **params: Any) -> list[str]:
    found = await shop.client.v1.events.list_async(params)  # type: ignore[arg-type]  # a plain dict
    return [event.type for event in found.data]


async def test_a_signature_is_good_for_its_secret_body_and_time_only(shop: Shop) -> None:
    shop.standin.pay_unknown(1000)
    await shop.standin.settle()
    delivery = shop.standin.deliveries[0]
    header = shop.standin._headers(delivery.body, shop.standin.account.webhook_secret)[
        "Stripe-Signature"
    ]
    verify = stripe.WebhookSignature.verify_header
    secret = shop.standin.account.webhook_secret
    assert verify(delivery.body, header, secret)
    for body, given, key in [
        (delivery.body + b" ", header, secret),
        (delivery.body, header, "whsec_other"),
        (delivery.body, header.replace("t=1", "t=2"), secret),
    ]:
        with pytest.raises(stripe.SignatureVerificationError):
            verify(body, given, key)


async def test_an_event_that_is_not_taken_is_sent_again_with_a_new_signature(shop: Shop) -> None:
    shop.hooks.statuses = [503]
    shop.standin.pay_unknown(1000)
    await shop.standin.settle()
    assert len(shop.hooks.events) == 4
    assert sum(len(delivery.attempts) for delivery in shop.standin.deliveries) == 5


async def test_an_event_that_never_arrives_can_be_asked_for(shop: Shop) -> None:
    shop.hooks.statuses = [500] * 12
    shop.standin.pay_unknown(1000)
    await shop.standin.settle()
    assert shop.hooks.events == []
    assert len(await events(shop, delivery_success=False)) == 4
    assert await events(shop, delivery_success=True) == []
    (missed,) = (await shop.client.v1.events.list_async({"type": "charge.updated"})).data
    assert missed.pending_webhooks == 1
    assert missed.data.previous_attributes is not None
    assert missed.to_dict()["data"]["previous_attributes"] == {"balance_transaction": None}
    shop.standin.resend(missed.id)
    await shop.standin.settle()
    assert shop.hooks.types == ["charge.updated"]
    assert (await shop.client.v1.events.retrieve_async(missed.id)).pending_webhooks == 0


async def test_events_are_listed_by_type_the_newest_first(shop: Shop) -> None:
    opened = await shop.open()
    shop.standin.pay(opened.id)
    await shop.standin.settle()
    assert await events(shop) == [
        "checkout.session.completed",
        "charge.updated",
        "payment_intent.succeeded",
        "charge.succeeded",
        "payment_intent.created",
    ]
    assert await events(shop, type="charge.*") == ["charge.updated", "charge.succeeded"]
    assert await events(shop, types=["charge.updated", "payment_intent.created"]) == [
        "charge.updated",
        "payment_intent.created",
    ]
    with pytest.raises(stripe.InvalidRequestError, match="both `type` and `types`"):
        await events(shop, type="charge.*", types=["charge.updated"])
    with pytest.raises(stripe.InvalidRequestError, match="at most 20"):
        await events(shop, types=["charge.updated"] * 21)


async def test_events_are_forgotten_after_thirty_days(shop: Shop) -> None:
    shop.standin.pay_unknown(1000)
    (first, *_) = (await shop.client.v1.events.list_async()).data
    shop.clock.forward(days=30)
    assert await events(shop) == []
    with pytest.raises(stripe.InvalidRequestError, match="No such event"):
        await shop.client.v1.events.retrieve_async(first.id)


async def test_an_event_is_a_snapshot_of_its_moment(shop: Shop) -> None:
    opened = await shop.open(expires_at=shop.clock.seconds + 3600)
    shop.standin.pay_later(opened.id)
    shop.standin.settle_later(opened.id, succeeds=True)
    await shop.standin.settle()
    assert shop.hooks.last("checkout.session.completed").payment_status == "unpaid"
    assert shop.hooks.last("checkout.session.async_payment_succeeded").payment_status == "paid"


async def test_an_event_names_the_request_that_caused_it(shop: Shop) -> None:
    intent_id = await shop.paid()
    options: stripe.RequestOptions = {"idempotency_key": "tkt_1:refund:1"}
    refund = await shop.client.v1.refunds.create_async({"payment_intent": intent_id}, options)
    await shop.standin.settle()
    (created,) = [event for event in shop.hooks.events if event.type == "refund.created"]
    assert created.request.idempotency_key == "tkt_1:refund:1"
    assert refund.last_response is not None
    headers: Any = refund.last_response.headers
    assert created.request.id == headers["Request-Id"]
    (paid,) = [event for event in shop.hooks.events if event.type == "payment_intent.succeeded"]
    assert (paid.request.id, paid.request.idempotency_key) == (None, None)


async def test_events_can_come_twice_and_in_another_order(shop: Shop) -> None:
    shop.faults.once(Fault.DUPLICATE, path="charge.succeeded")
    shop.faults.once(Fault.REORDER, path="payment_intent.created")
    shop.standin.pay_unknown(1000)
    await shop.standin.settle()
    types = [event.type for event in shop.hooks.events]
    assert types.count("charge.succeeded") == 2
    assert types[0] != "payment_intent.created"


async def test_the_endpoint_is_listed_with_its_url(shop: Shop) -> None:
    endpoints = shop.client.v1.webhook_endpoints
    (endpoint,) = (await endpoints.list_async()).data
    assert endpoint.url.endswith("/hooks/stripe")
    assert (endpoint.enabled_events, endpoint.status) == (["*"], "enabled")
    assert (await endpoints.retrieve_async(endpoint.id)).url == endpoint.url


async def test_sessions_expire_in_a_crowd_without_losing_an_event(shop: Shop) -> None:
    await asyncio.gather(*(shop.open(expires_at=shop.clock.seconds + 1800) for _ in range(20)))
    shop.clock.forward(hours=1)
    shop.standin.tick()
    await shop.standin.settle()
    assert shop.hooks.types == ["checkout.session.expired"] * 20


async def test_an_endpoint_that_was_opened_gets_what_it_wants_under_its_own_secret(
    shop: Shop,
) -> None:
    endpoints = shop.client.v1.webhook_endpoints
    url = f"{shop.standin._book.webhook_url()}"
    made = await endpoints.create_async({"url": url, "enabled_events": ["charge.succeeded"]})
    assert made.secret
    assert "secret" not in (await endpoints.retrieve_async(made.id)).to_dict()
    before = len(shop.standin.deliveries)
    shop.standin.pay_unknown(1000)
    await shop.standin.settle()
    sent = [each.event for each in shop.standin.deliveries[before:]]
    assert sent.count("charge.succeeded") == 2  # the account's own endpoint gets everything
    assert sent.count("payment_intent.succeeded") == 1
    await endpoints.update_async(made.id, {"disabled": True})
    assert (await endpoints.retrieve_async(made.id)).status == "disabled"
    assert (await endpoints.delete_async(made.id)).deleted
    assert len((await endpoints.list_async()).data) == 1
