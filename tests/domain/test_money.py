"""Amounts as people write them, and divisions that lose nothing."""

from __future__ import annotations

from itertools import pairwise, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.currencies import AMOUNT_MINOR_MAX, CURRENCIES
from app.domain.money import (
    AmountFault,
    Division,
    Misread,
    Money,
    ProcessingFee,
    divide,
    divide_part,
    minimum,
    parse_amount,
    plain,
    read_percent,
    read_processing_fee,
    show,
)

quick = settings(max_examples=100, deadline=None)
currencies = st.sampled_from(sorted(CURRENCIES))


@st.composite
def prices(draw: st.DrawFn) -> Money:
    currency = CURRENCIES[draw(currencies)]
    steps = draw(st.integers(1, AMOUNT_MINOR_MAX // currency.step_minor))
    return Money(steps * currency.step_minor, currency.code)


@st.composite
def terms(draw: st.DrawFn) -> tuple[ProcessingFee, int, int]:
    platform = draw(st.integers(0, 10_000))
    fee = ProcessingFee(
        basis_points=draw(st.integers(0, 10_000)), fixed_minor=draw(st.integers(0, 50)) * 100
    )
    return fee, platform, draw(st.integers(0, 10_000 - platform))


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("$50", "usd", 5000),
        ("50", "usd", 5000),
        ("50 usd", "usd", 5000),
        ("50USD", "usd", 5000),
        ("usd 50", "usd", 5000),
        ("US$50", "usd", 5000),
        ("$50 USD", "usd", 5000),
        ("usd $50", "usd", 5000),
        (" $ 50.5 ", "usd", 5050),
        ("0.5", "usd", 50),
        ("1,000.50", "usd", 100_050),
        ("1.000,50", "usd", 100_050),
        ("1 000,50 €", "eur", 100_050),
        ("1\u202f000", "eur", 100_000),
        ("1'000.50", "chf", 100_050),
        ("123,456.78", "usd", 12_345_678),
        ("1.234.567", "huf", None),
        ("12,5", "eur", 1250),
        ("€49", "eur", 4900),
        ("49€", "eur", 4900),
        ("100,000", "jpy", 100_000),
        ("¥5,000", "jpy", 5000),
        ("1.000.000", "jpy", 1_000_000),
        ("1234.50", "kwd", 1_234_500),
        ("5.000", "isk", 500_000),
        ("999,999.99", "usd", 99_999_999),
    ],
)
def test_an_amount_is_read_as_people_write_it(text: str, currency: str, minor: int | None) -> None:
    read = parse_amount(text, currency)
    if minor is None:
        assert isinstance(read, Misread)
        assert read.fault is AmountFault.TOO_LARGE
    else:
        assert read == Money(minor, currency)


