"""The currencies in which prices may stand, and how each is counted; no I/O.

An amount is an integer of minor units, as Stripe counts them. Source: Stripe's page "Supported
currencies" (zero-decimal and three-decimal currencies, special cases, minimum charge amounts).
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

AMOUNT_MINOR_MAX: Final = 99_999_999
"""The largest amount of one charge: Stripe takes at most eight digits."""


@dataclass(frozen=True, slots=True)
class Currency:
    """How one currency is counted, written and charged."""

    code: str
    """ISO 4217, in lower case as Stripe writes it."""
    exponent: int
    """The decimals of a minor unit: where it is 2, a hundred of them are one unit."""
    decimals: int
    """The decimals that a charge may have: Stripe wants the rest of the exponent to be zeros."""
    charge_minor_min: int
    """The smallest charge that Stripe takes; one step where it publishes none."""
    sign: str = ""
    """What people write before the number; empty: they write the code after it."""

    @property
    def step_minor(self) -> int:
        """Give the smallest amount that can move: every charge is a multiple of it."""
        step: int = 10 ** (self.exponent - self.decimals)
        return step


# Two decimals: each with the smallest charge that Stripe publishes, in minor units.
_TWO: Final = {
    "aed": 200, "ars": 1, "aud": 50, "bgn": 100, "brl": 50, "cad": 50, "chf": 50, "cop": 1,
    "czk": 1500, "dkk": 250, "eur": 50, "gbp": 30, "hkd": 400, "huf": 17500, "idr": 1, "ils": 1,
    "inr": 50, "mxn": 1000, "myr": 200, "nok": 300, "nzd": 50, "pen": 1, "php": 1, "pln": 200,
    "ron": 200, "rsd": 1, "sar": 1, "sek": 300, "sgd": 50, "thb": 1000, "try": 1, "twd": 1,
    "uah": 1, "usd": 50, "zar": 1,
}  # fmt: skip
_ZERO: Final = (
    "bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf",
    "xof", "xpf",
)  # fmt: skip
# Three decimals, of which the last one must be a zero.
_THREE: Final = ("bhd", "jod", "kwd", "omr", "tnd")
# Without decimals, yet sent with two that must be zeros.
_ZERO_SENT_AS_TWO: Final = ("isk", "ugx")
_SIGNS: Final = {"usd": "$", "eur": "€", "gbp": "£", "jpy": "¥"}


def _known() -> dict[str, Currency]:
    rows = [
        *((code, 2, 2, least) for code, least in _TWO.items()),
        *((code, 0, 0, 50 if code == "jpy" else 1) for code in _ZERO),
        *((code, 3, 2, 10) for code in _THREE),
        *((code, 2, 0, 100) for code in _ZERO_SENT_AS_TWO),
    ]
    return {row[0]: Currency(*row, sign=_SIGNS.get(row[0], "")) for row in rows}


CURRENCIES: Final = MappingProxyType(_known())
"""Every currency that may stand in a policy, by its code in lower case."""

SIGNS: Final = MappingProxyType({sign: code for code, sign in _SIGNS.items()} | {"us$": "usd"})
"""What a sign beside a number says; ``$`` is the US dollar alone, for others have one, too."""
