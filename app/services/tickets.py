"""A ticket's life: opened under the terms of the day, then one decision after another."""

from __future__ import annotations

from dataclasses import replace

from sqlmodel import Session

from app.domain.conversations import Thread
from app.domain.deliveries import Provider
from app.domain.effects import ListDocs
from app.domain.events import HelperAssigned, PersonRenamed
from app.domain.ids import ConversationId, TicketId, UserId
from app.domain.operator import Operator
from app.domain.people import Person
from app.domain.policy import AiRung, SupportPolicy
from app.domain.tickets import opening
from app.domain.tickets.clocks import Clock
from app.domain.tickets.decide import TicketEvent, decide, show
from app.domain.tickets.decision import Decision
from app.domain.tickets.pinning import pin
from app.domain.tickets.ticket import DraftState, Ticket
from app.services import record
from app.services.around import around
from app.services.context import Context, Handled
from app.store import documents, installations, people
from app.store import tickets as ticket_rows
from app.store.engine import lock_repository


def happened(
    session: Session, ticket_id: TicketId, event: TicketEvent, context: Context
) -> Handled:
    """Let a ticket decide what follows from an event, and record it."""
    ticket = ticket_rows.get(session, ticket_id)
    if ticket is None:
        return Handled.DONE  # metadata at a provider can name anything
    lock_repository(session, ticket.thread.repository)
    surroundings = around(session, ticket, context)
    decided = decide(ticket, event, surroundings, context.now)
    record.decision(session, ticket, decided, context)
    return Handled.DONE


def named(session: Session, event: HelperAssigned | PersonRenamed, context: Context) -> Handled:
    """Learn what somebody is called today, before their ticket hears what came of it."""
    if event.login:
        people.rename(session, Provider.GITHUB, str(event.user), event.login)
    return happened(session, event.ticket, event, context)


def can_open(policy: SupportPolicy, operator: Operator, *, is_private: bool) -> bool:
    """Say whether there is anything to offer at all."""
    has_draft = _has_draft(policy, operator, is_private=is_private)
    return is_sold(policy, operator) or has_draft or policy.rungs.community is not None


def is_sold(policy: SupportPolicy, operator: Operator) -> bool:
    """Say whether there is a plan that can be paid for."""
    return bool(policy.plans and operator.has_checkout and policy.rungs.is_expert)


def _has_draft(policy: SupportPolicy, operator: Operator, *, is_private: bool) -> bool:
    """Say whether tickets of this repository get a draft, in the thread or for the helper."""
    may_read = policy.is_ai_private or not is_private
    # Without a plan nobody is ever a ticket's helper, who alone would see it.
    is_read = policy.rungs.ai is AiRung.COMMENT or (
        policy.rungs.ai is AiRung.HELPERS and is_sold(policy, operator)
    )
    return operator.has_model and is_read and may_read


def open_ticket(
    session: Session,
    *,
    conversation: ConversationId,
    thread: Thread,
    customer: Person,
    customer_user: UserId,
    policy: SupportPolicy,
    chosen: str | None,
    context: Context,
) -> Decision:
    """Open a ticket as an offer; the caller has looked that the customer has none here.

    ``chosen`` is what they named at once: a plan, another rung, or nothing in particular; ``None``
    where they said nothing, and only a label makes the offer.
    """
    now, operator = context.now, context.operator
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    drafted = documents.drafts_since(session, thread.repository, midnight)
    here = ticket_rows.in_conversation(session, conversation)
    is_human = any(each.is_human for each in here)
    # It stands there already: whoever asks once more would read the same again.
    own = [each for each in here if each.customer.id == customer.id]
    has_read = any(each.draft in (DraftState.SHOWN, DraftState.ADOPTED) for each in own)
    repository = installations.repository(session, thread.repository)
    is_private = repository is None or repository.is_private
    has_draft = _has_draft(policy, operator, is_private=is_private)
    has_draft = has_draft and drafted < policy.limits.ai_drafts_per_day
    has_draft = has_draft and not is_human and not has_read
    terms = pin(policy, operator, has_draft=has_draft)
    ticket = Ticket(
        id=context.ticket_id(),
        token=context.token(),
        conversation=conversation,
        thread=thread,
        customer=customer,
        customer_user=customer_user,
        opened_at=now,
        since=now,
        terms=terms,
        chosen=chosen if chosen and terms.plan(chosen) is not None else "",
        draft=DraftState.ASKED if has_draft else DraftState.NONE,
        is_human=is_human,
        is_asked_for=chosen is not None,
    ).start(Clock.OFFER, now + terms.offer)
    opened = opening.begin(ticket, chosen or "", now)
    if has_draft:
        opened = opened.then(ListDocs(ticket=ticket.id, thread=thread))
    surroundings = around(session, ticket, context)
    shown = show(None, opened, surroundings)
    # The card comes before anything else that is said.
    ordered = (shown.effects[-1], *shown.effects[:-1])
    shown = replace(shown, effects=ordered)
    record.decision(session, None, shown, context)
    return shown
