"""A bank debit takes days, and the bank may still say no."""

from __future__ import annotations

from tests.stories.scene import mark_of, scene


async def test_work_begins_when_the_money_has_come(database_url: str) -> None:
    async with scene(database_url) as s:
        talk = await s.asked()
        session = await talk.presses("question")
        s.stripe.pay_later(session)
        await s.settle()
        assert talk.state == ("offered", "pending")
        assert talk.assignees == []
        assert talk.links() == []
        status, page = await talk.page("pay")
        assert (status, "Your bank was asked for the money" in page) == (200, True)
        s.stripe.settle_later(session, succeeds=True)
        await s.settle()
        assert talk.state == ("queued", "paid")
        assert talk.assignees == ["ada"]


async def test_the_bank_says_no_and_the_customer_pays_again(either_url: str) -> None:
    async with scene(either_url) as s:
        talk = await s.asked()
        session = await talk.presses("question")
        s.stripe.pay_later(session)
        await s.settle()
        s.stripe.settle_later(session, succeeds=False)
        await s.settle()
        assert talk.state == ("offered", "failed")
        assert "the bank did not pay" in talk.card
        assert talk.refunds == []
        await talk.pays("session")
        assert talk.state == ("queued", "paid")


async def test_it_arrives_after_the_customer_stopped_and_goes_straight_back(
    either_url: str,
) -> None:
    async with scene(either_url) as s:
        talk = await s.asked()
        session = await talk.presses("question")
        s.stripe.pay_later(session)
        await s.settle()
        await talk.says("carol", "/support cancel")
        assert talk.state == ("cancelled", "pending")
        s.stripe.settle_later(session, succeeds=True)
        await s.settle()
        assert talk.refunds == [(talk.payment(session), 4900)]
        assert talk.state == ("cancelled", "refunding")  # banks take their time
        assert len(talk.notices("refund")) == 1
        await s.wait(days=6)
        assert talk.state == ("cancelled", "refunded")


async def test_it_fails_after_the_customer_stopped_and_nothing_is_owed(either_url: str) -> None:
    async with scene(either_url) as s:
        talk = await s.asked()
        session = await talk.presses("question")
        s.stripe.pay_later(session)
        await s.settle()
        await talk.says("carol", "/support cancel")
        s.stripe.settle_later(session, succeeds=False)
        await s.settle()
        assert talk.state == ("cancelled", "failed")
        assert talk.refunds == []


async def test_somebody_else_in_the_thread_was_faster_than_the_bank(database_url: str) -> None:
    async with scene(database_url) as s:
        talk = await s.asked("carol")
        await talk.says("dave", "/support")
        carols, daves = (talk.links(card.body)[0][0] for card in talk.cards)
        session = await talk.presses("question", token=carols)
        s.stripe.pay_later(session)
        await s.settle()
        await talk.pays("question", token=daves)
        s.stripe.settle_later(session, succeeds=True)
        await s.settle()
        assert talk.refunds == [(talk.payment(session), 4900)]
        marks = [mark_of(card.body) for card in talk.cards]
        assert [(each.stage.value, each.money.value) for each in marks] == [
            ("cancelled", "refunding"),
            ("queued", "paid"),
        ]


async def test_an_offer_whose_debit_is_under_way_does_not_run_out(either_url: str) -> None:
    async with scene(either_url) as s:
        talk = await s.asked()
        await s.wait(days=13, hours=23)
        session = await talk.presses("question")
        s.stripe.pay_later(session)
        await s.settle()
        await s.wait(days=2)
        assert talk.state == ("offered", "pending")
        await s.wait(days=3)  # the bank pays by itself
        assert talk.state == ("queued", "paid")