@pytest.mark.parametrize(
    ("text", "currency", "fault"),
    [
        ("", "usd", AmountFault.UNREADABLE),
        ("fifty", "usd", AmountFault.UNREADABLE),
        ("50 usd please", "usd", AmountFault.UNREADABLE),
        ("$", "usd", AmountFault.UNREADABLE),
        ("1,000,50", "usd", AmountFault.UNREADABLE),
        ("1,00,000", "usd", AmountFault.UNREADABLE),
        ("1..5", "usd", AmountFault.UNREADABLE),
        ("5.", "usd", AmountFault.UNREADABLE),
        ("1e3", "usd", AmountFault.UNREADABLE),
        ("٥٠", "usd", AmountFault.UNREADABLE),
        ("50\n", "usd", None),
        ("9" * 41, "usd", AmountFault.UNREADABLE),
        (" " * 41 + "5", "usd", AmountFault.UNREADABLE),
        ("9" * 40, "usd", AmountFault.TOO_LARGE),
        ("1,000,000.00", "usd", AmountFault.TOO_LARGE),
        ("100,000,000", "jpy", AmountFault.TOO_LARGE),
        ("1,000", "usd", AmountFault.TWO_READINGS),
        ("1.000", "eur", AmountFault.TWO_READINGS),
        ("$999,001", "usd", AmountFault.TWO_READINGS),
        ("1.234", "kwd", AmountFault.TWO_READINGS),
        ("50 eur", "usd", AmountFault.OTHER_CURRENCY),
        ("$50", "cad", AmountFault.OTHER_CURRENCY),
        ("$50 eur", "usd", AmountFault.OTHER_CURRENCY),
        ("€50", "usd", AmountFault.OTHER_CURRENCY),
        ("0.001", "usd", AmountFault.TOO_FINE),
        ("1.0000", "usd", AmountFault.TOO_FINE),
        ("1,000.500", "usd", AmountFault.TOO_FINE),
        ("50.5", "jpy", AmountFault.TOO_FINE),
        ("50.00", "isk", AmountFault.TOO_FINE),
        ("0.125", "kwd", AmountFault.TOO_FINE),
        ("-5", "usd", AmountFault.NOT_POSITIVE),
        ("−$5", "usd", AmountFault.NOT_POSITIVE),
        ("$-5", "usd", AmountFault.NOT_POSITIVE),
        ("0", "usd", AmountFault.NOT_POSITIVE),
        ("0.00", "usd", AmountFault.NOT_POSITIVE),
    ],
)
def test_what_is_no_clear_amount_is_refused_in_a_sentence(
    text: str, currency: str, fault: AmountFault | None
) -> None:
    read = parse_amount(text, currency)
    if fault is None:
        assert read == Money(5000, currency)
        return
    assert isinstance(read, Misread)
    assert read.fault is fault
    assert read.sentence.endswith(".")
    assert len(read.sentence) < 160


def test_an_amount_with_two_readings_is_refused_showing_both() -> None:
    read = parse_amount("$1,000", "usd")
    assert isinstance(read, Misread)
    assert read.sentence == (
        "`1,000` can be read as 1000 or as 1.000. Please write `1000` or `1.00`."
    )


def test_the_sentences_say_what_to_write() -> None:
    def sentence(text: str, currency: str) -> str:
        read = parse_amount(text, currency)
        assert isinstance(read, Misread)
        return read.sentence

    assert "`50 eur`" in sentence("x", "eur")
    assert "EUR" in sentence("$50", "eur")
    assert "at most 2 decimals" in sentence("0.001", "usd")
    assert "JPY amounts have no decimals" in sentence("0.5", "jpy")
    assert "at most $999,999.99" in sentence("1000000", "usd")
    assert "at most 999,999 ISK" in sentence("1000000", "isk")


@quick
@given(prices())
def test_what_we_show_can_be_written_back(price: Money) -> None:
    assert parse_amount(show(price), price.currency) == price
    assert parse_amount(show(price).replace(",", ""), price.currency) == price


@quick
@given(st.text(max_size=60), currencies)
def test_any_text_is_an_amount_in_bounds_or_a_sentence(text: str, currency: str) -> None:
    read = parse_amount(text, currency)
    if isinstance(read, Money):
        assert 0 < read.amount <= AMOUNT_MINOR_MAX
        assert read.amount % CURRENCIES[currency].step_minor == 0
    else:
        assert read.sentence


@pytest.mark.parametrize(
    ("amount", "currency", "shown", "written"),
    [
        (4900, "usd", "$49.00", "49.00"),
        (100_050, "eur", "€1,000.50", "1000.50"),
        (5, "gbp", "£0.05", "0.05"),
        (5000, "jpy", "¥5,000", "5000"),
        (4900, "nok", "49.00 NOK", "49.00"),
        (-123_456, "usd", "-$1,234.56", "-1234.56"),
        (-5000, "krw", "-5,000 KRW", "-5000"),
        (49_000, "kwd", "49.00 KWD", "49.000"),
        (49_005, "kwd", "49.005 KWD", "49.005"),
        (500_000, "isk", "5,000 ISK", "5000.00"),
        (500_050, "isk", "5,000.50 ISK", "5000.50"),
        (0, "usd", "$0.00", "0.00"),
    ],
)
def test_amounts_are_shown_to_people_and_written_for_machines(
    amount: int, currency: str, shown: str, written: str
) -> None:
    assert show(Money(amount, currency)) == shown
    assert plain(Money(amount, currency)) == written


