from __future__ import annotations

from datetime import timedelta
from typing import Any

import aiohttp
import pytest

from app.domain.effects import ReadRefund
from app.domain.errors import Ambiguous, Refused
from app.domain.events import (
    BalanceMove,
    CheckoutOpened,
    PaymentRead,
    RefundRead,
    RefundStatus,
)
from app.domain.money import Money
from app.rehearsal.faults import Fault
from tests.providers.stripe.till import (
    LANE,
    PRICE,
    START,
    TICKET,
    Till,
    checkout,
    read_payment,
    refund,
)

REFUNDS = "/v1/refunds"


def read_refund(id_: str) -> ReadRefund:
    return ReadRefund(lane=LANE, refund=id_, cause="test")


async def refund_by_hand(till: Till, intent: str, amount: int) -> str:
    """Give money back in the dashboard, past the product."""
    data = {"payment_intent": intent, "amount": str(amount)}
    headers = {"Authorization": f"Bearer {till.standin.account.api_key}"}
    async with (
        aiohttp.ClientSession(till.standin.url, headers=headers) as dashboard,
        dashboard.post(REFUNDS, data=data) as response,
    ):
        assert response.status == 200
        return str((await response.json())["id"])


def all_refunds(till: Till) -> list[Any]:
    return [(each["id"], each["amount"]) for each in till.standin.all("refund")]


async def test_a_payment_is_given_back(till: Till) -> None:
    paid = await till.pay()
    till.clock.move(timedelta(days=2))
    made = await till.do(refund(paid.intent), RefundRead)
    (kept,) = till.standin.all("refund")
    assert made == RefundRead(
        refund=kept["id"],
        intent=paid.intent,
        status=RefundStatus.SUCCEEDED,
        amount=PRICE,
        occurred_at=START + timedelta(days=2),
        move=BalanceMove(
            id=kept["balance_transaction"],
            amount=Money(-4900, "usd"),
            fee=Money(0, "usd"),
            at=START + timedelta(days=2),
        ),
    )
    assert kept["metadata"] == {"ticket_id": TICKET, "n": "1"}


async def test_a_payment_is_given_back_in_parts(till: Till) -> None:
    paid = await till.pay()
    part = Money(2450, "usd")
    first = await till.do(refund(paid.intent, amount=part, n=1), RefundRead)
    second = await till.do(refund(paid.intent, amount=part, n=2), RefundRead)
    assert first.refund != second.refund
    assert sum(amount for _, amount in all_refunds(till)) == 4900


@pytest.mark.parametrize(
    "fault", [Fault.ANSWER_LOST, Fault.BAD_GATEWAY, Fault.SERVER_ERROR, Fault.TIMEOUT]
)
async def test_after_an_answer_that_did_not_come_there_is_one_refund(
    till: Till, fault: Fault
) -> None:
    till.faults.timeout_seconds = 0.02
    paid = await till.pay()
    till.faults.once(fault, method="POST", path=REFUNDS)
    with pytest.raises(Ambiguous):
        await till.do(refund(paid.intent), RefundRead)
    made = await till.do(refund(paid.intent), RefundRead, number=2)
    assert all_refunds(till) == [(made.refund, 4900)]


@pytest.mark.parametrize("is_after_work", [True, False])
async def test_a_failure_that_stripe_keeps_does_not_give_money_back_twice(
    till: Till, *, is_after_work: bool
) -> None:
    paid = await till.pay()
    part = refund(paid.intent, amount=Money(1000, "usd"))
    till.standin.break_once(REFUNDS, is_after_work=is_after_work)
    with pytest.raises(Ambiguous):
        await till.do(part, RefundRead)
    made = await till.do(part, RefundRead, number=2)
    assert all_refunds(till) == [(made.refund, 1000)]


async def test_a_try_after_stripe_has_forgotten_the_key_finds_the_refund(till: Till) -> None:
    paid = await till.pay()
    part = refund(paid.intent, amount=Money(1000, "usd"))
    till.faults.once(Fault.ANSWER_LOST, method="POST", path=REFUNDS)
    with pytest.raises(Ambiguous):
        await till.do(part, RefundRead)
    till.clock.move(timedelta(days=3))
    made = await till.do(part, RefundRead, number=1)  # an operator began it anew
    assert all_refunds(till) == [(made.refund, 1000)]


async def test_what_was_given_back_by_hand_is_not_given_back_again(till: Till) -> None:
    paid = await till.pay()
    by_hand = await refund_by_hand(till, paid.intent, 4900)
    made = await till.do(refund(paid.intent), RefundRead)
    assert made.refund == by_hand


async def test_a_refund_by_hand_of_another_amount_does_not_count(till: Till) -> None:
    paid = await till.pay()
    await refund_by_hand(till, paid.intent, 1000)
    with pytest.raises(Refused, match="greater than unrefunded"):
        await till.do(refund(paid.intent), RefundRead)


async def test_another_refund_of_ours_is_not_taken_for_one_by_hand(till: Till) -> None:
    paid = await till.pay()
    await till.do(refund(paid.intent, n=1), RefundRead)
    with pytest.raises(Refused, match="already been refunded"):
        await till.do(refund(paid.intent, n=2), RefundRead)


async def test_a_failed_refund_by_hand_does_not_count(till: Till) -> None:
    paid = await till.pay()
    failed = await refund_by_hand(till, paid.intent, 4900)
    till.standin.fail_refund(failed)
    till.standin.dispute(paid.intent)
    with pytest.raises(Refused, match="charged back"):
        await till.do(refund(paid.intent), RefundRead)


async def test_a_payment_that_was_not_made_cannot_be_given_back(till: Till) -> None:
    opened = await till.do(checkout(), CheckoutOpened)
    till.standin.decline(opened.session)
    with pytest.raises(Refused, match="does not have a successful charge"):
        await till.do(refund(till.newest_intent), RefundRead)


async def test_a_refund_to_a_bank_account_is_pending_until_it_arrives(till: Till) -> None:
    opened = await till.do(checkout(), CheckoutOpened)
    till.standin.pay_later(opened.session)
    till.standin.settle_later(opened.session, succeeds=True)
    paid = await till.do(read_payment(till.newest_intent), PaymentRead)
    made = await till.do(refund(paid.intent), RefundRead)
    assert made.status is RefundStatus.PENDING

    till.clock.move(timedelta(days=5))
    till.standin.tick()
    read = await till.do(read_refund(made.refund), RefundRead)
    assert read.status is RefundStatus.SUCCEEDED
    assert (read.move, read.occurred_at) == (made.move, made.occurred_at)


async def test_a_refund_that_came_back_is_failed(till: Till) -> None:
    paid = await till.pay()
    made = await till.do(refund(paid.intent), RefundRead)
    assert made.returned is None
    till.clock.move(timedelta(days=6))
    till.standin.fail_refund(made.refund)
    read = await till.do(read_refund(made.refund), RefundRead)
    assert (read.status, read.intent) == (RefundStatus.FAILED, paid.intent)
    assert (read.move, read.occurred_at) == (made.move, made.occurred_at)
    (kept,) = till.standin.all("refund")
    assert read.returned == BalanceMove(
        id=kept["failure_balance_transaction"],
        amount=PRICE,
        fee=Money(0, "usd"),
        at=START + timedelta(days=6),
    )
    # Trying the same order again tells the same; giving the money back is another order.
    assert await till.do(refund(paid.intent), RefundRead, number=2) == read


async def test_a_refund_that_does_not_exist_is_refused(till: Till) -> None:
    with pytest.raises(Refused, match="No such refund"):
        await till.do(read_refund("re_nothing"), RefundRead)
