"""What a price in ``.github/support.yml`` may be, in each currency; no I/O."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from re import fullmatch
from typing import Final

from app.domain.currencies import AMOUNT_MINOR_MAX, CURRENCIES, Currency
from app.domain.money import Money, minimum, show
from app.domain.policy import syntax
from app.domain.policy.kinds import IsWrong, Reading, Schema, Trouble
from app.domain.policy.syntax import Node, Scalar

_PRICE: Final = r"[0-9]{1,8}(?:\.[0-9]+)?"


@dataclass(frozen=True, slots=True)
class Price:
    """An amount of the policy's currency, a number or a text, never a float."""

    def read(self, node: Node, name: str, reading: Reading) -> int | IsWrong:
        """Read a price as minor units."""
        remedy = f"Write a number, without its currency: {name}: 49."
        if not isinstance(node, Scalar) or fullmatch(_PRICE, node.text) is None:
            what = node.shown if isinstance(node, Scalar) else syntax.describe(node)
            return reading.tell(node.place, f"{name} cannot be {what}.", remedy)
        if reading.currency is None:
            return 0  # the currency's own fault was told
        trouble = _charge(node.text, reading.currency)
        if isinstance(trouble, Trouble):
            return reading.tell(node.place, trouble.reason, trouble.remedy)
        return trouble

    def schema(self) -> Schema:
        """Describe it in any currency; `price_rules` say what each wants."""
        return {
            "type": ["number", "string"],
            "exclusiveMinimum": 0,
            "maximum": AMOUNT_MINOR_MAX,
            "pattern": f"^(?:{_PRICE})$",
        }


def _charge(text: str, code: str) -> int | Trouble:
    unit = CURRENCIES[code]
    whole, _, fraction = text.partition(".")
    if len(fraction) > unit.decimals:
        allowed = f"at most {unit.decimals}" if unit.decimals else "no"
        return Trouble(f"A price in {code} has {allowed} decimals.", "Round it.")
    amount = int(whole + fraction.ljust(unit.exponent, "0"))
    least, most = minimum(code), Money(AMOUNT_MINOR_MAX, code)
    if amount < least.amount:
        reason = f"{show(Money(amount, code))} is less than {show(least)}."
        return Trouble(reason, f"{show(least)} is the least that can be paid in {code}.")
    if amount > most.amount:
        reason = f"{show(Money(amount, code))} is more than {show(most)}."
        return Trouble(reason, f"{show(most)} is the most that can be paid at once.")
    return amount


def price_rules(usual: str) -> list[Schema]:
    """Say for each currency what its prices are, as conditions of the whole file's schema.

    `usual` is what counts where a file names no currency.
    """
    codes: defaultdict[tuple[int, int, int], list[str]] = defaultdict(list)
    for code, unit in CURRENCIES.items():
        codes[unit.exponent, unit.decimals, unit.charge_minor_min].append(code)
    return [_rule(alike, CURRENCIES[alike[0]], usual) for alike in codes.values()]


def _rule(codes: list[str], unit: Currency, usual: str) -> Schema:
    condition: Schema = {"properties": {"currency": {"enum": codes}}}
    # A condition on a key that is not there holds.
    if usual not in codes:
        condition["required"] = ["currency"]
    items = {"properties": {"price": _prices_in(unit)}}
    return {"if": condition, "then": {"properties": {"plans": {"items": items}}}}


def _prices_in(unit: Currency) -> Schema:
    scale = 10**unit.exponent
    fraction = rf"(?:\.[0-9]{{1,{unit.decimals}}})?" if unit.decimals else ""
    # The largest amount is all nines, so its digits alone say what is too much.
    whole = len(str(AMOUNT_MINOR_MAX)) - unit.exponent
    prices: Schema = {
        "minimum": unit.charge_minor_min / scale,
        "maximum": AMOUNT_MINOR_MAX / scale,
        "pattern": f"^0*[0-9]{{1,{whole}}}{fraction}$",
        "not": {"type": "string", "pattern": f"^0*(?:{_below(unit)})$"},
    }
    # A hundredth is no exact number in a computer: asked for, it would refuse some good prices.
    return prices if unit.decimals else prices | {"multipleOf": 1}


def _below(unit: Currency) -> str:
    """Match every text without zeros before it that is less than the smallest charge."""
    digits = str(unit.charge_minor_min).rjust(unit.exponent + 1, "0")
    cut = len(digits) - unit.exponent
    whole, fraction = digits[:cut].lstrip("0"), digits[cut:].rstrip("0")
    below: list[str] = []
    if whole:
        fewer = f"[0-9]{{0,{len(whole) - 1}}}"
        smaller = [
            f"{before}[0-{digit - 1}][0-9]{{{len(whole) - len(before) - 1}}}"
            for before, digit in _steps(whole)
        ]
        below.append(rf"(?:{'|'.join([fewer, *smaller])})(?:\.[0-9]+)?")
    if fraction:
        smaller = [f"{before}[0-{digit - 1}][0-9]*" for before, digit in _steps(fraction)]
        fewer_decimals = [fraction[:count] for count in range(1, len(fraction))]
        below.append(rf"{whole}(?:\.(?:{'|'.join([*smaller, *fewer_decimals])}))?")
    return "|".join(below)


def _steps(digits: str) -> list[tuple[str, int]]:
    """Give each digit that another can be smaller than, with what stands before it."""
    return [(digits[:at], int(digit)) for at, digit in enumerate(digits) if digit != "0"]
