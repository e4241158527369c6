"""Who may do what, cell by cell."""

from __future__ import annotations

from collections import defaultdict
from itertools import product

import pytest

from app.domain.commands import HELP, Verb
from app.domain.people import (
    PERMISSIONS,
    Allowed,
    Denied,
    Obstacle,
    Permission,
    Role,
    may,
    permission_table,
)
from app.domain.tickets.stages import Stage

# One line a verb and role; a column a stage, in the order of Stage: + may, . may not (now).
#            offered queued working waiting proposed accepted settled answered cancelled expired
#            refunded review
EXPECTED = """
    open     customer   + + + + + + + + + + + +
    open     helper     + + + + + + + + + + + +
    open     candidate  + + + + + + + + + + + +
    open     maintainer + + + + + + + + + + + +
    open     anyone     + + + + + + + + + + + +
    status   customer   + + + + + + + + + + + +
    status   helper     + + + + + + + + + + + +
    status   candidate  + + + + + + + + + + + +
    status   maintainer + + + + + + + + + + + +
    status   anyone     + + + + + + + + + + + +
    help     customer   + + + + + + + + + + + +
    help     helper     + + + + + + + + + + + +
    help     candidate  + + + + + + + + + + + +
    help     maintainer + + + + + + + + + + + +
    help     anyone     + + + + + + + + + + + +
    community customer   + . . . . . . . . . . .
    community helper     . . . . . . . . . . . .
    community candidate  . . . . . . . . . . . .
    community maintainer . . . . . . . . . . . .
    community anyone     . . . . . . . . . . . .
    human    customer   + + + + + + . . . . . +
    human    helper     + + + + + + . . . . . +
    human    candidate  + + + + + + . . . . . +
    human    maintainer + + + + + + . . . . . +
    human    anyone     . . . . . . . . . . . .
    cancel   customer   + + + + . . . . . . . .
    cancel   helper     . . . . . . . . . . . .
    cancel   candidate  . . . . . . . . . . . .
    cancel   maintainer . . . . . . . . . . . .
    cancel   anyone     . . . . . . . . . . . .
    accept   customer   + . . . + . . . . . . .
    accept   helper     . . . . . . . . . . . .
    accept   candidate  . . . . . . . . . . . .
    accept   maintainer . . . . . . . . . . . +
    accept   anyone     . . . . . . . . . . . .
    decline  customer   . . . . + . . . . . . .
    decline  helper     . . . . . . . . . . . .
    decline  candidate  . . . . . . . . . . . .
    decline  maintainer . . . . . . . . . . . .
    decline  anyone     . . . . . . . . . . . .
    claim    customer   . . . . . . . . . . . .
    claim    helper     . + . . . . . . . . . .
    claim    candidate  . + . . . . . . . . . .
    claim    maintainer . . . . . . . . . . . .
    claim    anyone     . . . . . . . . . . . .
    release  customer   . . . . . . . . . . . .
    release  helper     . + + + . . . . . . . .
    release  candidate  . . . . . . . . . . . .
    release  maintainer . . . . . . . . . . . .
    release  anyone     . . . . . . . . . . . .
    propose  customer   . . . . . . . . . . . .
    propose  helper     . + + + . . . . . . . .
    propose  candidate  . . . . . . . . . . . .
    propose  maintainer . . . . . . . . . . . .
    propose  anyone     . . . . . . . . . . . .
    refund   customer   . . . . . . . . . . . .
    refund   helper     . . . . . . . . . . . .
    refund   candidate  . . . . . . . . . . . .
    refund   maintainer . + + + + + . . . . . +
    refund   anyone     . . . . . . . . . . . .
    transfer customer   . . . . . . . . . . . .
    transfer helper     . + + + . . . . . . . .
    transfer candidate  . . . . . . . . . . . .
    transfer maintainer . + + + . . . . . . . .
    transfer anyone     . . . . . . . . . . . .
    escalate customer   . . + + + . . . . . . .
    escalate helper     . . + + + . . . . . . .
    escalate candidate  . . . . . . . . . . . .
    escalate maintainer . . . . . . . . . . . .
    escalate anyone     . . . . . . . . . . . .
    reopen   customer   . . . . . + . . . . . .
    reopen   helper     . . . . . . . . . . . .
    reopen   candidate  . . . . . . . . . . . .
    reopen   maintainer . . . . . . . . . . . .
    reopen   anyone     . . . . . . . . . . . .
    rate     customer   . . . . . + + + . . + .
    rate     helper     . . . . . . . . . . . .
    rate     candidate  . . . . . . . . . . . .
    rate     maintainer . . . . . . . . . . . .
    rate     anyone     . . . . . . . . . . . .
    off      customer   . . . . . . . . . . . .
    off      helper     + + + + + + + + + + + +
    off      candidate  + + + + + + + + + + + +
    off      maintainer . . . . . . . . . . . .
    off      anyone     . . . . . . . . . . . .
"""


