from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from app.domain.deliveries import Delivery, Provider
from app.domain.errors import Refused
from app.domain.events import (
    CheckoutEnded,
    CheckoutOpened,
    PaymentMoved,
    RefundMoved,
    RefundRead,
)
from app.providers.stripe.translate import KINDS, translate
from tests.providers.stripe.till import START, Till, checkout, refund


def delivery(kind: str, subject: object, **more: Any) -> Delivery:
    body = {"id": "evt_1", "type": kind, "data": {"object": subject}} | more
    return Delivery(
        provider=Provider.STRIPE,
        external_id="evt_1",
        kind=kind,
        body=json.dumps(body).encode(),
        received_at=START,
    )


async def test_a_payment_by_card_moves_the_payment(till: Till) -> None:
    opened = await till.do(checkout(), CheckoutOpened)
    till.standin.pay(opened.session)

    arrivals = await till.arrivals()
    intent, charge = till.newest_intent, till.standin.all("charge")[0]["id"]
    assert {arrival.event for arrival in arrivals} == {PaymentMoved(intent=intent)}
    assert {arrival.about for arrival in arrivals} == {
        (intent,),
        (intent, charge),
        (opened.session, intent),
    }
    assert {arrival.lane for arrival in arrivals} == {None}
    assert len({arrival.key for arrival in arrivals}) == len(arrivals) == 3


@pytest.mark.parametrize("succeeds", [True, False])
async def test_a_bank_debit_moves_the_payment_when_it_begins_and_when_it_ends(
    till: Till, *, succeeds: bool
) -> None:
    opened = await till.do(checkout(), CheckoutOpened)
    till.standin.pay_later(opened.session)
    began = len(await till.arrivals())
    till.standin.settle_later(opened.session, succeeds=succeeds)

    arrivals = await till.arrivals()
    assert 0 < began < len(arrivals)
    assert {arrival.event for arrival in arrivals} == {PaymentMoved(intent=till.newest_intent)}


async def test_a_declined_card_moves_the_payment(till: Till) -> None:
    opened = await till.do(checkout(), CheckoutOpened)
    till.standin.decline(opened.session)
    events = [arrival.event for arrival in await till.arrivals()]
    assert events == [PaymentMoved(intent=till.newest_intent)]


async def test_a_checkout_that_ran_out_of_time_has_ended(till: Till) -> None:
    opened = await till.do(checkout(), CheckoutOpened)
    till.clock.move(timedelta(hours=24))
    till.standin.tick()
    (arrival,) = await till.arrivals()
    assert arrival.event == CheckoutEnded(session=opened.session)
    assert arrival.about == (opened.session,)


async def test_a_refund_moves_when_it_is_made_and_when_it_fails(till: Till) -> None:
    paid = await till.pay()
    before = len(await till.arrivals())
    made = await till.do(refund(paid.intent), RefundRead)
    till.standin.fail_refund(made.refund)

    arrivals = (await till.arrivals())[before:]
    moved = RefundMoved(refund=made.refund, intent=paid.intent)
    assert {arrival.event for arrival in arrivals} >= {moved}
    about = {arrival.about for arrival in arrivals if arrival.event == moved}
    assert about == {(made.refund, paid.intent)}


def test_the_event_is_known_by_stripes_own_id() -> None:
    (arrival,) = translate(delivery("payment_intent.succeeded", {"id": "pi_1"}))
    assert arrival.key == "stripe:evt_1"


@pytest.mark.parametrize("kind", ["payment_intent.created", "customer.created", "ping", "v2.x"])
def test_kinds_that_mean_nothing_to_us_are_nothing(kind: str) -> None:
    assert translate(delivery(kind, {"id": "pi_1"})) == []


@pytest.mark.parametrize(
    ("kind", "subject"),
    [
        ("checkout.session.completed", {"id": "cs_1", "payment_intent": None}),
        ("charge.updated", {"id": "ch_1", "payment_intent": None}),
        ("refund.updated", {"id": "re_1", "payment_intent": None}),
        ("charge.dispute.created", {"id": "du_1", "payment_intent": None}),
        ("radar.early_fraud_warning.created", {"id": "issfr_1", "payment_intent": None}),
    ],
)
def test_what_belongs_to_no_payment_intent_is_nothing_of_ours(kind: str, subject: object) -> None:
    assert translate(delivery(kind, subject)) == []


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_what_happens_in_a_connected_account_is_nothing_of_ours(kind: str) -> None:
    assert translate(delivery(kind, {"id": "pi_1"}, account="acct_1")) == []


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize("subject", [None, [], "pi_1", {}, {"id": 1, "payment_intent": 2}])
def test_a_known_kind_in_an_unknown_shape_is_for_a_person_to_look_at(
    kind: str, subject: object
) -> None:
    with pytest.raises(Refused, match="shape"):
        translate(delivery(kind, subject))
