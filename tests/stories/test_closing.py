"""The helper closes the issue: that proposes, like ``propose``; no other closing does."""

from __future__ import annotations

import pytest

from app.rehearsal.github.roles import Role
from tests.stories.scene import Scene, Talk, scene


def readings(s: Scene) -> int:
    """Count how often GitHub was asked what closed an issue."""
    return sum(each.path == "/graphql" for each in s.github.requests)


async def closes(talk: Talk, by: str, reason: str = "completed") -> None:
    talk.scene.github.close_issue(talk.issue, by=by, reason=reason)
    await talk.scene.settle()


async def test_the_helper_closes_the_issue_and_the_customer_looks(either_url: str) -> None:
    async with scene(either_url) as s:
        talk = await s.paid()
        await talk.says("ada", "Set proxy=on.")
        await closes(talk, "ada")
        assert talk.state == ("proposed", "paid")
        (notice,) = talk.notices("proposed")
        assert "@carol, `ada` says that this is solved." in notice
        await talk.says("carol", "/support accept")
        await s.wait(days=3, minutes=1)
        assert talk.state == ("settled", "paid")


async def test_closing_takes_the_ticket_as_well(database_url: str) -> None:
    async with scene(database_url) as s:
        talk = await s.paid()
        await closes(talk, "ada")
        assert talk.state == ("proposed", "paid")
        helper = (await talk.ticket()).helper
        assert helper is not None
        assert helper.person.login == "ada"


async def test_the_customer_opens_again_what_the_helper_closed(database_url: str) -> None:
    async with scene(database_url) as s:
        talk = await s.paid()
        await talk.says("ada", "/support claim")
        await closes(talk, "ada")
        s.github.reopen_issue(talk.issue, by="max")
        await s.settle()
        assert talk.state == ("proposed", "paid")
        await closes(talk, "carol")
        s.github.reopen_issue(talk.issue, by="carol")
        await s.settle()
        assert talk.state == ("working", "paid")
        assert readings(s) == 1


@pytest.mark.parametrize("reason", ["not_planned", "duplicate"])
async def test_closed_as_something_else_than_done_it_is_no_answer(
    sqlite_url: str, reason: str
) -> None:
    async with scene(sqlite_url) as s:
        talk = await s.paid()
        await talk.says("ada", "/support claim")
        await closes(talk, "ada", reason)
        assert talk.state == ("working", "paid")
        assert readings(s) == 0


@pytest.mark.parametrize("login", ["carol", "max", "octo", "grace"])
async def test_nobody_but_the_helper_proposes_by_closing(sqlite_url: str, login: str) -> None:
    async with scene(sqlite_url) as s:
        talk = await s.paid()
        await talk.says("ada", "/support claim")
        s.github.set_permission(s.repository, "grace", Role.TRIAGE)
        await closes(talk, login)
        assert talk.state == ("working", "paid")
        assert readings(s) == 0


async def test_a_bot_closes_in_vain(sqlite_url: str) -> None:
    async with scene(sqlite_url) as s:
        talk = await s.paid()
        await talk.says("ada", "/support claim")
        s.github.add_user("stale[bot]", "Bot")
        s.github.set_permission(s.repository, "stale[bot]", Role.TRIAGE)
        await closes(talk, "stale[bot]")
        assert talk.state == ("working", "paid")
        assert readings(s) == 0


async def test_a_commit_that_closes_it_is_no_answer_to_the_customer(database_url: str) -> None:
    async with scene(database_url) as s:
        talk = await s.paid()
        await talk.says("ada", "/support claim")
        words = f"Read the proxy from the environment. Fixes #{talk.issue.number}"
        s.github.push(s.repository, {"proxy.py": "on\n"}, by="ada", message=words)
        await s.settle()
        assert talk.issue.state == "closed"
        assert talk.state == ("working", "paid")
        assert readings(s) == 1
        await talk.says("ada", "/support propose it is in main")
        assert talk.state == ("proposed", "paid")


async def test_a_pull_request_that_closes_it_is_no_answer_either(database_url: str) -> None:
    async with scene(database_url) as s:
        talk = await s.paid()
        await talk.says("ada", "/support claim")
        pull = s.github.open_pull_request(
            s.repository,
            "Read the proxy from the environment",
            {"proxy.py": "on\n"},
            by="ada",
            body=f"Closes #{talk.issue.number}",
        )
        await s.settle()
        s.github.merge(pull, by="ada")
        await s.settle()
        assert talk.issue.state == "closed"
        assert talk.state == ("working", "paid")
        assert readings(s) == 1


async def test_an_offer_is_left_alone_when_its_issue_is_closed(sqlite_url: str) -> None:
    async with scene(sqlite_url) as s:
        talk = await s.asked()
        await closes(talk, "ada")
        assert talk.state == ("offered", "unpaid")
        assert readings(s) == 0


async def test_the_helper_is_asked_for_the_word_where_github_does_not_tell(
    sqlite_url: str,
) -> None:
    async with scene(sqlite_url, buried=1) as s:
        talk = await s.paid()
        await talk.says("ada", "/support claim")
        fewer = {**s.installation.permissions}
        del fewer["pull_requests"]
        s.github.accept_permissions(s.installation, fewer)
        await closes(talk, "ada")
        assert talk.state == ("working", "paid")
        assert "GitHub did not tell us how the issue was closed." in talk.card
