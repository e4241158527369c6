"""Whether a version of ``support.yml`` counts at once, or waits for who decides on money; no I/O.

A change of a stake (helpers, shares, prices, what else `policy.changes.stakes` names) counts when
somebody with ``maintain`` or ``admin`` pushed it or confirms it; everything else counts at once
(docs/decisions/0012-*.md). A maintainer's push vouches for what it changed itself, and for nothing
that it found there.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final, assert_never

from app.domain.effects import Chosen, Confirmed, Pushed, Rerun
from app.domain.events import PolicyRead, Version
from app.domain.ids import UserId
from app.domain.operator import Operator
from app.domain.policy import Faults, Foreign, ForeignKind, SupportPolicy, parse
from app.domain.policy.accounts import account_faults
from app.domain.policy.changes import Accounts, Change, Moves, changes, follow, moves, renames

PARSED_MAX: Final = 16
"""Judging looks at one text several times, and a transaction waits meanwhile."""


class PolicyState(StrEnum):
    """What a reading of the file was."""

    ADOPTED = "adopted"
    """A good file: it is in force until the next one is adopted."""
    PENDING = "pending"
    """A good file that nobody who may has agreed to; the last adopted one stays in force."""
    HANDED_OVER = "handed_over"
    """The repository has another owner: the file stays in force for what is sold, and nothing more
    is sold until a maintainer has agreed to it."""
    FAULTY = "faulty"
    """A file with faults: the last adopted one stays in force."""
    FOREIGN = "foreign"
    """A file of another app, or of nobody: nothing is in force."""
    MISSING = "missing"
    """No file: nothing is in force."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InForce:
    """The policy that is in force, with the accounts of its helpers."""

    policy: SupportPolicy
    accounts: Accounts


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """What a proposed file was held against."""

    changes: tuple[Change, ...]
    """What differs in it from the file in force."""
    commit: str = ""
    """Where the file in force was found first."""
    is_waiting: bool = False
    """The default branch has another file already, to which nobody who may has agreed yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Latest:
    """What the newest reading found so far."""

    state: PolicyState
    blob: str
    commit: str
    """Where it was first found: there its check run stands."""
    is_vouched: bool
    """All that differs in it from the file in force came from maintainers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What a reading of the file means."""

    state: PolicyState
    found: SupportPolicy | Faults | Foreign | None
    """``None``: there is no file."""
    changes: tuple[Change, ...] = ()
    """What differs from the file in force, where both are good."""
    is_vouched: bool = False
    is_handed_over: bool = False
    """The repository has another owner than when a file was agreed to last."""

    @property
    def policy(self) -> SupportPolicy | None:
        """Give the policy, where it is one."""
        return self.found if isinstance(self.found, SupportPolicy) else None


def judge(
    read: PolicyRead,
    *,
    in_force: InForce | None,
    latest: Latest | None,
    operator: Operator,
    is_handed_over: bool = False,
) -> Judgement:
    """Judge what was read on the default branch; a new owner has not agreed to anything yet."""
    found = examine(read.text, read.logins, in_force, operator)
    told: tuple[Change, ...] = ()
    match found:
        case None:
            state = PolicyState.MISSING
        case Foreign():
            state = PolicyState.FOREIGN
        case Faults():
            state = PolicyState.FAULTY
        case SupportPolicy():
            told = differences(found, read.logins, in_force)
            base = None if is_handed_over else _with_todays_logins(in_force, read.logins)
            granted = (
                _granted_anew(read, operator)
                if is_handed_over
                else _granted(read, found, base, latest, operator)
            )
            is_granted = moves(base, found) <= granted
            state = PolicyState.ADOPTED if is_granted else PolicyState.PENDING
        case _:
            assert_never(found)
    return Judgement(
        state=state,
        found=found,
        changes=told,
        is_vouched=_is_vouched(read, state, in_force, latest, operator),
        is_handed_over=is_handed_over,
    )


def examine(
    text: bytes | None,
    logins: tuple[tuple[str, UserId | None], ...],
    in_force: InForce | None,
    operator: Operator,
) -> SupportPolicy | Faults | Foreign | None:
    """Read a file and hold its logins against their accounts; ``None`` where there is no file."""
    found = _parse(text, operator)
    if text is None or not isinstance(found, SupportPolicy):
        return found
    return account_faults(text, logins, in_force.accounts if in_force else ()) or found


def differences(
    policy: SupportPolicy,
    logins: tuple[tuple[str, UserId | None], ...],
    in_force: InForce | None,
) -> tuple[Change, ...]:
    """Say what differs from the file in force; who took another login stays the same helper."""
    if in_force is None:
        return ()
    renamed = renames(in_force.accounts, _known(logins))
    told = [Change(f"{old} is called {login} by now.") for old, login in renamed.items()]
    return (*changes(follow(in_force.policy, renamed), policy), *told)


def home(read: PolicyRead, latest: Latest | None) -> str:
    """Give the commit on which the check run of this very content stands."""
    return latest.commit if latest is not None and latest.blob == read.blob else read.commit


@dataclass(frozen=True, slots=True)
class Shown:
    """On which commits what came of a reading is shown."""

    outcome: tuple[str, ...]
    overtaken: tuple[str, ...] = ()
    """They have another version, about which somebody asked."""


def shown(read: PolicyRead, latest: Latest | None, state: PolicyState, *, is_news: bool) -> Shown:
    """Say on which commits it is to be shown: where it is news, and where somebody asked."""
    if read.repository.is_archived:
        return Shown(())  # nobody can write there any more
    was_never_there = state is PolicyState.MISSING and latest is None
    commits = [home(read, latest)] if is_news and not was_never_there else []
    if not isinstance(read.occasion, Confirmed | Rerun):
        return Shown(tuple(filter(None, commits)))
    asked = read.occasion.commit
    is_same = read.after is not None and read.after.blob == read.blob
    is_confirmed = is_news and state is PolicyState.ADOPTED
    if asked in commits:
        return Shown(tuple(commits))
    if is_same or (is_confirmed and isinstance(read.occasion, Confirmed)):
        return Shown((*commits, asked))
    return Shown(tuple(commits), (asked,))


def _parse(text: bytes | None, operator: Operator) -> SupportPolicy | Faults | Foreign | None:
    return None if text is None else _parsed(text, operator.currencies, operator.platform_bp)


@lru_cache(maxsize=PARSED_MAX)
def _parsed(
    text: bytes, currencies: tuple[str, ...], platform_bp: int
) -> SupportPolicy | Faults | Foreign:
    return parse(text, currencies_settled=currencies, platform_bp=platform_bp)


def _known(logins: tuple[tuple[str, UserId | None], ...]) -> Accounts:
    return tuple((login, user) for login, user in logins if user is not None)


def _with_todays_logins(
    in_force: InForce | None, logins: tuple[tuple[str, UserId | None], ...]
) -> SupportPolicy | None:
    if in_force is None:
        return None
    return follow(in_force.policy, renames(in_force.accounts, _known(logins)))


def _granted(
    read: PolicyRead,
    new: SupportPolicy,
    base: SupportPolicy | None,
    latest: Latest | None,
    operator: Operator,
) -> Moves:
    """Give the moves of the stakes that somebody who may has agreed to, by what we know now."""
    if latest is not None and latest.blob == read.blob and latest.is_vouched:
        return moves(base, new)
    is_maintainer = read.permission.is_maintainer_of_money
    after = _parse(read.after.text, operator) if read.after else None
    match read.occasion:
        case Chosen() if read.is_untouched and base is None:
            return moves(None, new)  # whoever owns the repository installed the App over this file
        case Confirmed() if is_maintainer and isinstance(after, SupportPolicy):
            return moves(base, after)
        case Pushed() if is_maintainer and isinstance(after, SupportPolicy) and read.before:
            if _was_vouched(read.before, latest):
                return moves(base, after)
            before = _parse(read.before.text, operator)
            if isinstance(before, SupportPolicy):
                return moves(before, after)
            # Nobody can say what the push changed in a file that could not be read.
            return moves(None, after) if _says_nothing(before) else frozenset()
        case _:
            return frozenset()


def _granted_anew(read: PolicyRead, operator: Operator) -> Moves:
    """Give all that a maintainer of the new owner has agreed to: a whole file, not a change of it.

    That the App is installed in all of an owner's repositories is no word about this file.
    """
    after = _parse(read.after.text, operator) if read.after else None
    is_meant = isinstance(read.occasion, Confirmed | Pushed) and isinstance(after, SupportPolicy)
    if not is_meant or not read.permission.is_maintainer_of_money:
        return frozenset()
    return moves(None, after) if isinstance(after, SupportPolicy) else frozenset()


def _says_nothing(found: SupportPolicy | Faults | Foreign | None) -> bool:
    return found is None or (isinstance(found, Foreign) and found.kind is ForeignKind.EMPTY)


def _was_vouched(before: Version, latest: Latest | None) -> bool:
    return latest is not None and latest.blob == before.blob and latest.is_vouched


def _is_vouched(
    read: PolicyRead,
    state: PolicyState,
    in_force: InForce | None,
    latest: Latest | None,
    operator: Operator,
) -> bool:
    """Say whether maintainers alone made what differs in this version from the file in force."""
    if state in (PolicyState.ADOPTED, PolicyState.MISSING):
        return True
    if latest is not None and latest.blob == read.blob:
        return latest.is_vouched
    if isinstance(read.occasion, Chosen):
        return read.is_untouched and in_force is None
    is_whole = read.after is not None and read.after.blob == read.blob
    is_pushed = isinstance(read.occasion, Pushed) and read.permission.is_maintainer_of_money
    if not (is_pushed and is_whole and read.before is not None):
        return False
    before = _parse(read.before.text, operator)
    if _says_nothing(before) or _was_vouched(read.before, latest):
        return True
    policy = in_force.policy if in_force else None
    return isinstance(before, SupportPolicy) and not moves(policy, before)
