"""The AI draft that is for the helper's eyes alone, until they adopt it; no I/O."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from app.domain.effects import ShowDraft
from app.domain.events import AnswerGiven, DraftAdopted
from app.domain.people import Role
from app.domain.tickets import obeying
from app.domain.tickets.decision import Around, Decision, nothing
from app.domain.tickets.stages import Stage
from app.domain.tickets.ticket import DraftState, Ticket
from app.domain.wording import lines

ADOPTED_IN = frozenset({Stage.QUEUED, Stage.WORKING, Stage.WAITING_ON_CUSTOMER})
"""Stages in which a helper still owes an answer."""


def can_read(ticket: Ticket, roles: Sequence[Role]) -> bool:
    """Say whether whoever has these roles sees the draft that is kept for the helper."""
    return ticket.draft is DraftState.KEPT and Role.HELPER in roles and ticket.stage in ADOPTED_IN


def can_adopt(ticket: Ticket, roles: Sequence[Role]) -> bool:
    """Say whether they may let it stand in the thread: there must be one in which we can write."""
    return can_read(ticket, roles) and not ticket.is_away


def can_judge(ticket: Ticket, roles: Sequence[Role]) -> bool:
    """Say whether they may say of the draft in the thread whether it helped: its customer may."""
    return ticket.draft is DraftState.SHOWN and Role.CUSTOMER in roles


def adopt(ticket: Ticket, event: DraftAdopted, around: Around, now: datetime) -> Decision:
    """Let the draft stand in the thread as the answer of the helper who has checked it.

    It is their answer in everything else, too: whoever is asked takes the ticket by it.
    """
    is_in_file = around.nominee(event.user) is not None
    if not can_adopt(ticket, obeying.roles_for(ticket, event.user, None, is_in_file=is_in_file)):
        return nothing(ticket, "there is no draft that this person may adopt")
    given = AnswerGiven(ticket=ticket.id, ref="", by=event.by, user=event.user)
    answered = obeying.answer(ticket, given, around, now)
    n = ticket.adoptions + 1
    adopted = replace(answered.ticket, draft=DraftState.ADOPTED, adoptions=n, line="")
    order = ShowDraft(
        ticket=ticket.id, thread=ticket.thread, since=ticket.opened_at, body="", adopted=n
    )
    return replace(answered, ticket=adopted, reason="the helper adopts the draft").then(order)


def not_posted(ticket: Ticket) -> Decision:
    """Give the draft back to the helper where it could not be posted."""
    if ticket.draft is not DraftState.ADOPTED:
        return nothing(ticket, "nobody adopted it")
    # Where people alone answer by now, it is nobody's to adopt again.
    kept = ticket if ticket.is_human else replace(ticket, draft=DraftState.KEPT)
    if ticket.helper is not None:
        kept = replace(kept, line=lines.to(ticket.helper.person, lines.NOT_POSTED))
    return Decision(ticket=kept, reason="the adopted draft could not be posted")
