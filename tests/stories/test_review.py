"""The two sides disagree: the maintainers decide, and never the helper."""

from __future__ import annotations

import pytest
from sqlmodel import Session

from app.domain.errors import MainstayError
from app.domain.events import Verdict
from app.rehearsal.github.roles import Role
from app.services import reviews
from tests.stories.scene import POLICY, Scene, Talk, scene


async def disagreed(s: Scene) -> Talk:
    talk = await s.paid()
    await talk.says("ada", "/support claim")
    await talk.says("ada", "/support propose")
    await talk.says("carol", "/support decline it still fails")
    assert talk.state == ("working", "paid")
    assert "it still fails" in talk.card
    await talk.says("ada", "/support propose once more")
    await talk.says("carol", "/support decline no")
    assert talk.state == ("review", "paid")
    return talk


async def test_one_maintainer_who_may_decide_now_is_told_when_a_review_begins(
    either_url: str,
) -> None:
    async with scene(either_url) as s:
        changed = POLICY.replace("price: 49", "price: 59")
        s.github.push(s.repository, {".github/support.yml": changed}, by="max")
        await s.settle()
        talk = await disagreed(s)
        (notice,) = talk.notices("review")
        assert "@max, would you decide this one? `carol` says again that it is not solved: no" in (
            notice
        )
        assert len(talk.notices()) == 3
        await talk.says("max", "/support refund it was never solved")
        assert len(talk.notices("refund")) == 1
        assert len(talk.notices()) == 4

        s.github.set_permission(s.repository, "max", Role.WRITE)
        second = await disagreed(s)
        (notice,) = second.notices("review")
        assert "@octo, would you decide this one?" in notice


async def test_a_helper_who_agreed_to_the_file_is_not_told_to_judge_their_own_money(
    sqlite_url: str,
) -> None:
    async with scene(sqlite_url, policy=None) as s:
        s.github.set_permission(s.repository, "ada", Role.MAINTAIN)
        s.github.push(s.repository, {".github/support.yml": POLICY}, by="ada")
        await s.settle()
        talk = await disagreed(s)
        (notice,) = talk.notices("review")
        assert "@octo, would you decide this one?" in notice  # who installed the App
        assert "a maintainer who is neither `carol` nor `ada`" in talk.card


async def test_a_maintainer_decides_for_the_helper(database_url: str) -> None:
    async with scene(database_url) as s:
        talk = await disagreed(s)
        for login, sign in (("ada", "-1"), ("carol", "confused"), ("mallory", "-1")):
            said = await talk.says(login, "/support accept")
            assert talk.signs(said) == [sign]
        decided = await talk.says("max", "/support accept")
        assert talk.signs(decided) == ["eyes"]
        assert talk.state == ("accepted", "paid")
        await s.wait(days=3, minutes=1)
        assert talk.state == ("settled", "paid")


async def test_a_maintainer_gives_the_money_back(either_url: str) -> None:
    async with scene(either_url) as s:
        talk = await disagreed(s)
        await talk.says("octo", "/support refund it was never solved")
        assert talk.state == ("refunded", "refunded")
        assert len(talk.refunds) == 1


async def test_nobody_decides_and_the_customer_gets_it_back(either_url: str) -> None:
    async with scene(either_url) as s:
        talk = await disagreed(s)
        await s.wait(days=5, minutes=1)
        assert talk.state == ("review", "paid")
        assert "the operator of this service" in talk.card
        await s.wait(days=14)
        assert talk.state == ("refunded", "refunded")


async def test_the_operator_decides_where_the_maintainers_did_not(database_url: str) -> None:
    async with scene(database_url) as s:
        talk = await disagreed(s)
        name = (await talk.ticket()).id

        async def decides(
            verdict: Verdict, amount: str | None = None, *, twice: bool = False
        ) -> None:
            now = s.world.clock()

            def run(session: Session) -> None:
                reviews.decide(session, name, verdict, amount, now=now)
                if twice:
                    with pytest.raises(MainstayError, match="was decided a moment ago"):
                        reviews.decide(session, name, Verdict.REFUND, None, now=now)

            await s.database.in_transaction(run)
            await s.settle()

        with pytest.raises(MainstayError, match="The maintainers have until 2026-11-29"):
            await decides(Verdict.PAY)
        await s.wait(days=5, minutes=1)
        (found,) = await s.database.reading(lambda session: list(reviews.waiting(session)))
        assert (found["ticket"], found["kept"], found["helper"]) == (name, "$49.00", "ada")
        with pytest.raises(MainstayError, match="all that there is"):
            await decides(Verdict.PART, "49")
        with pytest.raises(MainstayError, match="cannot read that amount"):
            await decides(Verdict.PART, "half")
        await decides(Verdict.PART, "$9", twice=True)
        assert talk.state == ("accepted", "paid")
        assert [amount for _, amount in talk.refunds] == [900]
        await s.wait(days=3, minutes=1)
        assert talk.state == ("settled", "paid")
        with pytest.raises(MainstayError, match="not in review"):
            await decides(Verdict.PAY)


async def test_a_part_goes_back_by_the_word_of_a_maintainer(database_url: str) -> None:
    async with scene(database_url) as s:
        talk = await s.paid()
        await talk.says("ada", "/support claim")
        said = await talk.says("carol", "/support refund 20 please")
        assert talk.signs(said) == ["-1"]
        said = await talk.says("max", "/support refund 20 it took long")
        assert talk.signs(said) == ["eyes"]
        assert talk.state == ("working", "paid")
        assert "$20.00 of it was given back" in talk.card
        await talk.says("max", "/support refund 9.50 it took longer")
        assert sorted(amount for _, amount in talk.refunds) == [950, 2000]
        await talk.says("ada", "/support propose")
        await talk.says("carol", "/support accept")
        await s.wait(days=3, minutes=1)
        assert talk.state == ("settled", "paid")


async def test_who_is_a_maintainer_no_more_decides_nothing(either_url: str) -> None:
    async with scene(either_url) as s:
        talk = await disagreed(s)
        s.github.set_permission(s.repository, "max", Role.WRITE)
        said = await talk.says("max", "/support refund I say so")
        assert talk.signs(said) == ["-1"]
        assert talk.state == ("review", "paid")


async def test_a_maintainer_who_is_the_helper_is_no_judge(either_url: str) -> None:
    async with scene(either_url) as s:
        s.github.set_permission(s.repository, "ada", Role.ADMIN)
        talk = await disagreed(s)
        said = await talk.says("ada", "/support accept")
        assert talk.signs(said) == ["-1"]
        assert talk.state == ("review", "paid")


async def test_money_can_be_given_back_while_it_is_held(either_url: str) -> None:
    async with scene(either_url) as s:
        talk = await s.paid()
        await talk.says("max", "/support refund wrong repository")
        assert talk.state == ("refunded", "refunded")
        assert talk.assignees == []
