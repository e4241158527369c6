"""Every end of a checkout that a person can reach, with the events that tell of it."""

from __future__ import annotations

import pytest
import stripe

from app.rehearsal.stripe import Account, NotOfferedError, Pace, Payer
from tests.rehearsal.stripe.shop import QUICK, Shop, line, open_shop, price

EXPANDED = "payment_intent.latest_charge.balance_transaction"


async def test_a_new_session_waits_to_be_paid(shop: Shop) -> None:
    session = await shop.open()
    assert session.id.startswith("cs_test_")
    assert session.url == f"{shop.standin.url}/c/pay/{session.id}"
    assert (session.status, session.payment_status) == ("open", "unpaid")
    assert (session.amount_subtotal, session.amount_total) == (4900, 4900)
    assert session.total_details is not None
    assert session.total_details.amount_tax == 0
    assert session.expires_at == shop.clock.seconds + 86_400
    assert session.payment_intent is None
    assert session.payment_method_types == ["card", "us_bank_account"]
    assert session.client_reference_id == "tkt_1"
    assert session.to_dict()["metadata"] == {"ticket_id": "tkt_1"}
    await shop.standin.settle()
    assert shop.hooks.events == []


async def test_paying_by_card_completes_the_session(shop: Shop) -> None:
    opened = await shop.open()
    url = shop.standin.pay(opened.id, Payer(name="Ada", email="ada@example.com"))
    assert url == f"https://shop.example/t/x?sid={opened.id}"
    session = await shop.session(opened.id, EXPANDED)
    assert (session.status, session.payment_status, session.url) == ("complete", "paid", None)
    assert session.customer_details.email == "ada@example.com"
    intent = session.payment_intent
    assert (intent.status, intent.amount_received) == ("succeeded", 4900)
    assert intent.transfer_group == "tkt_1"
    charge = intent.latest_charge
    assert charge.paid
    assert charge.captured
    assert charge.calculated_statement_descriptor == "REHEARSAL* SUPPORT"
    assert charge.payment_method_details.card.last4 == "4242"
    funds = charge.balance_transaction
    assert (funds.amount, funds.fee, funds.net) == (4900, 172, 4728)
    assert (funds.type, funds.reporting_category, funds.source) == ("charge", "charge", charge.id)


async def test_paying_by_card_is_told_in_five_signed_events(shop: Shop) -> None:
    opened = await shop.open()
    shop.standin.pay(opened.id)
    await shop.standin.settle()
    assert shop.hooks.types == [
        "charge.succeeded",
        "charge.updated",
        "checkout.session.completed",
        "payment_intent.created",
        "payment_intent.succeeded",
    ]
    completed = shop.hooks.last("checkout.session.completed")
    assert (completed.id, completed.payment_status) == (opened.id, "paid")
    assert shop.hooks.last("charge.succeeded").balance_transaction is None
    assert shop.hooks.last("charge.updated").balance_transaction.startswith("txn_")
    event = shop.hooks.events[0]
    assert event.api_version == stripe.api_version
    assert (event.livemode, event.pending_webhooks) == (False, 1)
    assert event.request.id is None


async def test_a_completed_session_cannot_be_paid_twice(shop: Shop) -> None:
    opened = await shop.open()
    shop.standin.pay(opened.id)
    for act in (shop.standin.pay, shop.standin.pay_later, shop.standin.decline):
        with pytest.raises(NotOfferedError, match="a second time"):
            act(opened.id)
    assert len(shop.standin.all("charge")) == 1


async def test_two_sessions_of_one_ticket_can_both_be_paid(shop: Shop) -> None:
    first, second = await shop.open(), await shop.open()
    shop.standin.pay(first.id)
    shop.standin.pay(second.id)
    assert len(shop.standin.all("balance_transaction")) == 2


async def test_a_bank_debit_completes_unpaid_and_succeeds_when_the_bank_says_so(
    shop: Shop,
) -> None:
    opened = await shop.open()
    assert shop.standin.pay_later(opened.id).endswith(opened.id)
    session = await shop.session(opened.id, EXPANDED)
    assert (session.status, session.payment_status) == ("complete", "unpaid")
    assert session.payment_intent.status == "processing"
    assert session.payment_intent.latest_charge.status == "pending"
    assert session.payment_intent.latest_charge.balance_transaction is None
    await shop.standin.settle()
    assert shop.hooks.types == [
        "charge.pending",
        "checkout.session.completed",
        "payment_intent.created",
        "payment_intent.processing",
    ]
    shop.hooks.events.clear()
    shop.standin.settle_later(opened.id, succeeds=True)
    await shop.standin.settle()
    assert shop.hooks.types == [
        "charge.succeeded",
        "charge.updated",
        "checkout.session.async_payment_succeeded",
        "payment_intent.succeeded",
    ]
    session = await shop.session(opened.id, EXPANDED)
    assert session.payment_status == "paid"
    funds = session.payment_intent.latest_charge.balance_transaction
    assert (funds.type, funds.fee, funds.net) == ("payment", 39, 4861)
    with pytest.raises(NotOfferedError, match="under way"):
        shop.standin.settle_later(opened.id, succeeds=False)


