"""Signs on comments, who is assigned, and who may do what in a repository."""

from __future__ import annotations

from app.domain.effects import Assign, CheckPermission, FindMaintainer, React, Unassign
from app.domain.events import CommandGiven, HelperAssigned, MaintainerFound
from app.domain.ids import InstallationId, RepositoryId, UserId
from app.domain.people import Permission
from app.providers.github.client import Client
from app.providers.github.grants import Grant, grant_to_ask, grant_to_speak
from app.providers.github.paths import comment_path, issue_path, quoted, repository_path
from app.providers.github.verdicts import NotThere


async def react(client: Client, effect: React) -> None:
    """Put a sign on a comment, or on the issue; GitHub itself keeps one of each kind."""
    thread = effect.thread
    on = comment_path(thread, effect.ref) if effect.ref else issue_path(thread)
    data = {"content": effect.reaction.value}
    try:
        await client.post(grant_to_speak(thread), f"{on}/reactions", data, is_repeatable=True)
    except NotThere:
        return  # whoever wrote it has deleted it: there is nobody to tell


async def assign(client: Client, effect: Assign) -> HelperAssigned:
    """Assign a helper. GitHub drops in silence whom it would not assign, so we ask and compare."""
    thread = effect.thread
    grant, assignees = grant_to_speak(thread), f"{issue_path(thread)}/assignees"
    login = await login_today(client, grant, effect.user)
    if login is None:
        return HelperAssigned(
            ticket=effect.ticket, user=effect.user, is_assigned=False, is_gone=True
        )
    is_assigned = False
    if await client.find(grant, f"{assignees}/{quoted(login)}") is not None:
        data = {"assignees": [login]}
        issue = await client.post(grant, assignees, data, is_repeatable=True)
        ids = {account["id"]: account["login"] for account in issue["assignees"]}
        is_assigned = effect.user in ids
        if not is_assigned and login.lower() in map(str.lower, ids.values()):
            # The login became somebody else's in between, who has nothing to do with it.
            await client.delete(grant, assignees, data)
    return HelperAssigned(
        ticket=effect.ticket, user=effect.user, is_assigned=is_assigned, login=login
    )


async def unassign(client: Client, effect: Unassign) -> None:
    """Take a helper off the issue, whatever their account is called by now."""
    grant = grant_to_speak(effect.thread)
    login = await login_today(client, grant, effect.user)
    if login is None:
        return  # nobody is assigned whose account is gone
    path, data = f"{issue_path(effect.thread)}/assignees", {"assignees": [login]}
    try:
        await client.delete(grant, path, data)
    except NotThere:
        return  # the issue is gone, and its assignees with it


async def check_permission(client: Client, effect: CheckPermission) -> CommandGiven:
    """Ask what somebody may do now, and hand their command on together with the answer."""
    grant = grant_to_speak(effect.thread)
    return CommandGiven(
        ticket=effect.ticket,
        ref=effect.ref,
        by=effect.by,
        user=effect.user,
        command=effect.command,
        form=effect.form,
        permission=await _permission(client, grant, effect.by.login, effect.user),
    )


async def find_maintainer(client: Client, effect: FindMaintainer) -> MaintainerFound:
    """Ask what each of them may do now, until one may decide about money."""
    grant = grant_to_speak(effect.thread)
    for user in effect.users:
        login = await login_today(client, grant, user)
        if login is None:
            continue
        if (await _permission(client, grant, login, user)).is_maintainer_of_money:
            return MaintainerFound(ticket=effect.ticket, user=user, login=login)
    return MaintainerFound(ticket=effect.ticket, user=None)


async def login_today(client: Client, grant: Grant, user: UserId) -> str | None:
    """Ask what somebody's account is called now; ``None`` where it is gone, or no person's."""
    account = await client.find(grant, f"user/{user}")
    if account is None or account["type"] != "User":
        return None
    return str(account["login"])


async def permission_of(
    client: Client, installation: InstallationId, repository: RepositoryId, user: UserId
) -> Permission:
    """Ask what somebody may do in a repository now, whatever their account is called by now."""
    grant = grant_to_ask(installation, repository)
    login = await login_today(client, grant, user)
    if login is None:
        return Permission.NONE
    return await _permission(client, grant, login, user)


async def _permission(client: Client, grant: Grant, login: str, user: UserId) -> Permission:
    path = f"{repository_path(grant.repository)}/collaborators/{quoted(login)}/permission"
    answer = await client.find(grant, path)
    if answer is None or answer["user"] is None or answer["user"]["id"] != user:
        return Permission.NONE  # also for a login that belongs to somebody else by now
    # An organisation may name roles of its own; `permission` says what each of them amounts to.
    for name in (answer["role_name"], answer["permission"]):
        if name in frozenset(Permission):
            return Permission(name)
    return Permission.NONE
