"""Nobody comes: all of the money goes back."""

from __future__ import annotations

from tests.stories.scene import POLICY, scene


async def test_all_of_it_goes_back_when_no_helper_took_it_in_time(database_url: str) -> None:
    async with scene(database_url) as s:
        talk = await s.asked()
        session = await talk.pays("question")
        assert talk.assignees == ["ada"]
        await s.wait(hours=9)  # ada had eight
        assert talk.assignees == ["grace"] or talk.notices("asked")
        await s.wait(hours=40)
        assert talk.state == ("refunded", "refunded")
        assert talk.refunds == [(talk.payment(session), 4900)]
        assert talk.assignees == []
        assert "No helper took it in time" in talk.card
        assert len(talk.notices("refund")) == 1


async def test_where_nobody_is_asked_the_first_who_claims_has_it(either_url: str) -> None:
    async with scene(either_url, policy=f"{POLICY}assignment: claim\n") as s:
        talk = await s.paid()
        assert talk.assignees == []
        assert "Next:** one of the helpers, by `/support claim`" in talk.card
        await talk.says("grace", "/support claim")
        assert talk.state == ("working", "paid")
        assert talk.assignees == ["grace"]


async def test_the_customer_is_never_asked_to_help_themselves(either_url: str) -> None:
    async with scene(either_url) as s:
        talk = await s.paid("ada")
        assert "Asked:** `grace`" in talk.card
        claim = await talk.says("ada", "/support claim")
        assert talk.state == ("queued", "paid")
        assert talk.signs(claim) == ["-1"]
