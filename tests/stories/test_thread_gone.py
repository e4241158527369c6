"""An issue is deleted, moved or locked: its ticket goes on at its page, and nobody is alarmed."""

from __future__ import annotations

import pytest

from tests.stories.scene import POLICY, Scene, Talk, scene


async def _goes(s: Scene, talk: Talk, how: str) -> None:
    match how:
        case "deleted":
            s.github.delete_issue(talk.issue, by="octo")
        case "moved":
            other = s.github.create_repository(
                "octo", "gadgets", files={".github/support.yml": POLICY}
            )
            s.github.transfer_issue(talk.issue, other, by="octo")
        case _:
            s.github.lock_issue(talk.issue, by="octo")
    await s.settle()


@pytest.mark.parametrize("how", ["deleted", "moved", "locked"])
async def test_a_proposal_is_paid_although_its_thread_is_gone(database_url: str, how: str) -> None:
    async with scene(database_url) as s:
        talk = await s.paid()
        token = talk.token
        await talk.says("ada", "/support claim")
        await talk.says("ada", "/support propose")
        await _goes(s, talk, how)
        for _ in range(2):
            await s.wait(days=4)
        ticket = await talk.ticket(token)
        assert (ticket.stage, ticket.money) == ("settled", "paid")


@pytest.mark.parametrize("how", ["deleted", "moved"])
async def test_nobody_comes_to_a_thread_that_is_gone_and_the_money_goes_back(
    database_url: str, how: str
) -> None:
    async with scene(database_url) as s:
        talk = await s.paid()
        token = talk.token
        await _goes(s, talk, how)
        await s.wait(hours=25)
        await s.wait(hours=25)
        ticket = await talk.ticket(token)
        assert (ticket.stage, ticket.money) == ("refunded", "refunded")
