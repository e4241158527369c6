"""One function for each fact about money that did not stay where an entry says; no I/O.

``move`` is the id of Stripe's balance transaction: what touches Stripe's balance is known by it.
"""

from __future__ import annotations

from datetime import datetime

from app.domain.ids import RepositoryId, TicketId
from app.domain.ledger.entries import STRIPE_BALANCE, STRIPE_FEES, Entry, Fact, build, unapplied
from app.domain.money import Money


def refund_returned(refund: Entry, *, move: str, occurred_at: datetime) -> Entry:
    """Write down that a refund came back to us: what its entry moved has moved back."""
    return build(
        Fact.REFUND_RETURNED,
        move,
        {each.account: Money(-each.amount, each.currency) for each in refund.postings},
        occurred_at=occurred_at,
        repository=refund.repository,
        ticket=refund.ticket,
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
