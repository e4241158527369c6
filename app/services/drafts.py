"""The AI draft of a ticket: which documents, which prompt, and what of the answer is shown."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import assert_never
from urllib.parse import quote

from sqlmodel import Session

from app.domain import drafting
from app.domain.drafting import Shown, Withheld, budgets
from app.domain.effects import DraftReply, FetchDocs, ShowDraft
from app.domain.events import DocsFetched, DocsListed, DraftJudged, DraftShown, ReplyDrafted
from app.domain.ids import TicketId
from app.domain.operator import Operator
from app.domain.people import Person
from app.domain.tickets.decide import show
from app.domain.tickets.decision import Around, Decision
from app.domain.tickets.ticket import DraftState, Ticket
from app.services import record
from app.services.around import may_read
from app.services.context import Context, Handled
from app.store import conversations, documents, installations
from app.store import tickets as ticket_rows
from app.store.documents import Listing
from app.store.engine import lock_repository

_PRIVATE = "the repository is private by now"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A draft for the helper's eyes alone."""

    markdown: str
    sources: tuple[tuple[str, str], ...]
    """The path and the address of each."""


def heard(
    session: Session,
    event: DocsListed | DocsFetched | ReplyDrafted | DraftShown | DraftJudged,
    context: Context,
) -> Handled:
    """Take the next step with a draft."""
    match event:
        case DocsListed():
            return docs_listed(session, event, context)
        case DocsFetched():
            return docs_fetched(session, event, context)
        case ReplyDrafted():
            return reply_drafted(session, event, context)
        case DraftShown():
            return draft_shown(session, event, context)
        case DraftJudged():
            return judged(session, event)
        case _:
            assert_never(event)


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
    """Show what of the answer may be shown, or keep it for the helper; the rest nobody sees."""
    _settle(session, event)
    ticket = ticket_rows.get(session, event.ticket)
    if ticket is None or ticket.draft is not DraftState.ASKED:
        return Handled.DONE
    if not may_read(session, ticket.thread.repository, context.operator):
        return failed(session, ticket.id, _PRIVATE, context)
    source = _source(session, ticket, context.operator)
    filtered = _filtered(source, event.answer)
    documents.save_answer(
        session,
        ticket.id,
        answer=event.answer,
        model=event.model,
        input_tokens=event.input_tokens,
        output_tokens=event.output_tokens,
        reason=filtered.reason if isinstance(filtered, Withheld) else "",
    )
    is_for_helpers = ticket.terms.is_draft_for_helpers
    if not isinstance(filtered, Shown):
        is_told = filtered.is_handoff and not is_for_helpers
        state = DraftState.HANDED_OFF if is_told else DraftState.NONE
        return _enter(session, ticket.id, state, filtered.reason, context)
    if is_for_helpers:
        return _enter(session, ticket.id, DraftState.KEPT, "the helper may read it", context)
    body = drafting.render_draft(
        filtered,
        ticket=ticket.id,
        repository_url=source.url,
        commit=source.listing.commit,
        can_be_judged=context.operator.has_sign_in,
    )
    order = ShowDraft(ticket=ticket.id, thread=ticket.thread, since=ticket.opened_at, body=body)
    record.effects(session, [order], context)
    return Handled.DONE


@dataclass(frozen=True, slots=True, kw_only=True)
class _Source:
    """What a draft was made of."""

    url: str
    """The repository's, for people."""
    listing: Listing


def _source(session: Session, ticket: Ticket, operator: Operator) -> _Source:
    listing = documents.listing(session, ticket.id)
    repository = installations.repository(session, ticket.thread.repository)
    assert listing is not None, "the documents were listed before"
    assert repository is not None, "a ticket's repository is known"
    url = f"{operator.repository_url}/{repository.owner}/{repository.name}"
    return _Source(url=url, listing=listing)


def _filtered(source: _Source, answer: str) -> Shown | Withheld:
    paths = [each.path for each in source.listing.files]
    return drafting.filter_answer(answer, repository_url=source.url, known_paths=paths)


def kept(session: Session, ticket: Ticket, operator: Operator) -> Kept:
    """Give the draft that is kept for the helper, filtered as one in the thread would be."""
    source = _source(session, ticket, operator)
    shown = _filtered(source, documents.answer(session, ticket.id))
    assert isinstance(shown, Shown), "what may not be shown is not kept"
    base = f"{source.url}/blob/{quote(source.listing.commit)}"
    return Kept(
        markdown=shown.markdown,
        sources=tuple((path, f"{base}/{quote(path)}") for path in shown.sources),
    )


def adopted_body(session: Session, ticket: Ticket, helper: Person, operator: Operator) -> str:
    """Write the comment with the draft that a helper has checked."""
    source = _source(session, ticket, operator)
    shown = _filtered(source, documents.answer(session, ticket.id))
    assert isinstance(shown, Shown), "what may not be shown is not kept"
    return drafting.render_draft(
        shown,
        ticket=ticket.id,
        repository_url=source.url,
        commit=source.listing.commit,
        checked_by=helper,
    )


def judged(session: Session, event: DraftJudged) -> Handled:
    """Remember whether the draft has helped; the newest word counts."""
    documents.judge(session, event.ticket, has_helped=event.has_helped)
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
