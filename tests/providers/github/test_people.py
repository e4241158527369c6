"""Reactions, assignees and permissions, as GitHub really treats them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from app.domain.commands import Cancel
from app.domain.conversations import Thread
from app.domain.effects import (
    Assign,
    CheckPermission,
    FindMaintainer,
    React,
    Reaction,
    Unassign,
)
from app.domain.errors import Refused, Transient
from app.domain.events import CommandGiven, HelperAssigned, MaintainerFound
from app.domain.ids import InstallationId, PersonId, RepositoryId, UserId
from app.domain.people import Permission, Person
from app.providers.github.client import Client
from app.providers.github.grants import Grant
from app.providers.github.people import assign as assign_now
from app.providers.github.people import check_permission
from app.providers.github.perform import GitHub
from app.rehearsal.faults import Fault, Faults
from app.rehearsal.github.roles import Role
from app.rehearsal.github.server import GitHubStandIn
from app.rehearsal.github.state import Issue, Repository
from tests.providers.github.conftest import PRIVATE_KEY
from tests.providers.github.orders import AGAIN, FIRST, TICKET, asked


def assign(github: GitHubStandIn, thread: Thread, login: str) -> Assign:
    user = UserId(github.state.account(login).id)
    return Assign(ticket=TICKET, thread=thread, user=user, login=login, n=1)


def assigned(effect: Assign, *, is_assigned: bool = True, login: str = "ada") -> HelperAssigned:
    return HelperAssigned(ticket=TICKET, user=effect.user, is_assigned=is_assigned, login=login)


def check(github: GitHubStandIn, thread: Thread, login: str) -> CheckPermission:
    return CheckPermission(
        ticket=TICKET,
        thread=thread,
        by=Person(id=PersonId("p"), login=login),
        user=UserId(github.state.account(login).id),
        ref="13",
        command=Cancel(),
    )


async def test_the_first_who_may_decide_about_money_now_is_found_by_todays_login(
    github: GitHubStandIn, repository: Repository, thread: Thread, performer: GitHub
) -> None:
    users = {name: UserId(github.state.account(name).id) for name in ("ada", "carol", "octo")}
    bot = github.add_user("robot[bot]", "Bot")
    github.set_permission(repository, "ada", Role.WRITE)
    gone = UserId(987_654_321)
    everybody = (gone, UserId(bot.id), users["ada"], users["carol"], users["octo"])
    order = FindMaintainer(ticket=TICKET, thread=thread, users=everybody)
    found = await performer.perform(order, FIRST)
    assert found == MaintainerFound(ticket=TICKET, user=users["octo"], login="octo")
    github.set_permission(repository, "carol", Role.MAINTAIN)
    github.rename_user("carol", "caroline")
    found = await performer.perform(order, FIRST)
    assert found == MaintainerFound(ticket=TICKET, user=users["carol"], login="caroline")
    nobody = FindMaintainer(ticket=TICKET, thread=thread, users=everybody[:3])
    assert await performer.perform(nobody, FIRST) == MaintainerFound(ticket=TICKET, user=None)


@pytest.mark.parametrize("reaction", Reaction)
async def test_a_sign_is_put_once_on_a_comment(
    faults: Faults,
    github: GitHubStandIn,
    issue: Issue,
    thread: Thread,
    performer: GitHub,
    reaction: Reaction,
) -> None:
    comment = github.comment(issue, "/support", by="carol")
    effect = React(thread=thread, ref=str(comment.id), reaction=reaction)
    faults.once(Fault.ANSWER_LOST, method="POST", path="/reactions$")
    with pytest.raises(Transient):
        await performer.perform(effect, FIRST)
    assert await performer.perform(effect, AGAIN) is None
    assert [one.content for one in comment.reactions] == [reaction]
    assert len(asked(github)) == 2


async def test_a_sign_without_a_comment_goes_on_the_issue(
    issue: Issue, thread: Thread, performer: GitHub
) -> None:
    await performer.perform(React(thread=thread, ref="", reaction=Reaction.TAKEN), FIRST)
    assert [one.content for one in issue.reactions] == ["eyes"]


async def test_a_comment_that_is_gone_needs_no_sign(
    github: GitHubStandIn, issue: Issue, thread: Thread, performer: GitHub
) -> None:
    comment = github.comment(issue, "/support", by="carol")
    github.delete_comment(comment, by="carol")
    effect = React(thread=thread, ref=str(comment.id), reaction=Reaction.TAKEN)
    assert await performer.perform(effect, FIRST) is None


async def test_who_may_push_is_assigned(
    github: GitHubStandIn, issue: Issue, thread: Thread, performer: GitHub
) -> None:
    effect = assign(github, thread, "ada")
    event = await performer.perform(effect, FIRST)
    assert event == assigned(effect)
    assert [one.login for one in issue.assignees] == ["ada"]
    assert await performer.perform(effect, AGAIN) == event


async def test_a_stranger_is_not_even_tried(
    github: GitHubStandIn, issue: Issue, thread: Thread, performer: GitHub
) -> None:
    effect = assign(github, thread, "mallory")
    event = await performer.perform(effect, FIRST)
    assert event == assigned(effect, is_assigned=False, login="mallory")
    assert asked(github) == [
        f"GET {effect.user}",
        f"GET issues/{issue.number}/assignees/mallory",
    ]


async def test_a_stranger_who_commented_is_assigned(
    github: GitHubStandIn, issue: Issue, thread: Thread, performer: GitHub
) -> None:
    github.comment(issue, "I can help.", by="mallory")
    event = await performer.perform(assign(github, thread, "mallory"), FIRST)
    assert isinstance(event, HelperAssigned)
    assert event.is_assigned


async def test_whom_github_drops_in_silence_is_not_assigned(
    github: GitHubStandIn, issue: Issue, thread: Thread, performer: GitHub
) -> None:
    for number in range(10):
        login = f"helper{number}"
        github.add_user(login)
        github.set_permission(issue.repository, login, Role.WRITE)
        github.assign(issue, login, by="octo")
    event = await performer.perform(assign(github, thread, "ada"), FIRST)
    assert isinstance(event, HelperAssigned)
    assert not event.is_assigned
    assert len(issue.assignees) == 10


async def test_who_took_another_login_is_assigned_and_who_took_the_old_one_is_not(
    github: GitHubStandIn, issue: Issue, thread: Thread, performer: GitHub
) -> None:
    effect = assign(github, thread, "ada")
    github.rename_user("ada", "lovelace")
    github.add_user("Ada")
    github.comment(issue, "Me?", by="Ada")
    assert await performer.perform(effect, FIRST) == assigned(effect, login="lovelace")
    assert [one.login for one in issue.assignees] == ["lovelace"]


async def test_whoever_takes_the_login_in_between_is_not_left_assigned(
    github: GitHubStandIn, issue: Issue, thread: Thread
) -> None:
    effect = assign(github, thread, "ada")
    github.rename_user("ada", "lovelace")
    github.add_user("Ada")
    github.comment(issue, "Me?", by="Ada")

    class Slow(Client):
        async def find(self, grant: Grant | None, path: str) -> Any:
            found: Any = await super().find(grant, path)
            return found | {"login": "ada"} if path.startswith("user/") else found

    client = Slow(
        app_id=github.state.app.id,
        private_key=PRIVATE_KEY,
        api_url=github.url,
        now=github.state.now,
    )
    assert await assign_now(client, effect) == assigned(effect, is_assigned=False)
    assert issue.assignees == []
    await client.close()


async def test_a_helper_whose_account_is_gone_is_neither_assigned_nor_asked(
    github: GitHubStandIn, thread: Thread, performer: GitHub
) -> None:
    gone = replace(assign(github, thread, "ada"), user=UserId(987_654_321))
    told = replace(assigned(gone, is_assigned=False, login=""), is_gone=True)
    assert await performer.perform(gone, FIRST) == told
    robot = github.add_user("robot[bot]", "Bot")
    told = replace(told, user=UserId(robot.id))
    assert await performer.perform(replace(gone, user=UserId(robot.id)), FIRST) == told
    taken_off = Unassign(ticket=TICKET, thread=thread, user=gone.user, login="ada", n=1)
    before = len(asked(github))
    assert await performer.perform(taken_off, FIRST) is None
    assert len(asked(github)) == before + 1  # only who it is: nobody is taken off


async def test_who_took_another_login_is_taken_off_and_who_took_the_old_one_stays(
    github: GitHubStandIn, issue: Issue, thread: Thread, performer: GitHub
) -> None:
    user = UserId(github.state.account("ada").id)
    github.assign(issue, "ada", by="octo")
    github.rename_user("ada", "lovelace")
    github.add_user("ada")
    github.comment(issue, "Me too.", by="ada")
    github.assign(issue, "ada", by="octo")
    effect = Unassign(ticket=TICKET, thread=thread, user=user, login="ada", n=1)
    await performer.perform(effect, FIRST)
    assert [one.login for one in issue.assignees] == ["ada"]


async def test_a_helper_is_taken_off_once_or_twice(
    github: GitHubStandIn, issue: Issue, thread: Thread, performer: GitHub
) -> None:
    github.assign(issue, "ada", by="octo")
    user = UserId(github.state.account("ada").id)
    effect = Unassign(ticket=TICKET, thread=thread, user=user, login="ada", n=1)
    assert await performer.perform(effect, FIRST) is None
    assert await performer.perform(effect, AGAIN) is None
    assert issue.assignees == []
    github.delete_issue(issue, by="octo")
    assert await performer.perform(effect, AGAIN) is None


async def test_assigning_in_a_repository_that_is_read_only_is_refused(
    github: GitHubStandIn, thread: Thread, repository: Repository, performer: GitHub
) -> None:
    github.set_archived(repository, is_archived=True, by="octo")
    with pytest.raises(Refused):
        await performer.perform(assign(github, thread, "ada"), FIRST)


@pytest.mark.parametrize(
    ("role", "permission"),
    [
        (Role.ADMIN, Permission.ADMIN),
        (Role.MAINTAIN, Permission.MAINTAIN),
        (Role.WRITE, Permission.WRITE),
        (Role.TRIAGE, Permission.TRIAGE),
        (Role.NONE, Permission.READ),
    ],
)
async def test_a_command_comes_back_with_what_its_giver_may_do(
    github: GitHubStandIn,
    thread: Thread,
    repository: Repository,
    performer: GitHub,
    role: Role,
    permission: Permission,
) -> None:
    github.set_permission(repository, "carol", role)
    effect = check(github, thread, "carol")
    assert await performer.perform(effect, FIRST) == CommandGiven(
        ticket=TICKET,
        ref="13",
        by=effect.by,
        user=effect.user,
        command=effect.command,
        permission=permission,
    )


async def asked_now(performer: GitHub, thread: Thread, user: int) -> Permission:
    return await performer.permission_of(thread.installation, thread.repository, UserId(user))


@pytest.mark.parametrize("role", [Role.ADMIN, Role.MAINTAIN, Role.WRITE, Role.TRIAGE])
async def test_what_somebody_may_do_is_asked_afresh_and_by_number(
    github: GitHubStandIn,
    thread: Thread,
    repository: Repository,
    performer: GitHub,
    role: Role,
) -> None:
    number = github.state.account("carol").id
    github.set_permission(repository, "carol", role)
    assert await asked_now(performer, thread, number) is Permission(role.slug)
    github.rename_user("carol", "caroline")
    github.add_user("carol")
    assert await asked_now(performer, thread, number) is Permission(role.slug)
    successor = github.state.account("carol").id
    assert await asked_now(performer, thread, successor) is Permission.READ
    github.set_permission(repository, "caroline", Role.NONE)
    assert await asked_now(performer, thread, number) is Permission.READ


async def test_whoever_github_does_not_know_may_nothing(thread: Thread, performer: GitHub) -> None:
    assert await asked_now(performer, thread, 12) is Permission.NONE


async def test_asking_needs_a_token_that_can_do_nothing_else(
    github: GitHubStandIn, thread: Thread, performer: GitHub
) -> None:
    await asked_now(performer, thread, github.state.account("carol").id)
    (minted,) = [one for one in github.requests if one.path.endswith("access_tokens")]
    assert minted.body == {
        "repository_ids": [thread.repository],
        "permissions": {"metadata": "read"},
    }


async def test_where_the_app_is_not_installed_nobody_is_asked_about(
    github: GitHubStandIn, thread: Thread, performer: GitHub
) -> None:
    with pytest.raises(Refused):
        await performer.permission_of(
            InstallationId(1), RepositoryId(thread.repository), UserId(12)
        )


async def permission_of(performer: GitHub, effect: CheckPermission) -> Permission | None:
    event = await performer.perform(effect, FIRST)
    assert isinstance(event, CommandGiven)
    return event.permission


async def test_somebody_who_is_gone_may_nothing(
    github: GitHubStandIn, thread: Thread, performer: GitHub
) -> None:
    effect = check(github, thread, "octo")
    gone = replace(effect, by=Person(id=PersonId("p"), login="nobody"))
    assert await permission_of(performer, gone) is Permission.NONE


async def test_a_login_that_belongs_to_somebody_else_by_now_may_nothing(
    github: GitHubStandIn, thread: Thread, repository: Repository, performer: GitHub
) -> None:
    github.set_permission(repository, "carol", Role.ADMIN)
    effect = check(github, thread, "carol")
    github.rename_user("carol", "caroline")
    github.add_user("carol")
    assert await permission_of(performer, effect) is Permission.NONE


@pytest.mark.parametrize(
    ("answer", "permission"),
    [
        ({"role_name": "security-lead", "permission": "write"}, Permission.WRITE),
        ({"role_name": "maintain", "permission": "write"}, Permission.MAINTAIN),
        ({"role_name": "of-ours", "permission": "of-theirs"}, Permission.NONE),
    ],
)
async def test_a_role_that_an_organisation_named_itself_counts_as_what_it_amounts_to(
    github: GitHubStandIn, thread: Thread, answer: dict[str, str], permission: Permission
) -> None:
    effect = check(github, thread, "carol")

    class Told(Client):
        async def find(self, grant: Grant | None, path: str) -> Any:
            return {**answer, "user": {"id": effect.user}}

    client = Told(app_id=1, private_key=PRIVATE_KEY, api_url=github.url, now=github.state.now)
    assert (await check_permission(client, effect)).permission is permission
