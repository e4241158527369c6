"""Entries and their postings: append-only, one for each external fact, always in balance; no I/O.

Debit is positive, credit negative. A payee's account is signed: credit is what we owe them, debit
what they owe us.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, NewType

from app.domain.ids import PersonId, RepositoryId, TicketId
from app.domain.money import Money

Account = NewType("Account", str)
"""Where money is or to whom it is due: ``held:<ticket>``, ``stripe_balance``, …"""

PayeeId = NewType("PayeeId", str)
"""Somebody who is paid: ``person:<id>`` or ``repository:<id>``."""

Book = NewType("Book", str)
"""The books are kept apart, each with its own chain: ``repository:<id>`` or ``platform``."""

POSTINGS_MAX: Final = 8
KEY_CHARACTERS_MAX: Final = 255

STRIPE_BALANCE: Final = Account("stripe_balance")
"""What Stripe keeps for us."""
STRIPE_FEES: Final = Account("stripe_fees")
"""What Stripe took for its work."""
TAX: Final = Account("tax")
"""What was added to the price for the state."""
PLATFORM_REVENUE: Final = Account("platform_revenue")
"""The platform's shares, and the processing fees that it published."""
DISPUTE_HOLD: Final = Account("dispute_hold")
"""What a bank has taken back until it decides."""
DISPUTE_FEES: Final = Account("dispute_fees")
"""What Stripe took for disputes."""
BANK: Final = Account("bank")
"""What was paid out to the operator."""
BAD_DEBT: Final = Account("bad_debt")
"""What nobody will pay back."""
SUSPENSE: Final = Account("suspense")
"""What nobody has explained yet."""

PLATFORM_BOOK: Final = Book("platform")
"""The book of what belongs to no single repository."""


def held(ticket: TicketId) -> Account:
    """Give the account of the money that is held for a ticket."""
    return Account(f"held:{ticket}")


def unapplied(intent: str) -> Account:
    """Give the account of a payment that pays for nothing and goes back."""
    return Account(f"unapplied:{intent}")


def payee(who: PayeeId) -> Account:
    """Give the account of what is owed to a payee."""
    return Account(f"payee:{who}")


def person_payee(person: PersonId) -> PayeeId:
    """Give the payee id of a person."""
    return PayeeId(f"person:{person}")


def repository_payee(repository: RepositoryId) -> PayeeId:
    """Give the payee id of a repository."""
    return PayeeId(f"repository:{repository}")


def repository_book(repository: RepositoryId) -> Book:
    """Give the book of a repository."""
    return Book(f"repository:{repository}")


class Fact(StrEnum):
    """What happened outside, or was decided, that an entry writes down."""

    PAYMENT = "payment"
    """A payment for a ticket arrived."""
    UNAPPLIED_PAYMENT = "unapplied_payment"
    """A payment arrived that pays for nothing: a second one, a late one, an unknown one."""
    REAPPLIED = "reapplied"
    """A payment was taken off its ticket, because an earlier one came to light."""
    REFUND = "refund"
    """Money went back to the customer before the price was divided."""
    REFUND_UNAPPLIED = "refund_unapplied"
    """A payment that paid for nothing went back."""
    REFUND_AFTER_SETTLEMENT = "refund_after_settlement"
    """Money went back to the customer after the price was divided."""
    REFUND_RETURNED = "refund_returned"
    """A refund did not reach the customer, and the money came back to us."""
    DEBIT_RETURNED = "debit_returned"
    """A bank took back a debit that it had not paid yet."""
    SETTLEMENT = "settlement"
    """A price was divided."""
    TRANSFER = "transfer"
    """Money was sent to a payee."""
    TRANSFER_REVERSED = "transfer_reversed"
    """Money came back from a payee."""
    DISPUTE_WITHDRAWN = "dispute_withdrawn"
    """A bank took a payment back until it decides."""
    DISPUTE_WON = "dispute_won"
    """The bank gave it back."""
    DISPUTE_LOST = "dispute_lost"
    """The bank kept it."""
    PAYOUT = "payout"
    """Money left for the operator's bank."""
    PAYOUT_FAILED = "payout_failed"
    """It came back from there."""
    WRITTEN_OFF = "written_off"
    """What a payee owed will not be paid back."""
    UNEXPLAINED = "unexplained"
    """Stripe's balance moved and nobody knows why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """One movement on one account."""

    account: Account
    amount: int
    """Minor units; debit is positive, credit negative, never zero."""
    currency: str
    repository: RepositoryId | None = None
    ticket: TicketId | None = None
    payee: PayeeId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One fact in the books; made by ``build`` alone, or read back from the books."""

    key: str
    """What the fact is known by, so that none is written twice: Stripe's id of it, or our own."""
    fact: Fact
    book: Book
    occurred_at: datetime
    """When it happened, by the clock of whoever did it; UTC."""
    postings: tuple[Posting, ...]
    repository: RepositoryId | None = None
    ticket: TicketId | None = None


def build(
    fact: Fact,
    key: str,
    movements: Mapping[Account, Money],
    *,
    occurred_at: datetime,
    repository: RepositoryId | None = None,
    ticket: TicketId | None = None,
) -> Entry:
    """Write a fact down: movements of nothing are left out, and the rest must be in balance.

    It belongs in the repository's book, else in the platform's. Raise ValueError with the reason
    where it cannot be written.
    """
    entry = Entry(
        key=key,
        fact=fact,
        book=PLATFORM_BOOK if repository is None else repository_book(repository),
        occurred_at=occurred_at,
        repository=repository,
        ticket=ticket,
        postings=tuple(
            Posting(
                account=account,
                amount=money.amount,
                currency=money.currency,
                repository=repository,
                ticket=ticket,
                payee=_payee_of(account),
            )
            for account, money in movements.items()
            if money.amount
        ),
    )
    if wrong := faults(entry):
        raise ValueError(f"{fact} {key!r} cannot be written: {'; '.join(wrong)}")
    return entry


def _payee_of(account: Account) -> PayeeId | None:
    kind, _, who = account.partition(":")
    return PayeeId(who) if kind == "payee" else None


def faults(entry: Entry) -> list[str]:
    """Say what is wrong with an entry; nothing is wrong with one that may stand in the books."""
    found = []
    if not 0 < len(entry.key) <= KEY_CHARACTERS_MAX:
        found.append(f"its key has {len(entry.key)} characters")
    if entry.occurred_at.tzinfo is None:
        found.append("it does not say in which zone it happened")
    if not 2 <= len(entry.postings) <= POSTINGS_MAX:
        found.append(f"it has {len(entry.postings)} postings")
    if any(posting.amount == 0 for posting in entry.postings):
        found.append("it moves nothing on an account")
    for currency, amount in sums(entry.postings).items():
        if amount:
            found.append(f"it is {amount} {currency} out of balance")
    return found


def sums(postings: Iterable[Posting]) -> Counter[str]:
    """Add postings up, by currency."""
    total: Counter[str] = Counter()
    for posting in postings:
        total[posting.currency] += posting.amount
    return total
