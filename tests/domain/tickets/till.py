"""Stripe in miniature: payments, refunds and disputes, and what is read of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from app.domain.events import (
    BalanceMove,
    DisputeRead,
    DisputeStatus,
    PaymentRead,
    PaymentStatus,
    RefundRead,
    RefundStatus,
)
from tests.domain.tickets.builders import TICKET, usd

FEE = 172
"""What Stripe keeps of a payment."""
FAILED_DEBIT_FEE = 400
"""What it takes for a debit that failed."""

DISPUTE_FEE = 1500
"""What it takes for a dispute, however that ends."""
UNDECIDED = (DisputeStatus.INQUIRY, DisputeStatus.OPEN)


@dataclass
class Paid:
    """A PaymentIntent."""

    intent: str
    plan: str
    amount: int
    status: PaymentStatus
    succeeded_at: datetime | None = None
    is_moved: bool = True
    """Its balance transaction is there."""

    @property
    def is_debit_returned(self) -> bool:
        return self.status is PaymentStatus.UNPAID and self.is_moved


@dataclass
class Back:
    """A refund."""

    refund: str
    intent: str
    amount: int
    status: RefundStatus
    at: datetime
    is_moved: bool = True
    is_return_moved: bool = True


@dataclass
class Doubt:
    """A dispute."""

    dispute: str
    intent: str
    amount: int
    status: DisputeStatus
    is_moved: bool = True
    is_return_moved: bool = True

    @property
    def is_taken(self) -> bool:
        is_asked = self.status in (DisputeStatus.INQUIRY, DisputeStatus.CLOSED)
        return self.is_moved and not is_asked


class Till:
    """What Stripe holds about one ticket's payments."""

    def __init__(self) -> None:
        self.payments: dict[str, Paid] = {}
        self.refunds: dict[str, Back] = {}
        self.disputes: dict[str, Doubt] = {}
        self.sessions: dict[str, datetime] = {}
        """Until when each session can be paid that nobody has begun to close."""

    def left(self, intent: str) -> int:
        """Say how much of a payment can still be given back."""
        paid = self.payments[intent]
        alive = (b.amount for b in self.of(intent) if b.status is not RefundStatus.FAILED)
        doubts = [each for each in self.disputes.values() if each.intent == intent]
        is_open = any(each.status is DisputeStatus.OPEN for each in doubts)
        if paid.status is not PaymentStatus.SUCCEEDED or is_open:
            return 0
        lost = sum(each.amount for each in doubts if each.status is DisputeStatus.LOST)
        return max(0, paid.amount - sum(alive) - lost)

    def is_taken_twice(self, intent: str) -> bool:
        """Say whether a bank takes more of a payment than was left of it."""
        back = sum(each.amount for each in self.of(intent))
        taken = sum(each.amount for each in self.disputes.values() if each.intent == intent)
        return taken > 0 and back + taken > self.payments[intent].amount

    def of(self, intent: str) -> Iterator[Back]:
        return (each for each in self.refunds.values() if each.intent == intent)

    def give_back(self, intent: str, amount: int, status: RefundStatus, at: datetime) -> Back:
        """Make a refund; Stripe gives no more back than was paid."""
        assert 0 < amount <= self.left(intent)
        refund = f"re_{len(self.refunds) + 1}"
        made = Back(refund=refund, intent=intent, amount=amount, status=status, at=at)
        self.refunds[refund] = made
        return made

    def read_payment(self, intent: str) -> PaymentRead:
        paid = self.payments[intent]
        return PaymentRead(
            intent=intent,
            status=paid.status,
            amount=usd(paid.amount),
            ticket=TICKET,
            plan=paid.plan,
            charge=f"ch_{intent}",
            succeeded_at=paid.succeeded_at,
            move=self._move(f"txn_{intent}") if paid.is_moved else None,
            returned=self._move(f"txn_{intent}_back") if paid.is_debit_returned else None,
        )

    def read_refund(self, refund: str) -> RefundRead:
        back = self.refunds[refund]
        is_back = back.status is RefundStatus.FAILED and back.is_return_moved
        return RefundRead(
            refund=refund,
            intent=back.intent,
            status=back.status,
            amount=usd(back.amount),
            occurred_at=back.at,
            move=self._move(f"txn_{refund}") if back.is_moved else None,
            returned=self._move(f"txn_{refund}_back") if back.is_moved and is_back else None,
        )

    def read_dispute(self, dispute: str) -> DisputeRead:
        doubt = self.disputes[dispute]
        is_back = doubt.status is DisputeStatus.WON and doubt.is_return_moved
        moves = [f"txn_{dispute}"] if doubt.is_taken else []
        moves += [f"txn_{dispute}_back"] if doubt.is_taken and is_back else []
        return DisputeRead(
            dispute=dispute,
            intent=doubt.intent,
            status=doubt.status,
            ticket=TICKET,
            amount=usd(doubt.amount),
            moves=tuple(self._move(each) for each in moves),
        )

    def _move(self, id_: str) -> BalanceMove:
        """Give a balance transaction: it is named after what moved."""
        amount, fee = self.amounts(id_)
        return BalanceMove(id=id_, amount=usd(amount), fee=usd(fee))

    def amounts(self, move: str) -> tuple[int, int]:
        """Say what a balance transaction moved, and what it cost."""
        name = move.removeprefix("txn_").removesuffix("_back")
        is_back = move.endswith("_back")
        if name in self.payments:
            amount = self.payments[name].amount
            return (-amount, FAILED_DEBIT_FEE) if is_back else (amount, FEE)
        if name in self.disputes:
            amount = self.disputes[name].amount
            return (amount, 0) if is_back else (-amount, DISPUTE_FEE)
        amount = self.refunds[name].amount
        return (amount, 0) if is_back else (-amount, 0)

    def come_to_rest(self) -> None:
        """Let everything that is on its way arrive, and every balance transaction be there."""
        for paid in self.payments.values():
            paid.is_moved = True
            if paid.status is PaymentStatus.PROCESSING:
                paid.status = PaymentStatus.CANCELLED
                paid.is_moved = False
        for back in self.refunds.values():
            back.is_moved = back.is_return_moved = True
            if back.status is RefundStatus.PENDING:
                back.status = RefundStatus.SUCCEEDED
        for n, doubt in enumerate(self.disputes.values()):
            doubt.is_moved = doubt.is_return_moved = True
            if doubt.status is DisputeStatus.INQUIRY:
                doubt.status = DisputeStatus.CLOSED
            elif doubt.status is DisputeStatus.OPEN:
                doubt.status = (DisputeStatus.LOST, DisputeStatus.WON)[n % 2]
