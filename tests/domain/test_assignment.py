"""Who is asked next: rules, reasons, and that the turn goes round."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.assignment import (
    ASKS_UNANSWERED_MAX,
    Anyone,
    Candidate,
    Choice,
    NoOne,
    Rule,
    choose,
)
from app.domain.ids import UserId

NOW: Final = datetime(2026, 11, 24, 11, tzinfo=UTC)
DAY: Final = timedelta(days=1)
bounded = settings(max_examples=100, deadline=None)


def helper(login: str, **facts: object) -> Candidate:
    known = Candidate(user=UserId(len(login)), login=login, klass="core", open_tickets=0)
    return replace(known, **facts)  # type: ignore[arg-type]  # the facts that a test is about


def asked(days_ago: int) -> datetime:
    return NOW - days_ago * DAY


def test_whoever_was_asked_longest_ago_is_asked_next() -> None:
    ada, bob = helper("ada", last_asked_at=asked(1)), helper("bob", last_asked_at=asked(2))
    assert choose([ada, bob], rule=Rule.ROTATE) == Choice(
        bob, "It is their turn: they were asked longest ago."
    )


def test_whoever_was_never_asked_comes_first() -> None:
    ada, bob = helper("ada", last_asked_at=asked(300)), helper("bob")
    assert choose([ada, bob], rule=Rule.ROTATE) == Choice(
        bob, "It is their turn: they have not been asked before."
    )


def test_ties_go_by_the_order_of_the_file() -> None:
    ada, bob = helper("ada"), helper("bob")
    for rule in (Rule.ROTATE, Rule.LEAST_BUSY, Rule.TOPICS):
        for order in ([ada, bob], [bob, ada]):
            choice = choose(order, rule=rule)
            assert isinstance(choice, Choice)
            assert choice.helper is order[0]
            assert choice.reason.startswith("It is their turn")


def test_the_least_busy_is_asked_and_ties_go_round() -> None:
    ada = helper("ada", open_tickets=2, last_asked_at=asked(9))
    bob = helper("bob", open_tickets=1, last_asked_at=asked(1))
    cleo = helper("cleo", open_tickets=1, last_asked_at=asked(2))
    assert choose([ada, bob, cleo], rule=Rule.LEAST_BUSY) == Choice(
        cleo, "They have the fewest open tickets: 1."
    )


@pytest.mark.parametrize(
    ("topics", "login", "reason"),
    [
        (["Docker"], "ada", "They know about docker."),
        (["docker", "NETWORKING"], "bob", "They know about Networking and docker."),
        (["docker", "networking", "dns"], "bob", "They know about Networking, docker and dns."),
        (["cooking"], "ada", "It is their turn: they were asked longest ago."),
    ],
)
def test_whoever_knows_most_of_it_is_asked(topics: list[str], login: str, reason: str) -> None:
    candidates = [
        helper("bob", topics=("Networking", "docker", "dns"), last_asked_at=asked(1)),
        helper("ada", topics=("docker",), last_asked_at=asked(2)),
    ]
    choice = choose(candidates, rule=Rule.TOPICS, topics=topics)
    assert isinstance(choice, Choice)
    assert (choice.helper.login, choice.reason) == (login, reason)


def test_to_claim_nobody_is_asked() -> None:
    assert choose([helper("ada")], rule=Rule.CLAIM) == Anyone(
        "Here nobody is asked: the first helper who claims the ticket has it."
    )


@pytest.mark.parametrize(
    "facts",
    [
        {"is_excluded": True},
        {"open_tickets": 3, "tickets_max": 3},
        {"times_asked_without_acting": ASKS_UNANSWERED_MAX},
        {"is_off": True},
    ],
)
@pytest.mark.parametrize("rule", [Rule.ROTATE, Rule.LEAST_BUSY, Rule.TOPICS])
def test_whoever_cannot_help_is_passed_over(facts: dict[str, object], rule: Rule) -> None:
    ada, bob = helper("ada", topics=("dns",), **facts), helper("bob", open_tickets=9)
    off = " ada takes no new tickets at the moment." if ada.is_off else ""
    assert choose([ada, bob], rule=rule, topics=["dns"]) == Choice(
        bob, f"They are the only helper who can be asked now.{off}"
    )
    assert isinstance(choose([ada], rule=rule), NoOne)
    assert isinstance(choose([ada], rule=Rule.CLAIM), NoOne)


def test_there_is_room_for_the_last_ticket_and_for_the_last_request() -> None:
    ada = helper(
        "ada",
        open_tickets=2,
        tickets_max=3,
        times_asked_without_acting=ASKS_UNANSWERED_MAX - 1,
    )
    assert isinstance(choose([ada], rule=Rule.ROTATE), Choice)


def test_why_nobody_can_be_asked_is_told() -> None:
    assert choose([], rule=Rule.ROTATE) == NoOne("There is no helper who could be asked.")
    excluded = helper("ada", is_excluded=True, times_asked_without_acting=5)
    silent = helper("bob", times_asked_without_acting=3, open_tickets=1, tickets_max=1)
    full = helper("cleo", open_tickets=1, tickets_max=1)
    assert choose([excluded, silent, full, full], rule=Rule.ROTATE) == NoOne(
        "No helper can be asked now: 1 was asked already, 1 has not answered when asked before and "
        "2 have no room for another ticket."
    )
    assert choose([full], rule=Rule.ROTATE) == NoOne(
        "No helper can be asked now: 1 has no room for another ticket."
    )
    off = replace(full, is_off=True)
    assert choose([off, replace(excluded, is_off=True)], rule=Rule.ROTATE) == NoOne(
        "No helper can be asked now: 1 was asked already and 1 takes a break."
    )
    assert choose([excluded, excluded], rule=Rule.ROTATE) == NoOne(
        "Every helper was asked already."
    )


def test_who_takes_a_break_is_named_beside_the_reason_for_somebody_else() -> None:
    away = [helper("ada", is_off=True), helper("eve", is_off=True, is_excluded=True)]
    bob, cleo = helper("bob", last_asked_at=asked(1)), helper("cleo", last_asked_at=asked(2))
    assert choose([*away, bob, cleo], rule=Rule.ROTATE) == Choice(
        cleo,
        "It is their turn: they were asked longest ago. ada takes no new tickets at the moment.",
    )
    away.append(helper("dora", is_off=True))
    choice = choose([*away, bob, cleo], rule=Rule.ROTATE)
    assert choice.reason.endswith(" ada and dora take no new tickets at the moment.")


@bounded
@given(st.integers(1, 8), st.integers(1, 40))
def test_the_turn_goes_round(helpers: int, tickets: int) -> None:
    candidates = [helper("x" * (n + 1)) for n in range(helpers)]
    counted: Counter[str] = Counter()
    order = []
    for ticket in range(tickets):
        choice = choose(candidates, rule=Rule.ROTATE)
        assert isinstance(choice, Choice)
        counted[choice.helper.login] += 1
        order.append(choice.helper.login)
        candidates[candidates.index(choice.helper)] = replace(
            choice.helper, last_asked_at=NOW + ticket * DAY
        )
    counts = [counted[each.login] for each in candidates]
    assert max(counts) - min(counts) <= 1
    assert order == [candidates[n % helpers].login for n in range(tickets)]


candidates_of_all_kinds = st.lists(
    st.builds(
        Candidate,
        user=st.integers(1, 9).map(UserId),
        login=st.sampled_from(["ada", "bob", "cleo"]),
        klass=st.just("core"),
        open_tickets=st.integers(0, 4),
        tickets_max=st.none() | st.integers(1, 4),
        last_asked_at=st.none() | st.integers(0, 5).map(asked),
        times_asked_without_acting=st.integers(0, 4),
        topics=st.lists(st.sampled_from(["dns", "docker"]), unique=True).map(tuple),
        is_excluded=st.booleans(),
        is_off=st.booleans(),
    ),
    max_size=6,
)


@bounded
@given(candidates_of_all_kinds, st.sampled_from(Rule), st.sets(st.sampled_from(["dns", "x"])))
def test_only_a_helper_who_can_help_is_ever_asked(
    candidates: list[Candidate], rule: Rule, topics: set[str]
) -> None:
    free = [
        each
        for each in candidates
        if not (each.is_excluded or each.is_off)
        and (each.tickets_max is None or each.open_tickets < each.tickets_max)
        and each.times_asked_without_acting < ASKS_UNANSWERED_MAX
    ]
    choice = choose(candidates, rule=rule, topics=topics)
    assert choice.reason.endswith(".")
    match choice:
        case Choice(helper=chosen):
            assert chosen in free
            assert rule is not Rule.CLAIM
        case Anyone():
            assert free
            assert rule is Rule.CLAIM
        case NoOne():
            assert not free
