"""The customer opens the issue again while they are to look: that is a no, like ``decline``."""

from __future__ import annotations

from tests.stories.scene import scene


async def test_an_issue_that_its_customer_opens_again_is_not_solved(either_url: str) -> None:
    async with scene(either_url) as s:
        talk = await s.paid()
        await talk.says("ada", "/support claim")
        await talk.says("ada", "/support propose")
        s.github.close_issue(talk.issue, by="carol")
        await s.settle()
        assert talk.state == ("proposed", "paid")
        s.github.reopen_issue(talk.issue, by="carol")
        await s.settle()
        assert talk.state == ("working", "paid")
        assert "The issue was opened again." in talk.card


async def test_an_issue_that_somebody_else_opens_again_changes_nothing(database_url: str) -> None:
    async with scene(database_url) as s:
        talk = await s.paid()
        await talk.says("ada", "/support claim")
        for state in ("working", "proposed"):
            s.github.close_issue(talk.issue, by="carol")
            s.github.reopen_issue(talk.issue, by="max" if state == "proposed" else "carol")
            await s.settle()
            assert talk.state == (state, "paid")
            if state == "working":
                await talk.says("ada", "/support propose")
