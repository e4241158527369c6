"""What a story costs: GitHub allows an installation only so many writings and requests."""

from __future__ import annotations

from collections.abc import Callable

from tests.stories.scene import Scene, scene

WRITINGS_MAX = 10
REQUESTS_MAX = 24
ADOPTING_MAX = 12  # the file, its helpers, and the check run on the commit


async def test_a_whole_paid_story_asks_little_of_the_outside(
    sqlite_url: str, record_property: Callable[[str, object], None]
) -> None:
    async with scene(sqlite_url) as s:
        before = len(s.github.requests)
        assert before <= ADOPTING_MAX
        talk = await s.opens(labels=("paid-support",))
        await talk.pays()
        await talk.says("ada", "/support propose set proxy=on")
        await talk.says("carol", "/support accept")
        await s.wait(days=3, minutes=1)
        assert talk.state == ("settled", "paid")
        writings, others = counted(s, before)
        record_property("requests", f"{before} before, then {writings} writings, {others} others")
        assert writings <= WRITINGS_MAX
        assert writings + others <= REQUESTS_MAX
        assert len(s.openai.requests) == 1
        assert len(s.stripe.requests) <= 6


async def test_each_command_and_each_turn_of_it_costs_one_writing_more(sqlite_url: str) -> None:
    async with scene(sqlite_url) as s:
        before = len(s.github.requests)
        talk = await s.paid()  # by a command, which gets a sign
        await talk.says("ada", "Set proxy=on.")  # taken by an answer, which the card shows
        await talk.says("ada", "/support propose")
        await talk.says("carol", "/support accept")
        await s.wait(days=3, minutes=1)
        assert talk.state == ("settled", "paid")
        writings, others = counted(s, before)
        assert writings <= WRITINGS_MAX + 2
        assert writings + others <= REQUESTS_MAX


def counted(s: Scene, before: int) -> tuple[int, int]:
    """Count what GitHub was asked since: writings, and the rest without the healing."""
    asked = s.github.requests[before:]
    writings = sum(each.is_content_creating for each in asked)
    healing = sum("/app/hook/" in each.path for each in asked)
    return writings, len(asked) - writings - healing
