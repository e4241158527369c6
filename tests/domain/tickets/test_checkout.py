"""The one checkout session of a ticket, and what is asked for while it opens or closes."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.domain.effects import CloseCheckout, OpenCheckout
from app.domain.events import CheckoutClosed, CheckoutEnded, EffectFailed
from tests.domain.tickets.builders import CAROL, START, TICKET, Story, usd


def opened(plan: str = "question") -> Story:
    story = Story()
    story.presses(plan)
    story.opens()
    return story


def closed(story: Story, session: str = "cs_1", *, is_completed: bool = False) -> None:
    story.does(CheckoutClosed(ticket=TICKET, session=session, is_completed=is_completed))


def fails(story: Story, effect: OpenCheckout | CloseCheckout) -> None:
    story.does(EffectFailed(effect=effect, reason="Stripe is away", is_certain=False))


def test_pressing_the_button_opens_a_session_for_the_price_of_the_plan() -> None:
    story = Story()
    story.presses("session")
    (order,) = story.now_made(OpenCheckout)
    assert (order.plan, order.price, order.title) == ("session", usd(18000), "One-hour session")
    assert order.expires_at == START + timedelta(hours=2)
    assert order.success_url.startswith("https://mainstay.test/t/")
    story.opens()
    assert story.session == "open session"


def test_pressing_it_again_opens_no_second_one() -> None:
    story = Story()
    story.presses()
    story.presses()
    story.opens()
    story.presses()
    assert len(story.made(OpenCheckout)) == 1
    assert story.session == "open question"


def test_a_session_that_ran_out_is_followed_by_a_new_one() -> None:
    story = opened().waits(hours=2)
    story.presses()
    assert [each.n for each in story.made(OpenCheckout)] == [1, 2]


def test_another_plan_closes_the_open_session_first() -> None:
    story = opened()
    story.presses("session")
    assert [each.session for each in story.made(CloseCheckout)] == ["cs_1"]
    assert len(story.made(OpenCheckout)) == 1
    closed(story)
    assert [each.plan for each in story.made(OpenCheckout)] == ["question", "session"]


def test_while_one_closes_the_last_plan_that_was_pressed_is_opened_after_it() -> None:
    story = opened()
    story.presses("session")
    story.presses("question")
    closed(story)
    assert [each.plan for each in story.made(OpenCheckout)] == ["question", "question"]


def test_while_one_opens_another_plan_waits_for_it() -> None:
    story = Story()
    story.presses("question")
    story.presses("session")
    story.opens()
    assert [each.session for each in story.made(CloseCheckout)] == ["cs_1"]
    closed(story)
    assert [each.plan for each in story.made(OpenCheckout)] == ["question", "session"]


def test_while_one_opens_the_mind_can_be_changed_back() -> None:
    story = Story()
    for plan in ("question", "session", "question"):
        story.presses(plan)
    story.opens()
    assert story.made(CloseCheckout) == []
    assert story.session == "open question"


def test_one_that_opens_when_nothing_is_due_any_more_is_closed_at_once() -> None:
    story = Story()
    story.presses()
    story.says(CAROL, "/support cancel")
    assert story.made(CloseCheckout) == []
    story.opens()
    assert [each.session for each in story.made(CloseCheckout)] == ["cs_1"]
    closed(story)
    assert story.session == ""
    assert len(story.made(OpenCheckout)) == 1


def test_one_that_is_not_the_tickets_any_more_is_closed_too() -> None:
    story = Story()
    story.presses()
    fails(story, story.made(OpenCheckout)[0])
    story.opens()  # it was opened after all
    assert [each.session for each in story.made(CloseCheckout)] == ["cs_1"]


def test_one_that_was_paid_before_it_could_be_closed_is_not_followed_by_another() -> None:
    story = opened()
    story.presses("session")
    closed(story, is_completed=True)
    assert story.session == ""
    assert len(story.made(OpenCheckout)) == 1


def test_one_that_ended_by_itself_is_forgotten() -> None:
    story = opened()
    story.does(CheckoutEnded(session="cs_0"))
    assert story.session == "open question"
    story.does(CheckoutEnded(session="cs_1"))
    assert story.session == ""
    story.presses()
    assert len(story.made(OpenCheckout)) == 2


@pytest.mark.parametrize("plan", ["nothing", ""])
def test_a_plan_that_is_not_on_offer_opens_nothing(plan: str) -> None:
    story = Story()
    story.presses(plan)
    assert story.last.effects == ()


def test_when_it_is_paid_nothing_can_be_opened() -> None:
    story = Story().paid()
    story.presses()
    assert story.last.effects == ()


def test_a_checkout_that_could_not_be_opened_is_told_until_one_opens() -> None:
    story = Story()
    story.presses()
    fails(story, story.made(OpenCheckout)[0])
    assert story.trouble == "checkout"
    assert "could not be opened" in story.card
    fails(story, story.made(OpenCheckout)[0])
    assert story.last.reason == "that session is not the ticket's any more"
    story.presses()
    story.opens(2)
    assert story.trouble == ""


def test_it_is_not_told_where_nothing_is_due_any_more() -> None:
    story = Story()
    story.presses()
    story.says(CAROL, "/support cancel")
    fails(story, story.made(OpenCheckout)[0])
    assert story.trouble == ""
    again = opened()
    again.presses("session")
    closed(again)
    fails(again, again.made(OpenCheckout)[1])
    again.pays()  # the first session was paid, just before it was closed
    assert again.trouble == ""
    assert again.state == "queued paid"


def test_a_session_that_could_not_be_closed_is_forgotten() -> None:
    story = opened()
    story.presses("session")
    fails(story, story.made(CloseCheckout)[0])
    assert story.session == ""
    assert story.state == "offered unpaid"


def test_news_of_other_sessions_change_nothing() -> None:
    story = opened()
    before = story.ticket
    closed(story, "cs_9")
    story.opens()
    assert story.ticket == before
