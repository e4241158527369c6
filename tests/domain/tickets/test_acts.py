"""The buttons of a ticket's page: made of the help and the table, and read by the grammar."""

from __future__ import annotations

from dataclasses import replace

from app.domain.commands import Mistake, NotBuilt, Verb, read
from app.domain.people import PERMISSIONS, Role
from app.domain.tickets.acts import acts, as_words, has_use
from app.domain.tickets.stages import Stage
from app.domain.tickets.ticket import DraftState, Ticket
from tests.domain.tickets.builders import CAROL, Story

VALUES = {
    "login": "grace",
    "stars": "4",
    "amount": "$10",
}
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
                command = read(as_words(act, given), plan_ids=(), currency="usd")
                assert command is not None
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
