"""Read ``.github/support.yml``: its bytes become a policy, or what is wrong with them; no I/O."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from app.domain.clockwork import Calendar
from app.domain.currencies import CURRENCIES
from app.domain.policy import keys
from app.domain.policy.faults import Fault, Faults, Foreign, ForeignKind
from app.domain.policy.kinds import WRONG, Reading, Schema, Values
from app.domain.policy.prices import price_rules
from app.domain.policy.support import PolicyHelper, SupportPolicy
from app.domain.policy.syntax import SIZE_BYTES_MAX, Mapping, Scalar, compose

OTHER_APP_KEYS: Final = frozenset(
    {"supportLabel", "supportComment", "close", "lock", "setLockReason", "_extends"}
)
"""What the file of dessant/support-requests holds, which has the same path."""

CURRENCY_USUAL: Final = "usd"
"""What counts where a file names no currency and the operator settles in it."""

_OTHER_APP: Final = re.compile(rf"^(?:{'|'.join(sorted(OTHER_APP_KEYS))}) *:", re.MULTILINE)
_OURS: Final = re.compile(r"^(?:version|helpers) *:", re.MULTILINE)


def parse(
    text: bytes | str, *, currencies_settled: Sequence[str], platform_bp: int = 0
) -> SupportPolicy | Faults | Foreign:
    """Read the file with its operator's facts; it never raises, whatever the bytes are.

    `currencies_settled` are ISO codes in lower case; ``usd`` counts where the file names none, or
    the first one where ``usd`` is not settled. `platform_bp` is the platform's share in basis
    points: with the repository's share it is at most the whole.
    """
    root = compose(text)
    if isinstance(root, Fault):
        return Foreign(ForeignKind.OTHER_APP) if _is_other_apps(text) else Faults((root,))
    if root is None:
        return Foreign(ForeignKind.EMPTY)
    if not isinstance(root, Mapping):
        return Foreign(ForeignKind.NOT_OURS)
    if root.get("version") is None:
        names = {key.text for key, _ in root.entries}
        if names & OTHER_APP_KEYS:
            return Foreign(ForeignKind.OTHER_APP)
        if "helpers" not in names:
            return Foreign(ForeignKind.NOT_OURS)
    reading = Reading(
        currencies_settled=tuple(currencies_settled),
        platform_bp=platform_bp,
        currency=_currency(root, currencies_settled),
    )
    values = keys.FILE.read(root, "the file", reading)
    if values is WRONG or reading.faults:
        return Faults(tuple(sorted(reading.faults)), is_cut=reading.is_cut)
    assert reading.currency is not None, "an unknown currency is a fault"
    return _policy(values, reading.currency)


def support_schema() -> Schema:
    """Give the JSON Schema (draft 7, which editors know best) of the file."""
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Paid support of a repository: .github/support.yml",
        **keys.FILE.schema(),
        "allOf": price_rules(CURRENCY_USUAL),
    }


def _is_other_apps(text: bytes | str) -> bool:
    """Guess whose a file is that cannot be read: a broken file of others is theirs to mend."""
    if isinstance(text, bytes):
        text = text[:SIZE_BYTES_MAX].decode("utf-8", "replace")
    return _OTHER_APP.search(text) is not None and _OURS.search(text) is None


def _currency(root: Mapping, currencies_settled: Sequence[str]) -> str | None:
    """Give the currency in which the prices are to be read, before anything else is."""
    written = root.get("currency")
    if written is None:
        is_usual = CURRENCY_USUAL in currencies_settled or not currencies_settled
        return CURRENCY_USUAL if is_usual else currencies_settled[0]
    return written.text if isinstance(written, Scalar) and written.text in CURRENCIES else None


def _policy(values: Values, currency: str) -> SupportPolicy:
    calendar = values[keys.CALENDAR]
    return SupportPolicy(
        label=values[keys.LABEL],
        currency=currency,
        calendar=calendar,
        helpers=tuple(_helper(each, calendar) for each in values[keys.HELPERS]),
        plans=values[keys.PLANS],
        split=values[keys.SPLIT],
        assignment=values[keys.ASSIGNMENT],
        rungs=values[keys.RUNGS],
        is_ai_private=values[keys.AI_READS],
        promises=values[keys.PROMISES],
        limits=values[keys.LIMITS],
        reports=values[keys.REPORTS],
        messages=values[keys.MESSAGES],
    )


def _helper(values: Values, repository: Calendar) -> PolicyHelper:
    zone, week = values[keys.TIMEZONE], values[keys.HOURS]
    own = Calendar(
        zone=zone or repository.zone, week=week or repository.week, country=repository.country
    )
    return PolicyHelper(
        login=values[keys.LOGIN],
        klass=values[keys.CLASS],
        topics=values[keys.TOPICS],
        calendar=own if zone or week else None,
        tickets_max=values[keys.TICKETS_MAX],
    )
