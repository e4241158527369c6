"""Refunds: whole, in parts, to a bank account, refused and failed."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from app.rehearsal.stripe import NotOfferedError
from tests.rehearsal.stripe.shop import Shop, line


async def refund(shop: Shop, **params: Any) -> stripe.Refund:
    return await shop.client.v1.refunds.create_async(params)  # type: ignore[arg-type]  # may be wrong on purpose


async def charge(shop: Shop, intent_id: str, *expand: str) -> Any:
    intents = shop.client.v1.payment_intents
    paths = ["latest_charge", *(f"latest_charge.{path}" for path in expand)]
    return (await intents.retrieve_async(intent_id, {"expand": paths})).latest_charge


async def test_a_card_is_refunded_in_full_at_once(shop: Shop) -> None:
    intent_id = await shop.paid()
    await shop.standin.settle()
    shop.hooks.events.clear()
    given = await refund(shop, payment_intent=intent_id, reason="duplicate", metadata={"why": "2"})
    assert (given.amount, given.currency, given.status) == (4900, "usd", "succeeded")
    assert (given.reason, given.payment_intent) == ("duplicate", intent_id)
    refunded = await charge(shop, intent_id, "refunds")
    assert (refunded.refunded, refunded.amount_refunded) == (True, 4900)
    assert [item.id for item in refunded.refunds.data] == [given.id]
    assert isinstance(given.balance_transaction, str)
    funds = await shop.client.v1.balance_transactions.retrieve_async(given.balance_transaction)
    assert (funds.amount, funds.fee, funds.net) == (-4900, 0, -4900)
    assert (funds.type, funds.reporting_category, funds.source) == ("refund", "refund", given.id)
    await shop.standin.settle()
    assert shop.hooks.types == [
        "charge.refund.updated",
        "charge.refunded",
        "refund.created",
        "refund.updated",
    ]
    assert shop.hooks.last("charge.refunded").amount_refunded == 4900


async def test_refunds_in_parts_never_exceed_the_charge(shop: Shop) -> None:
    intent_id = await shop.paid()
    await refund(shop, payment_intent=intent_id, amount=4000)
    with pytest.raises(stripe.InvalidRequestError, match=r"greater than unrefunded amount.*9.00"):
        await refund(shop, payment_intent=intent_id, amount=901)
    rest = await refund(shop, payment_intent=intent_id)
    assert rest.amount == 900
    with pytest.raises(stripe.InvalidRequestError) as refused:
        await refund(shop, payment_intent=intent_id)
    assert refused.value.code == "charge_already_refunded"
    listed = await shop.client.v1.refunds.list_async({"payment_intent": intent_id})
    assert [item.amount for item in listed.data] == [900, 4000]
    assert (await shop.client.v1.refunds.list_async({"payment_intent": "pi_other"})).data == []


@pytest.mark.parametrize(
    ("params", "says"),
    [
        ({}, "Missing required param: payment_intent"),
        ({"payment_intent": "pi_1"}, "No such payment_intent"),
        ({"charge": "ch_1"}, "No such charge"),
        ({"payment_intent": "pi_1", "charge": "ch_1"}, "only specify one"),
        ({"payment_intent": "pi_1", "reason": "regret"}, "must be one of duplicate"),
        ({"payment_intent": "pi_1", "amount": "x"}, "Invalid integer"),
        ({"payment_intent": "pi_1", "why": "x"}, "unknown parameter: why"),
        ({"payment_intent": "pi_1", "instructions_email": "a@b.c"}, "does not know what to do"),
    ],
)
async def test_a_wrong_refund_is_refused(shop: Shop, params: dict[str, str], says: str) -> None:
    with pytest.raises(stripe.InvalidRequestError, match=says):
        await refund(shop, **params)


async def test_what_was_not_paid_cannot_be_refunded(shop: Shop) -> None:
    opened = await shop.open()
    shop.standin.pay_later(opened.id)
    session = await shop.session(opened.id, "payment_intent")
    with pytest.raises(stripe.InvalidRequestError, match="does not have a successful charge"):
        await refund(shop, payment_intent=session.payment_intent.id)
    with pytest.raises(stripe.InvalidRequestError, match="did not succeed"):
        await refund(shop, charge=session.payment_intent.latest_charge)


async def test_a_refund_has_to_be_of_something_and_reverses_no_transfer(shop: Shop) -> None:
    intent_id = await shop.paid()
    with pytest.raises(stripe.InvalidRequestError, match="Invalid positive integer"):
        await refund(shop, payment_intent=intent_id, amount=0)
    with pytest.raises(stripe.InvalidRequestError, match="Cannot reverse the transfer"):
        await refund(shop, payment_intent=intent_id, reverse_transfer=True)


async def test_a_bank_account_is_refunded_days_later(shop: Shop) -> None:
    opened = await shop.open()
    shop.standin.pay_later(opened.id)
    shop.standin.settle_later(opened.id, succeeds=True)
    intent_id = (await shop.session(opened.id)).payment_intent
    given = await refund(shop, payment_intent=intent_id)
    assert (given.status, given.id[:4]) == ("pending", "pyr_")
    shop.clock.forward(days=5)
    shop.standin.tick()
    assert (await shop.client.v1.refunds.retrieve_async(given.id)).status == "succeeded"
    await shop.standin.settle()
    assert shop.hooks.last("refund.updated").status == "succeeded"


async def test_a_refund_by_bank_that_failed_does_not_succeed_later(shop: Shop) -> None:
    opened = await shop.open(line_items=[line(5000, "cad")])
    shop.standin.pay_later(opened.id)
    shop.standin.settle_later(opened.id, succeeds=True)
    given = await refund(shop, payment_intent=(await shop.session(opened.id)).payment_intent)
    assert given.destination_details is None
    shop.standin.fail_refund(given.id)
    shop.clock.forward(days=5)
    assert (await shop.client.v1.refunds.retrieve_async(given.id)).status == "failed"


async def test_a_charge_is_refunded_by_its_own_id(shop: Shop) -> None:
    paid = await charge(shop, await shop.paid())
    given = await refund(shop, charge=paid.id, metadata="")
    assert given.payment_intent == paid.payment_intent
    assert given.to_dict()["metadata"] == {}


async def test_a_refund_can_fail_and_the_money_comes_back(shop: Shop) -> None:
    intent_id = await shop.paid()
    given = await refund(shop, payment_intent=intent_id)
    shop.standin.fail_refund(given.id)
    failed = await shop.client.v1.refunds.retrieve_async(
        given.id, {"expand": ["failure_balance_transaction"]}
    )
    assert (failed.status, failed.failure_reason) == ("failed", "unknown")
    assert isinstance(failed.failure_balance_transaction, stripe.BalanceTransaction)
    assert failed.failure_balance_transaction.amount == 4900
    assert failed.failure_balance_transaction.type == "refund_failure"
    assert not (await charge(shop, intent_id)).refunded
    await shop.standin.settle()
    assert shop.hooks.last("refund.failed").id == given.id
    with pytest.raises(NotOfferedError, match="already failed"):
        shop.standin.fail_refund(given.id)


async def test_a_disputed_charge_cannot_be_refunded_until_it_is_won(shop: Shop) -> None:
    intent_id = await shop.paid()
    dispute_id = shop.standin.dispute(intent_id)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        await refund(shop, payment_intent=intent_id)
    assert refused.value.code == "charge_disputed"
    shop.standin.close_dispute(dispute_id, is_won=True)
    assert (await refund(shop, payment_intent=intent_id)).status == "succeeded"
