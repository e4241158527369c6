"""A helper's question stops their clock; the customer's answer, or their silence, ends the wait."""

from __future__ import annotations

from tests.stories.scene import POLICY, Scene, Talk, scene

OFFICE = POLICY.replace("resolve_within: 3d", "resolve_within: 8h") + (
    "calendar: {timezone: Europe/Oslo, hours: Mon-Fri 09:00-17:00, holidays: NO}\n"
)


async def taken(s: Scene) -> Talk:
    """Pay, and let ada take it; it is Tuesday, ten o'clock in Oslo."""
    talk = await s.paid()
    await talk.says("ada", "/support claim")
    assert talk.state == ("working", "paid")
    return talk


async def test_only_the_time_that_was_left_runs_on_after_the_answer(database_url: str) -> None:
    async with scene(database_url, policy=OFFICE) as s:
        talk = await taken(s)
        assert "**By:** 25 Nov 2026, 09:00 UTC (10:00 Europe/Oslo), as promised" in talk.card
        _, page = await talk.page("t")
        assert "25 Nov 2026, 09:00 UTC (10:00 Europe/Oslo)" in page
        await s.wait(hours=5)
        await talk.says("ada", "> How do I?\n\nLike this: https://example.com/?proxy=on")
        assert talk.state == ("working", "paid")
        await talk.says("ada", "Which version do you use?")
        assert talk.state == ("waiting_on_customer", "paid")
        assert "`carol`, by answering the question of `ada`" in talk.card
        assert "the clock of `ada` stands still" in talk.card
        await s.wait(hours=45)  # until Thursday noon: three open hours are left
        await talk.says("dave", "Mine is 1.2.")
        assert talk.state == ("waiting_on_customer", "paid")
        await talk.says("carol", "It is 1.3.")
        assert talk.state == ("working", "paid")
        assert "**By:** 26 Nov 2026, 14:00 UTC (15:00 Europe/Oslo), as promised" in talk.card
        await s.wait(hours=2)
        assert talk.notices("breach") == []
        await s.wait(hours=1, minutes=1)
        assert len(talk.notices("breach")) == 1


async def test_a_question_in_the_comment_that_takes_it_counts_too(sqlite_url: str) -> None:
    async with scene(sqlite_url) as s:
        first, second = await s.paid(), await s.paid("dave")
        await first.says("ada", "/support claim\n\nWhich version do you use?")
        await second.says("grace", "Hello! Which version do you use?")
        for talk in (first, second):
            assert talk.state == ("waiting_on_customer", "paid")


async def test_a_question_that_stays_open_counts_as_solved_at_last(sqlite_url: str) -> None:
    async with scene(sqlite_url) as s:
        talk = await taken(s)
        await talk.says("ada", "Which version do you use?")
        await s.wait(days=3, minutes=-1)
        assert talk.notices() == []
        await s.wait(minutes=2)
        (notice,) = talk.notices()
        assert "@carol, `ada` has asked you something" in notice
        assert "30 Nov 2026" in notice
        assert talk.state == ("waiting_on_customer", "paid")
        await s.wait(days=3)
        assert talk.state == ("proposed", "paid")
        (notice,) = talk.notices("proposed")
        assert "@carol, the question of `ada` is still open" in notice
        assert "says that this is solved" not in notice
        await s.wait(days=3, minutes=1)
        assert talk.state == ("accepted", "paid")
        assert [len(talk.notices(kind)) for kind in ("reminder", "")] == [0, 2]
        await s.wait(days=3, minutes=1)
        assert talk.state == ("settled", "paid")
