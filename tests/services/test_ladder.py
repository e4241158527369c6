"""Rungs of several tickets in one thread: one label, one wish for people alone, who has written."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.domain.effects import DraftReply, Effect, ListDocs, PutLabel, React, ShowDraft, TakeLabel
from app.domain.events import EffectFailed, LabelPut, PeopleWanted
from app.domain.tickets.stages import Stage
from app.domain.tickets.ticket import DraftState, Ticket
from app.services.prepare import prepare
from tests.services.desk import NOW, THREAD, Desk, labelled, message


async def prepared(desk: Desk, effect: Effect) -> Effect | EffectFailed | None:
    return await desk.reads(lambda session: prepare(session, effect, operator=desk.operator))


async def asking_volunteers(desk: Desk, *customers: str) -> list[Ticket]:
    await desk.adopts()
    for each in customers:
        await desk.handles(message(each, "/support community"))
    for ticket in await desk.tickets():
        await desk.handles(LabelPut(ticket=ticket.id, is_ours=True))
    return await desk.tickets()


async def test_volunteers_that_are_asked_for_at_once_are_asked_at_once(desk: Desk) -> None:
    (ticket,) = await asking_volunteers(desk, "carol")
    assert ticket.community_until == NOW + timedelta(hours=24)
    assert ticket.is_asked_for
    assert [each.ticket for each in await desk.orders(PutLabel)] == [ticket.id]
    (sign,) = await desk.orders(React)
    assert sign.reaction == "eyes"


async def test_on_somebody_elses_offer_one_opens_a_ticket_of_ones_own(desk: Desk) -> None:
    await desk.opens("carol")
    await desk.handles(message("dave", "/support community"))
    carols, daves = await desk.tickets()
    assert (carols.is_asking_volunteers, daves.is_asking_volunteers) == (False, True)


async def test_a_label_alone_asks_for_nothing(desk: Desk) -> None:
    await desk.adopts()
    await desk.handles(labelled())
    assert not (await desk.ticket()).is_asked_for


async def test_only_who_has_written_here_can_be_thanked(desk: Desk) -> None:
    await asking_volunteers(desk, "carol")
    await desk.handles(message("carol", "/support accept @mallory"))
    assert (await desk.ticket()).stage is Stage.OFFERED
    await desk.handles(message("mallory", "set proxy=on"))
    await desk.handles(message("carol", "/support accept @mallory"))
    thanked = await desk.ticket()
    assert thanked.stage is Stage.ANSWERED
    assert thanked.thanked is not None
    assert thanked.thanked.login == "mallory"


async def test_the_label_stays_as_long_as_anybody_in_the_thread_asks_volunteers(desk: Desk) -> None:
    await asking_volunteers(desk, "carol", "dave")
    await desk.handles(message("carol", "/support cancel"))
    (first,) = await desk.orders(TakeLabel)
    assert await prepared(desk, first) is None
    await desk.handles(message("dave", "/support cancel"))
    _, second = await desk.orders(TakeLabel)
    assert await prepared(desk, second) == second


async def test_people_alone_answer_every_ticket_of_the_thread_and_later_ones(desk: Desk) -> None:
    _, daves = await desk.opens("carol", "dave")
    await desk.handles(message("carol", "/support human"))
    (told,) = await desk.follows()
    assert told == PeopleWanted(ticket=daves.id)
    await desk.handles(message("mallory", "/support"))
    tickets = await desk.tickets()
    assert len(tickets) == 3
    assert all(each.is_human and each.draft is DraftState.NONE for each in tickets)
    assert len(await desk.orders(ListDocs)) == 2


@pytest.mark.parametrize("words", ["", "/support human"])
async def test_what_was_ordered_of_a_draft_is_done_only_while_it_is_waited_for(
    desk: Desk, words: str
) -> None:
    (ticket,) = await desk.opens("carol")
    if words:
        await desk.handles(message("carol", words))
    show = ShowDraft(ticket=ticket.id, thread=THREAD, since=NOW, body="draft")
    ask = DraftReply(
        ticket=ticket.id, lane=THREAD.lane, system="s", user="u", customer_hash="0" * 64
    )
    for each in (show, ask, ListDocs(ticket=ticket.id, thread=THREAD)):
        assert await prepared(desk, each) == (None if words else each)
