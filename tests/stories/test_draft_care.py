"""The AI with care: only new tickets, a bounded cost, and nothing that it can be talked into."""

from __future__ import annotations

import pytest

from app.domain.drafting import budgets
from tests.domain.hostile_issues import BODIES
from tests.domain.test_drafting import dangers
from tests.stories.scene import Scene, Talk, scene

TOKENS = "OPENAI_TOKENS_PER_REPOSITORY_AND_DAY"


def could_cost(s: Scene) -> int:
    """Say what was counted for the newest question before it was asked."""
    body = s.openai.requests[-1].body
    return budgets.reserved_tokens(str(body["instructions"]), str(body["input"]))


async def opens(s: Scene, by: str, body: str) -> Talk:
    issue = s.github.open_issue(s.repository, "No proxy", body, by=by)
    talk = Talk(s, issue)
    await talk.says(by, "/support")
    return talk


async def test_only_a_new_ticket_gets_a_draft(either_url: str) -> None:
    async with scene(either_url) as s:
        talk = await s.asked()
        (draft,) = talk.drafts
        s.github.edit_issue(talk.issue, by="carol", title="Still no proxy", body="And now?")
        await s.settle()
        s.github.close_issue(talk.issue, by="carol")
        s.github.reopen_issue(talk.issue, by="carol")
        await s.settle()
        await talk.says("carol", "/support question")
        await talk.says("carol", "Is there another way?")
        await talk.says("carol", "/support cancel")
        await talk.says("carol", "/support")
        assert talk.drafts == [draft]
        assert len(s.openai.requests) == 1
        # Somebody else's ticket is a new one.
        await talk.says("dave", "/support")
        assert len(talk.drafts) == 2


async def test_a_day_has_its_tokens_and_the_next_one_has_them_again(either_url: str) -> None:
    async with scene(either_url, environment={TOKENS: "30_000"}) as s:
        first = await s.asked("carol")
        assert len(first.drafts) == 1
        most = could_cost(s)
        assert most < 30_000
        # All three tries of the second one are lost, and stay counted: they may have cost money.
        s.buried = 1
        for _ in range(3):
            s.openai.cut_off()
        second = await s.asked("dave")
        assert second.drafts == []
        asked = len(s.openai.requests)
        third = await s.asked("mallory")
        assert len(s.openai.requests) == asked
        assert (third.drafts, third.state) == ([], ("offered", "unpaid"))
        await s.wait(days=1)
        assert len((await s.asked("carol")).drafts) == 1


async def test_without_a_budget_nothing_is_asked_and_the_plans_are_sold(database_url: str) -> None:
    async with scene(database_url, environment={TOKENS: "0"}) as s:
        talk = await s.paid()
        assert talk.state == ("queued", "paid")
        assert talk.drafts == []
        assert s.openai.requests == []


@pytest.mark.parametrize("part", range(4))
async def test_a_model_that_obeys_hostile_issues_posts_what_can_only_be_read(
    sqlite_url: str, part: int
) -> None:
    bodies = BODIES[part * 5 :: 20]
    async with scene(sqlite_url) as s:
        s.openai.obey()
        for body in bodies:
            talk = await opens(s, "mallory", f"How do I set the proxy?\n\n{body}")
            (draft,) = talk.drafts
            mark, words = draft.split("\n", 1)
            assert mark == f"<!-- mainstay:draft:{talk.mark.ticket} -->"
            home, guide = f"{s.github.html_url_base}/octo/widgets", "docs/network.md"
            words = words.replace(home, "https://github.com/acme/widget")
            assert dangers(words.replace(guide, "docs/guide.md")) == []
            assert talk.state == ("offered", "unpaid")
            await talk.says("mallory", "/support cancel")
