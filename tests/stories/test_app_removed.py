"""The App is taken from a repository: what was paid is settled or goes back, without a thread."""

from __future__ import annotations

import pytest

from app.services import installations
from tests.stories.scene import POLICY, Talk, scene


async def test_many_tickets_are_told_a_batch_at_a_time(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(installations, "BATCH", 1)
    async with scene(database_url) as s:
        second = s.github.create_repository(
            "octo", "gadgets", files={".github/support.yml": POLICY}
        )
        await s.settle()
        issue = s.github.open_issue(second, "Help", by="carol", labels=("paid-support",))
        talks = [await s.asked(), await s.asked("dave"), Talk(s, issue)]
        s.github.uninstall_app(s.installation)
        await s.settle()
        assert [(await talk.ticket()).stage for talk in talks] == ["cancelled"] * 3


async def test_an_offer_ends_and_cannot_be_paid_any_more(either_url: str) -> None:
    async with scene(either_url) as s:
        talk = await s.asked()
        s.github.uninstall_app(s.installation)
        await s.settle()
        assert (await talk.ticket()).stage == "cancelled"
        status, page = await talk.sends()
        assert status == 200
        assert "It is over" in page


async def test_work_is_paid_back_after_three_days_and_nothing_is_posted_or_buried(
    database_url: str,
) -> None:
    async with scene(database_url) as s:
        talk = await s.paid()
        await talk.says("ada", "/support claim")
        said = len(talk.ours)
        s.github.uninstall_app(s.installation)
        await s.settle()
        _, page = await talk.page("t")
        assert "If it is not back by" in page
        await s.wait(hours=73)
        ticket = await talk.ticket()
        assert (ticket.stage, ticket.money) == ("refunded", "refunded")
        assert [amount for _, amount in talk.refunds] == [4900]
        assert len(talk.ours) == said


async def test_a_proposal_settles_without_its_thread(database_url: str) -> None:
    async with scene(database_url) as s:
        talk = await s.paid()
        await talk.says("ada", "/support claim")
        await talk.says("ada", "/support propose")
        s.github.choose_repositories(s.installation, [])
        await s.wait(days=4)
        await s.wait(days=4)
        ticket = await talk.ticket()
        assert (ticket.stage, ticket.money) == ("settled", "paid")
        assert talk.refunds == []


async def test_an_app_that_is_back_in_time_goes_on_in_the_thread(either_url: str) -> None:
    async with scene(either_url) as s:
        talk = await s.paid()
        await talk.says("ada", "/support claim")
        s.github.uninstall_app(s.installation)
        await s.wait(hours=24)
        s.github.install_app("octo")
        await s.settle()
        await talk.says("ada", "/support propose")
        assert talk.state == ("proposed", "paid")
        await s.wait(hours=60)
        assert (await talk.ticket()).stage == "proposed"


async def test_a_suspension_says_nothing_and_the_card_catches_up_after_it(
    database_url: str,
) -> None:
    async with scene(database_url) as s:
        talk = await s.paid()
        s.github.suspend_app(s.installation)
        await s.wait(hours=24)
        assert "**Asked:** `ada`" in talk.card
        s.github.unsuspend_app(s.installation)
        await s.settle()
        assert "The App cannot write" not in talk.card
        assert talk.state == ("queued", "paid")


async def test_work_that_was_suspended_for_an_hour_is_not_paid_back(either_url: str) -> None:
    async with scene(either_url) as s:
        talk = await s.paid()
        await talk.says("ada", "/support claim")
        s.github.suspend_app(s.installation)
        await s.wait(hours=1)
        assert (await talk.ticket()).is_away
        s.github.unsuspend_app(s.installation)
        await s.settle()
        assert not (await talk.ticket()).is_away
        await s.wait(hours=73)
        assert (talk.state, talk.refunds) == (("working", "paid"), [])


async def test_nobody_can_work_in_an_archived_repository_after_a_suspension_either(
    sqlite_url: str,
) -> None:
    async with scene(sqlite_url) as s:
        talk = await s.paid()
        s.github.set_archived(s.repository, is_archived=True, by="octo")
        await s.settle()
        s.github.suspend_app(s.installation)
        await s.settle()
        s.github.unsuspend_app(s.installation)
        await s.settle()
        assert (await talk.ticket()).is_away


async def test_work_in_an_archived_repository_goes_back_unless_it_is_opened_again(
    database_url: str,
) -> None:
    async with scene(database_url) as s:
        talk = await s.paid()
        await talk.says("ada", "/support claim")
        s.github.set_archived(s.repository, is_archived=True, by="octo")
        await s.settle()
        assert (await talk.ticket()).is_away
        s.github.set_archived(s.repository, is_archived=False, by="octo")
        await s.settle()
        assert not (await talk.ticket()).is_away
        await talk.says("ada", "/support propose")
        assert talk.state == ("proposed", "paid")
