"""The product was away when a clock was due: what people said in time is heard first."""

from __future__ import annotations

from datetime import timedelta

from tests.stories.scene import scene


async def test_who_declined_in_time_is_not_taken_for_silent(either_url: str) -> None:
    async with scene(either_url) as s:
        talk = await s.paid()
        await talk.says("ada", "/support propose Set proxy=on.")
        await s.wait(days=2, hours=12)
        async with s.away():
            s.github.comment(talk.issue, "/support decline It still fails.", by="carol")
            await s.github.settle()  # it could not be handed over
            s.world.clock.advance(timedelta(hours=14))
        await s.settle()
        await s.wait(minutes=7)
        await s.wait(minutes=30)
        assert talk.state == ("working", "paid")


async def test_who_claimed_in_time_has_the_ticket(sqlite_url: str) -> None:
    async with scene(sqlite_url) as s:
        talk = await s.paid()
        await s.wait(hours=40)
        async with s.away():
            s.github.comment(talk.issue, "/support claim", by="grace")
            await s.github.settle()
            s.world.clock.advance(timedelta(hours=9))
        await s.settle()
        await s.wait(minutes=7)
        await s.wait(minutes=30)
        assert talk.state == ("working", "paid")
        assert talk.refunds == []


async def test_where_nobody_said_anything_the_clock_strikes_a_little_later(sqlite_url: str) -> None:
    async with scene(sqlite_url) as s:
        talk = await s.paid()
        async with s.away():
            s.world.clock.advance(timedelta(hours=49))
        await s.settle()
        assert talk.state == ("queued", "paid")
        await s.wait(minutes=31)
        assert talk.state == ("refunded", "refunded")
