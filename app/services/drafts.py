"""The AI draft of a ticket: which documents, which prompt, and what of the answer is shown."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from sqlmodel import Session

from app.domain import drafting
from app.domain.drafting import Shown, Withheld, budgets
from app.domain.effects import DraftReply, FetchDocs, ShowDraft
from app.domain.events import DocsFetched, DocsListed, DraftShown, ReplyDrafted
from app.domain.ids import TicketId
from app.domain.tickets.decide import show
from app.domain.tickets.decision import Around, Decision
from app.domain.tickets.ticket import DraftState, Ticket
from app.services import record
from app.services.around import may_read
from app.services.context import Context, Handled
from app.store import conversations, documents, installations
from app.store import tickets as ticket_rows
from app.store.engine import lock_repository

_PRIVATE = "the repository is private by now"


def docs_listed(session: Session, event: DocsListed, context: Context) -> Handled:
    """Fetch the documents that we do not have yet, or go straight to the prompt."""
    ticket = ticket_rows.get(session, event.ticket)
    if ticket is None or ticket.draft is not DraftState.ASKED:
        return Handled.DONE
    documents.save_listing(
        session,
        event.ticket,
        repository=ticket.thread.repository,
        commit=event.commit,
        files=event.files,
        now=context.now,
    )
    blobs = [each.blob for each in event.files]
    missing = documents.missing(session, ticket.thread.repository, blobs)
    if not missing:
        return _ask(session, ticket, context)
    order = FetchDocs(ticket=ticket.id, thread=ticket.thread, blobs=tuple(missing))
    record.effects(session, [order], context)
    return Handled.DONE


def docs_fetched(session: Session, event: DocsFetched, context: Context) -> Handled:
    """Keep the documents, and ask the model."""
    ticket = ticket_rows.get(session, event.ticket)
    if ticket is None or ticket.draft is not DraftState.ASKED:
        return Handled.DONE
    documents.add(session, ticket.thread.repository, event.texts, now=context.now)
    return _ask(session, ticket, context)


def _ask(session: Session, ticket: Ticket, context: Context) -> Handled:
    """Order the draft, grounded in what fits the question best."""
    if not may_read(session, ticket.thread.repository, context.operator):
        return failed(session, ticket.id, _PRIVATE, context)
    listing = documents.listing(session, ticket.id)
    conversation = conversations.get(session, ticket.conversation)
    repository = installations.repository(session, ticket.thread.repository)
    assert listing is not None, "the documents were listed before"
    blobs = [each.blob for each in listing.files]
    texts = documents.texts(session, ticket.thread.repository, blobs)
    named = [(each.path, texts[each.blob]) for each in listing.files if each.blob in texts]
    name = f"{repository.owner}/{repository.name}" if repository else "this repository"
    prompt = drafting.build_prompt(conversation.question, named, repository=name)
    reserved = budgets.reserved_tokens(prompt.system, prompt.user)
    lock_repository(session, ticket.thread.repository)
    counted = documents.counted_tokens(session, ticket.thread.repository, now=context.now)
    if not budgets.has_room(reserved, counted, day_tokens=context.operator.day_tokens):
        return failed(session, ticket.id, "its tokens would be more than the day has left", context)
    documents.count_tokens(session, ticket.id, reserved, now=context.now)
    order = DraftReply(
        ticket=ticket.id,
        lane=ticket.thread.lane,
        system=prompt.system,
        user=prompt.user,
        customer_hash=hashlib.sha256(ticket.customer.id.encode()).hexdigest(),
    )
    record.effects(session, [order], context)
    return Handled.DONE


def reply_drafted(session: Session, event: ReplyDrafted, context: Context) -> Handled:
    """Show what of the answer may be shown; the rest nobody sees."""
    _settle(session, event)
    ticket = ticket_rows.get(session, event.ticket)
    if ticket is None or ticket.draft is not DraftState.ASKED:
        return Handled.DONE
    if not may_read(session, ticket.thread.repository, context.operator):
        return failed(session, ticket.id, _PRIVATE, context)
    listing = documents.listing(session, ticket.id)
    repository = installations.repository(session, ticket.thread.repository)
    assert listing is not None, "the documents were listed before"
    assert repository is not None, "a ticket's repository is known"
    base = context.operator.repository_url
    url = f"{base}/{repository.owner}/{repository.name}"
    paths = [each.path for each in listing.files]
    filtered = drafting.filter_answer(event.answer, repository_url=url, known_paths=paths)
    documents.save_answer(
        session,
        ticket.id,
        answer=event.answer,
        model=event.model,
        input_tokens=event.input_tokens,
        output_tokens=event.output_tokens,
        reason=filtered.reason if isinstance(filtered, Withheld) else "",
    )
    if not isinstance(filtered, Shown):
        state = DraftState.HANDED_OFF if filtered.is_handoff else DraftState.NONE
        return _enter(session, ticket.id, state, filtered.reason, context)
    body = drafting.render_draft(
        filtered, ticket=ticket.id, repository_url=url, commit=listing.commit
    )
    order = ShowDraft(ticket=ticket.id, thread=ticket.thread, since=ticket.opened_at, body=body)
    record.effects(session, [order], context)
    return Handled.DONE


def _settle(session: Session, event: ReplyDrafted) -> None:
    """Count what the draft has cost, also where nobody waits for it any more."""
    tokens = budgets.settled_tokens(
        documents.reserved_tokens(session, event.ticket),
        tries=event.tries,
        used=event.input_tokens + event.output_tokens,
    )
    documents.count_tokens(session, event.ticket, tokens)


def unanswered(
    session: Session, ticket: TicketId, reason: str, context: Context, *, is_certain: bool
) -> Handled:
    """Go on without an answer of the model's; only if it surely was not asked, it cost nothing."""
    if is_certain:
        documents.count_tokens(session, ticket, 0)
    return failed(session, ticket, reason, context)


def draft_shown(session: Session, event: DraftShown, context: Context) -> Handled:
    """Remember that the draft stands in the thread."""
    return _enter(session, event.ticket, DraftState.SHOWN, "the draft stands there", context)


def failed(session: Session, ticket: TicketId, reason: str, context: Context) -> Handled:
    """Go on without a draft; the card does not mention it any more."""
    return _enter(session, ticket, DraftState.NONE, reason, context)


def _enter(
    session: Session, ticket_id: TicketId, state: DraftState, reason: str, context: Context
) -> Handled:
    ticket = ticket_rows.get(session, ticket_id)
    if ticket is None or ticket.draft is not DraftState.ASKED:
        return Handled.DONE
    entered = Decision(ticket=replace(ticket, draft=state), reason=reason)
    around = Around(operator=context.operator, nominees=())
    record.decision(session, ticket, show(ticket, entered, around), context)
    return Handled.DONE