def cells() -> dict[tuple[str, str, Stage], bool]:
    found = {}
    for line in EXPECTED.split("\n"):
        if line.strip():
            verb, role, *signs = line.split()
            for stage, sign in zip(Stage, signs, strict=True):
                found[verb, role, stage] = sign == "+"
    return found


def test_every_cell_of_the_table_is_as_expected() -> None:
    expected = cells()
    assert len(expected) == len(PERMISSIONS) * len(Role) * len(Stage)
    for verb, role, stage in product(PERMISSIONS, Role, Stage):
        is_allowed = isinstance(may(role, verb, stage), Allowed)
        assert is_allowed == expected[verb, role, stage], (verb, role, stage)


def test_a_denial_says_whether_it_is_the_person_or_the_moment() -> None:
    for verb, role, stage in product(PERMISSIONS, Role, Stage):
        answer = may(role, verb, stage)
        if isinstance(answer, Denied):
            is_ever = any(cells()[verb, role, other] for other in Stage)
            assert answer.obstacle is (Obstacle.STAGE if is_ever else Obstacle.ROLE)
            assert answer.sentence.endswith(".")


@pytest.mark.parametrize(
    ("role", "verb", "stage", "sentence"),
    [
        (Role.ANYONE, Verb.CANCEL, Stage.OFFERED, "Only the customer of this ticket can do that."),
        (
            Role.CUSTOMER,
            Verb.CANCEL,
            Stage.PROPOSED,
            "It cannot be cancelled now; is it not solved? `/support decline` and why.",
        ),
        (
            Role.CUSTOMER,
            Verb.ACCEPT,
            Stage.REFUNDED,
            "This ticket is over; `/support` opens a new one.",
        ),
        (
            Role.MAINTAINER,
            Verb.REFUND,
            Stage.SETTLED,
            (
                "The price is divided already. Money that should still go back is the operator's "
                "to give: please write to them."
            ),
        ),
        (
            Role.MAINTAINER,
            Verb.REFUND,
            Stage.REFUNDED,
            "There is nothing to give back at the moment.",
        ),
        (
            Role.HELPER,
            Verb.ACCEPT,
            Stage.PROPOSED,
            "Only the customer or a maintainer of this ticket can do that.",
        ),
    ],
)
def test_the_sentences_are_for_people(role: Role, verb: Verb, stage: Stage, sentence: str) -> None:
    answer = may(role, verb, stage)
    assert isinstance(answer, Denied)
    assert answer.sentence == sentence


def test_what_is_not_built_is_for_nobody() -> None:
    for verb in set(Verb) - set(PERMISSIONS):
        for role, stage in product(Role, Stage):
            answer = may(role, verb, stage)
            assert isinstance(answer, Denied)
            assert answer.obstacle is Obstacle.NOT_BUILT


def test_the_help_names_for_each_command_those_who_may_give_it() -> None:
    helpers = {Role.HELPER, Role.CANDIDATE}
    named_for: dict[Verb, set[Role]] = defaultdict(set)
    for row in HELP:
        word = row.usage.split()[1] if " " in row.usage else "open"
        verb = Verb.OPEN if word in ("<plan>", "ai") else Verb(word)
        named_for[verb] |= {Role(who) for who in row.who.split(", ")}
    for verb, named in named_for.items():
        roles = set(PERMISSIONS[verb])
        assert named - helpers == roles - helpers
        assert bool(named & helpers) == bool(roles & helpers)


def test_the_table_is_rendered_for_the_documentation() -> None:
    lines = permission_table().splitlines()
    assert lines[:3] == [
        "| Command | Who | In which stage |",
        "| --- | --- | --- |",
        "| `/support` | anyone | any |",
    ]
    assert "| `/support release` | helper | queued, working, waiting_on_customer |" in lines
    assert "| `/support off` | helper, candidate | any |" in lines
    assert len(lines) == 2 + sum(len(set(roles.values())) for roles in PERMISSIONS.values())


def test_only_admins_and_those_who_maintain_decide_about_money() -> None:
    allowed = {permission for permission in Permission if permission.is_maintainer_of_money}
    assert allowed == {Permission.ADMIN, Permission.MAINTAIN}
