"""From a ticket to its draft: what is fetched, asked, kept and shown."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from sqlmodel import select

from app.domain.effects import DraftReply, FetchDocs, ListDocs, ShowDraft
from app.domain.events import (
    DocFile,
    DocsFetched,
    DocsListed,
    DraftShown,
    EffectFailed,
    ReplyDrafted,
)
from app.domain.ids import TicketId
from app.domain.tickets.ticket import DraftState, Ticket
from app.services import drafts
from app.services.prepare import prepare
from app.store import installations
from app.store.documents import DraftRow
from tests.domain.policies import edited
from tests.services.desk import REPOSITORY, THREAD, Desk, message

README = DocFile(path="README.md", blob="a" * 40, size_bytes=40)
GUIDE = DocFile(path="docs/proxy.md", blob="b" * 40, size_bytes=40)
HANDOFF = {"answer": "", "sources": [], "is_handoff": True}
TEXTS = ((README.blob, "# Widgets"), (GUIDE.blob, "Set proxy=on to go through a proxy."))


def listed(ticket: Ticket, *files: DocFile) -> DocsListed:
    return DocsListed(ticket=ticket.id, commit="c" * 40, files=files or (README, GUIDE))


def drafted(ticket: Ticket, answer: object = None) -> ReplyDrafted:
    said = {"answer": "Set proxy=on.", "sources": [GUIDE.path], "is_handoff": False}
    return ReplyDrafted(
        ticket=ticket.id,
        answer=json.dumps(said if answer is None else answer),
        model="gpt-5-mini",
        input_tokens=11,
        output_tokens=7,
    )


async def asked(desk: Desk) -> Ticket:
    (ticket,) = await desk.opens("carol")
    await desk.handles(listed(ticket))
    await desk.handles(DocsFetched(ticket=ticket.id, texts=TEXTS))
    return ticket


async def draft_row(desk: Desk) -> DraftRow:
    return await desk.reads(lambda session: session.exec(select(DraftRow)).one())


async def test_the_prompt_holds_the_question_and_the_documents_and_nobodys_name(
    desk: Desk,
) -> None:
    ticket = await asked(desk)
    assert [each.ticket for each in await desk.orders(ListDocs)] == [ticket.id]
    (fetch,) = await desk.orders(FetchDocs)
    assert fetch.blobs == (README.blob, GUIDE.blob)
    (order,) = await desk.orders(DraftReply)
    assert "How?" in order.user
    assert "Set proxy=on to go through a proxy." in order.user
    assert "carol" not in order.system + order.user + order.customer_hash
    assert len(order.customer_hash) == 64


async def test_what_we_have_is_not_fetched_again(desk: Desk) -> None:
    first = await asked(desk)
    await desk.handles(message("dave", "/support"))
    second = await desk.ticket()
    assert second.id != first.id
    await desk.handles(listed(second))
    assert [each.ticket for each in await desk.orders(FetchDocs)] == [first.id]
    assert [each.ticket for each in await desk.orders(DraftReply)] == [first.id, second.id]


async def test_only_what_is_missing_is_fetched(desk: Desk) -> None:
    await asked(desk)
    await desk.handles(message("dave", "/support"))
    newer = replace(GUIDE, blob="d" * 40)
    await desk.handles(listed(await desk.ticket(), README, newer))
    assert (await desk.orders(FetchDocs))[-1].blobs == (newer.blob,)


async def test_a_repository_without_documents_is_asked_about_all_the_same(desk: Desk) -> None:
    (ticket,) = await desk.opens("carol")
    await desk.handles(DocsListed(ticket=ticket.id, commit="", files=()))
    assert [each.ticket for each in await desk.orders(DraftReply)] == [ticket.id]


async def test_the_answer_is_shown_with_its_sources_and_kept_with_its_cost(desk: Desk) -> None:
    ticket = await asked(desk)
    await desk.handles(drafted(ticket))
    (order,) = await desk.orders(ShowDraft)
    assert "Set proxy=on." in order.body
    assert f"octo/widgets/blob/{'c' * 40}/docs/proxy.md" in order.body
    row = await draft_row(desk)
    assert (row.model, row.input_tokens, row.output_tokens, row.reason) == ("gpt-5-mini", 11, 7, "")
    await desk.handles(DraftShown(ticket=ticket.id, comment="5"))
    assert (await desk.ticket()).draft is DraftState.SHOWN


@pytest.mark.parametrize(
    ("answer", "reason", "state"),
    [
        (HANDOFF, "the model left it to a person", DraftState.HANDED_OFF),
        ("no object", "the reply is not in the form that was asked for", DraftState.NONE),
        ({"answer": "…", "sources": [], "is_handoff": False}, "nothing of the", DraftState.NONE),
        (
            {"answer": "Please hand off to a human.", "sources": [], "is_handoff": False},
            "",
            DraftState.ASKED,
        ),
    ],
)
async def test_what_may_not_be_shown_is_kept_and_the_ticket_goes_on_without(
    desk: Desk, answer: object, reason: str, state: DraftState
) -> None:
    ticket = await asked(desk)
    await desk.handles(drafted(ticket, answer))
    assert len(await desk.orders(ShowDraft)) == (0 if reason else 1)
    assert (await desk.ticket()).draft is state
    row = await draft_row(desk)
    assert row.reason.startswith(reason)
    assert row.output_tokens == 7


async def test_news_of_a_draft_that_nobody_waits_for_changes_nothing(desk: Desk) -> None:
    ticket = await asked(desk)
    await desk.handles(drafted(ticket, HANDOFF))
    before = await desk.orders()
    unknown = replace(ticket, id=TicketId("f" * 32))
    for each in (ticket, unknown):
        await desk.handles(listed(each))
        await desk.handles(DocsFetched(ticket=each.id, texts=TEXTS))
        await desk.handles(drafted(each))
        await desk.handles(DraftShown(ticket=each.id, comment="5"))
    assert await desk.orders() == before
    assert (await desk.ticket()).draft is DraftState.HANDED_OFF


async def test_without_a_model_nothing_is_begun(desk: Desk) -> None:
    desk.operator = replace(desk.operator, has_model=False)
    (ticket,) = await desk.opens("carol")
    assert await desk.orders(ListDocs) == []
    assert (ticket.draft, ticket.terms.has_draft) == (DraftState.NONE, False)


async def test_the_drafts_of_a_day_are_counted_from_midnight_on(desk: Desk) -> None:
    await desk.adopts(edited(("ai_drafts_per_day: 50", "ai_drafts_per_day: 1")))
    desk.now = desk.now.replace(hour=0, minute=0, second=5)
    await desk.handles(message("carol", "/support"))
    desk.now = desk.now.replace(hour=23, minute=59, second=59)
    await desk.handles(message("dave", "/support"))
    desk.now += timedelta(seconds=2)
    await desk.handles(message("mallory", "/support"))
    assert [each.terms.has_draft for each in await desk.tickets()] == [True, False, True]


async def test_who_asks_once_more_in_the_same_thread_does_not_get_the_same_draft_again(
    desk: Desk,
) -> None:
    ticket = await asked(desk)
    await desk.handles(drafted(ticket))
    await desk.handles(DraftShown(ticket=ticket.id, comment="5"))
    await desk.handles(message("carol", "/support cancel"))
    await desk.handles(message("carol", "/support"))
    again = await desk.ticket()
    assert again.id != ticket.id
    assert (again.draft, again.terms.has_draft) == (DraftState.NONE, False)
    await desk.handles(message("dave", "/support"))
    assert (await desk.ticket()).draft is DraftState.ASKED


async def test_a_repository_that_turned_private_is_not_read_and_the_ticket_hears_of_it(
    desk: Desk,
) -> None:
    ticket = await asked(desk)
    (order,) = await desk.orders(DraftReply)
    look = partial(prepare, effect=order, operator=desk.operator)
    assert await desk.reads(look) is order
    private = replace(REPOSITORY, is_private=True)
    await desk.database.in_transaction(
        lambda s: installations.save_repository(s, private, THREAD.installation, now=desk.now)
    )
    failed = await desk.reads(look)
    assert isinstance(failed, EffectFailed)
    assert not failed.is_certain
    await desk.handles(failed)
    assert (await desk.ticket()).draft is DraftState.NONE
    assert await desk.reads(look) is None
    assert (await draft_row(desk)).counted_tokens > 0
    assert ticket.draft is DraftState.ASKED


@pytest.mark.parametrize(("padding", "state"), [(10, DraftState.KEPT), (66_000, DraftState.NONE)])
async def test_a_kept_draft_can_be_read_again_however_long_the_reply_was(
    desk: Desk, padding: int, state: DraftState
) -> None:
    await desk.adopts(edited(("ai: comment", "ai: helpers")))
    await desk.handles(message("carol", "/support"))
    ticket = await desk.ticket()
    await desk.handles(listed(ticket))
    await desk.handles(DocsFetched(ticket=ticket.id, texts=TEXTS))
    said = drafted(ticket)
    await desk.handles(replace(said, answer=said.answer[:-1] + " " * padding + "}"))
    assert (await desk.ticket()).draft is state
    if state is DraftState.KEPT:
        kept = await desk.reads(lambda s: drafts.kept(s, ticket, desk.operator))
        assert kept.markdown == "Set proxy=on."
