from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from app.domain.errors import Ambiguous, Refused
from app.domain.events import BalanceMove, CheckoutOpened, PaymentRead, PaymentStatus
from app.domain.money import Money
from app.providers.stripe.answers import payment_read
from app.rehearsal.faults import Fault
from app.rehearsal.stripe.book import Pace
from app.rehearsal.stripe.standin import Account
from tests.providers.stripe.till import (
    PRICE,
    START,
    TICKET,
    Till,
    checkout,
    open_till,
    read_payment,
)


async def test_a_payment_by_card_says_what_was_taken_from_whom_and_when(till: Till) -> None:
    opened = await till.do(checkout(), CheckoutOpened)
    till.clock.move(timedelta(minutes=3))
    till.standin.pay(opened.session)
    till.clock.move(timedelta(hours=1))
    read = await till.do(read_payment(till.newest_intent), PaymentRead)
    (charge,), (transaction,) = till.standin.all("charge"), till.standin.all("balance_transaction")
    assert read == PaymentRead(
        intent=till.newest_intent,
        status=PaymentStatus.SUCCEEDED,
        amount=PRICE,
        ticket=TICKET,
        plan="question",
        charge=charge["id"],
        succeeded_at=START + timedelta(minutes=3),
        move=BalanceMove(
            id=transaction["id"],
            amount=PRICE,
            fee=Money(transaction["fee"], "usd"),
            at=START + timedelta(minutes=3),
        ),
        checkout=1,
    )
    assert read.move is not None
    assert read.move.fee.amount > 0


async def test_until_stripe_has_booked_a_payment_its_fee_is_unknown() -> None:
    pace = Pace(funds_delay=timedelta(minutes=5))
    async with open_till(account=Account(pace=pace)) as till:
        paid = await till.pay()
        assert (paid.status, paid.move) == (PaymentStatus.SUCCEEDED, None)
        till.clock.move(timedelta(minutes=6))
        till.standin.tick()
        booked = await till.do(read_payment(paid.intent), PaymentRead)
        assert booked.move is not None
        assert booked.succeeded_at == paid.succeeded_at


async def test_a_bank_debit_is_on_its_way_until_the_bank_has_answered(till: Till) -> None:
    opened = await till.do(checkout(), CheckoutOpened)
    till.standin.pay_later(opened.session)
    read = await till.do(read_payment(till.newest_intent), PaymentRead)
    assert (read.status, read.amount, read.succeeded_at) == (PaymentStatus.PROCESSING, PRICE, None)

    till.clock.move(timedelta(days=4))
    till.standin.tick()
    read = await till.do(read_payment(till.newest_intent), PaymentRead)
    assert read.status is PaymentStatus.SUCCEEDED
    assert read.succeeded_at == START + timedelta(days=4)  # not when it was begun


async def test_a_bank_debit_that_failed_can_be_tried_again(till: Till) -> None:
    opened = await till.do(checkout(), CheckoutOpened)
    till.standin.pay_later(opened.session)
    till.standin.settle_later(opened.session, succeeds=False)
    read = await till.do(read_payment(till.newest_intent), PaymentRead)
    assert (read.status, read.amount, read.move) == (PaymentStatus.UNPAID, PRICE, None)


def test_a_bank_debit_that_was_in_the_balance_says_what_took_it_out_again() -> None:
    def moved(id_: str, amount: int, fee: int, days: int) -> dict[str, Any]:
        created = int((START + timedelta(days=days)).timestamp())
        return {"id": id_, "amount": amount, "fee": fee, "currency": "usd", "created": created}

    intent = {
        "id": "pi_1",
        "status": "requires_payment_method",
        "amount": 4900,
        "amount_received": 0,
        "currency": "usd",
        "metadata": {},
        "latest_charge": {
            "id": "py_1",
            "balance_transaction": moved("txn_1", 4900, 39, 0),
            "failure_balance_transaction": moved("txn_2", -4900, 400, 4),
        },
    }
    read = payment_read(intent, START)
    assert (read.status, read.succeeded_at) == (PaymentStatus.UNPAID, None)
    assert read.move == BalanceMove(id="txn_1", amount=PRICE, fee=Money(39, "usd"), at=START)
    assert read.returned == BalanceMove(
        id="txn_2", amount=-PRICE, fee=Money(400, "usd"), at=START + timedelta(days=4)
    )


async def test_a_declined_card_took_nothing(till: Till) -> None:
    opened = await till.do(checkout(), CheckoutOpened)
    till.standin.decline(opened.session)
    read = await till.do(read_payment(till.newest_intent), PaymentRead)
    assert (read.status, read.succeeded_at) == (PaymentStatus.UNPAID, None)


async def test_a_payment_that_we_did_not_ask_for_has_no_ticket(till: Till) -> None:
    intent = till.standin.pay_unknown(1234)
    read = await till.do(read_payment(intent), PaymentRead)
    assert (read.ticket, read.plan, read.amount) == (None, "", Money(1234, "usd"))


@pytest.mark.parametrize("ticket", ["", "42", TICKET.upper(), f"{TICKET}0", f"{TICKET}\n"])
async def test_metadata_that_names_no_ticket_of_ours_is_ignored(till: Till, ticket: str) -> None:
    intent = till.standin.pay_unknown(1234, metadata={"ticket_id": ticket})
    assert (await till.do(read_payment(intent), PaymentRead)).ticket is None


async def test_a_currency_in_which_nothing_is_sold_is_refused(till: Till) -> None:
    intent = till.standin.pay_unknown(5000, "afn")
    with pytest.raises(Refused, match="afn"):
        await till.do(read_payment(intent), PaymentRead)


async def test_a_payment_that_does_not_exist_is_refused(till: Till) -> None:
    with pytest.raises(Refused, match="No such payment_intent"):
        await till.do(read_payment("pi_nothing"), PaymentRead)


async def test_reading_can_be_tried_again(till: Till) -> None:
    paid = await till.pay()
    till.faults.once(Fault.BAD_GATEWAY, path="/v1/payment_intents")
    with pytest.raises(Ambiguous):
        await till.do(read_payment(paid.intent), PaymentRead)
    assert await till.do(read_payment(paid.intent), PaymentRead, number=2) == paid
