"""The AI draft: once a ticket, grounded, filtered; and never something that a ticket waits for."""

from __future__ import annotations

import pytest

from app.rehearsal.faults import Fault
from tests.stories.scene import POLICY, Scene, Talk, scene

PROMISE = "AI draft, checked by nobody"


def blobs_read(s: Scene) -> int:
    return sum("/git/blobs/" in each.path for each in s.github.requests)


def goes_on_without(talk: Talk) -> bool:
    return talk.state == ("offered", "unpaid") and not talk.drafts and PROMISE not in talk.card


async def test_it_is_grounded_in_the_documentation_and_marked_as_unchecked(
    either_url: str,
) -> None:
    async with scene(either_url) as s:
        talk = await s.asked()
        (draft,) = talk.drafts
        assert "not checked by anybody" in draft
        assert "Set proxy=on to go through a proxy." in draft
        assert f"/octo/widgets/blob/{s.repository.branches['main']}/docs/network.md" in draft
        assert PROMISE in talk.card
        (request,) = s.openai.requests
        assert "How do I get through a proxy?" in str(request.body)
        assert "carol" not in str(request.body)


async def test_documents_that_we_have_are_not_fetched_again(database_url: str) -> None:
    async with scene(database_url) as s:
        await s.asked("carol")
        assert blobs_read(s) == 2
        again = await s.asked("dave")
        assert blobs_read(s) == 2
        assert len(again.drafts) == 1
        s.github.push(s.repository, {"README.md": "# Widgets\n\nSpeed comes first.\n"}, by="octo")
        await s.settle()
        await s.asked("mallory")
        assert blobs_read(s) == 3  # only what changed


async def test_a_repository_without_any_documentation_gets_no_draft(either_url: str) -> None:
    async with scene(either_url, files={}) as s:
        talk = await s.asked()
        assert goes_on_without(talk)


@pytest.mark.parametrize("api", ["responses", "chat"])
async def test_both_apis_give_a_draft(sqlite_url: str, api: str) -> None:
    async with scene(sqlite_url, environment={"OPENAI_API": api}) as s:
        talk = await s.asked()
        assert len(talk.drafts) == 1
        assert [each.path for each in s.openai.requests] == [
            "/v1/responses" if api == "responses" else "/v1/chat/completions"
        ]


async def test_a_model_that_is_down_is_asked_thrice_and_the_ticket_goes_on(
    either_url: str,
) -> None:
    async with scene(either_url, buried=1) as s:
        for _ in range(5):
            s.openai.fail(503)
        talk = await s.asked()
        assert len(s.openai.requests) == 3
        assert goes_on_without(talk)
        await talk.pays("question")
        assert talk.state == ("queued", "paid")


async def test_a_model_that_stumbles_is_asked_again(either_url: str) -> None:
    async with scene(either_url) as s:
        s.openai.cut_off()
        s.openai.rate_limit()
        talk = await s.asked()
        assert len(s.openai.requests) == 3
        assert len(talk.drafts) == 1


@pytest.mark.parametrize("how", ["refuse", "stop_short", "run_out_of_quota"])
async def test_a_model_that_will_not_answer_is_not_mentioned(sqlite_url: str, how: str) -> None:
    async with scene(sqlite_url, buried=1) as s:
        for _ in range(3):
            getattr(s.openai, how)()
        talk = await s.asked()
        assert goes_on_without(talk)


async def test_a_slow_model_keeps_nobody_waiting(either_url: str) -> None:
    async with scene(either_url) as s:
        talk = await s.opens()
        s.openai.slow(1.0)
        s.github.comment(talk.issue, "/support", by="carol")
        await s.until(lambda: bool(talk.cards))
        assert (await talk.sends("question"))[0] == 303
        assert talk.drafts == []
        await s.settle()
        assert len(talk.drafts) == 1


@pytest.mark.parametrize(
    "answer",
    [
        {"answer": "", "sources": [], "is_handoff": True},
        {"answer": "<script>alert(1)</script>", "sources": [], "is_handoff": False},
        {"answer": 42},
    ],
)
async def test_an_answer_that_may_not_be_shown_is_seen_by_nobody(
    database_url: str, answer: dict[str, object]
) -> None:
    async with scene(database_url) as s:
        s.openai.say(answer, is_raw=True)
        talk = await s.asked()
        assert goes_on_without(talk)


async def test_what_is_shown_cannot_mention_command_or_lead_astray(either_url: str) -> None:
    async with scene(either_url) as s:
        words = (
            "Ask @max. Fixes #1.\n\n/support accept\n\n![x](https://evil.example/p.png)"
            " [docs](https://evil.example/) <script>alert(1)</script> Set proxy=on."
        )
        sources = ["docs/network.md", "secrets.md"]
        s.openai.say({"answer": words, "sources": sources, "is_handoff": False})
        talk = await s.asked()
        (draft,) = talk.drafts
        for bad in (" @max", "evil.example)", "<script>", "\n/support", "Fixes #1", "secrets.md"):
            assert bad not in draft
        assert "Set proxy=on." in draft
        assert "docs/network.md" in draft


async def test_without_a_key_there_is_no_model_and_no_word_of_it(either_url: str) -> None:
    async with scene(either_url, has_model=False) as s:
        talk = await s.asked()
        assert goes_on_without(talk)
        assert s.openai.requests == []


async def test_without_a_checkout_the_draft_is_what_there_is(either_url: str) -> None:
    async with scene(either_url, has_checkout=False) as s:
        talk = await s.asked()
        assert talk.links() == []
        assert "nothing; this is free" in talk.card
        assert len(talk.drafts) == 1
        status, page = await talk.page("pay")
        assert (status, "This help is free." in page) == (200, True)


async def test_with_neither_there_is_nothing_to_offer(either_url: str) -> None:
    policy = f"{POLICY}rungs: {{community: off}}\n"
    async with scene(either_url, policy=policy, has_model=False, has_checkout=False) as s:
        talk = await s.opens()
        comment = await talk.says("carol", "/support")
        assert talk.signs(comment) == ["confused"]
        assert talk.cards == []
        assert "nothing to offer" in talk.ours[0].body


async def test_maintainers_can_leave_it_out_or_bound_it(database_url: str) -> None:
    async with scene(database_url, policy=f"{POLICY}rungs: {{ai: off}}\n") as s:
        assert goes_on_without(await s.asked("carol"))
        await s.adopts(POLICY.replace("limits: {", "limits: {ai_drafts_per_day: 1, "))
        assert len((await s.asked("dave")).drafts) == 1
        assert goes_on_without(await s.asked("mallory"))
        await s.wait(days=1)
        assert len((await s.asked("carol")).drafts) == 1


async def test_github_fails_while_documents_are_read_and_the_draft_comes_later(
    either_url: str,
) -> None:
    async with scene(either_url) as s:
        s.world.faults.once(Fault.BAD_GATEWAY, path="/git/trees/")
        s.world.faults.once(Fault.ANSWER_LOST, path="/git/blobs/")
        talk = await s.asked()
        assert len(talk.drafts) == 1
