"""The label is an offer to whoever wrote the issue, whoever sets it."""

from __future__ import annotations

from tests.stories.scene import scene


async def test_a_label_makes_an_offer_to_the_author_who_can_pay(database_url: str) -> None:
    async with scene(database_url) as s:
        talk = await s.opens("carol")
        s.github.label(talk.issue, "paid-support", by="max")
        await s.settle()
        assert talk.state == ("offered", "unpaid")
        assert "`carol`, by choosing a plan" in talk.card
        assert (await talk.ticket()).customer.login == "carol"
        await talk.pays("question")
        assert talk.state == ("queued", "paid")


async def test_a_form_that_sets_the_label_makes_the_offer_with_the_issue(either_url: str) -> None:
    async with scene(either_url) as s:
        talk = await s.opens("carol", labels=("bug", "Paid-Support"))
        assert talk.state == ("offered", "unpaid")


async def test_taking_the_label_off_ends_the_offer_and_its_checkout(database_url: str) -> None:
    async with scene(database_url) as s:
        talk = await s.opens("carol", labels=("paid-support",))
        session = await talk.presses("question")
        s.github.unlabel(talk.issue, "paid-support", by="max")
        await s.settle()
        assert talk.state == ("cancelled", "unpaid")
        assert [(each["id"], each["status"]) for each in s.stripe.all("checkout.session")] == [
            (session, "expired")
        ]
        _, page = await talk.page("pay")
        assert "The offer was withdrawn." in page

        s.github.label(talk.issue, "paid-support", by="max")
        await s.settle()
        assert len(talk.cards) == 2  # a new offer, a new card


async def test_the_label_of_a_sold_ticket_means_nothing_any_more(either_url: str) -> None:
    async with scene(either_url) as s:
        talk = await s.opens("carol", labels=("paid-support",))
        await talk.pays("question")
        s.github.unlabel(talk.issue, "paid-support", by="max")
        s.github.label(talk.issue, "paid-support", by="max")
        await s.settle()
        assert talk.state == ("queued", "paid")


async def test_another_label_is_nothing_to_us(either_url: str) -> None:
    async with scene(either_url) as s:
        talk = await s.opens("carol", labels=("bug", "support"))
        assert talk.ours == []


async def test_without_a_valid_file_nobody_hears_from_us(either_url: str) -> None:
    async with scene(either_url, policy=None) as s:
        talk = await s.opens("carol", labels=("paid-support",))
        comment = await talk.says("carol", "/support")
        await s.adopts("supportLabel: paid-support\nclose: true\n")  # another app's file
        again = await talk.says("carol", "/support help")
        assert talk.ours == []
        assert talk.signs(comment) == talk.signs(again) == []


async def test_an_offer_that_nobody_pays_ends_by_itself(either_url: str) -> None:
    async with scene(either_url) as s:
        talk = await s.opens("carol", labels=("paid-support",))
        await s.wait(days=14, minutes=1)
        assert talk.state == ("expired", "unpaid")
        _, page = await talk.page("pay")
        assert "The offer has ended" in page
