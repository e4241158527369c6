"""What is said in a thread reaches the right ticket, and nothing else happens."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.adoption import PolicyState
from app.domain.conversations import Visibility
from app.domain.effects import (
    CheckPermission,
    ExplainHelp,
    ListDocs,
    React,
    Reaction,
    ReadPolicy,
    ShowCard,
)
from app.domain.events import CardShown, MessageDeleted, OfferWithdrawn
from app.domain.tickets.stages import Stage
from app.domain.tickets.ticket import End
from app.services.context import Handled
from app.store import conversations
from tests.domain.policies import TEXT
from tests.services.desk import (
    REPOSITORY,
    THREAD,
    Desk,
    identity,
    issue,
    kinds,
    labelled,
    message,
    payment,
)


async def signs(desk: Desk) -> list[Reaction]:
    return [each.reaction for each in await desk.orders(React)]


# ------------------------------------------------------------------ before there is a ticket


async def test_a_message_waits_until_the_file_was_read_once(desk: Desk) -> None:
    early = message("carol", "/support")
    assert await desk.handles(early) is Handled.NOT_YET
    assert await desk.handles(early) is Handled.NOT_YET
    (order,) = await desk.orders()
    assert isinstance(order, ReadPolicy)
    assert order.cause == "first"
    await desk.adopts()
    assert await desk.handles(early) is Handled.DONE
    assert (await desk.ticket()).customer.login == "carol"


async def test_a_label_waits_for_it_as_well(desk: Desk) -> None:
    assert await desk.handles(labelled()) is Handled.NOT_YET
    await desk.adopts()
    assert await desk.handles(labelled()) is Handled.DONE
    assert len(await desk.tickets()) == 1


@pytest.mark.parametrize("state", [PolicyState.MISSING, PolicyState.FOREIGN, PolicyState.FAULTY])
async def test_without_a_valid_file_there_is_silence(desk: Desk, state: PolicyState) -> None:
    await desk.adopts(None, state)
    for event in (message("carol", "/support"), message("carol", "/support help"), labelled()):
        assert await desk.handles(event) is Handled.DONE
    assert await desk.orders() == []
    assert await desk.tickets() == []


@pytest.mark.parametrize(
    "event",
    [message("mainstay[bot]", "/support", is_ours=True), message("robot[bot]", "/support")],
    ids=["ours", "another bot's"],
)
async def test_bots_are_not_even_listened_to(desk: Desk, event: object) -> None:
    assert await desk.handles(event) is Handled.DONE  # type: ignore[arg-type]  # of a parameter
    assert await desk.orders() == []


async def test_talk_before_any_ticket_is_nobodys_business(desk: Desk) -> None:
    await desk.adopts()
    await desk.handles(message("carol", "It does not work."))
    assert await desk.orders() == []


async def test_help_is_explained_once_an_issue_ever(desk: Desk) -> None:
    await desk.adopts()
    for by in ("carol", "mallory"):
        await desk.handles(message(by, "/support help"))
    await desk.handles(message("mallory", "/support questoin"))
    (explained,) = await desk.orders(ExplainHelp)
    assert "/support question" in explained.body
    assert await signs(desk) == [Reaction.TAKEN, Reaction.TAKEN, Reaction.CONFUSED]


async def test_an_unknown_word_is_answered_with_the_help(desk: Desk) -> None:
    await desk.adopts()
    await desk.handles(message("carol", "/support questoin"))
    (explained,) = await desk.orders(ExplainHelp)
    assert "Did you mean `/support question`?" in explained.body


@pytest.mark.parametrize("words", ["cancel", "decline", "status", "claim"])
async def test_a_command_about_no_ticket_gets_a_sign_alone(desk: Desk, words: str) -> None:
    await desk.adopts()
    await desk.handles(message("carol", f"/support {words}"))
    assert kinds(await desk.orders()) == ["React"]
    assert await signs(desk) == [Reaction.CONFUSED]


async def test_where_nothing_is_on_offer_the_help_says_so(desk: Desk) -> None:
    desk.operator = replace(desk.operator, has_checkout=False, has_model=False)
    await desk.adopts(TEXT.replace("community: 24h", "community: off"))
    await desk.handles(message("carol", "/support"))
    await desk.handles(labelled())
    (explained,) = await desk.orders(ExplainHelp)
    assert "nothing to offer" in explained.body
    assert await signs(desk) == [Reaction.CONFUSED]
    assert await desk.tickets() == []


async def test_a_command_opens_a_ticket_and_the_card_comes_before_anything_else(
    desk: Desk,
) -> None:
    await desk.adopts()
    await desk.handles(message("carol", "/support session"))
    ordered = await desk.orders()
    assert kinds(ordered) == ["React", "ShowCard", "ListDocs"]
    ticket = await desk.ticket()
    assert (ticket.stage, ticket.chosen, ticket.customer.login) == (
        Stage.OFFERED,
        "session",
        "carol",
    )
    conversation = await desk.reads(lambda session: conversations.by_thread(session, THREAD))
    assert conversation is not None
    assert conversation.question == "No proxy\n\nHow?"
    assert conversation.visibility is Visibility.PUBLIC


async def test_a_conversation_in_a_private_repository_is_private(desk: Desk) -> None:
    await desk.adopts()
    private = replace(REPOSITORY, is_private=True)
    await desk.handles(message("carol", "/support", repository=private))
    conversation = await desk.reads(lambda session: conversations.by_thread(session, THREAD))
    assert conversation is not None
    assert conversation.visibility is Visibility.PRIVATE


# ------------------------------------------------------------------ which ticket it is about


async def test_each_customer_speaks_about_their_own_offer(desk: Desk) -> None:
    await desk.opens("carol", "dave")
    await desk.handles(message("dave", "/support cancel"))
    carols, daves = await desk.tickets()
    assert (carols.stage, daves.stage) == (Stage.OFFERED, Stage.CANCELLED)
    await desk.handles(message("carol", "/support session"))
    assert (await desk.ticket(0)).chosen == "session"


async def test_a_stranger_speaks_about_the_newest_and_is_refused(desk: Desk) -> None:
    await desk.opens("carol", "dave")
    await desk.handles(message("mallory", "/support cancel"))
    assert (await signs(desk))[-1] is Reaction.REFUSED
    assert [each.stage for each in await desk.tickets()] == [Stage.OFFERED, Stage.OFFERED]


async def test_everybody_speaks_about_the_ticket_that_was_sold(desk: Desk) -> None:
    sold = await desk.sells("carol", "dave")
    await desk.handles(message("grace", "/support claim"))
    assert (await desk.saved(sold.id)).stage is Stage.WORKING
    await desk.handles(message("dave", "/support"))
    assert len(await desk.tickets()) == 2
    assert (await signs(desk))[-1] is Reaction.TAKEN


async def test_a_ticket_that_is_over_is_followed_by_a_new_one(desk: Desk) -> None:
    await desk.opens("carol")
    await desk.handles(message("carol", "/support cancel"))
    await desk.handles(message("carol", "/support cancel"))
    assert (await signs(desk))[-1] is Reaction.CONFUSED
    await desk.handles(message("carol", "/support"))
    first, second = await desk.tickets()
    assert (first.end, second.stage) == (End.BY_CUSTOMER, Stage.OFFERED)


async def test_two_commands_at_once_open_one_ticket(desk: Desk) -> None:
    await desk.opens("carol", "carol")
    assert len(await desk.tickets()) == 1
    assert kinds(await desk.orders(ListDocs)) == ["ListDocs"]


async def test_an_answer_of_the_helper_takes_the_ticket_and_talk_does_not(desk: Desk) -> None:
    sold = await desk.sells("carol")
    await desk.handles(message("mallory", "I have that too"))
    assert (await desk.saved(sold.id)).stage is Stage.QUEUED
    await desk.handles(message("ada", "Set proxy=on."))
    assert (await desk.saved(sold.id)).stage is Stage.WORKING


async def test_a_ticket_outlives_the_file_that_offered_it(desk: Desk) -> None:
    await desk.opens("carol")
    await desk.adopts(None, PolicyState.MISSING)
    await desk.handles(message("carol", "/support off"))
    await desk.handles(message("dave", "/support"))  # nobody opens one any more
    assert len(await desk.tickets()) == 1
    await desk.handles(message("carol", "/support cancel"))
    assert (await desk.ticket()).stage is Stage.CANCELLED


async def test_what_looks_back_is_about_the_newest_ticket_that_it_can_be_about(
    desk: Desk,
) -> None:
    first = await desk.sells("carol")
    await desk.handles(message("ada", "/support propose"))
    await desk.handles(message("carol", "/support accept"))
    await desk.waits(timedelta(days=4))
    await desk.handles(message("carol", "/support"))
    assert [each.stage for each in await desk.tickets()] == [Stage.SETTLED, Stage.OFFERED]
    await desk.handles(message("carol", "/support rate 4 fine"))
    rating = (await desk.saved(first.id)).rating
    assert rating is not None
    assert (rating.stars, rating.text) == (4, "fine")
    await desk.handles(message("carol", "/support reopen it is back"))
    assert "it is open anyway" in (await desk.ticket()).line


async def test_only_a_maintainer_decides_about_money_and_github_is_asked_who_is(
    desk: Desk,
) -> None:
    await desk.sells("carol")
    await desk.handles(message("octo", "/support refund wrong place"))
    (check,) = await desk.orders(CheckPermission)
    assert check.by.login == "octo"


# ------------------------------------------------------------------ labels and deleted comments


async def test_a_label_is_an_offer_to_the_author_once(desk: Desk) -> None:
    await desk.adopts()
    await desk.handles(labelled("PAID-support", author="dave"))
    await desk.handles(labelled(author="dave"))
    (ticket,) = await desk.tickets()
    assert ticket.customer.login == "dave"


@pytest.mark.parametrize("label", ["bug", "support"])
async def test_another_label_offers_nothing(desk: Desk, label: str) -> None:
    await desk.adopts()
    await desk.handles(labelled(label))
    assert await desk.tickets() == []


async def test_a_bot_that_wrote_the_issue_gets_no_offer(desk: Desk) -> None:
    await desk.adopts()
    await desk.handles(labelled(author="robot[bot]"))
    assert await desk.tickets() == []


async def test_the_author_is_offered_it_beside_somebody_elses_offer_and_not_a_sold_one(
    desk: Desk,
) -> None:
    await desk.opens("dave")
    await desk.handles(labelled(author="carol"))
    daves, carols = await desk.tickets()
    await desk.handles(payment(daves))
    await desk.follows()
    assert (await desk.saved(carols.id)).end is End.OVERTAKEN
    await desk.handles(labelled(author="carol"))
    assert len(await desk.tickets()) == 2


def unlabelled(label: str = "paid-support", author: str = "carol") -> OfferWithdrawn:
    return OfferWithdrawn(thread=THREAD, author=identity(author), label=label, by=identity("octo"))


async def test_taking_the_label_off_withdraws_what_nobody_paid(desk: Desk) -> None:
    await desk.handles(unlabelled())  # there is nothing yet
    await desk.adopts()
    await desk.handles(labelled())
    await desk.handles(unlabelled("bug"))
    assert (await desk.ticket()).stage is Stage.OFFERED
    await desk.handles(unlabelled())
    assert (await desk.ticket()).end is End.WITHDRAWN
    await desk.handles(unlabelled())
    assert (await desk.ticket()).end is End.WITHDRAWN


async def test_it_does_not_withdraw_what_somebody_else_asked_for(desk: Desk) -> None:
    await desk.opens("dave")
    await desk.handles(labelled(author="carol"))
    await desk.handles(unlabelled(author="carol"))
    daves, carols = await desk.tickets()
    assert daves.stage is Stage.OFFERED
    assert carols.end is End.WITHDRAWN


async def test_a_deleted_card_is_told_to_its_ticket(desk: Desk) -> None:
    await desk.handles(MessageDeleted(thread=THREAD, ref="9"))
    await desk.opens("carol", "dave")
    _, daves = await desk.tickets()
    await desk.handles(CardShown(ticket=daves.id, v=1, comment="9"))
    await desk.handles(MessageDeleted(thread=THREAD, ref="8"))
    assert not (await desk.saved(daves.id)).card.is_restored
    await desk.handles(MessageDeleted(thread=THREAD, ref="9"))
    assert (await desk.saved(daves.id)).card.is_restored
    assert [each.v for each in await desk.orders(ShowCard) if each.ticket == daves.id] == [2]


async def test_labels_of_the_issue_are_kept_up_to_date(desk: Desk) -> None:
    await desk.adopts(TEXT)
    labels = ("paid-support", "networking")
    await desk.handles(replace(labelled(), issue=replace(issue(), labels=labels)))
    await desk.handles(unlabelled("networking"))
    found = await desk.reads(lambda session: conversations.by_thread(session, THREAD))
    assert found is not None
    assert list(found.labels) == ["paid-support"]
