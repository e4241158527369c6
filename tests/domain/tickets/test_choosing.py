"""Whom a ticket asks: what is told of the choice, and of nobody being asked."""

from __future__ import annotations

from app.domain.assignment import Rule
from app.domain.effects import Assign, Unassign
from app.domain.events import HelperWentOff
from app.domain.tickets.clocks import Clock
from app.domain.tickets.ticket import AskState
from tests.domain.tickets.builders import (
    ADA,
    GRACE,
    TICKET,
    Story,
    nominee,
    offer,
    terms,
    user,
)


def went_off(story: Story, login: str) -> None:
    story.nominees[login] = nominee(login, is_off=True)
    story.does(HelperWentOff(ticket=TICKET, user=user(login)))


def test_topics_choose_where_the_file_says_so() -> None:
    for rule, asked in ((Rule.TOPICS, GRACE), (Rule.ROTATE, ADA)):
        story = Story(offer(terms(rule=rule)))
        story.nominees[GRACE] = nominee(GRACE, topics=("dns",))
        story.topics = frozenset({"dns"})
        story.paid()
        assert story.asked == asked
        assert ("They know about dns." in story.card) == (asked == GRACE)


def test_the_least_busy_is_asked_where_the_file_says_so() -> None:
    story = Story(offer(terms(rule=Rule.LEAST_BUSY)))
    story.nominees[ADA] = nominee(ADA, open_tickets=2)
    story.paid()
    assert story.asked == GRACE
    assert "They have the fewest open tickets: 0." in story.card


def test_where_helpers_claim_the_card_says_that_nobody_is_asked() -> None:
    story = Story(offer(terms(rule=Rule.CLAIM))).paid()
    assert story.made(Assign) == []
    assert story.ticket.due(Clock.ASK) is None
    assert "**Asked:** nobody. Here nobody is asked" in story.card
    story.says(GRACE, "/support claim")
    assert "Here nobody is asked" not in story.card
    assert "**Helper:** `grace`. They claimed it." in story.card


def test_whoever_goes_off_while_being_asked_makes_room_for_the_next() -> None:
    story = Story().paid()
    went_off(story, ADA)
    assert story.asked == GRACE
    assert [each.login for each in story.made(Unassign)] == [ADA]
    assert story.ticket.asked[0].state is AskState.RELEASED  # who says so was not silent
    assert "ada takes no new tickets" not in story.card  # they were asked before
    went_off(story, GRACE)
    assert story.asked == ""
    assert "**Asked:** nobody. Every helper was asked already." in story.card


def test_whoever_goes_off_keeps_what_they_took_and_is_not_asked_in_vain() -> None:
    story = Story().working()
    before = story.ticket
    went_off(story, ADA)
    assert story.ticket == before
    story = Story().paid()
    before = story.ticket
    went_off(story, GRACE)
    assert story.ticket == before
    story.waits(hours=8)
    assert story.asked == ""
    assert "1 takes a break" in story.card


def test_the_reason_is_gone_when_somebody_is_asked_again() -> None:
    story = Story(helpers=()).paid()
    assert "There is no helper who could be asked." in story.card
    story.nominees[ADA] = nominee(ADA)
    story.says(ADA, "/support claim")
    story.nominees[GRACE] = nominee(GRACE)
    story.says(ADA, "/support release")
    assert story.asked == GRACE
    assert story.ticket.nobody_asked == ""
