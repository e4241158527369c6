"""What the single values of ``.github/support.yml`` may be; no I/O."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from re import fullmatch
from typing import Final

from app.domain.clockwork import (
    DURATION_PATTERN,
    HOURS_CHARACTERS_MAX,
    HOURS_PATTERN,
    Promise,
    Week,
    known_zones,
    read_duration,
    read_hours,
)
from app.domain.commands import VERBS
from app.domain.currencies import AMOUNT_MINOR_MAX, CURRENCIES
from app.domain.money import BASIS_POINTS, Money, minimum, read_percent, show
from app.domain.policy import syntax
from app.domain.policy.countries import COUNTRIES
from app.domain.policy.kinds import Choice, IsWrong, Reading, Schema, Text, Trouble, unchanged
from app.domain.policy.syntax import Node, Scalar
from app.domain.wording.texts import QUOTE_CHARACTERS_MAX

# One line that neither begins nor ends with a space.
_LINE: Final = (
    r"[^\t\n\r \u0085\u00a0\u2028\u2029]"
    r"(?:[^\t\n\r\u0085\u2028\u2029]*[^\t\n\r \u0085\u00a0\u2028\u2029])?"
)


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
        """Describe it."""
        return {
            "type": ["number", "string"],
            "exclusiveMinimum": 0,
            "maximum": AMOUNT_MINOR_MAX,
            "pattern": f"^(?:{_PRICE})$",
        }


_PRICE: Final = r"[0-9]{1,8}(?:\.[0-9]{1,3})?"


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


def _label(text: str, _: Reading) -> str | Trouble:
    if text.casefold() == "support":
        reason = "The label support belongs to many other tools and means something else there."
        return Trouble(reason, "Choose another one, such as paid-support.")
    return text


def _settled(code: str, reading: Reading) -> Trouble | None:
    if code in reading.currencies_settled:
        return None
    possible = ", ".join(reading.currencies_settled) or "none"
    return Trouble(f"This operator does not settle in {code}.", f"Possible: {possible}.")


def _zone(text: str, reading: Reading) -> str | Trouble:
    if text in known_zones():
        return text
    guess = reading.nearest(text, known_zones())
    return Trouble(
        f'There is no time zone "{text}".', f"{guess}Write it like Europe/Oslo, from the IANA list."
    )


def _hours(text: str, _: Reading) -> Week | Trouble:
    try:
        return read_hours(text)
    except ValueError as fault:
        return Trouble(
            str(fault), "Write them like Mon-Fri 09:00-17:00; over midnight there are two ranges."
        )


def _plan_id(text: str, _: Reading) -> str | Trouble:
    if text in VERBS:
        reason = f"A plan cannot be called {text}: /support {text} is a command."
        return Trouble(reason, f"Choose another id, such as {text}-plan.")
    return text


def _share(text: str, reading: Reading) -> int | Trouble:
    points = read_percent(text)
    most = BASIS_POINTS - reading.platform_bp
    if points > most:
        reason = f"{text} and the platform's share are more than the whole."
        return Trouble(reason, f"{most // 100}.{most % 100:02}% is the most.")
    return points


LABEL_KIND: Final = Text(
    pattern=_LINE,
    characters_max=50,
    remedy="Write a label's name in one line, such as paid-support.",
    convert=_label,
    extra={"not": {"pattern": "^[Ss][Uu][Pp][Pp][Oo][Rr][Tt]$"}},
)
LOGIN_KIND: Final = Text(
    pattern="[A-Za-z0-9][A-Za-z0-9_-]*",
    characters_max=39,
    remedy="Write the name of a GitHub account without the @, such as ada.",
    convert=unchanged,
)
TOPIC_KIND: Final = Text(
    pattern=_LINE,
    characters_max=50,
    remedy="Write a word or a label's name, such as networking.",
    convert=unchanged,
)
TITLE_KIND: Final = Text(
    pattern=_LINE,
    characters_max=80,
    remedy="Write one line, such as Quick question.",
    convert=unchanged,
)
PLAN_ID_KIND: Final = Text(
    pattern="[a-z0-9](?:[a-z0-9-]*[a-z0-9])?",
    characters_max=30,
    remedy="Write small letters, digits and dashes, such as quick-question.",
    convert=_plan_id,
    extra={"not": {"enum": [*VERBS]}},
)
ZONE_KIND: Final = Text(
    pattern="[A-Za-z0-9_+-]+(?:/[A-Za-z0-9_+-]+)*",
    characters_max=64,
    remedy="Write it like Europe/Oslo, from the IANA list.",
    convert=_zone,
)
HOURS_KIND: Final = Text(
    pattern=HOURS_PATTERN,
    characters_max=HOURS_CHARACTERS_MAX,
    remedy="Write them like Mon-Fri 09:00-17:00, or 24/7.",
    convert=_hours,
)
PROMISE_KIND: Final = Text(
    pattern=DURATION_PATTERN,
    characters_max=5,
    remedy="Write open minutes or hours, or working days or weeks: 30m, 8h, 3d, 2w.",
    convert=lambda text, _: Promise.parse(text),
)
DURATION_KIND: Final = Text(
    pattern=DURATION_PATTERN,
    characters_max=5,
    remedy="Write minutes, hours, days or weeks: 30m, 8h, 3d, 2w.",
    convert=lambda text, _: read_duration(text),
)
WINDOW_KIND: Final[Text[timedelta | None]] = Text(
    pattern=f"off|{DURATION_PATTERN}",
    characters_max=5,
    remedy="Write how long volunteers are waited for, such as 24h, or off.",
    convert=lambda text, _: None if text == "off" else read_duration(text),
)
SHARE_KIND: Final = Text(
    pattern=r"(?:100(?:\.0{1,2})?|[0-9]{1,2}(?:\.[0-9]{1,2})?)%",
    characters_max=7,
    remedy="Write a percentage from 0% to 100%, such as 10% or 2.5%.",
    convert=_share,
)
MESSAGE_KIND: Final = Text(
    pattern=r"[^\r]*[^\t\n\r \u0085\u00a0\u2028\u2029][^\r]*",
    characters_max=QUOTE_CHARACTERS_MAX,
    remedy="Write a sentence or two, or leave it out.",
    convert=unchanged,
)
COUNTRY_KIND: Final = Choice(
    {code: code for code in COUNTRIES}, hint="Write a country's two letters, such as NO."
)
CURRENCY_KIND: Final = Choice(
    {code: code for code in CURRENCIES},
    hint="Write a currency's three letters in small, such as usd.",
    check=_settled,
)
