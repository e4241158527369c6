"""`ai: helpers`: a draft for the eyes of the ticket's helper alone, until they adopt it."""

from __future__ import annotations

from app.domain.drafting.answers import JUDGE
from app.domain.ids import RepositoryId
from app.rehearsal.faults import Fault
from app.rehearsal.github.roles import Role
from app.store import documents
from tests.stories.scene import POLICY, Scene, scene
from tests.stories.test_desk import Reader, signed_in

FOR_HELPERS = f"{POLICY}rungs: {{ai: helpers}}\n"
HEADING = "A draft by the AI, for you alone"
ANSWER = "Set proxy=on to go through a proxy."


async def reads(reader: Reader, token: str) -> str:
    status, text = await reader.get(f"/t/{token}")
    assert status == 200
    return text


async def verdicts(s: Scene) -> tuple[int, int]:
    return await s.database.reading(
        lambda session: documents.verdicts(session, RepositoryId(s.repository.id))
    )


async def test_the_helper_alone_reads_it_and_adopts_it_as_their_answer(either_url: str) -> None:
    async with scene(either_url, policy=FOR_HELPERS) as s:
        talk = await s.paid()
        assert len(s.openai.requests) == 1
        assert talk.drafts == []
        assert "AI draft" not in talk.card
        ada, carol, grace = [await signed_in(s, login) for login in ("ada", "carol", "grace")]
        page = await reads(ada, talk.token)
        assert HEADING in page
        assert ANSWER in page
        assert f"/blob/{s.repository.branches['main']}/docs/network.md" in page
        for other in (carol, grace):
            page = await reads(other, talk.token)
            assert HEADING not in page
            assert ANSWER not in page
            assert (await other.presses(talk, "adopt"))[0] == 409
        assert (await ada.presses(talk, "adopt"))[0] == 303
        (draft,) = talk.drafts
        assert "**Checked by `ada`.**" in draft
        assert ANSWER in draft
        assert "not checked by anybody" not in draft
        assert talk.state == ("working", "paid")
        assert HEADING not in await reads(ada, talk.token)
        assert (await ada.presses(talk, "adopt"))[0] == 409
        assert len(talk.drafts) == 1


async def test_a_form_that_is_sent_twice_posts_once(sqlite_url: str) -> None:
    async with scene(sqlite_url, policy=FOR_HELPERS) as s:
        talk = await s.paid()
        ada = await signed_in(s, "ada")
        form = await ada.form(talk)
        for _ in range(2):
            assert (await ada.asks("POST", f"/t/{talk.token}/adopt", form))[0] == 303
        await s.settle()
        assert len(talk.drafts) == 1


async def test_an_answer_that_was_lost_on_the_way_is_not_posted_twice(sqlite_url: str) -> None:
    async with scene(sqlite_url, policy=FOR_HELPERS) as s:
        talk = await s.paid()
        ada = await signed_in(s, "ada")
        s.world.faults.once(Fault.ANSWER_LOST, method="POST", path="/comments")
        await ada.presses(talk, "adopt")
        await s.settle()
        assert len(talk.drafts) == 1


async def test_without_plans_nobody_would_read_it_so_it_is_not_made(sqlite_url: str) -> None:
    async with scene(sqlite_url, policy=FOR_HELPERS, has_checkout=False) as s:
        talk = await s.asked()
        assert s.openai.requests == []
        assert "AI draft" not in talk.card


async def test_people_alone_answer_then_it_is_gone(sqlite_url: str) -> None:
    async with scene(sqlite_url, policy=FOR_HELPERS) as s:
        talk = await s.paid()
        ada = await signed_in(s, "ada")
        await talk.says("carol", "/support human")
        assert HEADING not in await reads(ada, talk.token)
        assert (await ada.presses(talk, "adopt"))[0] == 409


async def test_a_hand_off_is_no_news_for_the_customer(sqlite_url: str) -> None:
    async with scene(sqlite_url, policy=FOR_HELPERS) as s:
        s.openai.say({"answer": "", "sources": [], "is_handoff": True})
        talk = await s.paid()
        assert "found no answer" not in talk.card
        assert HEADING not in await reads(await signed_in(s, "ada"), talk.token)


async def test_in_a_private_repository_only_a_helper_who_may_read_there_sees_it(
    sqlite_url: str,
) -> None:
    policy = f"{FOR_HELPERS}ai: {{private: true}}\n"
    async with scene(sqlite_url, policy=policy, is_private=True) as s:
        talk = await s.paid()
        ada = await signed_in(s, "ada")
        assert HEADING in await reads(ada, talk.token)
        form = await ada.form(talk)
        s.github.set_permission(s.repository, "ada", Role.NONE)
        status, text = await ada.asks("POST", f"/t/{talk.token}/adopt", form)
        assert (status, ANSWER in text) == (409, False)
        assert talk.drafts == []
        again = await signed_in(s, "ada")
        await s.wait(minutes=2)
        assert ANSWER not in await reads(again, talk.token)


async def test_the_customer_says_whether_a_draft_in_the_thread_helped(either_url: str) -> None:
    async with scene(either_url) as s:
        talk = await s.asked()
        (draft,) = talk.drafts
        assert draft.endswith(JUDGE)
        assert f"/t/{talk.token}" in talk.card
        carol, dave = await signed_in(s, "carol"), await signed_in(s, "dave")
        form = await carol.form(talk)
        assert "Did the AI draft help?" in await reads(carol, talk.token)
        assert "Did the AI draft help?" not in await reads(dave, talk.token)
        assert (await carol.presses(talk, "judge", helped="no"))[0] == 303
        assert await verdicts(s) == (0, 1)
        assert (await carol.presses(talk, "judge", helped="yes"))[0] == 303
        assert await verdicts(s) == (1, 0)
        assert "You said that it helped." in await reads(carol, talk.token)
        maintainer = await signed_in(s, "max")
        _, page = await maintainer.get(f"/dashboard/{s.repository.id}")
        assert "1 helped and 0 did not" in page
        assert (await carol.presses(talk, "judge", helped="maybe"))[0] == 409
        status, _ = await dave.asks("POST", f"/t/{talk.token}/judge", form | {"helped": "no"})
        assert status == 403, "the token of another session's forms"
        assert await verdicts(s) == (1, 0)
        await talk.says("carol", "/support cancel")
        assert (await carol.presses(talk, "judge", helped="no"))[0] == 303, "also when it is over"
        assert await verdicts(s) == (0, 1)
        assert talk.state == ("cancelled", "unpaid")
