"""Handing on, calling the maintainers, opening again, rating: as people see it on GitHub."""

from __future__ import annotations

from app.rehearsal.github.roles import Role
from tests.stories.scene import scene


async def test_a_ticket_is_handed_on_and_the_other_one_is_assigned(database_url: str) -> None:
    async with scene(database_url) as s:
        talk = await s.paid()
        await talk.says("ada", "/support claim")
        said = await talk.says("ada", "/support transfer @grace")
        assert talk.signs(said) == ["eyes"]
        assert talk.state == ("queued", "paid")
        assert "ada" not in talk.assignees
        await talk.says("grace", "I know this one.")
        assert talk.state == ("working", "paid")
        assert talk.assignees == ["grace"]


async def test_who_was_a_maintainer_a_moment_ago_hands_nothing_on(either_url: str) -> None:
    async with scene(either_url) as s:
        talk = await s.paid()
        s.github.set_permission(s.repository, "max", Role.WRITE)
        said = await talk.says("max", "/support transfer @grace")
        assert talk.signs(said) == ["-1"]
        assert talk.assignees == ["ada"]
        said = await talk.says("octo", "/support transfer @grace")
        assert talk.signs(said) == ["eyes"]


async def test_the_customer_calls_the_maintainers(either_url: str) -> None:
    async with scene(either_url) as s:
        talk = await s.paid()
        await talk.says("ada", "/support claim")
        await talk.says("carol", "/support escalate this is not what I bought")
        assert talk.state == ("review", "paid")
        assert "this is not what I bought" in talk.card
        await talk.says("max", "/support refund right")
        assert talk.state == ("refunded", "refunded")


async def test_an_acceptance_is_taken_back_and_rated_when_all_is_over(either_url: str) -> None:
    async with scene(either_url) as s:
        talk = await s.paid()
        await talk.says("ada", "/support propose")
        await talk.says("carol", "/support accept")
        await talk.says("carol", "/support reopen it came back")
        assert talk.state == ("working", "paid")
        await talk.says("ada", "/support propose")
        await talk.says("carol", "/support accept")
        await s.wait(days=3, minutes=1)
        assert talk.state == ("settled", "paid")
        other = await talk.says("dave", "/support rate 1")
        assert talk.signs(other) == ["-1"]
        rated = await talk.says("carol", "/support rate 4 slow but right")
        assert talk.signs(rated) == ["eyes"]
        assert "4 of 5. slow but right" in talk.card
