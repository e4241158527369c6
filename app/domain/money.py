"""Money in minor units, how people read and write it, and its exact division; no I/O."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from app.domain.currencies import AMOUNT_MINOR_MAX, CURRENCIES, SIGNS, Currency

BASIS_POINTS: Final = 10_000
"""The whole in basis points: a hundred of them are one percent."""

TEXT_CHARACTERS_MAX: Final = 40
"""A longer text is no amount."""


@dataclass(frozen=True, slots=True)
class Money:
    """A whole number of a currency's minor units; negative where it is a difference."""

    amount: int
    currency: str
    """ISO code in lower case."""

    def __post_init__(self) -> None:
        if self.currency not in CURRENCIES:
            raise ValueError(f"{self.currency!r} is not a currency that we know")

    def __add__(self, other: Money) -> Money:
        self._check_same(other)
        return Money(self.amount + other.amount, self.currency)

    def __sub__(self, other: Money) -> Money:
        self._check_same(other)
        return Money(self.amount - other.amount, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.amount, self.currency)

    def _check_same(self, other: Money) -> None:
        if self.currency != other.currency:
            raise ValueError(f"{self.currency} and {other.currency} do not add up")


def minimum(currency: str) -> Money:
    """Give the smallest price that can be charged in a currency."""
    return Money(CURRENCIES[currency].charge_minor_min, currency)


def plain(money: Money) -> str:
    """Write the number for machines, with a point and every decimal: ``1000.50``."""
    return _write(money.amount, CURRENCIES[money.currency].exponent).replace(",", "")


def show(money: Money) -> str:
    """Write an amount for people: ``$49.00``, ``€49.00``, ``¥5,000``, else ``49.00 NOK``."""
    currency = CURRENCIES[money.currency]
    number = _write(abs(money.amount), currency.exponent)
    if money.amount % currency.step_minor == 0:
        unused = currency.exponent - currency.decimals
        number = number[: len(number) - unused].rstrip(".")
    minus = "-" if money.amount < 0 else ""
    if currency.sign:
        return f"{minus}{currency.sign}{number}"
    return f"{minus}{number} {currency.code.upper()}"


def _write(amount: int, exponent: int) -> str:
    whole, fraction = divmod(abs(amount), 10**exponent)
    minus = "-" if amount < 0 else ""
    return f"{minus}{whole:,}.{fraction:0{exponent}d}" if exponent else f"{minus}{whole:,}"


class AmountFault(StrEnum):
    """Why a text is not an amount that we take."""

    UNREADABLE = "unreadable"
    """It is not one number with at most one currency."""
    TWO_READINGS = "two_readings"
    """It can be read in two ways that differ by a factor of a thousand."""
    OTHER_CURRENCY = "other_currency"
    """It names another currency than the repository's."""
    TOO_FINE = "too_fine"
    """It has more decimals than the currency."""
    NOT_POSITIVE = "not_positive"
    """It is zero or negative."""
    TOO_LARGE = "too_large"
    """It is more than one charge may be."""


@dataclass(frozen=True, slots=True)
class Misread:
    """A text that is not an amount, with the sentence that says so and what to write instead."""

    fault: AmountFault
    sentence: str


# Spaces and apostrophes part the thousands in many languages; none of them is ever a decimal point.
_GAPS: Final = re.compile("['’\u00a0\u2009\u202f]")
_NAMED: Final = r"us\$|[a-z]{3}|[$€£¥]"
_AMOUNT: Final = re.compile(
    rf"(?P<first>{_NAMED})? ?(?P<minus>[-−])? ?(?P<inner>{_NAMED})? ?"
    rf"(?P<number>[0-9](?:[0-9., ]*[0-9])?) ?(?P<last>{_NAMED})?",
    re.IGNORECASE,
)
_NUMBER: Final = re.compile(
    r"(?P<whole>[1-9][0-9]{0,2}(?P<mark>[., ])[0-9]{3}(?:(?P=mark)[0-9]{3})*|[0-9]+)"
    r"(?:(?!(?P=mark))[.,](?P<fraction>[0-9]+))?"
)
_TWO_READINGS: Final = re.compile(r"([1-9][0-9]{0,2})[.,]([0-9]{3})")


def parse_amount(text: str, currency: str) -> Money | Misread:
    """Read an amount as a person writes it: ``$50``, ``50 usd``, ``1,000.50``, ``1.000,50``.

    One point or comma before exactly three digits has two readings wherever the currency has
    decimals, and is refused with both: nobody shall pay a thousand times what they meant.
    """
    unit = CURRENCIES[currency]
    unreadable = Misread(
        AmountFault.UNREADABLE,
        f"I cannot read that amount. Please write it like `50` or `50 {currency}`.",
    )
    match = _AMOUNT.fullmatch(_GAPS.sub(" ", text[: TEXT_CHARACTERS_MAX + 1].strip()))
    if len(text) > TEXT_CHARACTERS_MAX or match is None:
        return unreadable
    for part in ("first", "inner", "last"):
        named = (match[part] or currency).lower()
        if SIGNS.get(named, named) != currency:
            return Misread(
                AmountFault.OTHER_CURRENCY,
                f"Prices here are in {currency.upper()}. Please write it like `50 {currency}`.",
            )
    if match["minus"]:
        return Misread(AmountFault.NOT_POSITIVE, "An amount has to be more than zero.")
    number = _NUMBER.fullmatch(match["number"])
    if number is None:
        return unreadable
    if unit.decimals and (two := _TWO_READINGS.fullmatch(number[0])):
        whole, fraction = two.groups()
        return Misread(
            AmountFault.TWO_READINGS,
            f"`{number[0]}` can be read as {whole}{fraction} or as {whole}.{fraction}. "
            f"Please write `{whole}{fraction}` or `{whole}.{fraction[:2]}`.",
        )
    return _take(re.sub(r"[., ]", "", number["whole"]), number["fraction"] or "", unit)


