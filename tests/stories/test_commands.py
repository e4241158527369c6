"""What is a command, whose it is, and what is answered to everything else."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.rehearsal.faults import Fault
from tests.stories.scene import POLICY, Talk, scene


@pytest.mark.parametrize(
    "words",
    [
        "> /support",
        "```\n/support\n```",
        "    /support",
        "`/support`",
        "<!-- /support -->",
        "Please /support me",
        "/supporting",
    ],
)
async def test_what_a_reader_sees_as_no_command_is_none(sqlite_url: str, words: str) -> None:
    async with scene(sqlite_url) as s:
        talk = await s.opens()
        comment = await talk.says("carol", words)
        assert talk.ours == []
        assert talk.signs(comment) == []


async def test_an_edit_runs_nothing_and_a_bot_is_not_heard(either_url: str) -> None:
    async with scene(either_url) as s:
        s.github.add_user("helpful[bot]", "Bot")
        talk = await s.opens()
        comment = await talk.says("carol", "Hello")
        s.github.edit_comment(comment, "/support", by="carol")
        await s.settle()
        by_bot = await talk.says("helpful[bot]", "/support")
        assert talk.ours == []
        assert talk.signs(comment) == talk.signs(by_bot) == []


async def test_without_a_ticket_help_stands_there_once_however_often_it_is_asked_for(
    database_url: str,
) -> None:
    async with scene(database_url) as s:
        talk = await s.opens()
        first = await talk.says("carol", "/support help")
        second = await talk.says("mallory", "/support help")
        third = await talk.says("mallory", "/support nosuchplan")
        assert len(talk.ours) == 1
        assert "mainstay:help" in talk.ours[0].body
        assert "/support question" in talk.ours[0].body
        assert talk.signs(first) == talk.signs(second) == ["eyes"]
        assert talk.signs(third) == ["confused"]
        elsewhere = await s.opens("dave")
        await elsewhere.says("dave", "/support sesion")
        assert len(elsewhere.ours) == 1
        assert "Did you mean `/support session`?" in elsewhere.ours[0].body


@pytest.mark.parametrize(
    ("words", "line"),
    [
        ("/support nosuchplan", "I do not know `nosuchplan`."),
        ("/support quote 1,000", "can be read as 1000 or as 1.000"),
        ("/support budget -5", ""),
        ("/support refund 1,000 why", "can be read as 1000 or as 1.000"),
        ("/support question private", "Tickets cannot be private yet"),
        ("/support accept @-nobody", "That is not a name on GitHub"),
        ("/support decline", "Please say why"),
    ],
)
async def test_what_was_not_understood_is_said_on_the_card_to_whose_it_is(
    sqlite_url: str, words: str, line: str
) -> None:
    async with scene(sqlite_url) as s:
        talk = await s.asked("carol")
        before = talk.card
        by_stranger = await talk.says("mallory", words)
        assert talk.signs(by_stranger) == ["confused"]
        assert talk.card == before
        comment = await talk.says("carol", words)
        assert talk.signs(comment) == ["confused"]
        assert line in talk.card
        assert talk.card.count("> **") == 1
        await talk.says("carol", "/support status")
        assert "> **" not in talk.card


async def test_who_is_nobody_here_gets_a_sign_and_no_line(either_url: str) -> None:
    async with scene(either_url) as s:
        talk = await s.paid("carol")
        before = talk.card
        for words in ("cancel", "claim", "release", "propose", "accept", "decline I say so"):
            comment = await talk.says("mallory", f"/support {words}")
            assert talk.signs(comment) == ["-1"]
        assert talk.card == before
        assert talk.state == ("queued", "paid")


async def test_the_right_person_at_the_wrong_time_is_told_so(either_url: str) -> None:
    async with scene(either_url) as s:
        talk = await s.paid("carol")
        early = await talk.says("ada", "/support escalate")
        assert talk.signs(early) == ["confused"]
        assert "nothing for the maintainers to decide" in talk.card
        accepted = await talk.says("carol", "/support accept")
        assert talk.signs(accepted) == ["confused"]
        assert "There is nothing to accept at the moment" in talk.card
        await talk.says("ada", "/support claim")
        assert "> **" not in talk.card


async def test_two_commands_at_once_are_two_commands(database_url: str) -> None:
    async with scene(database_url) as s:
        talk = await s.opens()
        one = s.github.comment(talk.issue, "/support question", by="carol")
        two = s.github.comment(talk.issue, "/support session", by="carol")
        await s.settle()
        assert talk.signs(one) == talk.signs(two) == ["eyes"]
        assert len(talk.cards) == 1
        assert talk.state == ("offered", "unpaid")


async def test_one_comment_is_one_command(either_url: str) -> None:
    async with scene(either_url) as s:
        talk = await s.asked()
        comment = await talk.says("carol", "/support session\n\n/support cancel\n")
        assert talk.signs(comment) == ["eyes"]
        assert talk.state == ("offered", "unpaid")
        assert [plan for _, plan in talk.links()] == ["", "question"]


async def test_a_command_before_the_file_was_ever_read_waits_for_it(database_url: str) -> None:
    async with scene(database_url) as s:
        other = s.github.create_repository(
            "octo", "gadgets", files={".github/support.yml": POLICY}
        )  # GitHub tells nobody of a new repository where the App is installed for all
        issue = s.github.open_issue(other, "Help", by="carol")
        s.github.comment(issue, "/support", by="carol")
        await s.settle()
        assert "stage=offered" in Talk(s, issue).card


async def test_however_long_github_is_away_at_first_the_command_is_not_forgotten(
    either_url: str,
) -> None:
    async with scene(either_url) as s:
        other = s.github.create_repository("octo", "gadgets", files={".github/support.yml": POLICY})
        began = s.world.clock()
        s.world.faults.once(Fault.BAD_GATEWAY, path=f"/repositories/{other.id}$", times=24)
        issue = s.github.open_issue(other, "Help", by="carol")
        comment = s.github.comment(issue, "/support", by="carol")
        await s.settle()
        assert s.world.clock() - began > timedelta(hours=1)
        assert Talk(s, issue).signs(comment) == ["eyes"]


async def test_under_a_pull_request_nobody_is_answered(either_url: str) -> None:
    async with scene(either_url) as s:
        pull = s.github.open_pull_request(s.repository, "Fix", {"a.txt": "b"}, by="carol")
        s.github.comment(pull, "/support", by="carol")
        await s.settle()
        assert [each for each in pull.comments if each.is_via_app] == []
