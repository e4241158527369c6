"""Who may do what to a ticket, said in other words than the product says it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields

from app.domain.commands import Command, Human, Mistake, NotBuilt, Verb
from app.domain.effects import Assign, CheckPermission, Effect, React, ShowCard, Unassign
from app.domain.people import Allowed, Permission, Role, may
from app.domain.tickets.stages import Stage
from app.domain.tickets.ticket import Ticket
from tests.domain.tickets.builders import CAROL, Story

_LINE = {"line", "card"}
_STEP = {"stage", "since", "clocks", "ticks", "resolve_by", "resolve_left"}
_TAKING = {"helper", "asked", "assigns", "calendar", "breaches", "nobody_asked"}
_NO_ACT = {Verb.STATUS, Verb.HELP}
"""What everybody may say, because it only shows something."""


def roles(
    story: Story, login: str, permission: Permission | None, said: Command | Mistake | None = None
) -> set[Role]:
    """Say who somebody is to the ticket of a story."""
    ticket, found = story.ticket, set[Role]()
    is_at_work = ticket.helper is not None and ticket.helper.person.login == login
    if login == CAROL:
        found.add(Role.CUSTOMER)
    elif login in story.nominees:
        found.add(Role.HELPER if is_at_work or story.asked == login else Role.CANDIDATE)
    is_enough = {Permission.ADMIN, Permission.MAINTAIN}
    if isinstance(said, Human):
        is_enough.add(Permission.WRITE)
    is_maintainer = permission in is_enough
    if is_maintainer and login != CAROL and not is_at_work:
        found.add(Role.MAINTAINER)
    return found or {Role.ANYONE}


def only_the_table_gives_rights(
    before: Ticket,
    after: Ticket,
    ordered: Sequence[Effect],
    roles: set[Role],
    said: Command | Mistake | None,
    *,
    is_question: bool,
) -> None:
    """Whose command no role of theirs may give now changes no more than words alone do."""
    if said is not None and _is_theirs(said, roles, before):
        return
    free = _LINE | _by_words(before, roles, is_talk=said is None, is_question=is_question)
    changed = {
        each.name
        for each in fields(Ticket)
        if getattr(after, each.name) != getattr(before, each.name)
    }
    assert changed <= free, (said, roles, changed - free)
    told: tuple[type[Effect], ...] = (React, ShowCard, CheckPermission)
    assert all(isinstance(each, (*told, Assign, Unassign)) for each in ordered)
    if not free & _TAKING:
        assert all(isinstance(each, told) for each in ordered), (said, roles, ordered)


def _is_theirs(said: Command | Mistake, roles: set[Role], before: Ticket) -> bool:
    """Say whether one of their roles may give this command now, and is one for which it acts."""
    if isinstance(said, (Mistake, NotBuilt)) or said.verb in _NO_ACT:
        return False
    who = roles & {Role.CUSTOMER} if said.verb is Verb.OPEN else roles
    return any(isinstance(may(role, said.verb, before.stage), Allowed) for role in who)


def _by_words(before: Ticket, roles: set[Role], *, is_talk: bool, is_question: bool) -> set[str]:
    """Say what of a ticket may change because of what somebody says, whatever they may do."""
    free = set[str]()
    if Role.CUSTOMER in roles and before.stage is Stage.WAITING_ON_CUSTOMER:
        free |= _STEP
    if Role.CUSTOMER in roles and before.stage is Stage.PROPOSED and is_talk:
        free |= {"has_talked", "clocks", "ticks"} if not before.has_talked else set()
        free |= {"is_unanswered", *_STEP} if before.is_unanswered else set()
    if Role.HELPER in roles and before.is_cancel_asked and is_talk:
        free |= {"silence_counts"}
    if Role.HELPER in roles and before.stage is Stage.WORKING and is_question:
        free |= _STEP
    if Role.HELPER in roles and before.asking is not None and is_talk:
        free |= _STEP | _TAKING
    return free
