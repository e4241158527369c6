"""Repositories and the people in them."""

from __future__ import annotations

from app.rehearsal.github.answers import Answer, RefusalError
from app.rehearsal.github.roles import Role
from app.rehearsal.github.routing import Call, Table
from app.rehearsal.github.shapes.accounts import collaborator_permission
from app.rehearsal.github.shapes.repositories import full_repository

table = Table()


@table.add("GET ~", {200: "FullRepository"}, needs="metadata:read")
def show_repository(call: Call) -> Answer:
    """Show a repository."""
    role = Role.WRITE if call.caller.may("contents", "write") else Role.READ
    return Answer(200, full_repository(call.state, call.repository, role))


@table.add(
    "GET ~/collaborators/{login}/permission",
    {200: "RepositoryCollaboratorPermission"},
    needs="metadata:read",
)
def show_permission(call: Call) -> Answer:
    """Show what an account may do here, collaborator or not."""
    login = call.parameters["login"]
    found = call.state.find_account(login)
    if found is None or found.is_organization:
        raise RefusalError(404, f"{login} is not a user")
    return Answer(200, collaborator_permission(call.state, call.repository, found))
