"""The ``/support`` commands: what they are called, and how a comment is read as one; no I/O."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from difflib import get_close_matches
from types import MappingProxyType
from typing import Final

from app.domain.clockwork import read_duration
from app.domain.command_lines import first_command_line
from app.domain.currencies import CURRENCIES
from app.domain.money import Misread, parse_amount
from app.domain.verbs import (
    AI,
    VERBS,
    Accept,
    Cancel,
    Claim,
    Command,
    Community,
    Decline,
    Escalate,
    Help,
    Human,
    Mistake,
    MistakeKind,
    NotBuilt,
    Off,
    Open,
    Propose,
    Rate,
    Refund,
    Release,
    Reopen,
    Status,
    Transfer,
    Verb,
)

__all__ = [
    "AI",
    "HELP",
    "VERBS",
    "WORDS_CHARACTERS_MAX",
    "Accept",
    "Cancel",
    "Claim",
    "Command",
    "Community",
    "Decline",
    "Escalate",
    "Help",
    "HelpRow",
    "Human",
    "Mistake",
    "MistakeKind",
    "NotBuilt",
    "Off",
    "Open",
    "Propose",
    "Rate",
    "Refund",
    "Release",
    "Reopen",
    "Status",
    "Transfer",
    "Verb",
    "help_table",
    "read",
    "read_refund",
]

WORDS_CHARACTERS_MAX: Final = 500
"""A reason or note is cut after this many characters."""


@dataclass(frozen=True, slots=True)
class HelpRow:
    """One line of the help: what to write, who may, and what happens."""

    usage: str
    who: str
    what: str


HELP: Final = (
    HelpRow("/support", "anyone", "asks for help: shows every plan with its price"),
    HelpRow("/support <plan>", "anyone", "the same, with the pay link of that plan first"),
    HelpRow("/support ai", "anyone", "the same, with a first answer by an AI where there is one"),
    HelpRow("/support community", "customer", "asks volunteers, for free and for a while"),
    HelpRow("/support human", "customer, helper, maintainer", "keeps the AI out of this thread"),
    HelpRow("/support status", "anyone", "shows where the ticket stands"),
    HelpRow("/support help", "anyone", "shows these commands"),
    HelpRow("/support cancel [why]", "customer", "stops; free until a helper has answered"),
    HelpRow(
        "/support accept",
        "customer, maintainer",
        "says that it is solved; in a review, pays the helper",
    ),
    HelpRow("/support accept @login", "customer", "thanks a volunteer; nothing is owed"),
    HelpRow("/support decline <why>", "customer", "says what is still missing"),
    HelpRow("/support claim", "helper", "takes the ticket"),
    HelpRow("/support release", "helper", "gives the ticket back"),
    HelpRow("/support propose [note]", "helper", "asks the customer to accept"),
    HelpRow("/support transfer @login", "helper, maintainer", "hands it to another helper"),
    HelpRow("/support escalate [why]", "customer, helper", "lets the maintainers decide"),
    HelpRow("/support refund [amount] <why>", "maintainer", "gives the money or a part back"),
    HelpRow("/support reopen <why>", "customer", "goes on with it until the price is divided"),
    HelpRow("/support rate <stars> [text]", "customer", "says how good it was, from 1 to 5"),
    HelpRow("/support off [3d]", "helper", "gets no new tickets for so long, or until `off 0`"),
)
"""The commands that work, in the order in which a ticket meets them."""


def help_table() -> str:
    """Give the commands as a Markdown table, as README and help comment show them."""
    rows = [("Command", "Who", "What it does"), ("---", "---", "---")]
    rows += [(f"`{row.usage}`", row.who, row.what) for row in HELP]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


_NOT_BUILT: Final = MappingProxyType(
    {
        Verb.QUOTE: "You cannot offer a price of your own yet.",
        Verb.TIME: "You cannot write down time yet.",
        Verb.QUESTION: "You cannot stop the clock for a question yet; please ask it in a comment.",
        Verb.BUDGET: "You cannot name a budget yet; `/support` shows the prices.",
        Verb.PRIVATE: "Tickets cannot be private yet; please keep secrets out of this thread.",
    }
)

_BUILT: Final = (
    AI,
    *(verb.value for verb in Verb if any(row.usage.startswith(f"/support {verb}") for row in HELP)),
)
_STARS: Final = ("1", "2", "3", "4", "5")
_BACK: Final = ("0", "0h", "0d", "0w", "0m")
_MODIFIERS: Final = (Verb.BUDGET, Verb.PRIVATE)
_CODES: Final = "|".join(CURRENCIES)
_AMOUNT: Final = re.compile(
    rf"(?:(?:{_CODES})\b|us\$)?\s?[-−+]?\s?[$€£¥]?\s?[-−+]?[0-9][0-9.,'’]*\s?(?:(?:{_CODES})\b|[$€£¥])?"
    r"(?=\s|\Z)",
    re.IGNORECASE,
)
_NO_AMOUNT: Final = (
    "That is no amount that I can read. A part is given back like `/support refund 20 why`; all of "
    "it like `/support refund why`, where the first word has no digit."
)
_LOGIN: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,38}", re.IGNORECASE)
_WORD: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,29}")


def read(
    text: str, *, plan_ids: Collection[str], currency: str | None = None
) -> Command | Mistake | None:
    """Read the first command line of a comment; ``None``: it holds none.

    With the repository's currency an amount is read even where it serves nothing yet, so that one
    with two readings is answered as such; without it there is no amount.
    """
    line = first_command_line(text)
    if line is None:
        return None
    first, *_ = line.split() or [""]
    rest = line[len(first) :].strip()[:WORDS_CHARACTERS_MAX].rstrip()
    word = first.lower().strip("`*_.,;:!?")
    plans = {plan.lower(): plan for plan in plan_ids}
    if not first:
        return Open()
    if word in plans or word == AI:
        return _asked(Open(choice=plans.get(word, AI)), rest, currency)
    if word in VERBS or word == Verb.QUESTION:
        return _read_verb(Verb(word), rest, currency)
    return _unknown(word, plans.values())


def _asked(command: Open | Community, rest: str, currency: str | None) -> Command | Mistake:
    for modifier in _MODIFIERS:
        if re.match(rf"{modifier}(?:\s|\Z)", rest, re.IGNORECASE):
            return _not_built(modifier, rest[len(modifier) :].strip(), currency)
    return command


def _read_verb(  # noqa: C901, PLR0912 - a table, with one line for each verb
    verb: Verb, rest: str, currency: str | None
) -> Command | Mistake:
    match verb:
        case Verb.STATUS:
            return Status()
        case Verb.HELP:
            return Help()
        case Verb.CANCEL:
            return Cancel(reason=rest)
        case Verb.ACCEPT:
            return _accept(rest)
        case Verb.DECLINE:
            return Decline(reason=rest) if _says_something(rest) else _no_reason(verb)
        case Verb.CLAIM:
            return Claim()
        case Verb.RELEASE:
            return Release()
        case Verb.PROPOSE:
            return Propose(note=rest)
        case Verb.OFF:
            return _off(rest)
        case Verb.COMMUNITY:
            return _asked(Community(), rest, currency)
        case Verb.HUMAN:
            return Human()
        case Verb.REFUND:
            return _refund(rest, currency)
        case Verb.TRANSFER:
            return _transfer(rest)
        case Verb.ESCALATE:
            return Escalate(reason=rest)
        case Verb.REOPEN:
            return Reopen(reason=rest) if _says_something(rest) else _no_reason(verb)
        case Verb.RATE:
            return _rate(rest)
        case _:
            return _not_built(verb, rest, currency)


def _says_something(rest: str) -> bool:
    return any(character.isalnum() for character in rest)


def _no_reason(verb: Verb) -> Mistake:
    return Mistake(
        kind=MistakeKind.REASON,
        sentence=f"Please say why, in the same line: `/support {verb} …`.",
    )


def _accept(rest: str) -> Command | Mistake:
    if not rest.startswith("@"):
        return Accept()
    login = _login(rest)
    return Accept(login=login) if login else _no_login(Verb.ACCEPT)


def _transfer(rest: str) -> Command | Mistake:
    login = _login(rest)
    return Transfer(login=login) if login else _no_login(Verb.TRANSFER)


def _login(rest: str) -> str:
    """Read the name of an account; empty where there is none."""
    login = (rest.split(maxsplit=1) or [""])[0].removeprefix("@").rstrip(".,;:!?")
    return login if _LOGIN.fullmatch(login) else ""


def _no_login(verb: Verb) -> Mistake:
    return Mistake(
        kind=MistakeKind.LOGIN,
        sentence=f"That is not a name on GitHub. Please write it like `/support {verb} @octocat`.",
    )


def _refund(rest: str, currency: str | None) -> Command | Mistake:
    amount = _AMOUNT.match(rest)
    if amount is not None:
        return read_refund(amount[0], rest[amount.end() :].strip(), currency)
    first = rest.split(maxsplit=1)[:1]
    if first and any(character.isdigit() for character in first[0]):
        # It may be meant as an amount: all of the money is never given back by a slip of the pen.
        return Mistake(kind=MistakeKind.AMOUNT, sentence=_NO_AMOUNT)
    return read_refund("", rest, currency)


def read_refund(amount: str, reason: str, currency: str | None) -> Refund | Mistake:
    """Read a refund of which the amount is known apart; an empty one is all of the money."""
    part = None
    if amount and currency is None:
        sentence = "There is no file with prices here, so only `/support refund why` is possible."
        return Mistake(kind=MistakeKind.AMOUNT, sentence=sentence)
    if amount and currency is not None:
        read_part = parse_amount(amount, currency)
        if isinstance(read_part, Misread):
            return Mistake(kind=MistakeKind.AMOUNT, sentence=read_part.sentence)
        part = read_part
    if not _says_something(reason):
        return _no_reason(Verb.REFUND)
    return Refund(reason=reason[:WORDS_CHARACTERS_MAX], amount=part)


def _rate(rest: str) -> Command | Mistake:
    stars, _, text = rest.partition(" ")
    if stars in _STARS:
        return Rate(stars=int(stars), text=text.strip())
    return Mistake(
        kind=MistakeKind.RATING,
        sentence="Please give 1 to 5, where 5 is best, like `/support rate 5 thank you`.",
    )


def _off(rest: str) -> Command | Mistake:
    length, *_ = rest.lower().split() or [""]
    if not length:
        return Off()
    if length in _BACK:
        return Off(duration=timedelta())
    try:
        return Off(duration=read_duration(length))
    except ValueError:
        return Mistake(
            kind=MistakeKind.DURATION,
            sentence="Please say for how long, like `/support off 3d` or `8h` or `2w`; "
            "`/support off` alone is until `/support off 0`.",
        )


def _not_built(verb: Verb, rest: str, currency: str | None) -> Command | Mistake:
    if currency and verb in (Verb.BUDGET, Verb.QUOTE):
        amount = _AMOUNT.match(rest)
        read_amount = parse_amount(amount[0] if amount else rest, currency)
        if isinstance(read_amount, Misread):
            return Mistake(kind=MistakeKind.AMOUNT, sentence=read_amount.sentence)
    return NotBuilt(verb=verb, sentence=_NOT_BUILT[verb])


def _unknown(word: str, plans: Collection[str]) -> Mistake:
    # What a person wrote is repeated only where it cannot be markup.
    named = f"`{word}`" if _WORD.fullmatch(word) else "that"
    known = {plan.lower(): plan for plan in plans} | {verb: verb for verb in _BUILT}
    near = get_close_matches(word[:30], known, n=1)
    hint = (
        f"Did you mean `/support {known[near[0]]}`?"
        if near
        else "`/support help` lists what I know."
    )
    return Mistake(kind=MistakeKind.UNKNOWN, sentence=f"I do not know {named}. {hint}")