async def test_a_bank_debit_can_fail(shop: Shop) -> None:
    opened = await shop.open()
    shop.standin.pay_later(opened.id)
    await shop.standin.settle()
    shop.hooks.events.clear()
    shop.standin.settle_later(opened.id, succeeds=False)
    await shop.standin.settle()
    assert shop.hooks.types == [
        "charge.failed",
        "checkout.session.async_payment_failed",
        "payment_intent.payment_failed",
    ]
    session = await shop.session(opened.id, "payment_intent.latest_charge")
    assert (session.status, session.payment_status) == ("complete", "unpaid")
    assert session.payment_intent.status == "requires_payment_method"
    assert session.payment_intent.latest_charge.failure_code == "insufficient_funds"
    assert shop.standin.all("balance_transaction") == []


async def test_a_bank_debit_clears_by_the_clock(shop: Shop) -> None:
    opened = await shop.open()
    shop.standin.pay_later(opened.id)
    shop.clock.forward(days=3, hours=23)
    shop.standin.tick()
    assert (await shop.session(opened.id)).payment_status == "unpaid"
    shop.clock.forward(hours=1)
    shop.standin.tick()
    await shop.standin.settle()
    assert shop.hooks.last("checkout.session.async_payment_succeeded").payment_status == "paid"


async def test_the_fee_of_a_debit_has_a_maximum(shop: Shop) -> None:
    opened = await shop.open(line_items=[line(1_000_000)])
    shop.standin.pay_later(opened.id)
    shop.standin.settle_later(opened.id, succeeds=True)
    assert shop.standin.all("balance_transaction")[0]["fee"] == 500


async def test_a_checkout_in_yen_offers_no_bank_debit(shop: Shop) -> None:
    opened = await shop.open(line_items=[line(5000, "jpy")])
    with pytest.raises(NotOfferedError, match="does not offer"):
        shop.standin.pay_later(opened.id)
    shop.standin.pay(opened.id)
    assert shop.standin.all("balance_transaction")[0]["fee"] == 175


async def test_a_declined_card_leaves_the_session_open_for_another(shop: Shop) -> None:
    opened = await shop.open()
    shop.standin.decline(opened.id)
    session = await shop.session(opened.id, "payment_intent")
    assert (session.status, session.payment_status) == ("open", "unpaid")
    assert session.payment_intent.last_payment_error.code == "card_declined"
    await shop.standin.settle()
    assert shop.hooks.types == [
        "charge.failed",
        "payment_intent.created",
        "payment_intent.payment_failed",
    ]
    shop.standin.pay(opened.id)
    paid = await shop.session(opened.id, "payment_intent")
    assert paid.payment_intent.id == session.payment_intent.id
    assert (paid.payment_status, paid.payment_intent.last_payment_error) == ("paid", None)


async def test_walking_away_changes_nothing(shop: Shop) -> None:
    opened = await shop.open()
    assert shop.standin.abandon(opened.id) == "https://shop.example/t/x"
    assert (await shop.session(opened.id)).status == "open"
    without_return = await shop.open(cancel_url=None)
    assert shop.standin.abandon(without_return.id) is None


async def test_where_tax_is_computed_it_is_nothing(shop: Shop) -> None:
    opened = await shop.open(automatic_tax={"enabled": True})
    assert opened.automatic_tax.status == "requires_location_inputs"
    shop.standin.pay(opened.id)
    session = await shop.session(opened.id)
    assert (session.automatic_tax.status, session.amount_total) == ("complete", 4900)


async def test_prices_may_have_fractions_of_a_cent(shop: Shop) -> None:
    half = line(price_data=price(unit_amount_decimal="50.5"), quantity=3)
    opened = await shop.open(line_items=[half])
    assert opened.amount_total == 152
    session = await shop.session(opened.id, "line_items")
    assert session.line_items.data[0].price.unit_amount is None


async def test_a_session_expires_by_the_clock(shop: Shop) -> None:
    opened = await shop.open(expires_at=shop.clock.seconds + 1800)
    shop.standin.decline(opened.id)
    shop.clock.forward(minutes=29, seconds=59)
    shop.standin.tick()
    assert (await shop.session(opened.id)).status == "open"
    shop.clock.forward(seconds=1)
    shop.standin.tick()
    session = await shop.session(opened.id, "payment_intent")
    assert (session.status, session.url) == ("expired", None)
    assert session.payment_intent.status == "canceled"
    await shop.standin.settle()
    assert shop.hooks.last("checkout.session.expired").id == opened.id
    with pytest.raises(NotOfferedError, match="expired"):
        shop.standin.pay(opened.id)


