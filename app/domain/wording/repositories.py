"""The page of a repository for whoever may decide on its file: what is so, and what to do; no I/O.

A line may have `marks`: what stands between them is code, or somebody's name.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, assert_never

from app.domain.adoption import PolicyState
from app.domain.currencies import CURRENCIES
from app.domain.policy import Foreign, ForeignKind, SupportPolicy

OWN_PATH: Final = ".github/support.yml"
FREE_PATH: Final = ".github/paid-support.yml"
"""Read first, so that another app's file can stay where it is."""

OVERTAKEN: Final = (
    "The file has changed since this page was shown, and nothing was confirmed. This is how it is "
    "now: please look at it once more."
)
NOTHING_WAITS: Final = "Nothing waits here any more. This is how it is now."
UNDER_WAY: Final = "Your word is on its way. This page looks again by itself."
CONFIRMED: Final = "Confirmed. This file is in force."
NOT_COUNTED: Final = (
    "Your word came, and did not settle it: another file stands on the default branch by now, or "
    "GitHub did not let us read it. Please look at it once more."
)
NOT_FOUND: Final = (
    "We know of no repository of that name in which the App is installed and you have the role "
    "maintain or admin. If you are sure of it, GitHub may be slow: please try again in a minute."
)
SOME_MISSING: Final = (
    "GitHub did not answer for all of them just now; more may be here in a minute."
)

