"""The check of our own answers finds each way in which an object can be wrong."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from app.rehearsal.faults import Faults
from app.rehearsal.stripe import StripeStandIn, routes, shapes
from tests.rehearsal.stripe.shop import START, Shop


def good() -> dict[str, Any]:
    return shapes.blank(stripe.TransferReversal) | {
        "id": "trr_1",
        "object": "transfer_reversal",
        "amount": 100,
        "created": 1,
        "currency": "usd",
        "transfer": "tr_1",
        "metadata": {"a": "b"},
    }


def test_a_good_object_has_no_defects() -> None:
    assert shapes.defects(good()) == []
    listed = {"object": "list", "data": [good()], "has_more": False, "url": "/v1/x"}
    assert shapes.defects(listed) == []


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"amount": "100"}, "amount: '100' is no int"),
        ({"amount": True}, "amount: True is no int"),
        ({"amount": None}, "amount: None is no int"),
        ({"surprise": 1}, "surprise is no field"),
        ({"object": "reversal"}, "unknown object: reversal"),
        ({"metadata": "x"}, "metadata: 'x' is no object"),
        ({"transfer": {"id": "tr_1"}}, "transfer: {'id': 'tr_1'} is no str"),
        ({"source_refund": 3}, "source_refund: 3 is no"),
    ],
)
def test_each_defect_is_named(change: dict[str, Any], says: str) -> None:
    assert says in " ".join(shapes.defects(good() | change))


def test_what_is_missing_is_named() -> None:
    answer = good()
    del answer["currency"]
    assert shapes.defects(answer) == ["transfer_reversal: currency is missing"]


@pytest.mark.parametrize(
    "answer",
    [
        {"object": "list", "data": [], "has_more": False},
        {"object": "list", "data": [good() | {"amount": 1.5}], "has_more": False, "url": "/"},
    ],
)
def test_a_wrong_list_is_found(answer: dict[str, Any]) -> None:
    assert len(shapes.defects(answer)) == 1


def test_enumerations_are_closed() -> None:
    refund = shapes.blank(stripe.Refund) | {
        "id": "re_1",
        "object": "refund",
        "amount": 1,
        "created": 1,
        "currency": "usd",
    }
    assert shapes.defects(refund) == []
    assert "is none of" in shapes.defects(refund | {"reason": "regret"})[0]


def test_nested_objects_and_arrays_are_looked_into() -> None:
    balance = {
        "object": "balance",
        "available": [{"amount": 1, "currency": "usd", "source_types": {"card": "1"}}],
        "livemode": False,
        "pending": {},
    }
    assert shapes.defects(balance) == [
        "balance: available: [0]: source_types: card: '1' is no int",
        "balance: pending: {} is no array",
    ]


async def test_a_wrong_answer_is_a_500_and_a_defect(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = routes.Route("GET", "/v1/balance", "BalanceRetrieveParams", lambda *_: {"object": "x"})
    monkeypatch.setattr(routes, "ROUTES", (wrong,))
    with pytest.raises(stripe.APIError) as failed:
        await shop.client.v1.balance.retrieve_async()
    assert failed.value.http_status == 500
    assert shop.standin.defects == [
        "GET /v1/balance: ValueError('the answer is not valid: unknown object: x')"
    ]
    shop.standin.defects.clear()


def test_every_endpoint_names_parameters_that_the_library_has() -> None:
    for route in routes.ROUTES:
        place, _, name = route.params.rpartition(".")
        owner: Any = getattr(stripe.params, place) if place else stripe.params
        assert hasattr(owner, name), route.path


async def test_without_an_endpoint_nothing_is_sent() -> None:
    standin = StripeStandIn(now=lambda: START, faults=Faults())
    await standin.start()
    standin.pay_unknown(1000)
    standin.resend(standin.all("event")[0]["id"])
    await standin.settle()
    await standin.close()
    assert standin.deliveries == []
    assert len(standin.all("event")) == 4


async def test_a_stand_in_that_was_never_started_can_be_closed() -> None:
    standin = StripeStandIn(now=lambda: START, faults=Faults())
    await standin.close()
    assert standin.url == ""


def test_the_same_seed_makes_the_same_ids() -> None:
    def first_id(seed: int) -> str:
        standin = StripeStandIn(now=lambda: START, faults=Faults(), seed=seed)
        return standin.pay_unknown(1000)

    assert first_id(1) == first_id(1)
    assert first_id(1) != first_id(2)
