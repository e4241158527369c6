"""The tokens of a repository's day: reserved before the model is asked, settled after, at once."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from sqlmodel import Session

from app.domain.conversations import Thread
from app.domain.drafting import budgets
from app.domain.effects import DraftReply
from app.domain.events import DocFile, DocsListed, EffectFailed, ReplyDrafted
from app.domain.tickets.ticket import DraftState, Ticket
from app.store import conversations, documents, tickets
from tests.domain.policies import edited
from tests.services.desk import REPOSITORY, THREAD, Desk, message

REPLY = '{"answer": "Set proxy=on.", "sources": [], "is_handoff": false}'
NO_DOCS: tuple[DocFile, ...] = ()


def listed(ticket: Ticket) -> DocsListed:
    return DocsListed(ticket=ticket.id, commit="", files=NO_DOCS)


def drafted(ticket: Ticket, *, used: int = 18, tries: int = 1) -> ReplyDrafted:
    return ReplyDrafted(
        ticket=ticket.id,
        answer=REPLY,
        model="gpt-5-mini",
        input_tokens=used,
        output_tokens=0,
        tries=tries,
    )


async def opened(desk: Desk, customers: int) -> list[Ticket]:
    """Open so many tickets, each in an issue of its own."""
    made = []
    for number in range(1, customers + 1):
        thread = replace(THREAD, issue=700 + number, number=number)
        by = ("carol", "dave", "mallory")[number % 3]
        await desk.handles(message(by, "/support", thread=thread), lane=thread.lane)
        made.append(await desk.reads(partial(newest, thread=thread)))
    return made


def newest(session: Session, thread: Thread) -> Ticket:
    found = conversations.by_thread(session, thread)
    assert found is not None
    return tickets.in_conversation(session, found.id)[0]


async def counted(desk: Desk) -> int:
    return await desk.reads(
        lambda session: documents.counted_tokens(session, REPOSITORY.id, now=desk.now)
    )


async def reserved(desk: Desk) -> int:
    order = (await desk.orders(DraftReply))[-1]
    return budgets.reserved_tokens(order.system, order.user)


async def asked(desk: Desk) -> Ticket:
    (ticket,) = await desk.opens("carol")
    await desk.handles(listed(ticket))
    return ticket


async def test_what_it_may_cost_is_counted_before_and_what_it_cost_after(desk: Desk) -> None:
    ticket = await asked(desk)
    assert await counted(desk) == await reserved(desk) > 0
    await desk.handles(drafted(ticket))
    assert await counted(desk) == 18


async def test_a_try_whose_answer_was_lost_stays_counted(desk: Desk) -> None:
    ticket = await asked(desk)
    await desk.handles(drafted(ticket, tries=2))
    assert await counted(desk) == 18 + await reserved(desk) // budgets.TRIES_MAX


async def test_a_server_that_reports_no_usage_has_used_what_was_reserved(desk: Desk) -> None:
    ticket = await asked(desk)
    await desk.handles(drafted(ticket, used=0))
    assert await counted(desk) == await reserved(desk)


@pytest.mark.parametrize("is_certain", [True, False])
async def test_what_was_given_up_costs_nothing_only_where_that_is_sure(
    desk: Desk, *, is_certain: bool
) -> None:
    await asked(desk)
    (order,) = await desk.orders(DraftReply)
    await desk.handles(EffectFailed(effect=order, reason="no", is_certain=is_certain))
    assert (await desk.ticket()).draft is DraftState.NONE
    assert await counted(desk) == (0 if is_certain else await reserved(desk))


async def test_an_answer_that_nobody_waits_for_any_more_is_counted(desk: Desk) -> None:
    ticket = await asked(desk)
    (order,) = await desk.orders(DraftReply)
    await desk.handles(EffectFailed(effect=order, reason="lost", is_certain=False))
    await desk.handles(drafted(ticket))
    assert await counted(desk) == 18


async def test_without_room_the_model_is_not_asked_and_the_ticket_goes_on(desk: Desk) -> None:
    first = await asked(desk)
    desk.operator = replace(desk.operator, day_tokens=2 * await reserved(desk) - 1)
    await desk.handles(message("dave", "/support"))
    second = await desk.ticket()
    await desk.handles(listed(second))
    assert [each.ticket for each in await desk.orders(DraftReply)] == [first.id]
    assert (await desk.saved(second.id)).draft is DraftState.NONE
    await desk.handles(drafted(first))  # it cost less than was thought
    await desk.handles(message("mallory", "/support"))
    third = await desk.ticket()
    await desk.handles(listed(third))
    assert [each.ticket for each in await desk.orders(DraftReply)] == [first.id, third.id]


async def test_a_new_day_has_all_of_its_tokens_and_an_answer_counts_for_the_day_it_was_asked(
    desk: Desk,
) -> None:
    desk.now = desk.now.replace(hour=23, minute=59)
    ticket = await asked(desk)
    desk.now += timedelta(minutes=2)
    assert await counted(desk) == 0
    await desk.handles(drafted(ticket))
    assert await counted(desk) == 0
    desk.now -= timedelta(minutes=2)
    assert await counted(desk) == 18


async def test_tickets_that_ask_at_the_same_moment_share_one_budget(desk: Desk) -> None:
    await desk.adopts(edited(("open_per_customer: 2", "open_per_customer: 20")))
    waiting = await opened(desk, 6)
    await desk.handles(listed(waiting[0]), lane=waiting[0].thread.lane)
    one = await reserved(desk)
    desk.operator = replace(desk.operator, day_tokens=3 * one + one // 2)
    await asyncio.gather(
        *(desk.handles(listed(each), lane=each.thread.lane) for each in waiting[1:])
    )
    assert len(await desk.orders(DraftReply)) == 3
    assert await counted(desk) == 3 * one
