"""What differs between two policies: in words, and in what money and authority hang on; no I/O."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from app.domain.clockwork import Calendar
from app.domain.ids import UserId
from app.domain.money import BASIS_POINTS, Money, show
from app.domain.policy.support import HelperClass, Plan, PolicyHelper, SupportPolicy
from app.domain.wording.texts import promise, span

Accounts = Sequence[tuple[str, UserId]]
"""Each helper's login, with the account that it belonged to when the file was read."""

_STAKED: Final = frozenset({"no_helper", "accept_within", "grace"})
"""Waits after which money moves; an offer that nobody has paid is not among them."""

Moves = frozenset[tuple[str, str | int | None]]
"""Stakes that differ, each with its new value; ``None``: it is gone."""


@dataclass(frozen=True, slots=True)
class Change:
    """One difference, in one sentence of plain text."""

    sentence: str
    is_sensitive: bool = False
    """It is about what a maintainer has to want: see `stakes`."""


def stakes(policy: SupportPolicy | None) -> dict[str, str | int]:
    """Give all that money and authority hang on, by name; where there is no policy, nothing.

    Helpers, shares, prices, the currency; the waits in which a customer can still say no, or gets
    the money back; who is not heard; and what may leave a repository.
    """
    if policy is None:
        return {}
    found: dict[str, str | int] = {"currency": policy.currency}
    found |= {f"helper {each.login.lower()}": each.klass.value for each in policy.helpers}
    found |= {f"share {klass}": policy.split.repository_bp_of(klass) for klass in HelperClass}
    found |= {f"price {plan.id}": plan.price_minor for plan in policy.plans}
    found |= {f"blocked {login.lower()}": "blocked" for login in policy.limits.blocked}
    found |= {
        f"wait {name}": int(getattr(policy.promises, name).total_seconds()) for name in _STAKED
    }
    found |= {"ai private": policy.is_ai_private, "reports": policy.reports.value}
    return found


def moves(old: SupportPolicy | None, new: SupportPolicy | None) -> Moves:
    """Give the stakes that differ, with what they are in the new one."""
    before, after = stakes(old), stakes(new)
    names = before.keys() | after.keys()
    return frozenset(
        (name, after.get(name)) for name in names if before.get(name) != after.get(name)
    )


def is_sensitive(old: SupportPolicy | None, new: SupportPolicy | None) -> bool:
    """Say whether the difference is one that a maintainer has to want."""
    return bool(moves(old, new))


def renames(before: Accounts, today: Accounts) -> dict[str, str]:
    """Give the helpers that took another login: the old one, in lower case, and today's."""
    logins = {user: login for login, user in today}
    return {
        login.lower(): logins[user]
        for login, user in before
        if user in logins and logins[user].lower() != login.lower()
    }


def follow(policy: SupportPolicy, renamed: Mapping[str, str]) -> SupportPolicy:
    """Give the policy with today's logins: who took another one is still the same helper."""
    helpers = tuple(
        replace(each, login=renamed.get(each.login.lower(), each.login)) for each in policy.helpers
    )
    return replace(policy, helpers=helpers)


def changes(old: SupportPolicy, new: SupportPolicy) -> tuple[Change, ...]:
    """Say what differs, the sensitive things first; empty where nothing does."""
    told = [*_money(old, new), *_helpers(old, new), *_plans(old, new), *_rest(old, new)]
    return tuple(sorted(told, key=lambda change: not change.is_sensitive))


def _money(old: SupportPolicy, new: SupportPolicy) -> Iterator[Change]:
    if old.currency != new.currency:
        yield Change(f"Prices are in {new.currency} instead of {old.currency}.", is_sensitive=True)
    differing: dict[tuple[int, int], list[str]] = {}
    for klass in HelperClass:
        parts = old.split.repository_bp_of(klass), new.split.repository_bp_of(klass)
        if parts[0] != parts[1]:
            differing.setdefault(parts, []).append(klass.value)
    for (before, after), classes in differing.items():
        whose = "any" if len(classes) == len(HelperClass) else _either(classes)
        yield Change(
            f"With {whose} helper the repository gets {percent(after)} instead of "
            f"{percent(before)}; the helper gets the rest.",
            is_sensitive=True,
        )


def _helpers(old: SupportPolicy, new: SupportPolicy) -> Iterator[Change]:
    before = {each.login.lower(): each for each in old.helpers}
    after = {each.login.lower(): each for each in new.helpers}
    for name, helper in after.items():
        if name not in before:
            sentence = f"{helper.login} becomes a helper of the class {helper.klass}."
            yield Change(sentence, is_sensitive=True)
    for name, helper in before.items():
        if name not in after:
            yield Change(f"{helper.login} is no helper any more.", is_sensitive=True)
        else:
            yield from _helper(helper, old, after[name], new)
    stayed = [name for name in before if name in after]
    if stayed != [name for name in after if name in before]:
        yield Change("The helpers stand in another order.")


def _helper(
    was: PolicyHelper, old: SupportPolicy, now: PolicyHelper, new: SupportPolicy
) -> Iterator[Change]:
    login = now.login
    if was.klass is not now.klass:
        sentence = f"{login} is of the class {now.klass} instead of {was.klass}."
        yield Change(sentence, is_sensitive=True)
    if was.login != now.login:
        yield Change(f"{was.login} is written {login}.")
    if was.topics != now.topics:
        yield Change(f"{login} knows about other topics.")
    if was.tickets_max != now.tickets_max:
        yield Change(
            f"{login} takes {_most(now.tickets_max)} tickets at once instead of "
            f"{_most(was.tickets_max)}."
        )
    has_own = was.calendar is not None, now.calendar is not None
    if was.calendar != now.calendar and any(has_own):
        if old.calendar_of(was) == new.calendar_of(now):
            yield Change(f"{login} has {'an' if has_own[1] else 'no'} own calendar.")
        else:
            yield from _calendar(f"{login} works", old.calendar_of(was), new.calendar_of(now))


