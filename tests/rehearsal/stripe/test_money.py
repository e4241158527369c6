"""Balance transactions: fees, when money is available, and what it all adds up to."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from app.rehearsal.stripe import money
from tests.rehearsal.stripe.shop import Shop, line


async def funds(shop: Shop, **params: Any) -> list[stripe.BalanceTransaction]:
    return (await shop.client.v1.balance_transactions.list_async({"limit": 100} | params)).data  # type: ignore[arg-type]  # a plain dict


async def balance(shop: Shop) -> dict[str, int]:
    """All money, available or not, by currency."""
    found = await shop.client.v1.balance.retrieve_async()
    sums: dict[str, int] = {}
    for available in found.available:
        sums[available.currency] = available.amount
    for pending in found.pending:
        sums[pending.currency] = sums.get(pending.currency, 0) + pending.amount
    return sums


@pytest.mark.parametrize(
    ("amount", "currency", "card", "debit", "words"),
    [
        (4900, "usd", 172, 39, "49.00 USD"),
        (100, "usd", 33, 1, "1.00 USD"),
        (50, "usd", 31, 0, "0.50 USD"),  # 1.45 → 1; 0.4 → 0
        (62_500, "usd", 1843, 500, "625.00 USD"),
        (62_499, "usd", 1842, 500, "624.99 USD"),
        (5000, "jpy", 175, 40, "5,000 JPY"),
        (15_000, "kwd", 525, 120, "15.000 KWD"),
    ],
)
def test_fees_and_words_by_currency(
    amount: int, currency: str, card: int, debit: int, words: str
) -> None:
    assert money.card_fee(amount, currency) == card
    assert money.debit_fee(amount, currency) == debit
    assert money.shown(amount, currency) == words


@pytest.mark.parametrize(
    ("currency", "exponent"), [("usd", 2), ("jpy", 0), ("isk", 2), ("ugx", 2), ("kwd", 3)]
)
def test_exponents(currency: str, exponent: int) -> None:
    assert money.exponent(currency) == exponent
    assert currency in money.CURRENCIES


async def test_every_movement_adds_up_to_the_balance(shop: Shop) -> None:
    intent_id = await shop.paid()
    await shop.paid(line_items=[line(2000, "eur")])
    opened = await shop.open(line_items=[line(10_000)])
    shop.standin.pay_later(opened.id)
    shop.standin.settle_later(opened.id, succeeds=True)
    refund = await shop.client.v1.refunds.create_async({"payment_intent": intent_id})
    shop.standin.fail_refund(refund.id)
    won = shop.standin.dispute(intent_id)
    shop.standin.close_dispute(won, is_won=True)
    lost = shop.standin.dispute((await shop.session(opened.id)).payment_intent)
    shop.standin.close_dispute(lost, is_won=False)
    movements = await funds(shop)
    assert [(item.type, item.amount, item.fee) for item in reversed(movements)] == [
        ("charge", 4900, 172),
        ("charge", 2000, 88),
        ("payment", 10_000, 80),
        ("refund", -4900, 0),
        ("refund_failure", 4900, 0),
        ("adjustment", -4900, 1500),
        ("adjustment", 4900, 0),
        ("adjustment", -10_000, 1500),
    ]
    for currency, total in (await balance(shop)).items():
        nets = [item.net for item in movements if item.currency == currency]
        assert sum(nets) == total
        assert all(item.net == item.amount - item.fee for item in movements)
    assert await balance(shop) == {"eur": 1912, "usd": 4900 - 172 + 10_000 - 80 - 3000 - 10_000}


async def test_a_charge_is_available_after_two_days(shop: Shop) -> None:
    await shop.paid()
    (before,) = await funds(shop)
    assert (before.status, before.available_on) == ("pending", shop.clock.seconds + 2 * 86_400)
    found = await shop.client.v1.balance.retrieve_async()
    assert [(amount.amount, amount.currency) for amount in found.available] == [(0, "usd")]
    assert [amount.amount for amount in found.pending] == [4728]
    shop.clock.forward(days=2)
    (after,) = await funds(shop)
    assert after.status == "available"
    assert (await shop.client.v1.balance.retrieve_async()).available[0].amount == 4728


async def test_movements_can_be_asked_for_by_source_type_and_currency(shop: Shop) -> None:
    intent_id = await shop.paid()
    await shop.paid(line_items=[line(2000, "eur")])
    refund = await shop.client.v1.refunds.create_async({"payment_intent": intent_id})
    assert [item.source for item in await funds(shop, source=refund.id)] == [refund.id]
    assert [item.amount for item in await funds(shop, type="charge")] == [2000, 4900]
    assert [item.amount for item in await funds(shop, currency="eur")] == [2000]
    assert await funds(shop, payout="po_1") == []


async def test_movements_can_be_asked_for_by_time(shop: Shop) -> None:
    for _ in range(3):
        await shop.paid()
        shop.clock.forward(hours=1)
    begin = shop.clock.seconds - 3 * 3600
    for created, count in [
        ({"gte": begin}, 3),
        ({"gt": begin}, 2),
        ({"lt": begin + 7200}, 2),
        ({"lte": begin + 7200}, 3),
        ({"gt": begin, "lt": begin + 7200}, 1),
        (begin, 1),
        (begin + 1, 0),
    ]:
        assert len(await funds(shop, created=created)) == count


async def test_pages_are_walked_to_the_end_in_both_directions(shop: Shop) -> None:
    for _ in range(5):
        shop.standin.pay_unknown(1000)
    movements = shop.client.v1.balance_transactions
    everything = [item["id"] for item in shop.standin.all("balance_transaction")]
    first = await movements.list_async({"limit": 2})
    assert first.has_more
    assert [item.id async for item in first.auto_paging_iter()] == everything
    last = await movements.list_async({"limit": 2, "starting_after": everything[3]})
    assert ([item.id for item in last.data], last.has_more) == (everything[4:], False)
    before = await movements.list_async({"limit": 2, "ending_before": everything[4]})
    assert ([item.id for item in before.data], before.has_more) == (everything[2:4], True)
    begin = await movements.list_async({"limit": 2, "ending_before": everything[1]})
    assert ([item.id for item in begin.data], begin.has_more) == (everything[:1], False)


@pytest.mark.parametrize(
    ("params", "says"),
    [
        ({"limit": 0}, "between 1 and 100"),
        ({"limit": 101}, "between 1 and 100"),
        ({"starting_after": "txn_1"}, "No such balance_transaction"),
        ({"starting_after": "txn_1", "ending_before": "txn_2"}, "both starting_after and"),
        ({"created": {"since": 3}}, "unknown parameter: created"),
        ({"page": 2}, "unknown parameter: page"),
    ],
)
async def test_a_wrong_page_is_refused(shop: Shop, params: dict[str, Any], says: str) -> None:
    with pytest.raises(stripe.InvalidRequestError, match=says):
        await funds(shop, **params)


async def test_ids_are_expanded_up_to_four_levels_deep(shop: Shop) -> None:
    opened = await shop.open()
    shop.standin.pay(opened.id)
    path = "payment_intent.latest_charge.balance_transaction.source"
    session = await shop.session(opened.id, path, "line_items", "payment_intent.payment_method")
    charge = session.payment_intent.latest_charge
    assert charge.balance_transaction.source.id == charge.id
    assert session.payment_intent.payment_method.card.last4 == "4242"
    assert session.line_items.data[0].description == "Quick question"
    assert session.line_items.data[0].price.unit_amount == 4900
    lines = await shop.client.v1.checkout.sessions.line_items.list_async(opened.id)
    assert [item.id for item in lines.data] == [session.line_items.data[0].id]
    listed = await shop.client.v1.checkout.sessions.list_async(
        {"expand": ["data.payment_intent.latest_charge"]}
    )
    assert isinstance(listed.data[0].payment_intent, stripe.PaymentIntent)
    assert isinstance(listed.data[0].payment_intent.latest_charge, stripe.Charge)
    assert isinstance((await shop.session(opened.id)).payment_intent, str)


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("status", "cannot be expanded"),
        ("nothing", "cannot be expanded"),
        ("data.payment_intent", "cannot be expanded"),
        ("payment_intent.latest_charge.balance_transaction.source.customer", "more than 4"),
        ("invoice", "keeps no object in_"),
    ],
)
async def test_what_cannot_be_expanded_is_refused(shop: Shop, path: str, says: str) -> None:
    opened = await shop.open()
    shop.standin.pay(opened.id)
    with pytest.raises(stripe.InvalidRequestError, match=says):
        await shop.session(opened.id, path)


async def test_a_list_expands_below_data_only(shop: Shop) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="cannot be expanded"):
        await funds(shop, expand=["source"])


async def test_sessions_are_found_by_payment_status_and_email(shop: Shop) -> None:
    first, second = await shop.open(), await shop.open(customer_email="ada@example.com")
    shop.standin.pay(second.id)
    intent_id = (await shop.session(second.id)).payment_intent
    sessions = shop.client.v1.checkout.sessions
    for params, found in [
        ({"payment_intent": intent_id}, [second.id]),
        ({"status": "open"}, [first.id]),
        ({"status": "complete"}, [second.id]),
        ({"customer_details": {"email": "ada@example.com"}}, [second.id]),
        ({}, [second.id, first.id]),
    ]:
        listed = await sessions.list_async(params)  # type: ignore[arg-type]  # a plain dict
        assert [session.id for session in listed.data] == found
    intents = await shop.client.v1.payment_intents.list_async({"created": {"gte": 1}})
    assert [intent.id for intent in intents.data] == [intent_id]
    charges = await shop.client.v1.charges.list_async({"transfer_group": "tkt_1"})
    (charge,) = charges.data
    assert (await shop.client.v1.charges.retrieve_async(charge.id)).payment_intent == intent_id
