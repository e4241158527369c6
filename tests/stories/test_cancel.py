"""Stopping is free until a helper has answered, then a request to the helper."""

from __future__ import annotations

from tests.stories.scene import scene


async def test_an_offer_is_stopped_at_once_and_its_checkout_closed(either_url: str) -> None:
    async with scene(either_url) as s:
        talk = await s.asked()
        session = await talk.presses("question")
        await talk.says("carol", "/support cancel I found it")
        assert talk.state == ("cancelled", "unpaid")
        (one,) = s.stripe.all("checkout.session")
        assert (one["id"], one["status"]) == (session, "expired")
        status, page = await talk.page("pay")
        assert (status, "The offer was withdrawn." in page) == (200, True)


async def test_before_a_helper_answered_all_of_it_goes_back(database_url: str) -> None:
    async with scene(database_url) as s:
        talk = await s.asked()
        session = await talk.pays("question")
        assert talk.assignees == ["ada"]
        await talk.says("carol", "/support cancel")
        assert talk.state == ("cancelled", "refunded")
        assert talk.refunds == [(talk.payment(session), 4900)]
        assert talk.assignees == []
        assert len(talk.notices("refund")) == 1


async def test_after_that_the_helper_is_asked_and_agrees(database_url: str) -> None:
    async with scene(database_url) as s:
        talk = await s.paid()
        await talk.says("ada", "Which version is it?")
        await talk.says("carol", "/support cancel")
        assert talk.state == ("working", "paid")
        assert len(talk.notices("cancel_asked")) == 1
        await talk.says("carol", "/support cancel")  # saying it twice asks once
        assert len(talk.notices("cancel_asked")) == 1
        await talk.says("ada", "/support release")
        assert talk.state == ("cancelled", "refunded")
        assert len(talk.refunds) == 1


async def test_the_silence_of_the_helper_is_consent(either_url: str) -> None:
    async with scene(either_url) as s:
        talk = await s.paid()
        await talk.says("ada", "/support claim")
        await talk.says("carol", "/support cancel")
        await s.wait(hours=47)
        assert talk.state == ("working", "paid")
        await s.wait(hours=2)
        assert talk.state == ("cancelled", "refunded")


async def test_a_helper_who_has_solved_it_says_so_instead(either_url: str) -> None:
    async with scene(either_url) as s:
        talk = await s.paid()
        await talk.says("ada", "/support claim")
        await talk.says("carol", "/support cancel")
        await talk.says("ada", "/support propose the fix is merged")
        assert talk.state == ("proposed", "paid")
        await s.wait(hours=60)
        assert talk.state == ("proposed", "paid")  # the wish to stop is answered
        await talk.says("carol", "/support accept")
        assert talk.state == ("accepted", "paid")


async def test_who_was_given_the_money_back_may_ask_again(either_url: str) -> None:
    async with scene(either_url) as s:
        talk = await s.paid()
        await talk.says("carol", "/support cancel")
        await talk.says("carol", "/support")
        assert len(talk.cards) == 2
        assert "stage=offered" in talk.cards[1].body
