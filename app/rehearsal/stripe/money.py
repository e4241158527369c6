"""Money as Stripe counts it: exponents, smallest charges and fees by currency.

Written for itself and not taken from the product, which is to be checked against it. Sources:
docs.stripe.com/currencies and stripe.com/pricing.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from app.rehearsal.stripe.refusals import RefusedError, invalid

CURRENCIES: Final = frozenset({
    "aed", "afn", "all", "amd", "ang", "aoa", "ars", "aud", "awg", "azn", "bam", "bbd", "bdt",
    "bgn", "bhd", "bif", "bmd", "bnd", "bob", "brl", "bsd", "bwp", "byn", "bzd", "cad", "cdf",
    "chf", "clp", "cny", "cop", "crc", "cve", "czk", "djf", "dkk", "dop", "dzd", "egp", "etb",
    "eur", "fjd", "fkp", "gbp", "gel", "gip", "gmd", "gnf", "gtq", "gyd", "hkd", "hnl", "htg",
    "huf", "idr", "ils", "inr", "isk", "jmd", "jod", "jpy", "kes", "kgs", "khr", "kmf", "krw",
    "kwd", "kyd", "kzt", "lak", "lbp", "lkr", "lrd", "lsl", "mad", "mdl", "mga", "mkd", "mmk",
    "mnt", "mop", "mur", "mvr", "mwk", "mxn", "myr", "mzn", "nad", "ngn", "nio", "nok", "npr",
    "nzd", "omr", "pab", "pen", "pgk", "php", "pkr", "pln", "pyg", "qar", "ron", "rsd", "rub",
    "rwf", "sar", "sbd", "scr", "sek", "sgd", "shp", "sle", "sos", "srd", "std", "szl", "thb",
    "tjs", "tnd", "top", "try", "ttd", "twd", "tzs", "uah", "ugx", "usd", "uyu", "uzs", "vnd",
    "vuv", "wst", "xaf", "xcd", "xcg", "xof", "xpf", "yer", "zar", "zmw",
})  # fmt: skip
ZERO_DECIMAL: Final = frozenset({
    "bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf",
    "xof", "xpf",
})  # fmt: skip
THREE_DECIMAL: Final = frozenset({"bhd", "jod", "kwd", "omr", "tnd"})
WHOLE_UNITS_ONLY: Final = frozenset({"isk", "ugx"})
"""Sent with two decimals for the sake of old clients, which must both be zero."""

CHARGE_MIN: Final = {
    "aed": 200, "bgn": 100, "czk": 1500, "dkk": 250, "gbp": 30, "hkd": 400, "huf": 17500,
    "jpy": 50, "mxn": 1000, "myr": 200, "nok": 300, "pln": 200, "ron": 200, "sek": 300,
    "thb": 1000,
}  # fmt: skip
CHARGE_MIN_BY_EXPONENT: Final = {0: 50, 2: 50, 3: 150}
CHARGE_MAX: Final = 99_999_999

CARD_PER_MYRIAD: Final = 290
CARD_FIXED_BY_EXPONENT: Final = {0: 30, 2: 30, 3: 90}
DEBIT_PER_MYRIAD: Final = 80
DEBIT_MAX_BY_EXPONENT: Final = {0: 500, 2: 500, 3: 1500}
DISPUTE_FEE_BY_EXPONENT: Final = {0: 1500, 2: 1500, 3: 4500}


def exponent(currency: str) -> int:
    """Tell how many decimals an amount in this currency has."""
    if currency in ZERO_DECIMAL:
        return 0
    return 3 if currency in THREE_DECIMAL else 2


def check_currency(currency: str, param: str) -> None:
    """Refuse a currency that Stripe does not settle, or that is not written in lowercase."""
    if currency not in CURRENCIES:
        supported = ", ".join(sorted(CURRENCIES))
        raise invalid(
            f"Invalid currency: {currency}. Stripe currently supports these currencies: "
            f"{supported}",
            param,
        )


def check_amount(amount: int, currency: str, param: str) -> None:
    """Refuse a charge that is too small, too large, or finer than its currency allows."""
    smallest = CHARGE_MIN.get(currency, CHARGE_MIN_BY_EXPONENT[exponent(currency)])
    if amount < smallest:
        raise RefusedError(
            f"The total amount due must add up to at least {shown(smallest, currency)}",
            code="amount_too_small",
            param=param,
        )
    if amount > CHARGE_MAX:
        raise RefusedError(
            f"The total amount due must be no more than {shown(CHARGE_MAX, currency)}",
            code="amount_too_large",
            param=param,
        )
    step = 100 if currency in WHOLE_UNITS_ONLY else 10 if currency in THREE_DECIMAL else 1
    if amount % step:
        raise RefusedError(
            f"Invalid amount: amounts in {currency} must be a multiple of {step}.", param=param
        )


def card_fee(amount: int, currency: str) -> int:
    """2.9 % and thirty cents, or what comes close to it, rounded half up."""
    return share(amount, CARD_PER_MYRIAD) + CARD_FIXED_BY_EXPONENT[exponent(currency)]


def debit_fee(amount: int, currency: str) -> int:
    """0.8 %, and at most five dollars or what comes close to it."""
    return min(share(amount, DEBIT_PER_MYRIAD), DEBIT_MAX_BY_EXPONENT[exponent(currency)])


def dispute_fee(currency: str) -> int:
    """Fifteen dollars, or what comes close to it."""
    return DISPUTE_FEE_BY_EXPONENT[exponent(currency)]


def share(amount: int, per_myriad: int) -> int:
    """Take this many ten-thousandths, rounded half up."""
    return (amount * per_myriad + 5_000) // 10_000


def times(unit_amount: Decimal, quantity: int) -> int:
    """Multiply a price that may have fractions of a cent, rounded half up."""
    return int((unit_amount * quantity).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def shown(amount: int, currency: str) -> str:
    """Write an amount for people: 4900, usd → 49.00 USD."""
    digits = exponent(currency)
    return f"{Decimal(amount).scaleb(-digits):,.{digits}f} {currency.upper()}"
