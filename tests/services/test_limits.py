"""How much one person may ask of a repository: one line, and then silence."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.conversations import Thread
from app.domain.effects import ExplainHelp, React, Reaction, ShowCard
from app.domain.policy.support import COMMANDS_PER_MINUTE_USUAL
from app.domain.tickets.stages import Stage
from app.services import limits
from app.store import tickets
from tests.domain.policies import edited
from tests.services.desk import THREAD, USERS, Desk, kinds, labelled, message, payment


def elsewhere(number: int) -> Thread:
    return replace(THREAD, issue=700 + number, number=number)


async def opens(desk: Desk, number: int, text: str = "/support") -> None:
    thread = elsewhere(number)
    await desk.handles(message("carol", text, thread=thread), lane=thread.lane)


async def test_who_has_as_many_tickets_as_may_be_gets_one_line_on_the_newest_card(
    desk: Desk,
) -> None:
    await desk.adopts()
    for number in range(1, 6):
        await opens(desk, number)
    assert len(await desk.orders(ShowCard)) == 2
    signs = [each.reaction for each in await desk.orders(React)]
    assert signs == [Reaction.TAKEN] * 2 + [Reaction.CONFUSED] * 3
    assert await desk.orders(ExplainHelp) == []
    await desk.follows()
    cards = await desk.orders(ShowCard)
    # The same line again is no new card; and one that was not shown yet gives way to the newer.
    assert [(each.thread.number, each.v) for each in cards] == [(1, 1), (2, 2)]
    newest = await desk.reads(lambda session: tickets.get(session, cards[1].ticket))
    assert newest is not None
    assert newest.line.startswith("**`carol`:** One person can have 2 open tickets")


async def test_the_label_opens_no_more_than_may_be_either(desk: Desk) -> None:
    await desk.adopts()
    await opens(desk, 2)
    await opens(desk, 3)
    await desk.handles(labelled())
    assert len(await desk.orders(ShowCard)) == 2


async def test_a_ticket_that_is_over_makes_room(desk: Desk) -> None:
    await desk.adopts(edited(("open_per_customer: 2", "open_per_customer: 1")))
    await opens(desk, 1)
    await opens(desk, 1, "/support cancel")
    await opens(desk, 2)
    assert {each.thread.number for each in await desk.orders(ShowCard)} == {1, 2}


async def test_only_so_many_commands_a_minute_are_heard(desk: Desk) -> None:
    await desk.adopts()
    await desk.handles(message("carol", "/support"))
    before = len(await desk.orders())
    for _ in range(9):
        await desk.handles(message("carol", "/support status"))
    signs = (await desk.orders())[before:]
    assert kinds(signs) == ["React"] * 5
    assert [each.reaction for each in signs if isinstance(each, React)] == [
        *[Reaction.TAKEN] * 4,
        Reaction.CONFUSED,
    ]
    await desk.handles(message("dave", "/support status"))
    assert len(await desk.orders()) == before + 6  # others are heard
    desk.now += timedelta(minutes=1)
    await desk.handles(message("carol", "/support status"))
    assert len(await desk.orders()) == before + 7


async def test_talk_is_no_command_and_is_not_counted(desk: Desk) -> None:
    await desk.adopts()
    for _ in range(20):
        await desk.handles(message("carol", "Hello?"))
    await desk.handles(message("carol", "/support"))
    assert (await desk.ticket()).stage is Stage.OFFERED


async def test_who_is_blocked_opens_nothing(desk: Desk) -> None:
    await desk.adopts(edited(("[troll]", "[Carol]")))
    await desk.handles(message("carol", "/support"))
    await desk.handles(message("carol", "/support help"))
    await desk.handles(labelled())
    assert await desk.orders() == []


async def test_who_is_blocked_later_still_speaks_about_what_they_paid_for(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.adopts()
    await desk.handles(message("carol", "/support"))
    await desk.handles(payment(await desk.ticket()))
    monkeypatch.setitem(USERS, "caroline", USERS["carol"])  # the same account by another name
    await desk.adopts(edited(("[troll]", "[caroline]")))
    await desk.handles(message("caroline", "/support cancel"))
    assert (await desk.ticket()).stage is Stage.CANCELLED


async def test_there_is_room_for_so_many_offers_in_one_issue(desk: Desk) -> None:
    await desk.adopts()
    people = ("carol", "dave", "mallory", "ada", "grace")
    for login in people:
        await desk.handles(message(login, "/support"))
    assert len(await desk.orders(ShowCard)) == len(people)
    await desk.handles(message("octo", "/support"))
    await desk.handles(message("stranger", "/support"))
    assert len(await desk.orders(ShowCard)) == len(people)
    helps = await desk.orders(ExplainHelp)
    assert len(helps) == 1
    assert "an issue of your own" in helps[0].body


async def test_a_helper_of_what_is_paid_is_heard_whoever_blocks_them(desk: Desk) -> None:
    await desk.adopts()
    await desk.handles(message("carol", "/support"))
    await desk.handles(payment(await desk.ticket()))
    await desk.adopts(edited(("[troll]", "[ada, grace]")))
    await desk.handles(message("grace", "/support claim"))
    assert (await desk.ticket()).stage is Stage.QUEUED, "nobody has asked her"
    await desk.handles(message("ada", "/support claim"))
    assert (await desk.ticket()).stage is Stage.WORKING
    await desk.handles(message("ada", "/support propose"))
    assert (await desk.ticket()).stage is Stage.PROPOSED


async def test_without_a_file_the_usual_pace_counts(desk: Desk) -> None:
    await desk.adopts()
    await desk.handles(message("carol", "/support"))
    await desk.adopts(None)
    desk.now += timedelta(minutes=1)
    before = len(await desk.orders())
    for _ in range(40):
        await desk.handles(message("carol", "/support status"))
    signs = (await desk.orders())[before:]
    assert kinds(signs) == ["React"] * (COMMANDS_PER_MINUTE_USUAL + 1)


async def test_asking_and_leaving_in_turn_costs_a_repository_a_few_cards_and_one_line(
    desk: Desk,
) -> None:
    await desk.adopts()
    for _ in range(20):
        desk.now += timedelta(minutes=1)
        await desk.handles(message("carol", "/support"))
        await desk.handles(message("carol", "/support cancel"))
    tickets_made = await desk.tickets()
    assert len(tickets_made) == limits.OFFERS_PER_DAY_MAX
    await desk.follows()
    newest = await desk.ticket()
    assert "leave it 5 times a day" in newest.line
    desk.now += timedelta(days=1)
    await desk.handles(message("carol", "/support"))
    assert len(await desk.tickets()) == limits.OFFERS_PER_DAY_MAX + 1


async def test_who_pays_may_ask_as_often_as_they_like(desk: Desk) -> None:
    await desk.adopts()
    for number in range(8):
        desk.now += timedelta(minutes=1)
        await desk.handles(message("carol", "/support"))
        await desk.handles(payment(await desk.ticket(), intent=f"pi_{number}"))
        await desk.handles(message("carol", "/support cancel"))
    assert len(await desk.tickets()) == 8


async def test_quick_cancellations_silence_no_helper(desk: Desk) -> None:
    await desk.adopts()
    for number in range(8):
        desk.now += timedelta(minutes=1)
        await desk.handles(message("carol", "/support"))
        await desk.handles(payment(await desk.ticket(), intent=f"pi_{number}"))
        assert (await desk.ticket()).asking is not None
        await desk.handles(message("carol", "/support cancel"))
