"""People who take another login stay who they are; whoever takes the old one is a stranger."""

from __future__ import annotations

import re

from app.rehearsal.github.roles import Role
from tests.stories.scene import POLICY, Scene, Talk, scene


def renames(s: Scene, login: str, new_login: str) -> None:
    """Let somebody take another login, and a stranger sign up by the old one."""
    s.github.rename_user(login, new_login)
    s.github.add_user(login)


def mentioned(talk: Talk) -> list[str]:
    """Give whom our comments mention, each time."""
    return [login for each in talk.notices() for login in re.findall(r"(?<!`)@(\w+)", each)]


def named(talk: Talk) -> set[str]:
    """Give the logins that the card names as code."""
    return set(re.findall(r"`(\w+)`", talk.card))


async def test_a_helper_is_asked_by_the_login_of_today(either_url: str) -> None:
    async with scene(either_url) as s:
        renames(s, "ada", "lovelace")
        talk = await s.paid()
        assert talk.assignees == ["lovelace"]
        assert mentioned(talk) == []
        assert "**Asked:** `lovelace`." in talk.card
        assert "ada" not in named(talk)
        refused = await talk.says("ada", "/support claim")
        assert talk.signs(refused) == ["-1"]
        await talk.says("lovelace", "/support claim")
        assert talk.state == ("working", "paid")
        assert "**Helper:** `lovelace`." in talk.card


async def test_who_cannot_be_assigned_is_mentioned_by_the_login_of_today(either_url: str) -> None:
    async with scene(either_url) as s:
        s.github.set_permission(s.repository, "ada", Role.NONE)
        renames(s, "ada", "lovelace")
        talk = await s.paid()
        assert mentioned(talk) == ["lovelace"]
        assert talk.assignees == []
        await talk.says("lovelace", "I am on it.")
        assert talk.state == ("working", "paid")
        assert talk.assignees == ["lovelace"]


async def test_a_helper_who_says_nothing_after_it_is_still_the_one_who_is_told(
    either_url: str,
) -> None:
    async with scene(either_url) as s:
        talk = await s.paid()
        await talk.says("ada", "/support claim")
        renames(s, "ada", "lovelace")
        await talk.says("ada", "I am new here.")  # GitHub would assign the stranger, too
        await talk.says("carol", "/support cancel")
        assert mentioned(talk) == ["lovelace"]
        assert "lovelace" in named(talk)
        await talk.says("lovelace", "/support release")
        assert talk.assignees == []
        assert mentioned(talk) == ["lovelace", "carol"]


async def test_what_we_learnt_of_a_helper_is_not_undone_by_the_file(either_url: str) -> None:
    async with scene(either_url, policy=POLICY.replace("tickets_max: 1", "tickets_max: 3")) as s:
        talk = await s.paid()
        await talk.says("ada", "/support claim")
        renames(s, "ada", "lovelace")
        await talk.says("lovelace", "I am at it.")
        assert "**Helper:** `lovelace`." in talk.card
        other = await s.paid("dave")
        assert "**Asked:** `grace`." in other.card
        await other.says("grace", "/support transfer @lovelace")
        assert "**Asked:** `lovelace`." in other.card
        assert other.assignees == ["lovelace"]
        await talk.says("lovelace", "/support release")
        assert talk.assignees == []  # and nobody who may not be assigned is asked for
        assert "ada" not in named(talk) | named(other)
        assert "ada" not in mentioned(talk) + mentioned(other)


async def test_a_customer_is_told_by_the_login_of_today(either_url: str) -> None:
    async with scene(either_url) as s:
        talk = await s.paid()
        renames(s, "carol", "caroline")
        await talk.says("ada", "/support propose set proxy=on")
        assert mentioned(talk) == ["caroline"]
        assert "caroline" in named(talk)
        refused = await talk.says("carol", "/support accept")
        assert talk.signs(refused) == ["-1"]
        await talk.says("caroline", "/support accept")
        assert talk.state == ("accepted", "paid")


async def test_a_file_that_names_the_new_login_teaches_it(either_url: str) -> None:
    async with scene(either_url) as s:
        talk = await s.paid()
        await talk.says("ada", "/support claim")
        renames(s, "ada", "lovelace")
        await s.adopts(POLICY.replace("login: ada", "login: lovelace"))
        assert "**Helper:** `lovelace`." in talk.card
        assert talk.state == ("working", "paid")
        assert s.repository.check_runs[-1].conclusion == "success"