def _take(whole: str, fraction: str, unit: Currency) -> Money | Misread:
    if len(fraction) > unit.decimals:
        allowed = f"at most {unit.decimals}" if unit.decimals else "no"
        return Misread(
            AmountFault.TOO_FINE, f"{unit.code.upper()} amounts have {allowed} decimals here."
        )
    money = Money(int(whole + fraction.ljust(unit.exponent, "0")), unit.code)
    if money.amount == 0:
        return Misread(AmountFault.NOT_POSITIVE, "An amount has to be more than zero.")
    largest = Money(AMOUNT_MINOR_MAX - AMOUNT_MINOR_MAX % unit.step_minor, unit.code)
    if money.amount > largest.amount:
        return Misread(
            AmountFault.TOO_LARGE, f"That is too much for one payment: at most {show(largest)}."
        )
    return money


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessingFee:
    """What the operator takes for moving the money, published beforehand."""

    basis_points: int
    fixed_minor: int

    def __post_init__(self) -> None:
        if not 0 <= self.basis_points <= BASIS_POINTS or self.fixed_minor < 0:
            raise ValueError("a processing fee is between nothing and the whole price")


_PERCENT: Final = re.compile(r"([0-9]{1,3})(?:\.([0-9]{1,2}))?\s*%")
_FEE: Final = re.compile(
    r"(?P<percent>[0-9.]+\s*%)(?:\s*\+\s*(?P<whole>[0-9]{1,6})(?:\.(?P<fraction>[0-9]{1,3}))?)?"
)


def read_percent(text: str) -> int:
    """Read ``10%`` or ``2.9%`` as basis points; raise ValueError with a sentence for a person."""
    match = _PERCENT.fullmatch(text.strip())
    points = int(match[1]) * 100 + int((match[2] or "").ljust(2, "0")) if match else -1
    if not 0 <= points <= BASIS_POINTS:
        raise ValueError(f"{text!r} is not a percentage: write it like 2.9%, from 0% to 100%")
    return points


def read_processing_fee(text: str, currency: str) -> ProcessingFee:
    """Read ``2.9% + 0.30``: the fixed part is in units of the currency that the price is in.

    A fixed part that the currency cannot express is rounded up to what can be moved: 0.30 is one
    yen. Raise ValueError with a sentence for a person.
    """
    match = _FEE.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is not a fee: write it like 2.9% + 0.30")
    unit = CURRENCIES[currency]
    thousandths = int((match["whole"] or "0") + (match["fraction"] or "").ljust(3, "0"))
    steps = -(-thousandths * 10**unit.exponent // (1000 * unit.step_minor))
    return ProcessingFee(
        basis_points=read_percent(match["percent"]), fixed_minor=steps * unit.step_minor
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Division:
    """Who gets what of a price; the parts are the whole, to the last minor unit."""

    gross: Money
    """What is divided: the price without tax."""
    fee: Money
    """The operator's published processing fee."""
    platform: Money
    repository: Money
    helper: Money

    def __post_init__(self) -> None:
        if self.fee + self.platform + self.repository + self.helper != self.gross:
            raise ValueError("the parts of a division are not its whole")


def divide(gross: Money, *, fee: ProcessingFee, platform_bp: int, repository_bp: int) -> Division:
    """Divide a price: the fee first, then the two shares of the rest, and the helper's exact rest.

    The percentage of the fee is rounded half up, and the fee is never more than the price. The
    shares of platform and repository are rounded down. Nothing is finer than what can be moved.
    """
    if gross.amount < 0:
        raise ValueError("only a price can be divided, and a price is not negative")
    if platform_bp < 0 or repository_bp < 0 or platform_bp + repository_bp > BASIS_POINTS:
        raise ValueError("the shares of platform and repository are at most the whole")
    step = CURRENCIES[gross.currency].step_minor
    whole = BASIS_POINTS * step
    percentage = (2 * gross.amount * fee.basis_points + whole) // (2 * whole) * step
    taken = min(gross.amount, percentage + fee.fixed_minor)
    rest = gross.amount - taken
    platform = rest * platform_bp // whole * step
    repository = rest * repository_bp // whole * step
    return Division(
        gross=gross,
        fee=Money(taken, gross.currency),
        platform=Money(platform, gross.currency),
        repository=Money(repository, gross.currency),
        helper=Money(rest - platform - repository, gross.currency),
    )


def divide_part(
    before: Money, after: Money, *, fee: ProcessingFee, platform_bp: int, repository_bp: int
) -> Division:
    """Divide what a refund takes away: the division of what remained minus that of what remains.

    So the parts of any number of refunds add up to the division of the whole, and no minor unit is
    ever made by rounding. For the same reason one share of a small part may be a minor unit below
    zero: it gives back what an earlier rounding had taken.
    """
    if not 0 <= after.amount <= before.amount:
        raise ValueError("a refund leaves something between nothing and what remained")
    was = divide(before, fee=fee, platform_bp=platform_bp, repository_bp=repository_bp)
    remains = divide(after, fee=fee, platform_bp=platform_bp, repository_bp=repository_bp)
    return Division(
        gross=was.gross - remains.gross,
        fee=was.fee - remains.fee,
        platform=was.platform - remains.platform,
        repository=was.repository - remains.repository,
        helper=was.helper - remains.helper,
    )
