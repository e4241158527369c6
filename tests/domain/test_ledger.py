"""Each fact's postings, and what they add up to."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain import ledger
from app.domain.ledger import Account, Entry, Fact
from app.domain.money import Money, divide, divide_part
from tests.domain.ledger_examples import (
    AT,
    FEE,
    REPOSITORY,
    TICKET,
    balances,
    debit_returned,
    division,
    every_fact,
    given_back,
    paid,
    reapplied,
    refunded,
    returned,
    settled,
    stray,
    stray_refunded,
    usd,
)

POSTINGS = {
    "payment": "stripe_balance +5825 · stripe_fees +175 · held:t1 -5000 · tax -1000",
    "unapplied": "stripe_balance +4825 · stripe_fees +175 · unapplied:pi_2 -5000",
    "reapplied": "held:t1 +5000 · unapplied:pi_1 -5000",
    "refund": "held:t1 +1000 · tax +200 · stripe_balance -1200",
    "refund_unapplied": "unapplied:pi_2 +5000 · stripe_balance -5000",
    "settlement": "held:t1 +5000 · payee:person:ada -4102 · payee:repository:7 -482"
    " · platform_revenue -416",
    "refund_after": "payee:person:ada +4102 · payee:repository:7 +482 · platform_revenue +416"
    " · tax +1000 · stripe_balance -6000",
    "returned": "held:t1 -1000 · tax -200 · stripe_balance +1200",
    "debit_returned": "unapplied:pi_2 +5000 · stripe_fees +400 · stripe_balance -5400",
    "transfer": "payee:person:ada +4020 · stripe_balance -4020",
    "reversed": "stripe_balance +4020 · payee:person:ada -4020",
    "disputed": "dispute_hold +6000 · dispute_fees +1500 · stripe_balance -7500",
    "won": "stripe_balance +7500 · dispute_fees -1500 · dispute_hold -6000",
    "lost": "held:t1 +5000 · tax +1000 · bad_debt +300 · dispute_hold -6300",
    "lost_unapplied": "unapplied:pi_2 +4900 · dispute_hold -4900",
    "lost_after": "payee:person:ada +4102 · payee:repository:7 +482 · platform_revenue +416"
    " · tax +1000 · dispute_hold -6000",
    "payout": "bank +300 · stripe_balance -300",
    "payout_failed": "stripe_balance +300 · bank -300",
    "written_off": "bad_debt +20 · payee:person:ada -20",
    "unexplained": "stripe_balance -710 · stripe_fees +10 · suspense +700",
}


@pytest.mark.parametrize("name", POSTINGS)
def test_each_fact_moves_what_the_table_says(name: str) -> None:
    entry = every_fact()[name]
    moved = " · ".join(f"{posting.account} {posting.amount:+d}" for posting in entry.postings)
    assert moved == POSTINGS[name]


def test_every_fact_has_a_constructor_and_is_in_balance() -> None:
    entries = every_fact()
    assert set(entries) == set(POSTINGS)
    assert {entry.fact for entry in entries.values()} == set(Fact)
    assert list(ledger.accounts_sum_to_zero(entries.values())) == []


def test_entries_are_known_by_what_happened() -> None:
    keys = {name: entry.key for name, entry in every_fact().items()}
    assert keys["payment"] == "txn_1"
    assert keys["settlement"] == "settle:t1"
    assert keys["reapplied"] == "reapply:pi_1"
    assert keys["lost"] == keys["lost_after"] == "lost:dp_1"
    assert keys["written_off"] == "loss:l1"


def test_each_posting_carries_repository_ticket_and_payee() -> None:
    for posting in settled().postings:
        assert posting.repository == REPOSITORY
        assert posting.ticket == TICKET
        kind, _, who = posting.account.partition(":")
        assert posting.payee == (who if kind == "payee" else None)
    assert settled().book == "repository:7"
    assert every_fact()["payout"].book == ledger.PLATFORM_BOOK == "platform"


def test_a_payment_that_goes_back_leaves_only_what_stripe_kept() -> None:
    kept = {"stripe_balance": -175, "stripe_fees": 175}
    assert balances(paid(), refunded()) == kept
    assert balances(stray(), stray_refunded()) == kept


def test_of_two_payments_the_earlier_one_ends_up_on_the_ticket() -> None:
    later = paid(move="txn_late")
    earlier = paid(move="txn_early")
    back = stray_refunded(intent="pi_1")
    assert balances(later, reapplied(), earlier, back)[ledger.held(TICKET)] == -5000
    assert ledger.unapplied("pi_1") not in balances(later, reapplied(), earlier, back)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.integers(0, 5000), max_size=5),
    st.integers(0, 10_000).flatmap(lambda p: st.tuples(st.just(p), st.integers(0, 10_000 - p))),
)
def test_refunds_in_parts_after_settlement_leave_nobody_anything(
    rests: list[int], shares: tuple[int, int]
) -> None:
    platform_bp, repository_bp = shares
    whole = divide(usd(5000), fee=FEE, platform_bp=platform_bp, repository_bp=repository_bp)
    entries = [paid(), settled(whole)]
    remaining = sorted({0, 5000, *rests}, reverse=True)
    for n, (before, after) in enumerate(pairwise(remaining)):
        part = divide_part(
            usd(before), usd(after), fee=FEE, platform_bp=platform_bp, repository_bp=repository_bp
        )
        entries.append(given_back(part, move=f"txn_{n}"))
    assert balances(*entries) == {"stripe_balance": -175, "stripe_fees": 175}


@pytest.mark.parametrize(
    ("before", "refund"),
    [
        ([paid(tax=200)], refunded(amount=1000, tax=200)),
        ([paid(), settled()], given_back(division())),
        ([stray()], stray_refunded()),
    ],
)
def test_a_refund_that_came_back_is_as_if_it_had_never_left(
    before: list[Entry], refund: Entry
) -> None:
    back = returned(refund, move="txn_20")
    assert balances(*before, refund, back) == balances(*before)
    assert (back.key, back.fact) == ("txn_20", Fact.REFUND_RETURNED)
    assert (back.book, back.ticket) == (refund.book, refund.ticket)


def test_a_debit_that_failed_leaves_nothing_but_fees() -> None:
    assert balances(stray(), debit_returned()) == {"stripe_balance": -575, "stripe_fees": 575}
    # Where Stripe gives its fee back, the second fee is negative.
    assert balances(stray(), debit_returned(fee=-175)) == {}


def test_a_part_that_was_refunded_before_settlement_is_not_divided() -> None:
    entries = (paid(), refunded(amount=1000), settled(division(4000)))
    assert ledger.held(TICKET) not in balances(*entries)


@pytest.mark.parametrize(
    ("movements", "reason"),
    [
        ({"bank": usd(5), "tax": usd(-4)}, "1 usd out of balance"),
        ({"bank": usd(5), "tax": Money(-5, "eur")}, "out of balance"),
        ({}, "0 postings"),
        ({"bank": usd(0), "tax": usd(0)}, "0 postings"),
        ({f"unapplied:{n}": usd(n - 4) for n in range(10)}, "9 postings"),
    ],
)
def test_what_is_out_of_balance_cannot_be_written(
    movements: dict[Account, Money], reason: str
) -> None:
    with pytest.raises(ValueError, match=reason):
        ledger.build(Fact.PAYOUT, "txn_1", movements, occurred_at=AT)


def test_a_fact_without_a_key_or_a_zone_cannot_be_written() -> None:
    for key in ("", "k" * (ledger.KEY_CHARACTERS_MAX + 1)):
        with pytest.raises(ValueError, match="characters"):
            ledger.payout(move=key, amount=usd(5), occurred_at=AT)
    with pytest.raises(ValueError, match="zone"):
        ledger.payout(move="txn", amount=usd(5), occurred_at=AT.replace(tzinfo=None))


def test_currencies_do_not_mix_in_a_fact() -> None:
    with pytest.raises(ValueError, match="do not add up"):
        ledger.payment(
            ticket=TICKET,
            repository=REPOSITORY,
            move="txn_1",
            gross=usd(5000),
            fee=Money(175, "eur"),
            tax=usd(0),
            occurred_at=AT,
        )
