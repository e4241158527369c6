"""The laws of the ledger, one function each, over entries as they stand in the books; no I/O."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from app.domain.ids import TicketId
from app.domain.ledger.chain import GENESIS, Posted, chain_hash
from app.domain.ledger.entries import (
    DISPUTE_HOLD,
    SUSPENSE,
    Account,
    Book,
    Entry,
    Fact,
    faults,
    held,
)


@dataclass(frozen=True, slots=True)
class Breach:
    """A law that does not hold."""

    law: str
    subject: str
    """The key of the entry, or the ticket, book or currency that it does not hold for."""
    sentence: str


def accounts_sum_to_zero(entries: Iterable[Entry]) -> Iterator[Breach]:
    """Find the entries out of balance; without any, all accounts of a book add up to nothing."""
    for entry in entries:
        for fault in faults(entry):
            yield Breach("accounts_sum_to_zero", entry.key, f"The entry is wrong: {fault}.")


def finished_tickets_hold_nothing(
    entries: Iterable[Entry], finished: Collection[TicketId]
) -> Iterator[Breach]:
    """Find the tickets that are over, with no refund under way, and still hold money."""
    accounts = {held(ticket): ticket for ticket in finished}
    for (account, currency), amount in _balances(entries, accounts).items():
        if amount:
            sentence = f"The ticket is over and still holds {-amount} {currency}."
            yield Breach("finished_tickets_hold_nothing", accounts[account], sentence)


def settled_once(entries: Iterable[Entry], settled: Collection[TicketId]) -> Iterator[Breach]:
    """Find the settled tickets without exactly one settlement, and others with any."""
    times = Counter(entry.ticket for entry in entries if entry.fact is Fact.SETTLEMENT)
    for ticket in {*times, *settled}:
        expected = 1 if ticket in settled else 0
        if times[ticket] != expected:
            sentence = f"The ticket has {times[ticket]} settlements instead of {expected}."
            yield Breach("settled_once", str(ticket), sentence)


def banks_hold_what_is_disputed(
    entries: Iterable[Entry], disputed: Mapping[TicketId, int]
) -> Iterator[Breach]:
    """Find the tickets whose banks hold something else than their open disputes say.

    ``disputed`` says how much that is, in minor units; what is not in it has no open dispute.
    """
    holds: Counter[TicketId] = Counter()
    for entry in entries:
        for posting in entry.postings:
            if posting.account == DISPUTE_HOLD and entry.ticket is not None:
                holds[entry.ticket] += posting.amount
    for ticket in {*holds, *disputed}:
        if holds[ticket] != disputed.get(ticket, 0):
            sentence = f"Banks hold {holds[ticket]} instead of {disputed.get(ticket, 0)}."
            yield Breach("banks_hold_what_is_disputed", str(ticket), sentence)


def suspense_is_empty(entries: Iterable[Entry]) -> Iterator[Breach]:
    """Find what moved in Stripe's balance and is not explained."""
    for (_, currency), amount in _balances(entries, {SUSPENSE}).items():
        if amount:
            sentence = f"{-amount} {currency} are not explained."
            yield Breach("suspense_is_empty", currency, sentence)


def chains_hold(posted: Iterable[Posted]) -> Iterator[Breach]:
    """Find where a book was changed after it was written; needs each book in order of ``seq``."""
    heads: dict[Book, tuple[int, str]] = {}
    for each in posted:
        book = each.entry.book
        seq, previous = heads.get(book, (0, GENESIS))
        if each.seq != seq + 1:
            sentence = f"Entry {each.seq} of {book} does not follow entry {seq}."
            yield Breach("chains_hold", each.entry.key, sentence)
        link = chain_hash(previous, each.entry, seq=each.seq, posted_at=each.posted_at)
        if each.hash != link:
            sentence = f"Entry {each.seq} of {book} is not what was written."
            yield Breach("chains_hold", each.entry.key, sentence)
        heads[book] = (each.seq, each.hash)


def _balances(
    entries: Iterable[Entry], accounts: Collection[Account]
) -> Counter[tuple[Account, str]]:
    totals: Counter[tuple[Account, str]] = Counter()
    for entry in entries:
        for posting in entry.postings:
            if posting.account in accounts:
                totals[posting.account, posting.currency] += posting.amount
    return totals
