"""What banks do in a random walk: they doubt payments, take them back, and decide."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import precondition

from app.domain.events import DisputeStatus, PaymentStatus, WarningRead, WarningsLifted
from tests.domain.tickets.builders import TICKET
from tests.domain.tickets.till import Doubt
from tests.domain.tickets.walk import Walk, rule


class Banks(Walk):
    """A walk in which banks have a say."""

    def doubts(self, intent: str, amount: int, status: DisputeStatus, *, is_moved: bool) -> None:
        dispute = f"du_{len(self.till.disputes) + 1}"
        made = Doubt(dispute, intent, amount, status, is_moved=is_moved)
        self.till.disputes[dispute] = made
        self.happens(self.till.read_dispute(dispute))

    @precondition(lambda self: self.payments(PaymentStatus.SUCCEEDED))
    @rule(
        data=st.data(),
        status=st.sampled_from([*DisputeStatus, DisputeStatus.OPEN, DisputeStatus.OPEN]),
        parts=st.sampled_from([1, 1, 3]),
        is_moved=st.booleans(),
    )
    def a_payment_is_disputed(
        self, data: st.DataObject, status: DisputeStatus, parts: int, *, is_moved: bool
    ) -> None:
        """Maybe all of it, although a part had gone back."""
        made = data.draw(st.sampled_from(self.payments(PaymentStatus.SUCCEEDED)))
        is_whole = data.draw(st.booleans()) and parts == 1
        amount = made.amount if is_whole else self.till.left(made.intent) // parts
        is_known = any(each.intent == made.intent for each in self.till.disputes.values())
        if amount and not is_known:
            self.doubts(made.intent, amount, status, is_moved=is_moved)

    @precondition(lambda self: self.till.disputes)
    @rule(
        data=st.data(),
        to=st.sampled_from(DisputeStatus),
        is_moved=st.booleans(),
        is_told=st.booleans(),
    )
    def a_bank_decides(
        self, data: st.DataObject, to: DisputeStatus, *, is_moved: bool, is_told: bool
    ) -> None:
        doubt = data.draw(st.sampled_from(list(self.till.disputes.values())))
        doubt.is_moved = doubt.is_moved or is_moved
        if doubt.status is DisputeStatus.OPEN and to in (DisputeStatus.WON, DisputeStatus.LOST):
            doubt.status, doubt.is_return_moved = to, is_moved
        if doubt.status is DisputeStatus.INQUIRY and to in (
            DisputeStatus.OPEN,
            DisputeStatus.CLOSED,
        ):
            doubt.status = to
        if is_told:
            self.happens(self.till.read_dispute(doubt.dispute))

    @precondition(lambda self: self.payments(PaymentStatus.SUCCEEDED))
    @rule(data=st.data())
    def a_bank_warns_of_fraud(self, data: st.DataObject) -> None:
        made = data.draw(st.sampled_from(self.payments(PaymentStatus.SUCCEEDED)))
        warning = f"issfr_{len(self.story.ticket.warnings) + 1}"
        self.happens(WarningRead(warning=warning, intent=made.intent, ticket=TICKET))

    @precondition(lambda self: self.story.ticket.warnings)
    @rule()
    def the_operator_has_looked(self) -> None:
        self.happens(WarningsLifted(ticket=TICKET))
