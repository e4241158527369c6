"""Transfers to helpers, what comes back of them, and disputes."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from app.rehearsal.stripe import NotOfferedError
from tests.rehearsal.stripe.shop import Shop


async def charge_id(shop: Shop) -> str:
    intent = await shop.client.v1.payment_intents.retrieve_async(await shop.paid())
    return str(intent.latest_charge)


async def transfer(shop: Shop, **params: Any) -> stripe.Transfer:
    return await shop.client.v1.transfers.create_async({"currency": "usd"} | params)  # type: ignore[arg-type]  # may be wrong on purpose


async def test_a_charge_pays_a_helper_before_it_is_available(shop: Shop) -> None:
    account, charge = shop.standin.connect_account(), await charge_id(shop)
    sent = await transfer(
        shop,
        amount=4000,
        destination=account,
        source_transaction=charge,
        metadata={"role": "helper"},
    )
    assert (sent.amount, sent.destination, sent.transfer_group) == (4000, account, "tkt_1")
    assert isinstance(sent.balance_transaction, str)
    funds = await shop.client.v1.balance_transactions.retrieve_async(sent.balance_transaction)
    assert (funds.amount, funds.type, funds.status) == (-4000, "transfer", "pending")
    listed = await shop.client.v1.transfers.list_async({"transfer_group": "tkt_1"})
    assert [item.id for item in listed.data] == [sent.id]
    assert (await shop.client.v1.transfers.list_async({"transfer_group": "tkt_2"})).data == []
    await shop.standin.settle()
    assert shop.hooks.last("transfer.created").id == sent.id


async def test_transfers_never_exceed_the_charge(shop: Shop) -> None:
    account, charge = shop.standin.connect_account(), await charge_id(shop)
    source = {"destination": account, "source_transaction": charge}
    await transfer(shop, amount=4000, **source)
    with pytest.raises(stripe.InvalidRequestError, match=r"must not exceed .* 49.00 USD.*40.00"):
        await transfer(shop, amount=901, **source)
    await transfer(shop, amount=900, **source)


async def test_without_a_charge_the_balance_must_suffice(shop: Shop) -> None:
    account = shop.standin.connect_account()
    await shop.paid()
    with pytest.raises(stripe.InvalidRequestError) as refused:
        await transfer(shop, amount=4000, destination=account)
    assert refused.value.code == "balance_insufficient"
    shop.clock.forward(days=2)
    sent = await transfer(shop, amount=4000, destination=account)
    assert (sent.source_transaction, sent.transfer_group) == (None, None)


@pytest.mark.parametrize(
    ("params", "says"),
    [
        ({"destination": "acct_1", "amount": 5}, "No such destination"),
        ({"destination": "acct_1"}, "Missing required param: amount"),
        ({"amount": 5}, "Missing required param: destination"),
        ({"destination": "acct_1", "amount": 0}, "positive integer"),
        ({"destination": "acct_1", "amount": 5, "currency": "xxx"}, "Invalid currency"),
        ({"destination": "acct_1", "amount": 5, "escrow": True}, "unknown parameter"),
    ],
)
async def test_a_wrong_transfer_is_refused(shop: Shop, params: Any, says: str) -> None:
    with pytest.raises(stripe.InvalidRequestError, match=says):
        await transfer(shop, **params)


async def test_a_transfer_needs_a_good_charge_in_its_own_currency(shop: Shop) -> None:
    account, charge = shop.standin.connect_account(), await charge_id(shop)
    opened = await shop.open()
    shop.standin.pay_later(opened.id)
    session = await shop.session(opened.id, "payment_intent")
    for source, currency, says in [
        (charge, "eur", "must be the same"),
        (session.payment_intent.latest_charge, "usd", "has not succeeded"),
        ("ch_1", "usd", "No such charge"),
    ]:
        with pytest.raises(stripe.InvalidRequestError, match=says):
            await transfer(
                shop, amount=5, destination=account, source_transaction=source, currency=currency
            )


async def test_a_charge_without_a_group_gets_one(shop: Shop) -> None:
    intent_id = shop.standin.pay_unknown(1000)
    intent = await shop.client.v1.payment_intents.retrieve_async(intent_id)
    account = shop.standin.connect_account()
    sent = await transfer(
        shop, amount=5, destination=account, source_transaction=intent.latest_charge
    )
    assert sent.transfer_group == f"group_{intent_id}"


async def test_a_transfer_is_reversed_in_parts(shop: Shop) -> None:
    account, charge = shop.standin.connect_account(), await charge_id(shop)
    sent = await transfer(shop, amount=4000, destination=account, source_transaction=charge)
    reversals = shop.client.v1.transfers.reversals
    first = await reversals.create_async(sent.id, {"amount": 1000})
    with pytest.raises(stripe.InvalidRequestError, match=r"greater than unreversed .*30.00"):
        await reversals.create_async(sent.id, {"amount": 3001})
    with pytest.raises(stripe.InvalidRequestError, match="positive integer"):
        await reversals.create_async(sent.id, {"amount": 0})
    second = await reversals.create_async(sent.id)
    with pytest.raises(stripe.InvalidRequestError, match="already fully reversed"):
        await reversals.create_async(sent.id)
    after = await shop.client.v1.transfers.retrieve_async(sent.id)
    assert (after.reversed, after.amount_reversed) == (True, 4000)
    assert [item.id for item in after.reversals.data] == [second.id, first.id]
    listed = await reversals.list_async(sent.id)
    assert [item.amount for item in listed.data] == [3000, 1000]
    assert (await reversals.retrieve_async(sent.id, first.id)).amount == 1000
    other = await transfer(shop, amount=5, destination=account, source_transaction=charge_of(shop))
    with pytest.raises(stripe.InvalidRequestError, match="No such transfer reversal"):
        await reversals.retrieve_async(other.id, first.id)
    await shop.standin.settle()
    assert shop.hooks.last("transfer.reversed").amount_reversed == 4000


def charge_of(shop: Shop) -> str:
    """A new charge that nothing was transferred of."""
    shop.standin.pay_unknown(1000)
    return str(shop.standin.all("charge")[0]["id"])


async def test_the_platform_and_its_connected_accounts(shop: Shop) -> None:
    account_id = shop.standin.connect_account("ada@example.com", "NO")
    platform = await shop.client.v1.accounts.retrieve_current_async()
    assert (platform.charges_enabled, platform.default_currency) == (True, "usd")
    assert platform.id != account_id
    listed = await shop.client.v1.accounts.list_async()
    assert [(account.id, account.country) for account in listed.data] == [(account_id, "NO")]
    connected = await shop.client.v1.accounts.retrieve_async(account_id)
    assert connected.capabilities is not None
    assert (connected.email, connected.capabilities.transfers) == ("ada@example.com", "active")


async def test_a_dispute_takes_the_money_until_it_is_won(shop: Shop) -> None:
    intent_id = await shop.paid()
    await shop.standin.settle()
    shop.hooks.events.clear()
    dispute_id = shop.standin.dispute(intent_id)
    await shop.standin.settle()
    assert shop.hooks.types == [
        "charge.dispute.created",
        "charge.dispute.funds_withdrawn",
        "charge.updated",
    ]
    dispute = await shop.client.v1.disputes.retrieve_async(dispute_id)
    assert (dispute.amount, dispute.status, dispute.reason) == (
        4900,
        "needs_response",
        "fraudulent",
    )
    (withdrawn,) = dispute.balance_transactions
    assert (withdrawn.net, withdrawn.reporting_category) == (-6400, "dispute")
    with pytest.raises(NotOfferedError, match="only once"):
        shop.standin.dispute(intent_id)
    shop.hooks.events.clear()
    shop.standin.close_dispute(dispute_id, is_won=True)
    await shop.standin.settle()
    assert shop.hooks.types == [
        "charge.dispute.closed",
        "charge.dispute.funds_reinstated",
        "charge.dispute.updated",
    ]
    closed = shop.hooks.last("charge.dispute.closed")
    assert closed.status == "won"
    assert [item.net for item in closed.balance_transactions] == [-6400, 4900]
    with pytest.raises(NotOfferedError, match="already won"):
        shop.standin.close_dispute(dispute_id, is_won=False)


async def test_an_inquiry_takes_nothing_and_is_closed(shop: Shop) -> None:
    intent_id = await shop.paid()
    dispute_id = shop.standin.dispute(intent_id, is_inquiry=True)
    asked = await shop.client.v1.disputes.retrieve_async(dispute_id)
    assert (asked.status, asked.balance_transactions) == ("warning_needs_response", [])
    with pytest.raises(NotOfferedError, match="is not lost"):
        shop.standin.close_dispute(dispute_id, is_won=False)
    shop.standin.close_dispute(dispute_id, is_won=True)
    closed = await shop.client.v1.disputes.retrieve_async(dispute_id)
    assert (closed.status, closed.balance_transactions) == ("warning_closed", [])
    await shop.client.v1.refunds.create_async({"payment_intent": intent_id})


async def test_a_bank_warns_of_a_payment_by_card(shop: Shop) -> None:
    intent_id = await shop.paid()
    await shop.standin.settle()
    shop.hooks.events.clear()
    warning_id = shop.standin.warn_of_fraud(intent_id)
    await shop.standin.settle()
    assert shop.hooks.types == ["radar.early_fraud_warning.created"]
    warnings = shop.client.v1.radar.early_fraud_warnings
    warning = await warnings.retrieve_async(warning_id, {"expand": ["payment_intent"]})
    assert isinstance(warning.payment_intent, stripe.PaymentIntent)
    assert (warning.payment_intent.id, warning.actionable) == (intent_id, True)
    listed = await warnings.list_async({"payment_intent": intent_id})
    assert [item.id for item in listed.data] == [warning_id]


async def test_a_bank_does_not_warn_of_what_was_not_paid(shop: Shop) -> None:
    debited = await shop.open()
    shop.standin.pay_later(debited.id)
    with pytest.raises(NotOfferedError, match="by card"):
        shop.standin.warn_of_fraud(str((await shop.session(debited.id)).payment_intent))


async def test_evidence_is_put_down_and_submitted(shop: Shop) -> None:
    dispute_id = shop.standin.dispute(await shop.paid())
    disputes = shop.client.v1.disputes
    evidence: Any = {"evidence": {"uncategorized_text": "He was helped."}, "submit": False}
    draft = await disputes.update_async(dispute_id, evidence)
    assert (draft.status, draft.evidence_details.has_evidence) == ("needs_response", True)
    assert draft.evidence.uncategorized_text == "He was helped."
    submitted = await disputes.update_async(dispute_id, {"metadata": {"by": "ada"}})
    assert (submitted.status, submitted.evidence_details.submission_count) == ("under_review", 1)
    lost = await disputes.close_async(dispute_id)
    assert lost.status == "lost"
    with pytest.raises(stripe.InvalidRequestError, match="already lost"):
        await disputes.close_async(dispute_id)
    listed = await disputes.list_async({"payment_intent": str(lost.payment_intent)})
    assert [item.id for item in listed.data] == [dispute_id]


async def test_only_what_was_paid_can_be_disputed(shop: Shop) -> None:
    opened = await shop.open()
    shop.standin.decline(opened.id)
    intent_id = (await shop.session(opened.id)).payment_intent
    with pytest.raises(NotOfferedError, match="that succeeded"):
        shop.standin.dispute(intent_id)
    await shop.client.v1.checkout.sessions.expire_async(opened.id)
    debited = await shop.open()
    shop.standin.pay_later(debited.id)
    with pytest.raises(NotOfferedError, match="that succeeded"):
        shop.standin.dispute((await shop.session(debited.id)).payment_intent)
