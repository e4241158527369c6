"""The ladder in one ticket: the AI, volunteers, a paid expert; each as far as it is wanted."""

from __future__ import annotations

from tests.stories.scene import POLICY, Talk, scene


def labels(talk: Talk) -> list[str]:
    return [each.name for each in talk.issue.labels]


async def test_a_volunteer_answers_and_is_thanked_unpaid(either_url: str) -> None:
    async with scene(either_url) as s:
        talk = await s.asked("carol", "/support community")
        assert "**Volunteers are asked until 25 Nov 2026, " in talk.card
        assert labels(talk) == ["help wanted"]
        session = await talk.presses("question")
        await talk.says("dave", "Set proxy=on.")
        thanks = await talk.says("carol", "/support accept @dave")
        assert talk.signs(thanks) == ["eyes"]
        assert talk.state == ("answered", "unpaid")
        assert "**Thank you, `dave`.**" in talk.card
        assert labels(talk) == []
        assert [(each["id"], each["status"]) for each in s.stripe.all("checkout.session")] == [
            (session, "expired")
        ]
        _, page = await talk.page("pay")
        assert "A volunteer has answered it" in page
        assert len(talk.ours) == 2  # the card and the draft


async def test_a_window_that_runs_out_leaves_the_plans_and_one_is_paid(either_url: str) -> None:
    async with scene(either_url) as s:
        talk = await s.asked("carol", "/support")
        await talk.says("carol", "/support community")
        await s.wait(hours=24, minutes=1)
        assert talk.state == ("offered", "unpaid")
        assert labels(talk) == []
        assert "next comes a paid plan" in talk.card
        assert talk.notices() == []
        await talk.pays("question")
        assert talk.state == ("queued", "paid")


async def test_a_payment_ends_the_window_and_a_label_of_others_stays(database_url: str) -> None:
    async with scene(database_url) as s:
        talk = await s.opens("carol", labels=("help wanted",))
        await talk.says("carol", "/support community")
        await talk.pays("question")
        assert talk.state == ("queued", "paid")
        assert labels(talk) == ["help wanted"]
        await s.wait(hours=25)
        assert labels(talk) == ["help wanted"]


async def test_without_the_rung_one_sentence_says_so(database_url: str) -> None:
    async with scene(database_url, policy=f"{POLICY}rungs: {{community: off, ai: off}}\n") as s:
        talk = await s.asked("carol", "/support community")
        assert "Volunteers are not asked in this repository" in talk.card
        assert labels(talk) == []
        await talk.says("carol", "/support ai")
        assert "There is no AI draft for this ticket" in talk.card


async def test_people_alone_answer_from_then_on(database_url: str) -> None:
    async with scene(database_url) as s:
        talk = await s.asked("carol")
        assert len(talk.drafts) == 1
        wish = await talk.says("ada", "/support human")
        assert talk.signs(wish) == ["eyes"]
        assert "**People alone answer here:**" in talk.card
        await talk.says("dave", "/support")
        assert len(talk.cards) == 2
        assert all("**People alone answer here:**" in each.body for each in talk.cards)
        assert len(talk.drafts) == 1


async def test_a_label_that_is_taken_off_does_not_end_what_was_asked_for(either_url: str) -> None:
    async with scene(either_url) as s:
        talk = await s.opens("carol", labels=("paid-support",))
        await talk.says("carol", "/support")
        s.github.unlabel(talk.issue, "paid-support", by="max")
        await s.settle()
        assert talk.state == ("offered", "unpaid")