def test_every_currency_is_counted_as_stripe_counts_it() -> None:
    assert {c.exponent for c in CURRENCIES.values()} == {0, 2, 3}
    assert minimum("usd") == Money(50, "usd")
    assert minimum("jpy") == Money(50, "jpy")
    assert minimum("gbp") == Money(30, "gbp")
    for currency in CURRENCIES.values():
        assert currency.charge_minor_min % currency.step_minor == 0
        assert 0 < currency.charge_minor_min < AMOUNT_MINOR_MAX


def test_currencies_are_never_mixed() -> None:
    with pytest.raises(ValueError, match="not a currency"):
        Money(1, "USD")
    with pytest.raises(ValueError, match="do not add up"):
        Money(1, "usd") + Money(1, "eur")
    with pytest.raises(ValueError, match="do not add up"):
        Money(1, "usd") - Money(1, "eur")


@pytest.mark.parametrize(
    ("text", "points"), [("0%", 0), ("2.9%", 290), ("2.95 %", 295), (" 100% ", 10_000)]
)
def test_percentages_are_basis_points(text: str, points: int) -> None:
    assert read_percent(text) == points


@pytest.mark.parametrize("text", ["", "10", "-1%", "100.01%", "2.999%", "999%", "1,5%", "٥%"])
def test_what_is_no_percentage_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="write it like"):
        read_percent(text)


@pytest.mark.parametrize(
    ("text", "currency", "points", "fixed"),
    [
        ("2.9% + 0.30", "usd", 290, 30),
        ("2.9%+0.30", "eur", 290, 30),
        ("2.9 % + 3", "nok", 290, 300),
        ("1.5%", "usd", 150, 0),
        ("0%", "usd", 0, 0),
        ("2.9% + 0.30", "jpy", 290, 1),
        ("3% + 30", "jpy", 300, 30),
        ("2.9% + 0.30", "isk", 290, 100),
        ("2.9% + 0.101", "kwd", 290, 110),
        ("2.9% + 0.1", "kwd", 290, 100),
    ],
)
def test_the_published_fee_is_read_in_the_settled_currency(
    text: str, currency: str, points: int, fixed: int
) -> None:
    fee = ProcessingFee(basis_points=points, fixed_minor=fixed)
    assert read_processing_fee(text, currency) == fee


@pytest.mark.parametrize("text", ["", "0.30", "2.9% + ", "2.9% - 0.30", "200% + 0.30", "2.9% + a"])
def test_what_is_no_fee_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="write it like"):
        read_processing_fee(text, "usd")


def test_a_fee_is_between_nothing_and_everything() -> None:
    for points, fixed in ((-1, 0), (10_001, 0), (0, -1)):
        with pytest.raises(ValueError, match="between nothing"):
            ProcessingFee(basis_points=points, fixed_minor=fixed)


STRIPE = ProcessingFee(basis_points=290, fixed_minor=30)


@pytest.mark.parametrize(
    ("gross", "platform_bp", "repository_bp", "parts"),
    [
        (5000, 0, 1000, (175, 0, 482, 4343)),
        (4900, 500, 1000, (172, 236, 472, 4020)),
        (50, 0, 1000, (31, 0, 1, 18)),
        (30, 5000, 5000, (30, 0, 0, 0)),
        (1, 0, 0, (1, 0, 0, 0)),
        (0, 0, 0, (0, 0, 0, 0)),
        (5000, 10_000, 0, (175, 4825, 0, 0)),
    ],
)
def test_a_price_is_divided_as_the_terms_say(
    gross: int, platform_bp: int, repository_bp: int, parts: tuple[int, int, int, int]
) -> None:
    division = divide(
        Money(gross, "usd"), fee=STRIPE, platform_bp=platform_bp, repository_bp=repository_bp
    )
    shares = (division.fee, division.platform, division.repository, division.helper)
    assert tuple(share.amount for share in shares) == parts


