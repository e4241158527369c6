from __future__ import annotations

from typing import Final, TypeVar

import pytest

from app.domain.effects import Effect
from app.domain.errors import Postpone, Transient
from app.domain.events import CheckoutOpened, Event, PaymentRead, RefundRead
from app.rehearsal.faults import Fault, Faults
from tests.providers.stripe.till import Till, checkout, open_till, read_payment, refund

RATES: Final = {
    Fault.BAD_GATEWAY: 0.15,
    Fault.SERVER_ERROR: 0.1,
    Fault.ANSWER_LOST: 0.25,
    Fault.TOO_MANY: 0.1,
}
TRIES_MAX: Final = 100

Outcome = TypeVar("Outcome", bound=Event)


async def insist(till: Till, effect: Effect, result: type[Outcome]) -> Outcome:
    """Try as the outbox does, until it goes well."""
    for number in range(1, TRIES_MAX):
        try:
            return await till.do(effect, result, number=number)
        except (Transient, Postpone):
            continue
    raise AssertionError(effect)


@pytest.mark.parametrize("seed", range(8))
async def test_whatever_fails_there_is_one_session_and_one_refund(seed: int) -> None:
    async with open_till(faults=Faults(seed, RATES)) as till:
        opened = await insist(till, checkout(), CheckoutOpened)
        till.standin.pay(opened.session)
        paid = await insist(till, read_payment(till.newest_intent), PaymentRead)
        made = await insist(till, refund(paid.intent), RefundRead)

        assert [each["id"] for each in till.standin.all("checkout.session")] == [opened.session]
        assert [each["id"] for each in till.standin.all("refund")] == [made.refund]
