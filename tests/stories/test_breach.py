"""A promise to solve that is not kept: once more as long, then the maintainers, then the refund."""

from __future__ import annotations

from tests.stories.scene import POLICY, scene

HOURS = POLICY.replace("resolve_within: 3d", "resolve_within: 6h")


async def test_it_is_extended_once_and_then_others_decide(database_url: str) -> None:
    async with scene(database_url, policy=HOURS) as s:
        talk = await s.paid()
        await talk.says("ada", "/support claim")
        assert "`ada` gets as much time once more; then the maintainers decide." in talk.card
        await s.wait(hours=6, minutes=-1)
        assert talk.notices() == []
        await s.wait(minutes=2)
        assert talk.state == ("working", "paid")
        (notice,) = talk.notices("breach")
        assert "@ada, this should be solved by now, as promised" in notice
        assert "24 Nov 2026, 21:00 UTC" in notice
        assert "and as much again since that was not kept" in talk.card
        await s.wait(hours=6)
        assert talk.state == ("review", "paid")
        assert "the time that was promised is over, and as much again" in talk.card
        assert len(talk.notices()) == 1
        await s.wait(days=5, minutes=1)
        assert talk.state == ("refunded", "refunded")
        assert [len(talk.notices(kind)) for kind in ("refund", "")] == [1, 2]


async def test_who_is_late_once_can_still_solve_it(sqlite_url: str) -> None:
    async with scene(sqlite_url, policy=HOURS) as s:
        talk = await s.paid()
        await talk.says("ada", "/support claim")
        await s.wait(hours=7)
        await talk.says("ada", "/support propose set proxy=on")
        await s.wait(hours=24)  # while the customer looks, no clock of the helper's runs
        assert talk.state == ("proposed", "paid")
        await talk.says("carol", "/support decline it still hangs")
        await s.wait(hours=4)
        assert talk.state == ("working", "paid")
        await s.wait(hours=1, minutes=1)
        assert talk.state == ("review", "paid")


async def test_the_maintainers_can_decide_for_the_helper_all_the_same(sqlite_url: str) -> None:
    async with scene(sqlite_url, policy=HOURS) as s:
        talk = await s.paid()
        await talk.says("ada", "/support claim")
        await s.wait(hours=6, minutes=1)
        await s.wait(hours=6)
        await talk.says("max", "/support accept")
        assert talk.state == ("accepted", "paid")


async def test_the_next_helper_has_a_promise_of_their_own(sqlite_url: str) -> None:
    async with scene(sqlite_url, policy=HOURS) as s:
        talk = await s.paid()
        await talk.says("ada", "/support claim")
        await s.wait(hours=7)
        await talk.says("ada", "/support release")
        assert talk.state == ("queued", "paid")
        await s.wait(hours=7)
        await talk.says("grace", "/support claim")
        assert "as much again" not in talk.card
        await s.wait(hours=5)
        assert talk.state == ("working", "paid")
        await s.wait(hours=1, minutes=1)
        assert "as much again" in talk.card
        await s.wait(hours=6)
        assert talk.state == ("review", "paid")


async def test_who_wants_to_stop_gets_the_helpers_answer_and_no_review(sqlite_url: str) -> None:
    async with scene(sqlite_url, policy=HOURS) as s:
        talk = await s.paid()
        await talk.says("ada", "/support claim")
        await talk.says("carol", "/support cancel")
        await s.wait(hours=13)
        assert talk.state == ("working", "paid")
        assert talk.notices("breach") == []
        await s.wait(hours=35, minutes=1)
        assert talk.state == ("cancelled", "refunded")


async def test_without_a_promise_there_is_no_clock(sqlite_url: str) -> None:
    policy = POLICY.replace(", resolve_within: 3d", "")
    async with scene(sqlite_url, policy=policy) as s:
        talk = await s.paid()
        await talk.says("ada", "/support claim")
        await talk.says("ada", "Which version?")
        await talk.says("carol", "1.3")
        assert "no time was promised" in talk.card
        await s.wait(days=60)
        assert talk.state == ("working", "paid")
        assert talk.notices() == []
