"""Accounts, and how much of the rate limit is left."""

from __future__ import annotations

from app.rehearsal.github.answers import Answer, RefusalError, not_found
from app.rehearsal.github.routing import Call, Table
from app.rehearsal.github.shapes.accounts import public_user

table = Table()


@table.add("GET /user", {200: "PublicUser"}, is_for_user=True)
def show_oneself(call: Call) -> Answer:
    """Show the account of whoever signed in."""
    if call.caller.user is None:
        raise RefusalError(401, "Requires authentication")
    return Answer(200, public_user(call.state, call.caller.user))


@table.add("GET /users/{login}", {200: "PublicUser"}, is_for_anybody=True)
def show_user(call: Call) -> Answer:
    """Show an account by its login."""
    found = call.state.find_account(call.parameters["login"])
    if found is None:
        raise not_found()
    return Answer(200, public_user(call.state, found))


@table.add(r"GET /user/{account_id:\d+}", {200: "PublicUser"}, is_for_anybody=True)
def show_user_by_id(call: Call) -> Answer:
    """Show an account by its id, which a new login does not change."""
    found = call.state.accounts.get(int(call.parameters["account_id"]))
    if found is None:
        raise not_found()
    return Answer(200, public_user(call.state, found))


@table.add("GET /rate_limit", {200: "RateLimitOverview"}, is_for_anybody=True)
def show_rate_limit(call: Call) -> Answer:
    """Show what is left; asking is free."""
    core = call.limits.overview(call.caller.name)
    reset = core["reset"]
    search = {"limit": 30, "used": 0, "remaining": 30, "reset": reset}
    return Answer(200, {"resources": {"core": core, "search": search}})
