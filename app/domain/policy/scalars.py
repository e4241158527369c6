"""What the single values of ``.github/support.yml`` may be; no I/O."""

from __future__ import annotations

from datetime import timedelta
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
from app.domain.currencies import CURRENCIES
from app.domain.money import BASIS_POINTS, read_percent
from app.domain.policy.countries import COUNTRIES
from app.domain.policy.kinds import Choice, Reading, Text, Trouble, unchanged
from app.domain.wording.texts import QUOTE_CHARACTERS_MAX

# One line that neither begins nor ends with a space.
_LINE: Final = (
    r"[^\t\n\r \u0085\u00a0\u2028\u2029]"
    r"(?:[^\t\n\r\u0085\u2028\u2029]*[^\t\n\r \u0085\u00a0\u2028\u2029])?"
)


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
    # A long s (ſ) is one, too, once upper and lower case do not matter.
    extra={"not": {"pattern": "^[Ssſ][Uu][Pp][Pp][Oo][Rr][Tt]$"}},
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
    extra={"enum": sorted(known_zones())},
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