def _calendar(who: str, old: Calendar, new: Calendar) -> Iterator[Change]:
    if old.zone != new.zone:
        yield Change(f"{who} in the time zone {new.zone} instead of {old.zone}.")
    if old.week != new.week:
        yield Change(f"{who} at other hours.")
    if old.country != new.country:
        yield Change(f"{who} with other holidays.")


def _plans(old: SupportPolicy, new: SupportPolicy) -> Iterator[Change]:
    before, after = ({each.id: each for each in policy.plans} for policy in (old, new))
    for name, plan in after.items():
        if name not in before:
            price = show(Money(plan.price_minor, new.currency))
            yield Change(f"The plan {name} is new, for {price}.", is_sensitive=True)
    for name, plan in before.items():
        if name not in after:
            yield Change(f"The plan {name} is not on offer any more.", is_sensitive=True)
        else:
            prices = (
                Money(plan.price_minor, old.currency),
                Money(after[name].price_minor, new.currency),
            )
            if prices[0] != prices[1]:
                sentence = f"The plan {name} costs {show(prices[1])} instead of {show(prices[0])}."
                yield Change(sentence, is_sensitive=True)
            yield from _plan(plan, after[name])
    if [name for name in before if name in after] != [name for name in after if name in before]:
        yield Change("The plans stand in another order.")


def _plan(was: Plan, now: Plan) -> Iterator[Change]:
    if was.title != now.title:
        yield Change(f"The plan {now.id} is called “{now.title}” instead of “{was.title}”.")
    for what, before, after in (
        ("The first answer", was.respond_within, now.respond_within),
        ("The solution", was.resolve_within, now.resolve_within),
    ):
        if before != after:
            yield Change(
                f"{what} of the plan {now.id} is promised within: {promise(after)} instead of "
                f"{promise(before)}."
            )


_PROMISES: Final = (
    ("offer", "An unpaid offer ends after"),
    ("no_helper", "Without a helper the money goes back after"),
    ("accept_within", "A proposal that nobody answers is accepted after"),
    ("grace", "An accepted ticket is divided after"),
)
_LIMITS: Final = (
    ("open_per_customer", "Open tickets of one customer at once"),
    ("ai_drafts_per_day", "AI drafts a day"),
    ("commands_per_minute", "Commands of one person a minute"),
)


def _rest(old: SupportPolicy, new: SupportPolicy) -> Iterator[Change]:
    yield from _calendar("The repository works", old.calendar, new.calendar)
    words = (
        ("The label is", f"“{old.label}”", f"“{new.label}”"),
        ("Helpers are found by", old.assignment.value, new.assignment.value),
        ("AI drafts are", old.rungs.ai.value, new.rungs.ai.value),
        ("Volunteers are waited for:", _window(old.rungs.community), _window(new.rungs.community)),
        ("Paid plans are", _on(is_so=old.rungs.is_expert), _on(is_so=new.rungs.is_expert)),
    )
    for what, before, after in words:
        if before != after:
            yield Change(f"{what} {after} instead of {before}.")
    staked = (
        (
            "The AI reads of a private repository:",
            _read(is_so=old.is_ai_private),
            _read(is_so=new.is_ai_private),
        ),
        ("Reports without sign-in show:", old.reports.value, new.reports.value),
    )
    for what, before, after in staked:
        if before != after:
            yield Change(f"{what} {after} instead of {before}.", is_sensitive=True)
    for name, what in _PROMISES:
        waits = getattr(old.promises, name), getattr(new.promises, name)
        if waits[0] != waits[1]:
            sentence = f"{what} {span(waits[1])} instead of {span(waits[0])}."
            yield Change(sentence, is_sensitive=name in _STAKED)
    for name, what in _LIMITS:
        counts = getattr(old.limits, name), getattr(new.limits, name)
        if counts[0] != counts[1]:
            yield Change(f"{what}: {counts[1]} instead of {counts[0]}.")
    yield from _blocked(old, new)
    if old.messages.opened != new.messages.opened:
        yield Change("The maintainers' own words on a new card are other ones.")
    if old.messages.notices != new.messages.notices:
        yield Change("The maintainers' own words in notices are other ones.")


def _blocked(old: SupportPolicy, new: SupportPolicy) -> Iterator[Change]:
    blocked = [{*map(str.lower, each.limits.blocked)} for each in (old, new)]
    for login in sorted(blocked[1] - blocked[0]):
        yield Change(f"{login} is blocked: their commands do nothing.", is_sensitive=True)
    for login in sorted(blocked[0] - blocked[1]):
        yield Change(f"{login} is not blocked any more.", is_sensitive=True)


def percent(basis_points: int) -> str:
    """Write a share: ``10%``, ``2.5%``."""
    whole, rest = divmod(basis_points * 100, BASIS_POINTS)
    return f"{whole}.{rest:04}".rstrip("0").rstrip(".") + "%"


def _either(words: Iterable[str]) -> str:
    *most, last = words
    listed = f"{', '.join(most)} or {last}" if most else last
    return f"{'an' if listed[0] in 'aeiou' else 'a'} {listed}"


def _most(tickets: int | None) -> str:
    return "any number of" if tickets is None else str(tickets)


def _window(duration: timedelta | None) -> str:
    return "not at all" if duration is None else span(duration)


def _on(*, is_so: bool) -> str:
    return "on offer" if is_so else "not on offer"


def _read(*, is_so: bool) -> str:
    return "issues" if is_so else "nothing"
