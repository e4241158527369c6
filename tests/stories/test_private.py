"""A private repository: the AI reads nothing there unless the file says that it may."""

from __future__ import annotations

from app.rehearsal.github.roles import Role
from tests.stories.scene import POLICY, scene


async def test_the_ai_is_not_asked_about_a_private_issue(either_url: str) -> None:
    async with scene(either_url, is_private=True) as s:
        talk = await s.asked()
        assert talk.state == ("offered", "unpaid")
        assert talk.drafts == []
        assert s.openai.requests == []
        assert "AI draft" not in talk.card


async def test_the_ai_is_asked_where_the_file_says_that_it_may_read(database_url: str) -> None:
    policy = f"{POLICY}ai: {{private: true}}\n"
    async with scene(database_url, is_private=True, policy=policy) as s:
        talk = await s.asked()
        assert len(talk.drafts) == 1


async def test_no_draft_is_made_in_a_repository_that_became_private(
    database_url: str,
) -> None:
    async with scene(database_url) as s:
        s.github.set_visibility(s.repository, is_private=True, by="octo")
        await s.settle()
        talk = await s.asked("ada")
        assert talk.drafts == []
        assert s.openai.requests == []


async def test_a_draft_is_not_shown_where_the_repository_turned_private_meanwhile(
    database_url: str,
) -> None:
    async with scene(database_url) as s:
        s.openai.slow(1.0)
        talk = await s.opens()
        s.github.set_permission(s.repository, "carol", Role.READ)
        s.github.comment(talk.issue, "/support", by="carol")
        await s.until(lambda: bool(talk.cards))
        s.github.set_visibility(s.repository, is_private=True, by="octo")
        await s.settle()
        assert talk.drafts == []
        assert "AI draft" not in talk.card
        assert talk.state == ("offered", "unpaid")
