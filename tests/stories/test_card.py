"""The one living card, and what becomes of it."""

from __future__ import annotations

import pytest

from app.rehearsal.faults import Fault
from tests.stories.scene import scene


async def test_a_card_that_was_deleted_comes_back_once(database_url: str) -> None:
    async with scene(database_url) as s:
        talk = await s.asked()
        first = talk.cards[0]
        s.github.delete_comment(first, by="max")
        await s.settle()
        (second,) = talk.cards
        assert second is not first
        await talk.pays("question")
        assert talk.state == ("queued", "paid")
        assert second.body == talk.card  # edited in place

        s.github.delete_comment(second, by="max")
        await s.settle()
        assert talk.cards == []
        await talk.says("ada", "/support claim")
        await talk.says("ada", "/support propose")
        assert talk.cards == []  # they do not want it here
        assert len(talk.notices("proposed")) == 1


async def test_a_locked_issue_goes_on_on_the_tickets_own_page(either_url: str) -> None:
    async with scene(either_url) as s:
        talk = await s.paid()
        s.github.lock_issue(talk.issue, by="max")
        await talk.says("ada", "/support claim")
        await talk.says("ada", "/support propose")  # whoever may push may still write there
        assert talk.notices("proposed") == []  # but an App may not
        status, page = await talk.page("t")
        assert (status, "Is it solved?" in page) == (200, True)
        await s.wait(days=3, minutes=1)
        await s.wait(days=3, minutes=1)
        assert talk.state == ("settled", "paid")
        # What a locked issue does not take is expected, and alarms nobody.
        assert (await s.ready())["buried"]["effect"] == 0


async def test_a_deleted_issue_goes_on_there_too_and_can_end(database_url: str) -> None:
    async with scene(database_url) as s:
        talk = await s.paid()
        token = talk.token
        s.github.delete_issue(talk.issue, by="octo")
        await s.settle()
        await s.wait(hours=49)
        ticket = await talk.ticket(token)
        assert (ticket.stage, ticket.money) == ("refunded", "refunded")
        async with s.http.get(f"{s.world.url}/t/{token}") as answer:
            assert "Refunded" in await answer.text()
        assert (await s.ready())["buried"]["effect"] == 0


@pytest.mark.parametrize("fault", [Fault.ANSWER_LOST, Fault.TIMEOUT, Fault.BAD_GATEWAY])
async def test_no_answer_makes_no_second_card(sqlite_url: str, fault: Fault) -> None:
    async with scene(sqlite_url) as s:
        s.world.faults.timeout_seconds = 0.05
        s.world.faults.once(fault, method="POST", path=r"/comments$")
        talk = await s.asked()
        assert len(talk.cards) == 1
        assert len(talk.drafts) == 1


async def test_a_forged_card_is_not_taken_for_ours(either_url: str) -> None:
    async with scene(either_url) as s:
        talk = await s.opens()
        s.world.faults.once(Fault.ANSWER_LOST, method="POST", path=r"/comments$")
        await talk.says("carol", "/support")
        mark = talk.card.partition("\n")[0].replace("v=1", "v=99")
        forged = await talk.says("mallory", f"{mark}\n### Paid, trust me")
        await talk.pays("question")
        assert forged.body.endswith("trust me")
        assert talk.state == ("queued", "paid")


async def test_a_card_says_who_acts_next_until_when_and_how_to_stop_in_every_stage(
    either_url: str,
) -> None:
    async with scene(either_url) as s:
        talk = await s.asked()
        await talk.pays("question")
        for login, words in (
            ("ada", "/support claim"),
            ("carol", "/support cancel"),
            ("ada", "/support propose"),
            ("carol", "/support decline it still fails"),
            ("ada", "/support propose"),
            ("carol", "/support decline no"),
        ):
            await talk.says(login, words)
            for question in ("To pay", "Next", "By", "If not", "To stop"):
                assert f"- **{question}:** " in talk.card
        assert talk.state == ("review", "paid")
        texts = [version.body for version in talk.cards[0].versions]
        assert [text.count("\n") > 5 for text in texts] == [True] * len(texts)
        assert [int(text.split("v=")[1].split()[0]) for text in texts] == sorted(
            int(text.split("v=")[1].split()[0]) for text in texts
        )
        assert len(talk.notices()) <= 4


async def test_a_private_repository_is_named_on_no_public_page(either_url: str) -> None:
    async with scene(either_url, is_private=True) as s:
        talk = await s.asked()
        for path in ("t", "pay"):
            status, page = await talk.page(path)
            assert status == 200
            for private in ("widgets", "octo", "proxy"):
                assert private not in page
