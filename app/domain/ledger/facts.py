"""One function for each fact about a ticket's price, with its postings; no I/O.

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


def payment(
    *,
    ticket: TicketId,
    repository: RepositoryId,
    move: str,
    gross: Money,
    fee: Money,
    tax: Money,
    occurred_at: datetime,
) -> Entry:
    """Write down a payment: the price is held for the ticket; Stripe has kept its fee."""
    return build(
        Fact.PAYMENT,
        move,
        {
            STRIPE_BALANCE: gross + tax - fee,
            STRIPE_FEES: fee,
            held(ticket): -gross,
            TAX: -tax,
        },
        occurred_at=occurred_at,
        repository=repository,
        ticket=ticket,
    )


def unapplied_payment(
    *,
    ticket: TicketId | None,
    repository: RepositoryId | None,
    move: str,
    intent: str,
    gross: Money,
    fee: Money,
    occurred_at: datetime,
) -> Entry:
    """Write down a payment that pays for nothing; ``gross`` is all of it, with tax."""
    return build(
        Fact.UNAPPLIED_PAYMENT,
        move,
        {STRIPE_BALANCE: gross - fee, STRIPE_FEES: fee, unapplied(intent): -gross},
        occurred_at=occurred_at,
        repository=repository,
        ticket=ticket,
    )


def reapplied(
    *,
    ticket: TicketId,
    repository: RepositoryId,
    intent: str,
    amount: Money,
    occurred_at: datetime,
) -> Entry:
    """Take a payment off its ticket: another one had succeeded earlier, and this one goes back."""
    return build(
        Fact.REAPPLIED,
        f"reapply:{intent}",
        {held(ticket): amount, unapplied(intent): -amount},
        occurred_at=occurred_at,
        repository=repository,
        ticket=ticket,
    )


def refund(
    *,
    ticket: TicketId,
    repository: RepositoryId,
    move: str,
    amount: Money,
    tax: Money,
    occurred_at: datetime,
) -> Entry:
    """Write down a refund before settlement, whole or in part; ``amount`` is without tax."""
    return build(
        Fact.REFUND,
        move,
        {held(ticket): amount, TAX: tax, STRIPE_BALANCE: -(amount + tax)},
        occurred_at=occurred_at,
        repository=repository,
        ticket=ticket,
    )


def refund_unapplied(
    *,
    ticket: TicketId | None,
    repository: RepositoryId | None,
    move: str,
    intent: str,
    amount: Money,
    occurred_at: datetime,
) -> Entry:
    """Write down that a payment which paid for nothing went back; Stripe keeps its fee."""
    return build(
        Fact.REFUND_UNAPPLIED,
        move,
        {unapplied(intent): amount, STRIPE_BALANCE: -amount},
        occurred_at=occurred_at,
        repository=repository,
        ticket=ticket,
    )


def settlement(
    *,
    ticket: TicketId,
    repository: RepositoryId,
    helper: PersonId,
    division: Division,
    occurred_at: datetime,
) -> Entry:
    """Divide what is held for a ticket among helper, repository and platform."""
    return build(
        Fact.SETTLEMENT,
        f"settle:{ticket}",
        {
            held(ticket): division.gross,
            payee(person_payee(helper)): -division.helper,
            payee(repository_payee(repository)): -division.repository,
            PLATFORM_REVENUE: -(division.platform + division.fee),
        },
        occurred_at=occurred_at,
        repository=repository,
        ticket=ticket,
    )


def refund_after_settlement(
    *,
    ticket: TicketId,
    repository: RepositoryId,
    helper: PersonId,
    move: str,
    part: Division,
    tax: Money,
    occurred_at: datetime,
) -> Entry:
    """Write down a refund of a price that was divided: each gives back their share of the part."""
    return build(
        Fact.REFUND_AFTER_SETTLEMENT,
        move,
        {
            payee(person_payee(helper)): part.helper,
            payee(repository_payee(repository)): part.repository,
            PLATFORM_REVENUE: part.platform + part.fee,
            TAX: tax,
            STRIPE_BALANCE: -(part.gross + tax),
        },
        occurred_at=occurred_at,
        repository=repository,
        ticket=ticket,
    )
