"""What banks say of a payment: read from the object itself, whatever told us of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from app.domain.effects import ReadDispute, ReadWarning
from app.domain.errors import Ambiguous, Refused
from app.domain.events import (
    DisputeMoved,
    DisputeRead,
    DisputeStatus,
    FraudSuspected,
    WarningRead,
)
from app.domain.money import Money
from app.providers.stripe.answers import dispute_read
from tests.providers.stripe.till import LANE, START, TICKET, Till


def read(dispute: str) -> ReadDispute:
    return ReadDispute(lane=LANE, dispute=dispute, intent="pi_1", cause="evt_1")


def usd(amount: int) -> Money:
    return Money(amount, "usd")


async def test_a_dispute_says_what_it_took_and_until_when_we_may_answer(till: Till) -> None:
    paid = await till.pay()
    dispute = till.standin.dispute(paid.intent)
    found = await till.do(read(dispute), DisputeRead)
    assert (found.dispute, found.intent, found.ticket) == (dispute, paid.intent, TICKET)
    assert (found.status, found.amount) == (DisputeStatus.OPEN, usd(4900))
    assert found.answer_by == START + timedelta(days=9)
    assert [(each.amount, each.fee) for each in found.moves] == [(usd(-4900), usd(1500))]


@pytest.mark.parametrize("is_won", [True, False])
async def test_a_dispute_that_is_over_says_who_has_the_money(till: Till, *, is_won: bool) -> None:
    dispute = till.standin.dispute((await till.pay()).intent)
    till.standin.close_dispute(dispute, is_won=is_won)
    found = await till.do(read(dispute), DisputeRead)
    assert found.status is (DisputeStatus.WON if is_won else DisputeStatus.LOST)
    assert sum(each.amount.amount for each in found.moves) == (0 if is_won else -4900)


async def test_an_inquiry_has_moved_nothing(till: Till) -> None:
    dispute = till.standin.dispute((await till.pay()).intent, is_inquiry=True)
    found = await till.do(read(dispute), DisputeRead)
    assert (found.status, found.moves) == (DisputeStatus.INQUIRY, ())
    till.standin.close_dispute(dispute, is_won=True)
    assert (await till.do(read(dispute), DisputeRead)).status is DisputeStatus.CLOSED


async def test_a_warning_names_the_payment_and_its_ticket(till: Till) -> None:
    paid = await till.pay()
    warning = till.standin.warn_of_fraud(paid.intent)
    effect = ReadWarning(lane=LANE, warning=warning, intent=paid.intent, cause="evt_1")
    found = await till.do(effect, WarningRead)
    assert found == WarningRead(warning=warning, intent=paid.intent, ticket=TICKET)


async def test_every_message_about_them_makes_us_look(till: Till) -> None:
    paid = await till.pay()
    before = len(await till.arrivals())
    warning = till.standin.warn_of_fraud(paid.intent)
    dispute = till.standin.dispute(paid.intent)
    till.standin.close_dispute(dispute, is_won=True)
    arrivals = (await till.arrivals())[before:]
    moved = DisputeMoved(dispute=dispute, intent=paid.intent)
    assert [each.about for each in arrivals if each.event == moved] == [(dispute, paid.intent)] * 5
    suspected = FraudSuspected(warning=warning, intent=paid.intent)
    assert [each.about for each in arrivals if each.event == suspected] == [(warning, paid.intent)]


async def test_a_dispute_that_there_is_not_is_refused(till: Till) -> None:
    with pytest.raises(Refused):
        await till.do(read("du_nobody"), DisputeRead)


def answer(status: str, *, took: int = 0) -> dict[str, Any]:
    move = {"id": "txn_1", "amount": took, "fee": 0, "currency": "usd", "created": 1}
    return {
        "id": "du_1",
        "payment_intent": {"id": "pi_1", "metadata": None},
        "status": status,
        "amount": 4900,
        "currency": "usd",
        "balance_transactions": [move] if took else [],
        "evidence_details": None,
    }


@pytest.mark.parametrize(
    ("status", "took", "means"),
    [
        ("warning_under_review", 0, DisputeStatus.INQUIRY),
        ("under_review", -4900, DisputeStatus.OPEN),
        ("prevented", -4900, DisputeStatus.LOST),
        ("prevented", 0, DisputeStatus.CLOSED),
    ],
)
def test_each_status_of_stripes_means_one_of_ours(
    status: str, took: int, means: DisputeStatus
) -> None:
    found = dispute_read(answer(status, took=took))
    assert (found.status, found.ticket, found.answer_by) == (means, None, None)


def test_a_status_that_is_new_at_stripe_is_not_guessed() -> None:
    with pytest.raises(Ambiguous):
        dispute_read(answer("mediated"))
