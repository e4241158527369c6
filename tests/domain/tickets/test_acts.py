"""The buttons of a ticket's page: made of the help and the table, and read by the grammar."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.commands import Mistake, NotBuilt, Refund, Verb
from app.domain.people import PERMISSIONS, Role
from app.domain.tickets.acts import Act, Field, acts, has_use, read
from app.domain.tickets.stages import Stage
from app.domain.tickets.ticket import DraftState, Ticket
from tests.domain.tickets.builders import CAROL, Story
from tests.domain.tickets.outside import disputes

VALUES = {
    "login": "grace",
    "stars": "4",
    "amount": "$10",
}
REFUND = Act(
    verb=Verb.REFUND,
    fields=(Field(name="amount", is_needed=False), Field(name="why", is_needed=True)),
)
ELSEWHERE = {Verb.OPEN, Verb.STATUS, Verb.HELP, Verb.OFF}


def test_what_every_button_sends_is_understood() -> None:
    ticket = Story().paid().ticket
    for stage in Stage:
        for act in acts(replace(ticket, stage=stage), tuple(Role)):
            for is_full in (True, False):
                given = {
                    field.name: VALUES.get(field.name.lstrip("@").split()[0], "because")
                    for field in act.fields
                    if is_full or field.is_needed
                }
                command = read(act, given, "usd")
                assert not isinstance(command, (Mistake, NotBuilt)), (act, command)
                assert command.verb is act.verb


def test_every_verb_of_a_ticket_has_its_button() -> None:
    ticket = Story().paid().ticket
    shown = {act.verb for stage in Stage for act in acts(replace(ticket, stage=stage), tuple(Role))}
    assert shown == set(PERMISSIONS) - ELSEWHERE


def test_a_button_that_would_change_nothing_is_not_shown() -> None:
    def shown(ticket: Ticket) -> set[Verb]:
        roles = (Role.CUSTOMER,)
        return {act.verb for act in acts(ticket, roles) if has_use(ticket, act)}

    offered = Story().changed(draft=DraftState.SHOWN)
    assert {Verb.HUMAN, Verb.COMMUNITY} <= shown(offered.ticket)
    offered.asking_volunteers().says(CAROL, "/support human")
    assert not {Verb.HUMAN, Verb.COMMUNITY} & shown(offered.ticket)
    working = Story().working()
    assert Verb.HUMAN in shown(working.changed(draft=DraftState.KEPT).ticket)
    assert Verb.HUMAN not in shown(working.changed(draft=DraftState.SHOWN).ticket)


@pytest.mark.parametrize(
    ("amount", "why", "part"),
    [
        ("", "20 minutes of work at most", None),
        ("", "2 of 3 answers were wrong", None),
        ("20", "slow", 2000),
        ("$ 20", "slow", 2000),
    ],
)
def test_an_amount_is_read_from_its_own_field_alone(
    amount: str, why: str, part: int | None
) -> None:
    command = read(REFUND, {"amount": amount, "why": why}, "usd")
    assert isinstance(command, Refund)
    assert command.reason == why
    assert (command.amount.amount if command.amount else None) == part


@pytest.mark.parametrize("amount", ["50%", "20 %", "20.-", "twenty", "1,000", "0", "-5"])
def test_an_amount_that_cannot_be_read_gives_nothing_back(amount: str) -> None:
    assert isinstance(read(REFUND, {"amount": amount, "why": "slow"}, "usd"), Mistake)


def test_a_button_about_frozen_money_is_not_shown() -> None:
    def shown(story: Story) -> set[Verb]:
        roles, ticket = (Role.CUSTOMER, Role.HELPER, Role.MAINTAINER), story.ticket
        return {act.verb for act in acts(ticket, roles) if has_use(ticket, act)}

    story = Story().working()
    before = shown(story)
    assert before - shown(disputes(story)) == {Verb.CANCEL, Verb.REFUND}
    story = Story().working()
    story.says(CAROL, "/support cancel")
    assert Verb.RELEASE in shown(story)
    assert Verb.RELEASE not in shown(disputes(story))
    assert Verb.PROPOSE in shown(story)
