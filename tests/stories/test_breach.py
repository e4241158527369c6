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
        (told,) = talk.notices("review")
        assert "@octo, would you decide this one? The time that was promised is over" in told
        await s.wait(days=5, minutes=1)  # the maintainers do not decide
        await s.wait(days=14)  # and neither does the operator
        assert talk.state == ("refunded", "refunded")
        assert [len(talk.notices(kind)) for kind in ("refund", "")] == [1, 3]
