"""The one entry: the card in its versions, clocks that were stopped, effects that failed."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from app.domain.effects import NoticeKind, Notify, React, Reaction, ShowCard, Unassign
from app.domain.events import CardLost, CardShown, EffectFailed, TimeCame
from app.domain.tickets.clocks import Clock
from app.domain.tickets.decide import show
from app.domain.tickets.decision import Around, Decision, may_notify, notify
from app.domain.tickets.parts import Card
from app.domain.tickets.stages import MoneyState, Stage
from app.domain.tickets.ticket import NOTICES_MAX, Trouble
from tests.domain.tickets.builders import CAROL, OPERATOR, START, THREAD, TICKET, Story, offer

AROUND = Around(operator=OPERATOR, nominees=())


def shown(story: Story, v: int, comment: str = "c1") -> None:
    story.does(CardShown(ticket=TICKET, v=v, comment=comment))


def lost(story: Story, comment: str = "c1") -> None:
    story.does(CardLost(ticket=TICKET, comment=comment))


def test_an_offer_begins_with_the_first_version_of_its_card() -> None:
    opened = Decision(ticket=replace(offer(), card=Card()), reason="the offer is made")
    decided = show(None, opened, AROUND)
    assert decided.ticket.card.v == 1
    (order,) = decided.effects
    assert order == ShowCard(ticket=TICKET, thread=THREAD, v=1, since=START)


def test_a_card_that_says_something_else_is_a_new_version_of_the_same_comment() -> None:
    story = Story()
    shown(story, 1)
    assert story.now_made(ShowCard) == []
    story.says(CAROL, "/support session")
    (order,) = story.now_made(ShowCard)
    assert (order.v, order.comment) == (2, "c1")
    story.says(CAROL, "/support session")
    assert story.now_made(ShowCard) == []


def test_the_mark_is_a_part_of_what_a_card_says() -> None:
    story = Story()
    moved = replace(story.ticket, money=MoneyState.LAPSED)
    decided = show(story.ticket, Decision(ticket=moved, reason="the hold was let go"), AROUND)
    assert decided.ticket.card.v == 2


def test_a_card_that_was_deleted_comes_back_once() -> None:
    story = Story()
    shown(story, 1)
    lost(story, "c9")
    assert story.last.reason == "that was not the card"
    lost(story)
    assert [(each.v, each.comment) for each in story.now_made(ShowCard)] == [(2, None)]
    lost(story)
    assert story.last.reason == "that was not the card"
    shown(story, 2, "c2")
    lost(story, "c2")
    assert story.ticket.card.is_gone
    story.paid()
    assert story.made(ShowCard)[1:] == []
    assert story.state == "queued paid"


def test_a_card_that_stands_in_another_comment_was_deleted_unseen() -> None:
    story = Story()
    shown(story, 1)
    story.paid()
    shown(story, 2, "c2")
    assert story.ticket.card.is_restored
    lost(story, "c2")
    assert story.ticket.card.is_gone


def test_old_news_of_a_card_change_nothing() -> None:
    story = Story().paid()
    shown(story, 2, "c1")
    before = story.ticket
    shown(story, 1, "c0")
    shown(story, 2, "c1")
    assert story.ticket == before
    lost(story)
    before = story.ticket
    shown(story, 2, "c1")
    assert story.ticket == before


def test_a_decision_takes_up_what_else_is_to_be_done() -> None:
    story = Story().paid()
    sign = React(thread=THREAD, ref="1", reaction=Reaction.TAKEN)
    entries = tuple(story.entries.values())
    more = Decision(ticket=story.ticket, reason="it is paid").then(sign, entries=entries)
    assert (more.effects, more.entries) == ((sign,), entries)


def test_a_clock_that_was_stopped_or_replaced_does_not_strike() -> None:
    story = Story().paid()
    before = story.ticket
    for clock in Clock:
        story.does(TimeCame(ticket=TICKET, clock=clock, n=1))
        story.does(TimeCame(ticket=TICKET, clock=clock, n=99))
    assert story.ticket == before
    assert story.last.reason == "that clock was stopped"


@pytest.mark.parametrize(
    "effect",
    [
        ShowCard(ticket=TICKET, thread=THREAD, v=1, since=START),
        React(thread=THREAD, ref="1", reaction=Reaction.TAKEN),
        Unassign(ticket=TICKET, thread=THREAD, user=offer().customer_user, login=CAROL, n=1),
        Notify(
            ticket=TICKET, thread=THREAD, kind=NoticeKind.PROPOSED, n=1, since=START, body="@carol"
        ),
    ],
)
def test_what_only_tells_can_fail_and_the_ticket_goes_on(
    effect: ShowCard | React | Unassign | Notify,
) -> None:
    story = Story().proposed()
    before = story.ticket
    story.does(EffectFailed(effect=effect, reason="the issue is locked", is_certain=True))
    assert story.ticket == before


def test_the_worst_trouble_is_told_and_only_itself_takes_it_off() -> None:
    ticket = offer().worry(Trouble.PAYMENT).worry(Trouble.CHECKOUT)
    assert ticket.trouble is Trouble.PAYMENT
    ticket = ticket.worry(Trouble.REFUND)
    assert ticket.calm(Trouble.PAYMENT).trouble is Trouble.REFUND
    assert ticket.calm(Trouble.REFUND).trouble is None


def test_there_are_at_most_four_notices_and_the_last_is_kept_for_money_that_goes_back() -> None:
    ticket = Story().working().ticket
    for kind in (*NoticeKind, *NoticeKind):
        if kind is not NoticeKind.REFUND:
            ticket, _ = notify(ticket, kind, "@carol")
    assert len(ticket.notices) == NOTICES_MAX - 1
    for _ in range(2):
        ticket, told = notify(ticket, NoticeKind.REFUND, "@carol")
    assert len(ticket.notices) == NOTICES_MAX
    assert told == ()


def test_the_last_but_one_is_kept_for_a_maintainer_who_has_to_decide() -> None:
    working = Story().working().ticket
    for others in itertools.product(NoticeKind, repeat=4):
        ticket = working
        for kind in others:
            if kind not in (NoticeKind.REVIEW, NoticeKind.REFUND):
                ticket, _ = notify(ticket, kind, "@ada")
        assert may_notify(ticket, NoticeKind.REVIEW)
        ticket, _ = notify(ticket, NoticeKind.REVIEW, "@max")
        assert may_notify(ticket, NoticeKind.REFUND)


@pytest.mark.parametrize("first", [NoticeKind.ASKED, NoticeKind.WAITING])
def test_a_question_or_an_asking_leaves_one_for_a_proposal(first: NoticeKind) -> None:
    ticket, _ = notify(Story().working().ticket, first, "@ada")
    assert may_notify(ticket, NoticeKind.PROPOSED)
    assert not may_notify(ticket, NoticeKind.WAITING)


def test_a_stage_says_whether_it_is_over_or_with_a_helper() -> None:
    assert {stage for stage in Stage if stage.is_over} == {
        Stage.SETTLED,
        Stage.ANSWERED,
        Stage.CANCELLED,
        Stage.EXPIRED,
        Stage.REFUNDED,
    }
    assert {stage for stage in Stage if stage.is_with_helper} == {
        Stage.WORKING,
        Stage.WAITING_ON_CUSTOMER,
    }
    assert {money for money in MoneyState if money.is_held} == {
        MoneyState.PAID,
        MoneyState.RELEASING,
        MoneyState.WON,
    }