def test_the_fee_is_rounded_half_up() -> None:
    fee = ProcessingFee(basis_points=100, fixed_minor=0)
    fees = [
        divide(Money(gross, "usd"), fee=fee, platform_bp=0, repository_bp=0).fee.amount
        for gross in (49, 50, 149, 150)
    ]
    assert fees == [0, 1, 1, 2]


def test_the_parts_are_the_whole_on_a_grid() -> None:
    for gross, fee_bp, platform_bp, repository_bp in product(
        range(0, 400, 7), (0, 290, 9999), (0, 333, 5000), (0, 1000, 5000)
    ):
        division = divide(
            Money(gross, "usd"),
            fee=ProcessingFee(basis_points=fee_bp, fixed_minor=30),
            platform_bp=platform_bp,
            repository_bp=repository_bp,
        )
        shares = (division.fee, division.platform, division.repository, division.helper)
        assert sum(share.amount for share in shares) == gross
        assert min(share.amount for share in shares) >= 0


@quick
@given(prices(), terms())
def test_nothing_is_finer_than_what_can_be_moved(
    price: Money, pinned: tuple[ProcessingFee, int, int]
) -> None:
    fee, platform_bp, repository_bp = pinned
    division = divide(price, fee=fee, platform_bp=platform_bp, repository_bp=repository_bp)
    step = CURRENCIES[price.currency].step_minor
    for share in (division.fee, division.platform, division.repository, division.helper):
        assert 0 <= share.amount <= price.amount
        assert share.amount % step == 0


@quick
@given(st.lists(st.integers(0, 20_000), min_size=1, max_size=12), terms())
def test_any_number_of_refunds_adds_up_to_the_division_of_the_whole(
    rests: list[int], pinned: tuple[ProcessingFee, int, int]
) -> None:
    fee, platform_bp, repository_bp = pinned
    remaining = [Money(rest, "usd") for rest in sorted([*rests, 0], reverse=True)]
    parts = [
        divide_part(before, after, fee=fee, platform_bp=platform_bp, repository_bp=repository_bp)
        for before, after in pairwise(remaining)
    ]
    whole = divide(remaining[0], fee=fee, platform_bp=platform_bp, repository_bp=repository_bp)
    for name in ("gross", "fee", "platform", "repository", "helper"):
        refunded = sum(getattr(part, name).amount for part in parts)
        assert refunded == getattr(whole, name).amount
    for part, (before, after) in zip(parts, pairwise(remaining), strict=True):
        assert part.gross == before - after
        assert part.helper.amount >= -1


def test_a_division_that_cannot_be_is_refused() -> None:
    usd = Money(100, "usd")
    with pytest.raises(ValueError, match="not negative"):
        divide(Money(-1, "usd"), fee=STRIPE, platform_bp=0, repository_bp=0)
    for shares in ((-1, 0), (0, -1), (5000, 5001)):
        with pytest.raises(ValueError, match="at most the whole"):
            divide(usd, fee=STRIPE, platform_bp=shares[0], repository_bp=shares[1])
    for after in (-1, 101):
        with pytest.raises(ValueError, match="a refund leaves"):
            divide_part(usd, Money(after, "usd"), fee=STRIPE, platform_bp=0, repository_bp=0)
    with pytest.raises(ValueError, match="not its whole"):
        Division(gross=usd, fee=usd, platform=usd, repository=usd, helper=usd)
