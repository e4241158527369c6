"""Helpers take a break with a command, and get no new tickets until it is over."""

from __future__ import annotations

from tests.stories.scene import POLICY, scene


async def test_who_is_off_is_not_asked_until_the_break_is_over(database_url: str) -> None:
    policy = POLICY.replace("tickets_max: 1", "tickets_max: 9")
    async with scene(database_url, policy=policy) as s:
        elsewhere = await s.opens("ada")  # it needs no ticket
        off = await elsewhere.says("ada", "/support off 3d")
        assert elsewhere.signs(off) == ["eyes"]
        assert elsewhere.ours == []
        talk = await s.paid()
        assert "**Asked:** `grace`. They are the only helper who can be asked now." in talk.card
        assert "ada takes no new tickets at the moment." in talk.card
        await talk.says("grace", "/support claim")
        await s.wait(days=3)
        other = await s.paid("dave")
        assert "**Asked:** `ada`" in other.card


async def test_a_break_without_an_end_ends_with_a_word(sqlite_url: str) -> None:
    async with scene(sqlite_url) as s:
        talk = await s.opens("ada")
        await talk.says("ada", "/support off")
        await s.wait(days=40)
        first = await s.paid()
        assert "**Asked:** `grace`" in first.card
        back = await talk.says("ada", "/support off 0")
        assert talk.signs(back) == ["eyes"]
        second = await s.paid("dave")
        assert "**Asked:** `ada`" in second.card


async def test_what_they_are_asked_for_passes_on_and_what_they_took_stays(
    database_url: str,
) -> None:
    policy = POLICY.replace("tickets_max: 1", "tickets_max: 9")
    async with scene(database_url, policy=policy) as s:
        taken = await s.paid()
        await taken.says("ada", "/support claim")
        graces = await s.paid("dave")
        asked = [await s.paid(), await s.paid("mallory")]
        assert [talk.assignees for talk in asked] == [["ada"], []]
        assert "**Asked:** `grace`" in graces.card
        await taken.says("ada", "/support off")
        assert taken.state == ("working", "paid")
        assert "**Asked:** `grace`" in asked[0].card
        assert asked[0].assignees == []
        claim = await asked[0].says("ada", "/support claim")  # a break is no ban
        assert asked[0].signs(claim) == ["eyes"]
        assert asked[0].state == ("working", "paid")


async def test_it_is_for_helpers_alone(sqlite_url: str) -> None:
    async with scene(sqlite_url) as s:
        talk = await s.paid()
        for login in ("carol", "max", "mallory"):
            off = await talk.says(login, "/support off 3d")
            assert talk.signs(off) == ["-1"]
        assert "**Asked:** `ada`" in talk.card


async def test_without_a_file_that_is_good_there_is_silence(sqlite_url: str) -> None:
    async with scene(sqlite_url) as s:
        talk = await s.asked()
        await s.adopts(None)
        off = await talk.says("ada", "/support off")
        assert talk.signs(off) == []