PRIVATE: Final = (
    "This repository is private: no page names it to anybody who may not read it, and no AI reads "
    "it unless the file says so."
)
ARCHIVED: Final = (
    "This repository is archived: nothing is offered until it can be written in again."
)
AWAY: Final = (
    "GitHub has told us that the App is suspended here: nothing is offered until it is back."
)
HANDED_OVER: Final = (
    "The repository has another owner than when the file was agreed to. What is sold goes on under "
    "it; nothing new is offered until somebody with the role maintain or admin has agreed."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """How it is in a repository, in words."""

    title: str
    lead: str = ""
    """Empty where the check run's own words follow."""
    heading: str = ""
    """Of what the check run says; empty where that stands at the top."""
    steps: tuple[str, ...] = ()
    """What can be done."""
    has_example: bool = False
    """A file to begin with is shown."""
    new_path: str = ""
    """Where a new file can be written; empty where the one that is there is to be changed."""


def told(
    state: PolicyState | None,
    foreign: Foreign | None,
    path: str,
    *,
    is_read: bool,
    is_in_force: bool,
    is_handed_over: bool = False,
) -> Told:
    """Say how it is; `state` is what the newest reading found, ``None`` before the first."""
    match state:
        case None:
            return _UNREAD
        case PolicyState.ADOPTED:
            return _ADOPTED
        case PolicyState.PENDING if is_handed_over:
            return _NEW_OWNER
        case PolicyState.PENDING:
            return _PENDING if is_in_force else _FIRST
        case PolicyState.HANDED_OVER:
            return _HANDED_OVER
        case PolicyState.FAULTY:
            return _FAULTY if is_in_force else _FAULTY_FIRST
        case PolicyState.FOREIGN:
            return _foreign(foreign.kind if foreign else ForeignKind.NOT_OURS, path)
        case PolicyState.MISSING:
            return _MISSING if is_read else _UNREADABLE
        case _:
            assert_never(state)


def example(login: str, currency: str) -> str:
    """Write a small file to begin with, for whoever asks."""
    price = 49 if CURRENCIES[currency].exponent else 5000
    return f"""\
version: 1
currency: {currency}
helpers:
  - login: {login}
    class: core
plans:
  - id: question
    title: Quick question
    price: {price}
    respond_within: 8h # open hours
    resolve_within: 3d # working days
split: {{repository: 10%}}
"""


def size(policy: SupportPolicy) -> str:
    """Say how much a file has."""
    helpers, plans = len(policy.helpers), len(policy.plans)
    return f"{helpers} helper{'' if helpers == 1 else 's'}, {plans} plan{'' if plans == 1 else 's'}"


_SHOWN_FIRST: Final = (
    "A pull request with it shows first what it will do: who gets what, and who is asked."
)
GITHUB_AWAY: Final = Told(
    title="GitHub does not answer",
    lead=(
        "We could not ask GitHub what you may do here. Nothing has happened; please try again in a "
        "minute."
    ),
)

_UNREAD: Final = Told(
    title="The file is being read",
    lead="We have heard of this repository a moment ago. Please look again in a minute.",
)
_UNREADABLE: Final = Told(
    title="The file could not be read",
    lead="Nothing is offered here, and nobody sees anything of Mainstay in your issues.",
    steps=(
        "Please look whether the App may still read the files of this repository.",
        f"Then push something to `{OWN_PATH}`: it is read anew.",
    ),
)
_ADOPTED: Final = Told(
    title="The file is in force",
    lead=(
        "Nothing waits for you. When somebody else changes helpers, shares, prices, the waits "
        "after which money moves, or who is blocked, it waits here for your word."
    ),
)
_PENDING: Final = Told(
    title="A change waits for your word",
    lead=(
        "It changes what only maintainers decide. Until you confirm it, the file in force counts."
    ),
    heading="What would change",
)
_FIRST: Final = Told(
    title="The file waits for your word",
    lead="Nothing is offered here until you confirm it.",
    heading="Why it waits",
)
_NEW_OWNER: Final = Told(
    title="A new owner, and a file to agree to",
    lead="What is sold goes on as it was sold. Nothing new is offered until you confirm the file.",
    heading="Why it waits",
)
_HANDED_OVER: Final = replace(
    _NEW_OWNER, lead="The file is being read anew. Please look again in a minute.", heading=""
)
_FAULTY: Final = Told(
    title="The newest file has faults",
    steps=(
        "Mend it in a pull request: its check run says whether it is good before you merge it.",
    ),
)
_FAULTY_FIRST: Final = Told(
    title="The file has faults",
    lead="No other one is in force, so nothing is offered here yet.",
    steps=_FAULTY.steps,
)
_MISSING: Final = Told(
    title="There is no file",
    steps=(
        f"Commit `{OWN_PATH}` to the default branch: the lines below are all it takes.",
        _SHOWN_FIRST,
    ),
    has_example=True,
    new_path=OWN_PATH,
)
_BEGINNINGS: Final = {
    ForeignKind.EMPTY: "The file is empty",
    ForeignKind.OTHER_APP: "Another app has this file",
    ForeignKind.NOT_OURS: "The file is not one for Mainstay",
}


def _foreign(kind: ForeignKind, path: str) -> Told:
    """Say what can be done beside a file of others; one at `FREE_PATH` can only be changed."""
    is_beside = path != FREE_PATH
    match kind:
        case ForeignKind.EMPTY:
            own = f"Fill `{path}`: the lines below are all it takes."
            beside = f"If another app needs it empty, leave it, and write ours to `{FREE_PATH}`."
        case ForeignKind.OTHER_APP:
            own = f"What stands in `{path}` has to be ours: it is read first."
            beside = f"Leave it as it is, and write ours to `{FREE_PATH}`: that one is read first."
        case ForeignKind.NOT_OURS:
            own = "If it is meant for Mainstay, begin it with `version: 1` and name a helper."
            beside = f"If it is another app's, leave it, and write ours to `{FREE_PATH}`."
        case _:
            assert_never(kind)
    is_own = kind is not ForeignKind.OTHER_APP or not is_beside
    return Told(
        title=_BEGINNINGS[kind],
        steps=(*((own,) if is_own else ()), *((beside,) if is_beside else ()), _SHOWN_FIRST),
        has_example=True,
        new_path=FREE_PATH if is_beside and kind is not ForeignKind.EMPTY else "",
    )


def drafts(helped: int, did_not: int) -> str:
    """Count what readers said of the AI drafts; empty where nobody said anything."""
    if not helped + did_not:
        return ""
    return f"{helped} helped and {did_not} did not, as their readers say."
