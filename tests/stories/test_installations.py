"""The App comes, goes, and its repositories change their names and owners."""

from __future__ import annotations

from datetime import timedelta

from app.rehearsal.faults import Fault
from tests.stories.scene import POLICY, Scene, Talk, scene


async def test_a_repository_that_got_another_name_goes_on(either_url: str) -> None:
    async with scene(either_url) as s:
        talk = await s.asked()
        s.github.rename_repository(s.repository, "gadgets", by="octo")
        await talk.pays("question")
        assert talk.state == ("queued", "paid")
        _, page = await talk.page("t")
        assert "octo/gadgets" in page


async def test_an_account_that_took_another_login_is_named_and_linked_by_it(
    either_url: str,
) -> None:
    async with scene(either_url) as s:
        talk = await s.asked()
        s.github.rename_user("octo", "octavia")
        await s.settle()
        _, page = await talk.page("t")
        assert "octavia/widgets" in page
        assert "octo/widgets" not in page
        s.github.add_user("octo")  # a stranger, with a repository of the old address
        s.github.create_repository("octo", "widgets", files={".github/support.yml": POLICY})
        s.github.install_app("octo")
        await s.settle()
        await talk.pays("question")
        _, page = await talk.page("t")
        assert "octavia/widgets" in page
        assert "octo/widgets" not in page


async def test_a_repository_that_became_private_is_named_no_more(either_url: str) -> None:
    async with scene(either_url) as s:
        talk = await s.asked()
        s.github.set_visibility(s.repository, is_private=True, by="octo")
        await s.settle()
        _, page = await talk.page("t")
        assert "widgets" not in page


async def test_an_app_that_was_removed_says_nothing_and_one_that_came_back_does(
    database_url: str,
) -> None:
    async with scene(database_url) as s:
        s.github.uninstall_app(s.installation)
        talk = await s.opens()
        await talk.says("carol", "/support")
        assert talk.ours == []
        s.github.install_app("octo")
        await s.settle()
        await talk.says("carol", "/support")
        assert talk.state == ("offered", "unpaid")


async def test_repositories_are_added_to_an_installation_and_taken_out(either_url: str) -> None:
    async with scene(either_url) as s:
        other = s.github.create_repository("octo", "gadgets", files={".github/support.yml": POLICY})
        s.github.choose_repositories(s.installation, [s.repository])
        s.github.choose_repositories(s.installation, [s.repository, other])
        await s.settle()
        issue = s.github.open_issue(other, "Help", by="carol", labels=("paid-support",))
        await s.settle()
        assert Talk(s, issue).state == ("offered", "unpaid")


async def test_a_new_owner_is_asked_before_anything_more_is_sold(database_url: str) -> None:
    async with scene(database_url) as s:
        sold = await s.paid()
        await sold.says("ada", "/support claim")
        s.github.add_user("olga")
        s.github.install_app("olga")
        s.github.transfer_repository(s.repository, "olga", by="octo")
        await s.settle()

        asked = await s.opens("dave")
        comment = await asked.says("dave", "/support")
        assert (asked.signs(comment), asked.cards) == (["confused"], [])
        labelled = await s.opens("carol", labels=("paid-support",))
        assert labelled.ours == []

        await sold.says("ada", "/support propose")  # what is sold goes on
        await sold.says("carol", "/support accept")
        await s.wait(days=3, minutes=1)
        assert sold.state == ("settled", "paid")

        s.github.push(s.repository, {"README.md": "# Widgets"}, by="olga")
        await s.settle()
        assert (await s.asked("dave")).cards == []  # that was no word about the file
        s.github.push(
            s.repository,
            {".github/support.yml": POLICY.replace("price: 49", "price: 50")},
            by="olga",
        )
        await s.settle()
        assert (await s.asked("dave")).state == ("offered", "unpaid")


async def test_a_new_owner_of_whom_nobody_told_us_is_asked_as_well(either_url: str) -> None:
    async with scene(either_url) as s:
        offered = await s.asked("dave")
        s.github.add_user("olga")
        s.github.choose_repositories(s.installation, [])
        s.github.transfer_repository(s.repository, "olga", by="octo")
        await s.settle()
        s.github.install_app("olga")
        await s.settle()
        run = s.repository.check_runs[-1]
        assert run.conclusion == "action_required"
        asked = await s.opens("carol")
        comment = await asked.says("carol", "/support")
        assert (asked.signs(comment), asked.cards) == (["confused"], [])
        assert (await offered.ticket()).stage == "cancelled"

        s.github.press_check_button(run, "confirm", by="olga")
        await s.settle()
        assert (await s.asked("dave")).state == ("offered", "unpaid")


async def test_an_owner_who_takes_another_name_is_not_asked(sqlite_url: str) -> None:
    async with scene(sqlite_url) as s:
        s.github.rename_user("octo", "octavia")
        assert (await s.asked()).state == ("offered", "unpaid")


def changes_hands(s: Scene) -> None:
    s.github.add_user("olga")
    s.github.install_app("olga")
    s.github.transfer_repository(s.repository, "olga", by="octo")


async def test_an_unpaid_offer_waits_for_a_new_owners_word(database_url: str) -> None:
    async with scene(database_url) as s:
        talk, other = await s.asked("dave"), await s.asked("carol")
        session = await talk.presses()
        changes_hands(s)
        await s.settle()
        found = {each["id"]: each["status"] for each in s.stripe.all("checkout.session")}
        assert found == {session: "expired"}
        for each in (talk, other):
            assert "This repository has a new owner, who has to agree" in each.card
            assert each.links() == []
            status, page = await each.page("pay")
            assert (status, "please come back later" in page) == (200, True)
            assert page.count("This repository has a new owner, who has to agree") == 1
            assert (await each.sends())[0] == 200
        await s.settle()
        assert len(s.stripe.all("checkout.session")) == 1

        agreed = POLICY.replace("price: 49", "price: 50")
        s.github.push(s.repository, {".github/support.yml": agreed}, by="olga")
        await s.settle()
        assert "new owner" not in talk.card
        await talk.pays()
        assert talk.state == ("queued", "paid")


async def test_what_is_paid_in_a_session_that_could_not_be_closed_goes_back(
    either_url: str,
) -> None:
    async with scene(either_url) as s:
        talk = await s.asked("carol")
        session = await talk.presses()
        s.world.faults.once(Fault.BAD_GATEWAY, path="/expire$", times=500)
        changes_hands(s)
        await s.until(lambda: s.world.faults.injected[Fault.BAD_GATEWAY] > 0)
        s.world.clock.advance(timedelta(seconds=1))
        s.stripe.pay(session)
        s.world.faults.clear()
        await s.wait(minutes=10)
        assert talk.state == ("offered", "unpaid")
        assert talk.refunds == [(talk.payment(session), 4900)]
        (notice,) = talk.notices("refund")
        assert "@carol, $49.00 was paid before this repository's new owner agreed" in notice


async def test_a_repository_without_a_file_can_change_hands(sqlite_url: str) -> None:
    async with scene(sqlite_url) as s:
        await s.adopts(None)
        s.github.add_user("olga")
        s.github.install_app("olga")
        s.github.transfer_repository(s.repository, "olga", by="octo")
        await s.settle()
        s.github.push(s.repository, {".github/support.yml": POLICY}, by="olga")
        await s.settle()
        assert (await s.asked("dave")).state == ("offered", "unpaid")