async def test_a_paid_session_does_not_expire(shop: Shop) -> None:
    opened = await shop.open()
    shop.standin.pay(opened.id)
    shop.clock.forward(days=2)
    shop.standin.tick()
    assert (await shop.session(opened.id)).status == "complete"


async def test_a_session_expires_on_demand_and_only_once(shop: Shop) -> None:
    opened = await shop.open()
    expired = await shop.client.v1.checkout.sessions.expire_async(opened.id)
    assert expired.status == "expired"
    await shop.standin.settle()
    assert shop.hooks.types == ["checkout.session.expired"]
    assert shop.hooks.events[0].request.id.startswith("req_")
    with pytest.raises(stripe.InvalidRequestError, match="status of expired"):
        await shop.client.v1.checkout.sessions.expire_async(opened.id)


async def test_manual_capture_authorises_then_charges_a_part(shop: Shop) -> None:
    opened = await shop.open(payment_intent_data={"capture_method": "manual"})
    shop.standin.pay(opened.id)
    session = await shop.session(opened.id, "payment_intent.latest_charge")
    assert (session.status, session.payment_status) == ("complete", "unpaid")
    assert session.payment_intent.status == "requires_capture"
    charge = session.payment_intent.latest_charge
    assert charge.payment_method_details.card.capture_before == shop.clock.seconds + 7 * 86_400
    intents = shop.client.v1.payment_intents
    with pytest.raises(stripe.InvalidRequestError, match="remaining amount"):
        await intents.capture_async(session.payment_intent.id, {"amount_to_capture": 4901})
    captured = await intents.capture_async(session.payment_intent.id, {"amount_to_capture": 3000})
    assert (captured.status, captured.amount_received) == ("succeeded", 3000)
    assert shop.standin.all("balance_transaction")[0]["amount"] == 3000
    with pytest.raises(stripe.InvalidRequestError) as refused:
        await intents.capture_async(session.payment_intent.id)
    assert refused.value.code == "payment_intent_unexpected_state"
    with pytest.raises(stripe.InvalidRequestError, match="does not know what to do"):
        await intents.capture_async(session.payment_intent.id, {"application_fee_amount": 5})
    shop.clock.forward(days=7)
    assert (await intents.retrieve_async(session.payment_intent.id)).status == "succeeded"


async def test_an_authorisation_lapses_after_seven_days(shop: Shop) -> None:
    intent_id = await shop.paid(payment_intent_data={"capture_method": "manual"})
    shop.clock.forward(days=7)
    shop.standin.tick()
    intent = await shop.client.v1.payment_intents.retrieve_async(intent_id)
    assert (intent.status, intent.cancellation_reason) == ("canceled", "automatic")
    await shop.standin.settle()
    assert shop.hooks.last("charge.expired").refunded


async def test_an_authorisation_can_be_cancelled(shop: Shop) -> None:
    intent_id = await shop.paid(payment_intent_data={"capture_method": "manual"})
    intents = shop.client.v1.payment_intents
    cancelled = await intents.cancel_async(intent_id, {"cancellation_reason": "abandoned"})
    assert (cancelled.status, cancelled.cancellation_reason) == ("canceled", "abandoned")
    with pytest.raises(stripe.InvalidRequestError, match="status of canceled"):
        await intents.cancel_async(intent_id)


async def test_the_intent_of_an_open_session_cannot_be_cancelled(shop: Shop) -> None:
    opened = await shop.open()
    shop.standin.decline(opened.id)
    session = await shop.session(opened.id)
    with pytest.raises(stripe.InvalidRequestError, match="Expire the Checkout Session"):
        await shop.client.v1.payment_intents.cancel_async(session.payment_intent)


async def test_a_payment_outside_of_any_session_looks_like_one_without(shop: Shop) -> None:
    intent_id = shop.standin.pay_unknown(1500, "eur", metadata={"from": "dashboard"})
    found = await shop.client.v1.checkout.sessions.list_async({"payment_intent": intent_id})
    assert found.data == []
    await shop.standin.settle()
    assert shop.hooks.last("payment_intent.succeeded").amount == 1500
    assert "checkout.session.completed" not in shop.hooks.types


async def test_a_charge_may_be_without_its_fee_for_a_while() -> None:
    account = Account(pace=Pace(funds_delay=Pace().debit_clears_after), webhook_policy=QUICK)
    async with open_shop(account) as shop:
        opened = await shop.open()
        shop.standin.pay(opened.id)
        before = await shop.session(opened.id, EXPANDED)
        assert before.payment_intent.status == "succeeded"
        assert before.payment_intent.latest_charge.balance_transaction is None
        shop.clock.forward(days=4)
        shop.standin.tick()
        after = await shop.session(opened.id, EXPANDED)
        assert after.payment_intent.latest_charge.balance_transaction.fee == 172
