"""One function for each fact about transfers, disputes, payouts and losses; no I/O.

``move`` is the id of Stripe's balance transaction: what touches Stripe's balance is known by it.
"""

from __future__ import annotations

from datetime import datetime

from app.domain.ids import PersonId, RepositoryId, TicketId
from app.domain.ledger.entries import (
    BAD_DEBT,
    BANK,
    DISPUTE_FEES,
    DISPUTE_HOLD,
    PLATFORM_REVENUE,
    STRIPE_BALANCE,
    STRIPE_FEES,
    SUSPENSE,
    TAX,
    Entry,
    Fact,
    PayeeId,
    build,
    held,
    payee,
    person_payee,
    repository_payee,
    unapplied,
)
from app.domain.money import Division, Money


def transfer(
    *,
    ticket: TicketId,
    repository: RepositoryId,
    move: str,
    to: PayeeId,
    amount: Money,
    occurred_at: datetime,
) -> Entry:
    """Write down that a payee was paid."""
    return build(
        Fact.TRANSFER,
        move,
        {payee(to): amount, STRIPE_BALANCE: -amount},
        occurred_at=occurred_at,
        repository=repository,
        ticket=ticket,
    )


def transfer_reversed(
    *,
    ticket: TicketId,
    repository: RepositoryId,
    move: str,
    to: PayeeId,
    amount: Money,
    occurred_at: datetime,
) -> Entry:
    """Write down that a transfer, or a part of it, came back."""
    return build(
        Fact.TRANSFER_REVERSED,
        move,
        {STRIPE_BALANCE: amount, payee(to): -amount},
        occurred_at=occurred_at,
        repository=repository,
        ticket=ticket,
    )


def dispute_withdrawn(
    *,
    ticket: TicketId | None,
    repository: RepositoryId | None,
    move: str,
    amount: Money,
    fee: Money,
    occurred_at: datetime,
) -> Entry:
    """Write down that a bank took a payment back until it decides; ``amount`` is with tax."""
    return build(
        Fact.DISPUTE_WITHDRAWN,
        move,
        {DISPUTE_HOLD: amount, DISPUTE_FEES: fee, STRIPE_BALANCE: -(amount + fee)},
        occurred_at=occurred_at,
        repository=repository,
        ticket=ticket,
    )


def dispute_won(
    *,
    ticket: TicketId | None,
    repository: RepositoryId | None,
    move: str,
    amount: Money,
    fee: Money,
    occurred_at: datetime,
) -> Entry:
    """Write down that the bank gave it back; a fee below zero is one that Stripe gave back, too."""
    return build(
        Fact.DISPUTE_WON,
        move,
        {STRIPE_BALANCE: amount - fee, DISPUTE_FEES: fee, DISPUTE_HOLD: -amount},
        occurred_at=occurred_at,
        repository=repository,
        ticket=ticket,
    )


def dispute_lost(
    *,
    ticket: TicketId,
    repository: RepositoryId,
    dispute: str,
    gross: Money,
    tax: Money,
    beyond: Money,
    occurred_at: datetime,
) -> Entry:
    """Write down that the bank kept a payment whose price was still held.

    ``beyond`` is what it kept over all that was left: a part had gone back to the customer before.
    """
    return build(
        Fact.DISPUTE_LOST,
        f"lost:{dispute}",
        {
            held(ticket): gross,
            TAX: tax,
            BAD_DEBT: beyond,
            DISPUTE_HOLD: -(gross + tax + beyond),
        },
        occurred_at=occurred_at,
        repository=repository,
        ticket=ticket,
    )


def dispute_lost_after_settlement(
    *,
    ticket: TicketId,
    repository: RepositoryId,
    helper: PersonId,
    dispute: str,
    part: Division,
    tax: Money,
    beyond: Money,
    occurred_at: datetime,
) -> Entry:
    """Write down that the bank kept a payment whose price was divided: each gives back a share."""
    return build(
        Fact.DISPUTE_LOST,
        f"lost:{dispute}",
        {
            payee(person_payee(helper)): part.helper,
            payee(repository_payee(repository)): part.repository,
            PLATFORM_REVENUE: part.platform + part.fee,
            TAX: tax,
            BAD_DEBT: beyond,
            DISPUTE_HOLD: -(part.gross + tax + beyond),
        },
        occurred_at=occurred_at,
        repository=repository,
        ticket=ticket,
    )


def dispute_lost_unapplied(
    *,
    ticket: TicketId | None,
    repository: RepositoryId | None,
    dispute: str,
    intent: str,
    amount: Money,
    beyond: Money,
    occurred_at: datetime,
) -> Entry:
    """Write down that the bank kept a payment which paid for nothing."""
    return build(
        Fact.DISPUTE_LOST,
        f"lost:{dispute}",
        {unapplied(intent): amount, BAD_DEBT: beyond, DISPUTE_HOLD: -(amount + beyond)},
        occurred_at=occurred_at,
        repository=repository,
        ticket=ticket,
    )


def payout(*, move: str, amount: Money, occurred_at: datetime) -> Entry:
    """Write down that money left for the operator's bank."""
    movements = {BANK: amount, STRIPE_BALANCE: -amount}
    return build(Fact.PAYOUT, move, movements, occurred_at=occurred_at)


def payout_failed(*, move: str, amount: Money, occurred_at: datetime) -> Entry:
    """Write down that a payout came back."""
    movements = {STRIPE_BALANCE: amount, BANK: -amount}
    return build(Fact.PAYOUT_FAILED, move, movements, occurred_at=occurred_at)


def written_off(
    *, loss: str, owed_by: PayeeId, repository: RepositoryId, amount: Money, occurred_at: datetime
) -> Entry:
    """Write down that a payee's debt will not be paid back."""
    return build(
        Fact.WRITTEN_OFF,
        f"loss:{loss}",
        {BAD_DEBT: amount, payee(owed_by): -amount},
        occurred_at=occurred_at,
        repository=repository,
    )


def unexplained(*, move: str, amount: Money, fee: Money, occurred_at: datetime) -> Entry:
    """Write down that Stripe's balance moved by ``amount - fee`` and nobody knows why."""
    movements = {STRIPE_BALANCE: amount - fee, STRIPE_FEES: fee, SUSPENSE: -amount}
    return build(Fact.UNEXPLAINED, move, movements, occurred_at=occurred_at)
