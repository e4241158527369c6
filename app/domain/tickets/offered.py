"""An offer that nobody has paid yet; no I/O."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from app.domain.tickets import checkout, refunds, sums
from app.domain.tickets.decision import Decision, nothing
from app.domain.tickets.stages import MoneyState, Stage
from app.domain.tickets.ticket import DraftState, End, Ticket
from app.domain.wording import lines


def choose(ticket: Ticket, choice: str | None) -> Decision:
    """Put the plan that the customer names first; paying for it is another matter.

    Whoever asks for help where only a label has offered it keeps the offer without the label.
    """
    if ticket.stage is Stage.OFFERED:
        ticket = replace(ticket, is_asked_for=True)
    is_open = ticket.stage is Stage.OFFERED and ticket.money is not MoneyState.PENDING
    if choice is None or not is_open or ticket.terms.plan(choice) is None:
        return nothing(ticket, "the card shows what there is")
    return Decision(ticket=replace(ticket, chosen=choice), reason="another plan stands first")


def no_plan(ticket: Ticket, choice: str | None) -> str:
    """Say that the plan which somebody names is not on offer; empty: it is, or none is named."""
    is_missing = bool(choice) and ticket.terms.plan(choice or "") is None
    return lines.not_sold(choice or "") if is_missing else ""


def finish(ticket: Ticket, end: End, stage: Stage, now: datetime) -> Decision:
    """End an offer; a session that is open is closed, and a late payment will go back."""
    if ticket.stage is not Stage.OFFERED:
        return nothing(ticket, "the offer is over")
    ticket, effects = checkout.drop(ticket)
    ticket = replace(ticket.enter(stage, now), end=end)
    ticket = replace(ticket, money=sums.money_when_over(ticket))
    return Decision(ticket=ticket, effects=effects, reason=f"the offer ends: {end}")


def no_draft(ticket: Ticket) -> str:
    """Say why there is no AI draft for whoever asks for one; empty: it is there, or comes."""
    if ticket.is_drafted:
        return ""
    if ticket.is_human:
        return lines.NO_MORE_AI
    if ticket.terms.is_draft_for_helpers:
        return lines.AI_FOR_HELPERS
    return lines.HANDED_OFF if ticket.draft is DraftState.HANDED_OFF else lines.NO_AI


def without_ai(ticket: Ticket) -> Decision:
    """Let people alone answer: a draft that is not in the thread yet is dropped."""
    if ticket.is_human:
        return nothing(ticket, "people alone answer already")
    draft = DraftState.NONE if ticket.is_unseen else ticket.draft
    return Decision(ticket=replace(ticket, is_human=True, draft=draft), reason="the AI is stopped")


def withdraw(ticket: Ticket, now: datetime) -> Decision:
    """End an offer because its label was taken off; one that is being paid stays."""
    if ticket.money is MoneyState.PENDING:
        return nothing(ticket, "a payment is on its way")
    if ticket.is_asked_for:
        return nothing(ticket, "the customer has asked for it, too")
    return finish(ticket, End.WITHDRAWN, Stage.CANCELLED, now)


def overtake(ticket: Ticket, now: datetime) -> Decision:
    """End an offer because somebody else in the thread paid first.

    Two may have paid in the same moment: the later payment goes back, unless a helper was faster.
    """
    if ticket.stage is Stage.QUEUED:
        return refunds.give_back(ticket, End.OVERTAKEN, Stage.CANCELLED, now)
    return finish(ticket, End.OVERTAKEN, Stage.CANCELLED, now)
