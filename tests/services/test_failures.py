"""What was given up is told to whoever ordered it, whichever effect it was."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, get_args

import pytest

from app.domain.checks import Check, Conclusion
from app.domain.commands import Refund as RefundCommand
from app.domain.effects import (
    Assign,
    CheckPermission,
    CloseCheckout,
    DraftReply,
    Effect,
    ExplainHelp,
    FetchDocs,
    FindMaintainer,
    ListDocs,
    ListLostDeliveries,
    NoticeKind,
    Notify,
    OpenCheckout,
    PutLabel,
    React,
    Reaction,
    ReadClosing,
    ReadDispute,
    ReadPayment,
    ReadPolicy,
    ReadProposal,
    ReadRefund,
    ReadWarning,
    Redeliver,
    Refund,
    ShowCard,
    ShowCheck,
    ShowDraft,
    TakeLabel,
    Unassign,
)
from app.domain.events import CheckoutRequested, EffectFailed
from app.domain.ids import PersonId, TicketId, UserId, repository_lane
from app.domain.people import Person
from app.domain.tickets.stages import Stage
from app.domain.tickets.ticket import DraftState, Ticket, Trouble
from app.services.context import Handled
from app.store import policies
from tests.services.desk import NOW, PRICES, REPOSITORY, THREAD, Desk, message

NOBODYS = TicketId("f" * 32)
CAROL = Person(PersonId("0" * 32), "carol")


def failed(effect: Effect) -> EffectFailed:
    return EffectFailed(effect=effect, reason="it was down for days", is_certain=False)


def every(ticket: TicketId) -> list[Effect]:
    """Make one effect of each kind, about this ticket where it is about one."""
    place: dict[str, Any] = {"installation": THREAD.installation, "repository": REPOSITORY.id}
    in_thread: dict[str, Any] = {"ticket": ticket, "thread": THREAD}
    at_stripe: dict[str, Any] = {"ticket": ticket, "lane": THREAD.lane}
    helper: dict[str, Any] = {**in_thread, "user": UserId(1), "login": "ada", "n": 1}
    return [
        ShowCard(**in_thread, v=1, since=NOW),
        Notify(**in_thread, kind=NoticeKind.ASKED, n=1, since=NOW, body=""),
        ShowDraft(**in_thread, since=NOW, body=""),
        ExplainHelp(thread=THREAD, since=NOW, body=""),
        React(thread=THREAD, ref="1", reaction=Reaction.TAKEN),
        Assign(**helper),
        Unassign(**helper),
        PutLabel(**in_thread, n=1),
        TakeLabel(**in_thread, n=1),
        CheckPermission(
            **in_thread, by=CAROL, user=UserId(3), ref="1", command=RefundCommand(reason="x")
        ),
        FindMaintainer(**in_thread, users=(UserId(1),)),
        ReadClosing(**in_thread, user=UserId(1), issue="I_1", at=NOW, ref="1"),
        ListDocs(**in_thread),
        FetchDocs(**in_thread, blobs=()),
        ReadPolicy(**place, cause="x"),
        ReadProposal(**place, number=1, commit="c", cause="x"),
        ShowCheck(
            **place,
            commit="c",
            check=Check(conclusion=Conclusion.SUCCESS, title="", summary=""),
            cause="x",
        ),
        ListLostDeliveries(since=NOW, until=NOW),
        Redeliver(delivery=1, guid="g", n=1),
        OpenCheckout(
            **at_stripe,
            n=1,
            plan="question",
            price=PRICES["question"],
            title="",
            success_url="",
            cancel_url="",
            expires_at=NOW,
        ),
        CloseCheckout(**at_stripe, session="cs_1"),
        ReadPayment(lane=THREAD.lane, intent="pi_of_nobody", cause="x"),
        Refund(
            lane=THREAD.lane, intent="pi_of_nobody", amount=PRICES["question"], n=1, ticket=None
        ),
        ReadRefund(lane=THREAD.lane, refund="re_of_nobody", cause="x"),
        ReadDispute(lane=THREAD.lane, dispute="du_of_nobody", intent="pi_of_nobody", cause="x"),
        ReadWarning(lane=THREAD.lane, warning="issfr_nobody", intent="pi_of_nobody", cause="x"),
        DraftReply(**at_stripe, system="", user="", customer_hash=""),
    ]


def test_there_is_an_example_of_every_effect() -> None:
    assert {type(each) for each in every(NOBODYS)} == set(get_args(Effect))


@pytest.mark.parametrize("effect", every(NOBODYS), ids=lambda effect: type(effect).__name__)
async def test_a_failure_that_concerns_no_ticket_is_dealt_with(desk: Desk, effect: Effect) -> None:
    await desk.adopts()
    assert await desk.handles(failed(effect)) is Handled.DONE
    assert await desk.orders() == []


async def given(desk: Desk, ticket: Ticket, effect: Effect) -> Ticket:
    await desk.handles(failed(effect))
    return await desk.saved(ticket.id)


async def test_a_checkout_that_could_not_be_opened_is_said_and_can_be_tried_again(
    desk: Desk,
) -> None:
    (ticket,) = await desk.opens("carol")
    await desk.handles(CheckoutRequested(ticket=ticket.id, plan="question"))
    (order,) = await desk.orders(OpenCheckout)
    after = await given(desk, ticket, order)
    assert (after.trouble, after.checkout) == (Trouble.CHECKOUT, None)
    await desk.checkout(after, n=2)
    assert (await desk.ticket()).trouble is None


async def test_a_session_that_could_not_be_closed_keeps_nobody_waiting(desk: Desk) -> None:
    (ticket,) = await desk.opens("carol")
    await desk.checkout(ticket)
    await desk.handles(CheckoutRequested(ticket=ticket.id, plan="session"))
    (order,) = await desk.orders(CloseCheckout)
    assert (await given(desk, ticket, order)).checkout is None


async def test_money_that_cannot_be_read_or_given_back_is_said_on_the_card(desk: Desk) -> None:
    sold = await desk.sells("carol")
    read = ReadPayment(lane=THREAD.lane, intent="pi_1", cause="x")
    assert (await given(desk, sold, read)).trouble is Trouble.PAYMENT
    await desk.handles(message("carol", "/support cancel"))
    (order,) = await desk.orders(Refund)
    assert (await given(desk, sold, order)).trouble is Trouble.REFUND


async def test_a_helper_who_could_not_be_assigned_is_asked_in_a_comment(desk: Desk) -> None:
    sold = await desk.sells("carol")
    (order,) = await desk.orders(Assign)
    after = await given(desk, sold, order)
    assert after.asked[-1].is_assigned is False
    assert [each.kind for each in await desk.orders(Notify)] == [NoticeKind.ASKED]


async def test_who_could_not_be_checked_sees_that_it_was_not_done(desk: Desk) -> None:
    sold = await desk.sells("carol")
    await desk.handles(message("octo", "/support refund it is wrong"))
    (order,) = await desk.orders(CheckPermission)
    assert (await given(desk, sold, order)).stage is Stage.QUEUED
    assert [each.reaction for each in await desk.orders(React)][-1] is Reaction.CONFUSED


@pytest.mark.parametrize("kind", [ListDocs, FetchDocs, DraftReply, ShowDraft])
async def test_without_its_draft_a_ticket_goes_on(desk: Desk, kind: type[Effect]) -> None:
    (ticket,) = await desk.opens("carol")
    effect = next(each for each in every(ticket.id) if isinstance(each, kind))
    after = await given(desk, ticket, effect)
    assert (after.draft, after.stage) == (DraftState.NONE, Stage.OFFERED)


async def test_a_file_that_cannot_be_read_at_first_counts_as_missing_and_later_as_it_was(
    desk: Desk,
) -> None:
    order = ReadPolicy(installation=THREAD.installation, repository=REPOSITORY.id, cause="first")
    early = message("carol", "/support")
    assert await desk.handles(early) is Handled.NOT_YET
    await desk.handles(failed(order), lane=repository_lane(REPOSITORY.id))
    assert await desk.handles(early) is Handled.DONE  # it need not wait any longer
    assert await desk.tickets() == []
    await desk.adopts()
    await desk.handles(failed(order), lane=repository_lane(REPOSITORY.id))
    in_force = await desk.reads(lambda session: policies.in_force(session, REPOSITORY.id))
    assert in_force is not None


async def test_what_is_only_shown_may_fail_without_a_word(desk: Desk) -> None:
    sold = await desk.sells("carol")
    card = ShowCard(ticket=sold.id, thread=THREAD, v=2, since=NOW)
    assert await given(desk, sold, card) == sold
    await desk.waits(timedelta(minutes=1))
    assert (await desk.saved(sold.id)).stage is Stage.QUEUED
