"""Entries to test the ledger with: one ticket, one repository, one helper."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

from app.domain import ledger
from app.domain.ids import PersonId, RepositoryId, TicketId
from app.domain.ledger import Account, Entry, PayeeId
from app.domain.money import Division, Money, ProcessingFee, divide

AT = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
TICKET = TicketId("t1")
REPOSITORY = RepositoryId(7)
ADA = PersonId("ada")
FEE = ProcessingFee(basis_points=290, fixed_minor=30)


def usd(amount: int) -> Money:
    return Money(amount, "usd")


def division(gross: int = 5000) -> Division:
    return divide(usd(gross), fee=FEE, platform_bp=500, repository_bp=1000)


def paid(*, gross: int = 5000, fee: int = 175, tax: int = 0, move: str = "txn_1") -> Entry:
    return ledger.payment(
        ticket=TICKET,
        repository=REPOSITORY,
        move=move,
        gross=usd(gross),
        fee=usd(fee),
        tax=usd(tax),
        occurred_at=AT,
    )


def stray(*, gross: int = 5000, fee: int = 175) -> Entry:
    return ledger.unapplied_payment(
        ticket=TICKET,
        repository=REPOSITORY,
        move="txn_2",
        intent="pi_2",
        gross=usd(gross),
        fee=usd(fee),
        occurred_at=AT,
    )


def refunded(*, amount: int = 5000, tax: int = 0, move: str = "txn_3") -> Entry:
    return ledger.refund(
        ticket=TICKET,
        repository=REPOSITORY,
        move=move,
        amount=usd(amount),
        tax=usd(tax),
        occurred_at=AT,
    )


def settled(parts: Division | None = None) -> Entry:
    return ledger.settlement(
        ticket=TICKET,
        repository=REPOSITORY,
        helper=ADA,
        division=parts or division(),
        occurred_at=AT,
    )


def reapplied() -> Entry:
    return ledger.reapplied(
        ticket=TICKET, repository=REPOSITORY, intent="pi_1", amount=usd(5000), occurred_at=AT
    )


def stray_refunded(intent: str = "pi_2", move: str = "txn_4") -> Entry:
    return ledger.refund_unapplied(
        ticket=TICKET,
        repository=REPOSITORY,
        move=move,
        intent=intent,
        amount=usd(5000),
        occurred_at=AT,
    )


def given_back(part: Division, tax: int = 0, move: str = "txn_5") -> Entry:
    return ledger.refund_after_settlement(
        ticket=TICKET,
        repository=REPOSITORY,
        helper=ADA,
        move=move,
        part=part,
        tax=usd(tax),
        occurred_at=AT,
    )


PERSON = PayeeId("person:ada")


def returned(refund: Entry, move: str = "txn_13") -> Entry:
    return ledger.refund_returned(refund, move=move, occurred_at=AT)


def debit_returned(*, gross: int = 5000, fee: int = 400) -> Entry:
    return ledger.debit_returned(
        ticket=TICKET,
        repository=REPOSITORY,
        move="txn_16",
        intent="pi_2",
        gross=usd(gross),
        fee=usd(fee),
        occurred_at=AT,
    )


def every_fact() -> dict[str, Entry]:
    """One entry for each line of the table."""
    return {
        "payment": paid(tax=1000),
        "unapplied": stray(),
        "reapplied": reapplied(),
        "refund": refunded(amount=1000, tax=200),
        "refund_unapplied": stray_refunded(),
        "settlement": settled(),
        "refund_after": given_back(division(), tax=1000),
        "returned": returned(refunded(amount=1000, tax=200)),
        "debit_returned": debit_returned(),
        "transfer": ledger.transfer(
            ticket=TICKET,
            repository=REPOSITORY,
            move="txn_6",
            to=PERSON,
            amount=usd(4020),
            occurred_at=AT,
        ),
        "reversed": ledger.transfer_reversed(
            ticket=TICKET,
            repository=REPOSITORY,
            move="txn_7",
            to=PERSON,
            amount=usd(4020),
            occurred_at=AT,
        ),
        **every_dispute(),
        "payout": ledger.payout(move="txn_10", amount=usd(300), occurred_at=AT),
        "payout_failed": ledger.payout_failed(move="txn_11", amount=usd(300), occurred_at=AT),
        "written_off": ledger.written_off(
            loss="l1", owed_by=PERSON, repository=REPOSITORY, amount=usd(20), occurred_at=AT
        ),
        "unexplained": ledger.unexplained(
            move="txn_12", amount=usd(-700), fee=usd(10), occurred_at=AT
        ),
    }


def every_dispute() -> dict[str, Entry]:
    """What banks take, give back and keep."""
    return {
        "disputed": ledger.dispute_withdrawn(
            ticket=TICKET,
            repository=REPOSITORY,
            move="txn_8",
            amount=usd(6000),
            fee=usd(1500),
            occurred_at=AT,
        ),
        "won": ledger.dispute_won(
            ticket=TICKET,
            repository=REPOSITORY,
            move="txn_9",
            amount=usd(6000),
            fee=usd(-1500),
            occurred_at=AT,
        ),
        "lost": ledger.dispute_lost(
            ticket=TICKET,
            repository=REPOSITORY,
            dispute="dp_1",
            gross=usd(5000),
            tax=usd(1000),
            beyond=usd(300),
            occurred_at=AT,
        ),
        "lost_unapplied": ledger.dispute_lost_unapplied(
            ticket=TICKET,
            repository=REPOSITORY,
            dispute="dp_2",
            intent="pi_2",
            amount=usd(4900),
            beyond=usd(0),
            occurred_at=AT,
        ),
        "lost_after": ledger.dispute_lost_after_settlement(
            ticket=TICKET,
            repository=REPOSITORY,
            helper=ADA,
            dispute="dp_1",
            part=division(),
            tax=usd(1000),
            beyond=usd(0),
            occurred_at=AT,
        ),
    }


def balances(*entries: Entry) -> dict[Account, int]:
    total: Counter[Account] = Counter()
    for entry in entries:
        for posting in entry.postings:
            total[posting.account] += posting.amount
    return {account: amount for account, amount in total.items() if amount}
