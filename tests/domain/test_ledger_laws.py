"""The laws of the ledger, and the chain that its books form."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta, timezone

from app.domain import ledger
from app.domain.ids import RepositoryId, TicketId
from app.domain.ledger import Entry, Fact, Posted, Posting
from tests.domain.ledger_examples import (
    AT,
    PERSON,
    TICKET,
    every_fact,
    paid,
    refunded,
    settled,
    stray,
    usd,
)


def test_the_law_finds_an_entry_that_was_changed_in_the_books() -> None:
    entry = paid()
    changed = replace(entry.postings[0], amount=entry.postings[0].amount + 1)
    forged = replace(entry, postings=(changed, *entry.postings[1:]))
    empty = Posting(account=ledger.BANK, amount=0, currency="usd")
    breaches = list(
        ledger.accounts_sum_to_zero([forged, replace(entry, postings=(empty, empty)), entry])
    )
    assert [breach.subject for breach in breaches] == ["txn_1", "txn_1"]
    assert "1 usd out of balance" in breaches[0].sentence
    assert "moves nothing" in breaches[1].sentence


def test_a_finished_ticket_that_holds_money_is_found() -> None:
    found = list(ledger.finished_tickets_hold_nothing([paid()], {TICKET, TicketId("t2")}))
    assert [(breach.subject, breach.sentence) for breach in found] == [
        ("t1", "The ticket is over and still holds 5000 usd.")
    ]
    assert list(ledger.finished_tickets_hold_nothing([paid()], set())) == []
    assert list(ledger.finished_tickets_hold_nothing([paid(), refunded()], {TICKET})) == []


def test_a_settlement_too_many_or_too_few_is_found() -> None:
    assert list(ledger.settled_once([paid(), settled()], {TICKET})) == []
    for entries, finished in (
        ([settled()], set()),
        ([settled(), settled()], {TICKET}),
        ([paid()], {TICKET}),
    ):
        assert [breach.subject for breach in ledger.settled_once(entries, finished)] == ["t1"]


def test_a_bank_that_holds_something_else_than_is_disputed_is_found() -> None:
    facts = every_fact()
    taken = facts["disputed"]
    assert list(ledger.banks_hold_what_is_disputed([taken], {TICKET: 6000})) == []
    assert list(ledger.banks_hold_what_is_disputed([taken, facts["won"]], {TICKET: 0})) == []
    for entries, disputed in (([taken], {}), ([], {TICKET: 6000}), ([taken], {TICKET: 1})):
        found = list(ledger.banks_hold_what_is_disputed(entries, disputed))
        assert [breach.subject for breach in found] == ["t1"]


def test_what_is_not_explained_is_found() -> None:
    first = every_fact()["unexplained"]
    assert [breach.sentence for breach in ledger.suspense_is_empty([first])] == [
        "-700 usd are not explained."
    ]
    back = ledger.unexplained(move="txn_13", amount=usd(700), fee=usd(0), occurred_at=AT)
    assert list(ledger.suspense_is_empty([first, back, paid()])) == []


def chained(*entries: Entry) -> list[Posted]:
    posted: list[Posted] = []
    heads = {entry.book: (0, ledger.GENESIS) for entry in entries}
    for entry in entries:
        seq, previous = heads[entry.book]
        link = ledger.chain_hash(previous, entry, seq=seq + 1, posted_at=AT)
        heads[entry.book] = (seq + 1, link)
        posted.append(Posted(entry=entry, seq=seq + 1, posted_at=AT, hash=link))
    return posted


def test_an_untouched_chain_holds_in_every_book() -> None:
    posted = chained(*every_fact().values())
    assert {each.entry.book for each in posted} == {"repository:7", "platform"}
    assert list(ledger.chains_hold(posted)) == []


def test_any_change_to_what_was_written_breaks_the_chain() -> None:
    posted = chained(paid(), refunded(), stray())
    first = posted[0]
    postings = first.entry.postings
    changes = [
        replace(first, entry=replace(first.entry, key="txn_9")),
        replace(first, entry=replace(first.entry, fact=Fact.REFUND)),
        replace(first, entry=replace(first.entry, occurred_at=AT + timedelta(microseconds=1))),
        replace(first, entry=replace(first.entry, postings=postings[:-1])),
        replace(first, entry=replace(first.entry, postings=tuple(reversed(postings)))),
        replace(first, posted_at=AT + timedelta(days=1)),
        replace(first, hash="f" * 64),
    ]
    forged = (
        replace(postings[0], account=ledger.BANK),
        replace(postings[0], amount=1),
        replace(postings[0], currency="eur"),
        replace(postings[0], repository=RepositoryId(8)),
        replace(postings[0], ticket=TicketId("t2")),
        replace(postings[0], payee=PERSON),
    )
    changes += [
        replace(first, entry=replace(first.entry, postings=(posting, *postings[1:])))
        for posting in forged
    ]
    for changed in changes:
        assert list(ledger.chains_hold([changed, *posted[1:]])) != []
    gone = list(ledger.chains_hold([posted[0], posted[2]]))
    assert gone[0].sentence == "Entry 3 of repository:7 does not follow entry 1."
    assert list(ledger.chains_hold(posted[1:])) != []


def test_the_chain_is_the_same_in_every_zone_and_release() -> None:
    oslo = timezone(timedelta(hours=1))
    entry = paid()
    link = ledger.chain_hash(ledger.GENESIS, entry, seq=1, posted_at=AT)
    elsewhere = replace(entry, occurred_at=AT.astimezone(oslo))
    assert (
        ledger.chain_hash(ledger.GENESIS, elsewhere, seq=1, posted_at=AT.astimezone(oslo)) == link
    )
    # Computed once: books that were written must never need another form.
    assert link == "ac1d558983eedf4212598edd9bf74ec72c8cc86eb829ee0904c902954195601e"
