"""What a policy will do, before it does it: divisions, sample tickets, promises; no I/O.

Everything here is Markdown, and mentions nobody.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Final

from app.domain.assignment import Candidate, Choice, Rule, choose
from app.domain.clockwork import add_open, in_local, longest
from app.domain.ids import UserId
from app.domain.money import Division, Money, divide, show
from app.domain.operator import Operator
from app.domain.policy import HelperClass, Plan, PolicyHelper, SupportPolicy
from app.domain.policy.changes import percent
from app.domain.wording.texts import join, moment, quoted, span

SAMPLE_TICKETS: Final = 3
SAMPLES_APART: Final = timedelta(minutes=10)
"""Sample tickets come one after another, so that helpers take turns."""

CALENDARS_MAX: Final = 20
"""So many pairs of a promise and a calendar are held against `no_helper`."""
NO_HELPER_MAX: Final = timedelta(weeks=8)
"""A longer one is held against nothing: no calendar is closed so long."""


def preview(policy: SupportPolicy, operator: Operator, now: datetime) -> str:
    """Show what would happen if this were in force from now on."""
    parts = [
        *filter(None, [not_sold(policy, operator)]),
        *_doubts(policy, operator, now),
        *_divisions(policy, operator),
        *_samples(policy, now),
        _promises(policy),
    ]
    return "\n\n".join(parts) + "\n"


def not_sold(policy: SupportPolicy, operator: Operator) -> str:
    """Say why plans are not for sale; nothing where they are."""
    if not policy.plans:
        return "There is no plan, so nothing can be bought."
    if not policy.rungs.is_expert:
        return "`rungs` has `expert: false`, so no plan is on offer for now."
    if not operator.has_checkout:
        return "This operator has no checkout yet, so no plan is on offer for now."
    return ""


def _doubts(policy: SupportPolicy, operator: Operator, now: datetime) -> Iterator[str]:
    """Name what may be followed, and is hardly meant."""
    doubts = [*_paid_back_too_soon(policy, now), *_next_to_nothing(policy, operator)]
    if doubts:
        yield "\n".join(["### Worth a second look", "", *(f"- {each}" for each in doubts)])


def _paid_back_too_soon(policy: SupportPolicy, now: datetime) -> Iterator[str]:
    """Say when, in the week to come, the money would go back before the first answer is due."""
    no_helper = policy.promises.no_helper
    pairs = dict.fromkeys(
        (plan.respond_within, policy.calendar_of(helper))
        for plan in policy.plans
        for helper in policy.helpers
        if plan.respond_within is not None and no_helper <= NO_HELPER_MAX
    )
    for promised, calendar in islice(pairs, CALENDARS_MAX):
        paid, due = longest(promised, calendar, now)
        if paid + no_helper >= due:
            continue
        at, back, by = (in_local(each, calendar.zone) for each in (paid, paid + no_helper, due))
        yield (
            f"A ticket that is paid for on {at} has its first answer due by {by}, but everything "
            f"is paid back on {back} already if nobody has acted: `no_helper` is "
            f"{span(no_helper)} of calendar time. Write `no_helper: {(due - paid).days + 1}d` or "
            "more under `promises`, or promise a faster answer."
        )
        return


def _next_to_nothing(policy: SupportPolicy, operator: Operator) -> Iterator[str]:
    """Say with which class of helpers less than a hundredth of a price is left for them."""
    for klass in dict.fromkeys(each.klass for each in policy.helpers):
        divided = [(plan, _division(policy, operator, plan, klass)) for plan in policy.plans]
        told = tuple(
            f"{show(division.helper)} for {quoted(plan.title)}"
            for plan, division in divided
            if division.helper.amount * 100 < division.gross.amount
        )
        if told:
            yield (
                f"A helper of class {klass} gets {join(told)}: the processing fee and the other "
                "shares take the rest. If that is not meant, lower `split` or raise the price."
            )


def _division(
    policy: SupportPolicy, operator: Operator, plan: Plan, klass: HelperClass
) -> Division:
    return divide(
        Money(plan.price_minor, policy.currency),
        fee=operator.fees[policy.currency],
        platform_bp=operator.platform_bp,
        repository_bp=policy.split.repository_bp_of(klass),
    )


def _divisions(policy: SupportPolicy, operator: Operator) -> Iterator[str]:
    """Divide the price of every plan, for each class that has a helper."""
    if not policy.plans:
        return
    lines = [
        "### Who gets what",
        "",
        "| Plan | Price | With a helper of class | Helper | Repository | Platform | Processing |",
        "|---|---|---|---|---|---|---|",
    ]
    for plan in policy.plans:
        for klass in dict.fromkeys(each.klass for each in policy.helpers):
            bp = policy.split.repository_bp_of(klass)
            division = _division(policy, operator, plan, klass)
            lines.append(
                f"| {quoted(plan.title)} | {show(division.gross)} | {klass} "
                f"| **{show(division.helper)}** | {show(division.repository)} ({percent(bp)}) "
                f"| {show(division.platform)} ({percent(operator.platform_bp)}) "
                f"| {show(division.fee)} |"
            )
    yield "\n".join(lines)
    yield "The shares are parts of what the processing fee leaves. The helper gets the exact rest."


def _samples(policy: SupportPolicy, now: datetime) -> Iterator[str]:
    """Let three tickets come, and say whom each would be given to, why, and until when."""
    yield (
        f"### Three sample tickets\n\nAs if they were paid for one after another, at "
        f"{moment(now)} and ten minutes apart, and nobody had been asked before."
    )
    candidates = [_candidate(number, each) for number, each in enumerate(policy.helpers)]
    lines: list[str] = []
    for number in range(SAMPLE_TICKETS):
        at = now + number * SAMPLES_APART
        plan = policy.plans[number % len(policy.plans)] if policy.plans else None
        topics = _topics(policy, number)
        choice = choose(candidates, rule=policy.assignment, topics=topics)
        what = quoted(plan.title) if plan else "A question"
        about = f" about {quoted(topics[0])}" if topics else ""
        if not isinstance(choice, Choice):
            lines.append(f"{number + 1}. **{what}**{about}: {quoted(choice.reason)}")
            continue
        helper = policy.helpers[choice.helper.user]
        lines.append(
            f"{number + 1}. **{what}**{about} goes to `{helper.login}`. {quoted(choice.reason)}"
            f"{_deadlines(policy, helper, plan, at)}"
        )
        candidates[choice.helper.user] = replace(
            choice.helper, open_tickets=choice.helper.open_tickets + 1, last_asked_at=at
        )
    yield "\n".join(lines)


def _candidate(number: int, helper: PolicyHelper) -> Candidate:
    return Candidate(
        user=UserId(number),
        login=helper.login,
        klass=helper.klass,
        open_tickets=0,
        tickets_max=helper.tickets_max,
        topics=helper.topics,
    )


def _topics(policy: SupportPolicy, number: int) -> tuple[str, ...]:
    """Take topics that helpers named, in turn, where they decide who is asked."""
    if policy.assignment is not Rule.TOPICS:
        return ()
    named = list(dict.fromkeys(topic for each in policy.helpers for topic in each.topics))
    return (named[number % len(named)],) if named else ()


def _deadlines(policy: SupportPolicy, helper: PolicyHelper, plan: Plan | None, at: datetime) -> str:
    """Say until when, on the helper's own wall clock."""
    calendar = policy.calendar_of(helper)

    def by(moment: datetime) -> str:
        return in_local(moment, calendar.zone)

    told, back = [], at + policy.promises.no_helper
    first = ""
    if plan is not None and plan.respond_within is not None:
        due = add_open(at, plan.respond_within, calendar)
        if back < due:
            first = (
                f" If nobody acts, everything is paid back on {by(back)}, before the first answer "
                f"is due on {by(due)}."
            )
        else:
            told.append(f"first answer by {by(due)}")
    if plan is not None and plan.resolve_within is not None:
        solved = add_open(at, plan.resolve_within, calendar)
        told.append(f"if taken at once, solved by {by(solved)}")
    promised = f" Promised: {'; '.join(told)}." if told else ""
    return f"{first}{promised}" or " No time is promised."


def _promises(policy: SupportPolicy) -> str:
    promises, window = policy.promises, policy.rungs.community
    volunteers = (
        "Volunteers are not waited for."
        if window is None
        else f"Volunteers are waited for {span(window)}, where a customer chooses that."
    )
    paid_back = f"If no helper acts within {span(promises.no_helper)} after the payment"
    accepted = f"A proposal that nobody answers is accepted after {span(promises.accept_within)}"
    lines = (
        f"An unpaid offer ends after {span(promises.offer)}.",
        f"{paid_back}, everything is paid back.",
        f"{accepted}, and divided {span(promises.grace)} later.",
        volunteers,
    )
    return "\n".join(["### Waits", "", *(f"- {line}" for line in lines)])
