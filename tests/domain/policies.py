"""Policies to compare, each a small change of one file."""

from __future__ import annotations

from typing import Final

from app.domain.money import ProcessingFee
from app.domain.operator import Operator
from app.domain.policy import SupportPolicy, parse

TEXT: Final = """\
version: 1
label: paid-support
currency: usd
calendar: {timezone: Europe/Oslo, hours: Mon-Fri 09:00-17:00, holidays: NO}
helpers:
  - {login: Ada, class: core, topics: [networking], tickets_max: 3}
  - {login: grace, class: community, timezone: America/New_York, hours: Mon-Fri 08:00-12:00}
plans:
  - {id: question, title: Quick question, price: 49, respond_within: 8h, resolve_within: 3d}
  - {id: session, title: One-hour session, price: 180, respond_within: 4h, resolve_within: 2d}
split: {repository: 10%, classes: {core: 5%, community: 15%}}
assignment: rotate
rungs: {ai: comment, community: 24h, expert: true}
promises: {offer: 14d, no_helper: 48h, accept_within: 3d, grace: 3d}
limits: {open_per_customer: 2, ai_drafts_per_day: 50, commands_per_minute: 5, blocked: [troll]}
reports: totals
messages: {opened: Welcome.}
"""

OPERATOR: Final = Operator(
    public_url="https://mainstay.example",
    seller="Mainstay",
    support_email="",
    terms_url="",
    currencies=("usd", "eur"),
    fees={
        "usd": ProcessingFee(basis_points=290, fixed_minor=30),
        "eur": ProcessingFee(basis_points=290, fixed_minor=30),
    },
    platform_bp=500,
    has_checkout=True,
    has_model=True,
)


def edited(*edits: tuple[str, str], text: str = TEXT) -> str:
    """Give the text with each of these replaced, once."""
    for old, new in edits:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def policy(*edits: tuple[str, str], text: str = TEXT) -> SupportPolicy:
    """Give the policy with each of these replaced in its text."""
    found = parse(
        edited(*edits, text=text),
        currencies_settled=OPERATOR.currencies,
        platform_bp=OPERATOR.platform_bp,
    )
    assert isinstance(found, SupportPolicy), found
    return found
