"""What a card says about money and people, beyond the stories of the golden files."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.assignment import Rule
from app.domain.tickets.stages import MoneyState, Stage
from app.domain.wording import card
from app.domain.wording.answers import answers
from tests.domain.tickets.builders import ADA, OPERATOR, Story, offer, plan, share, terms, usd

MONEY = {
    MoneyState.UNPAID: "not charged.",
    MoneyState.AUTHORISED: "not charged.",
    MoneyState.PENDING: "on its way from the bank.",
    MoneyState.PAID: "paid, and kept until it is solved.",
    MoneyState.RELEASING: "paid out to those who helped.",
    MoneyState.RELEASED: "paid out to those who helped.",
    MoneyState.LAPSED: "not charged.",
    MoneyState.FAILED: "not charged.",
    MoneyState.REFUNDING: "on its way back to the customer.",
    MoneyState.REFUNDED: "given back to the customer.",
    MoneyState.DISPUTED: "with the customer's bank, which decides.",
    MoneyState.WON: "paid, and kept until it is solved.",
    MoneyState.LOST: "taken back by the customer's bank.",
}


@pytest.mark.parametrize("money", MoneyState)
def test_a_card_says_where_the_money_is(money: MoneyState) -> None:
    story = Story().working().changed(money=money)
    assert f"**Quick question**, $49.00: {MONEY[money]}" in story.card


def test_money_is_kept_until_it_is_divided() -> None:
    assert "$49.00: paid, and kept until it is divided." in Story().accepted().card
    assert "$49.00: paid, and divided." in Story().settled().card


@pytest.mark.parametrize("stage", [Stage.QUEUED, Stage.WORKING])
def test_a_ticket_without_a_payment_has_no_amount_to_tell(stage: Stage) -> None:
    ticket = Story().working().ticket
    told = answers(replace(ticket, stage=stage, payment=None), OPERATOR)
    assert "all of it goes back" in f"{told.stop}"
    helpless = answers(replace(ticket, stage=Stage.REVIEW, helper=None), OPERATOR)
    assert "`/support accept` pays the helper" in helpless.next


def test_where_every_class_has_the_same_share_a_plan_is_one_row() -> None:
    same = replace(plan(), shares=(share("core", 500), share("community", 500)))
    written = Story(offer(terms(plans=(same,)))).card
    assert "| Quick question, $49.00 | $42.56 | $2.36 | $2.36 | $1.72 |" in written


def test_a_platform_that_takes_nothing_has_no_column() -> None:
    free = replace(plan(), shares=(replace(share("core", 500), platform_bp=0),))
    offered = card.text(offer(terms(plans=(free,))), OPERATOR)
    assert "| Where the money goes | Helper | Project | Payment processing |\n" in offered
    assert "| Platform |" in card.text(offer(terms(plans=(plan(),))), OPERATOR)


def test_what_is_nothing_is_not_named_when_it_is_divided() -> None:
    division = replace(share("core", 0), platform_bp=0).divide(usd(4900))
    assert card.divided(division) == "$47.28 to the helper, $1.72 for payment processing"


def test_how_a_helper_is_found_is_said_in_the_offer() -> None:
    assert "They are asked one after another." in Story().card
    assert "Whoever claims it first takes it." in Story(offer(terms(rule=Rule.CLAIM))).card
    alone = Story(offer(replace(terms(), helpers=(ADA,)))).card
    assert "**Who may help:** `ada`, chosen by the maintainers. If nobody takes it" in alone


def test_two_late_payments_are_two() -> None:
    story = Story().waits(days=15)
    for intent, plan_id in (("pi_1", "question"), ("pi_2", "session")):
        story.pays(intent, plan_id=plan_id)
    told = answers(story.ticket, OPERATOR)
    assert told.owe == "nothing; all of $49.00 and $180.00 is on its way back to `carol`."
    assert story.card.count("was not needed: all of it goes straight back.") == 2


def test_without_an_address_for_money_none_is_told() -> None:
    told = answers(Story().settled().ticket, replace(OPERATOR, support_email=""))
    assert told.otherwise == "nothing more happens."


@pytest.mark.parametrize(("chosen", "plain"), [("", ""), ("session", "session")])
def test_the_plan_that_was_named_has_the_plain_link_and_comes_first(
    chosen: str, plain: str
) -> None:
    story = Story(offer(chosen=chosen))
    for each in ("question", "session"):
        link = f"https://mainstay.test/pay/{story.ticket.token}"
        query = "" if each == plain else f"?plan={each}"
        assert f"({link}{query})" in story.card
    first = story.card.split("/pay/")[1]
    assert first.startswith(f"{story.ticket.token}{')' if chosen else '?plan=question)'}")
