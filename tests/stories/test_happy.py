"""From a comment to a paid, assigned and accepted ticket."""

from __future__ import annotations

from app.domain.tickets.stages import Stage
from tests.stories.scene import scene


async def test_a_question_is_asked_paid_answered_accepted_and_divided(database_url: str) -> None:
    async with scene(database_url) as s:
        talk = await s.opens()
        command = await talk.says("carol", "/support")
        assert talk.signs(command) == ["eyes"]
        assert talk.state == ("offered", "unpaid")
        assert [plan for _, plan in talk.links()] == ["question", "session"]
        assert len(talk.drafts) == 1

        await talk.pays("question")
        assert talk.state == ("queued", "paid")
        assert talk.assignees == ["ada"]

        answer = await talk.says("ada", "Set proxy=on.")
        assert talk.state == ("working", "paid")
        assert talk.signs(answer) == []  # an answer is no command
        assert "$44.92 to the helper, $2.36 to the project" in talk.card

        proposal = await talk.says("ada", "/support propose it is in the *docs*")
        assert talk.signs(proposal) == ["eyes"]
        assert talk.state == ("proposed", "paid")
        assert "it is in the \\*docs\\*" in talk.card
        assert len(talk.notices("proposed")) == 1

        acceptance = await talk.says("carol", "/support accept")
        assert talk.signs(acceptance) == ["eyes"]
        assert talk.state == ("accepted", "paid")

        await s.wait(days=3, minutes=1)
        assert talk.state == ("settled", "paid")
        assert talk.assignees == ["ada"]
        assert [each.is_via_app for each in talk.issue.comments].count(True) == 3
        assert s.stripe.all("refund") == []
        # The session that was paid needs no closing, which Stripe would refuse.
        assert [each for each in s.stripe.requests if (each.status or 0) >= 400] == []


async def test_silence_after_a_proposal_is_reminded_of_and_then_accepts(database_url: str) -> None:
    async with scene(database_url) as s:
        talk = await s.paid()
        await talk.says("ada", "/support claim")
        await talk.says("ada", "/support propose")
        await s.wait(hours=37)
        assert len(talk.notices("reminder")) == 1
        assert talk.state == ("proposed", "paid")
        await s.wait(hours=36)
        assert talk.state == ("accepted", "paid")
        await s.wait(days=3)
        assert talk.state == ("settled", "paid")
        assert len(talk.notices()) == 2


async def test_the_named_plan_comes_first_under_the_plain_link(either_url: str) -> None:
    async with scene(either_url) as s:
        talk = await s.asked(words="Please help.\n\n/support SESSION\n")
        assert [plan for _, plan in talk.links()] == ["", "question"]
        await talk.pays("")
        assert "One-hour session" in talk.card
        assert (await talk.ticket()).stage is Stage.QUEUED
