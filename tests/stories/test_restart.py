"""The operator stops the product in the middle of everything, and starts it again."""

from __future__ import annotations

from datetime import timedelta

from tests.stories.scene import scene


async def test_a_story_goes_on_over_restarts_between_all_of_its_steps(database_url: str) -> None:
    async with scene(database_url) as s:
        talk = await s.asked()
        async with s.away():
            pass
        session = await talk.presses("question")
        async with s.away():
            pass
        s.stripe.pay(session)
        await s.settle()
        async with s.away():
            pass
        await talk.says("ada", "/support claim")
        async with s.away():
            s.world.clock.advance(timedelta(days=2))
        await s.settle()
        await talk.says("ada", "/support propose")
        async with s.away():  # the time to look is over meanwhile
            s.world.clock.advance(timedelta(days=4))
        await s.wait(minutes=31)  # people are heard first
        assert talk.state == ("accepted", "paid")
        async with s.away():
            s.world.clock.advance(timedelta(days=4))
        await s.wait(minutes=31)
        assert talk.state == ("settled", "paid")
        assert len(talk.ours) == 3 + len(talk.notices("reminder"))


async def test_it_stops_in_the_middle_of_work_and_nothing_is_done_twice(database_url: str) -> None:
    async with scene(database_url) as s:
        talk = await s.opens()
        for _ in range(3):
            s.github.comment(talk.issue, "/support", by="carol")
            await s.heard()
            async with s.away():  # it was taken, so it is done; and not more than once
                pass
        await s.settle()
        assert talk.state == ("offered", "unpaid")
        assert len(talk.drafts) == 1


async def test_what_was_said_while_nobody_listened_is_asked_for_again(database_url: str) -> None:
    async with scene(database_url) as s:
        talk = await s.opens()
        async with s.away():
            command = s.github.comment(talk.issue, "/support", by="carol")
            await s.github.settle()
            assert not s.github.deliveries[-1].delivery.is_success
            s.world.clock.advance(timedelta(minutes=2))  # what is younger may be on its way
        await s.until(lambda: talk.signs(command) == ["eyes"])
        await s.settle()
        assert talk.state == ("offered", "unpaid")
        asked = [each for each in s.github.requests if each.path.endswith("/attempts")]
        assert [each.status for each in asked] == [202]


async def test_what_was_paid_while_nobody_listened_is_paid(either_url: str) -> None:
    async with scene(either_url) as s:
        talk = await s.asked()
        session = await talk.presses("question")
        async with s.away():
            s.stripe.pay(session)
        await s.settle()  # Stripe tries again by itself
        assert talk.state == ("queued", "paid")
