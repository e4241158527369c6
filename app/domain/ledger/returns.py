"""One function for each fact about money that comes back to us, or never was ours; no I/O.

``move`` is the id of Stripe's balance transaction: what touches Stripe's balance is known by it.
"""

from __future__ import annotations

from datetime import datetime

from app.domain.ids import PersonId, RepositoryId, TicketId
from app.domain.ledger.entries import (
    PLATFORM_REVENUE,
    STRIPE_BALANCE,
    STRIPE_FEES,
    TAX,
    Entry,
    Fact,
    build,
    held,
    payee,
    person_payee,
    repository_payee,
    unapplied,
)
from app.domain.money import Division, Money


def refund_returned(
    *,
    ticket: TicketId,
    repository: RepositoryId,
    move: str,
    amount: Money,
    tax: Money,
    occurred_at: datetime,
) -> Entry:
    """Write down that a refund before settlement came back: it is held for the ticket again."""
    return build(
        Fact.REFUND_RETURNED,
        move,
        {STRIPE_BALANCE: amount + tax, held(ticket): -amount, TAX: -tax},
        occurred_at=occurred_at,
        repository=repository,
        ticket=ticket,
    )


def refund_returned_after_settlement(
    *,
    ticket: TicketId,
    repository: RepositoryId,
    helper: PersonId,
    move: str,
    part: Division,
    tax: Money,
    occurred_at: datetime,
) -> Entry:
    """Write down that a refund came back after the price was divided: so is what came back."""
    return build(
        Fact.REFUND_RETURNED,
        move,
        {
            STRIPE_BALANCE: part.gross + tax,
            payee(person_payee(helper)): -part.helper,
            payee(repository_payee(repository)): -part.repository,
            PLATFORM_REVENUE: -(part.platform + part.fee),
            TAX: -tax,
        },
        occurred_at=occurred_at,
        repository=repository,
        ticket=ticket,
    )


def refund_unapplied_returned(
    *,
    ticket: TicketId | None,
    repository: RepositoryId | None,
    move: str,
    intent: str,
    amount: Money,
    occurred_at: datetime,
) -> Entry:
    """Write down that the refund of a payment which paid for nothing came back."""
    return build(
        Fact.REFUND_RETURNED,
        move,
        {STRIPE_BALANCE: amount, unapplied(intent): -amount},
        occurred_at=occurred_at,
        repository=repository,
        ticket=ticket,
    )


def debit_returned(
    *,
    ticket: TicketId | None,
    repository: RepositoryId | None,
    move: str,
    intent: str,
    gross: Money,
    fee: Money,
    occurred_at: datetime,
) -> Entry:
    """Write down that a debit which stood in Stripe's balance failed; a fee below zero comes back.

    It is the pair of an ``unapplied_payment``: the two leave nothing but Stripe's fees.
    """
    return build(
        Fact.DEBIT_RETURNED,
        move,
        {unapplied(intent): gross, STRIPE_FEES: fee, STRIPE_BALANCE: -(gross + fee)},
        occurred_at=occurred_at,
        repository=repository,
        ticket=ticket,
    )
