"""What a story costs: GitHub allows an installation only so many writings and requests."""

from __future__ import annotations

from collections.abc import Callable

from tests.stories.scene import scene

WRITINGS_MAX = 12
REQUESTS_MAX = 20
ADOPTING_MAX = 12  # the file, its helpers, and the check run on the commit


async def test_a_whole_paid_story_asks_little_of_the_outside(
    sqlite_url: str, record_property: Callable[[str, object], None]
) -> None:
    async with scene(sqlite_url) as s:
        before = len(s.github.requests)
        talk = await s.paid()
        await talk.says("ada", "Set proxy=on.")
        await talk.says("ada", "/support propose")
        await talk.says("carol", "/support accept")
        await s.wait(days=3, minutes=1)
        assert talk.state == ("settled", "paid")
        asked = s.github.requests[before:]
        writings = sum(each.is_content_creating for each in asked)
        healing = sum("/app/hook/" in each.path for each in asked)
        record_property("requests", f"{before} before, {len(asked)} in all, {writings} writings")
        assert before <= ADOPTING_MAX
        assert writings <= WRITINGS_MAX
        assert len(asked) - healing <= REQUESTS_MAX
        assert len(s.openai.requests) == 1
        assert len(s.stripe.requests) <= 6
