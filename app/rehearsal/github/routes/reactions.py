"""Reactions to issues and comments."""

from __future__ import annotations

from typing import Final

from app.rehearsal.github.answers import Answer, RefusalError, not_found
from app.rehearsal.github.changes import reactions
from app.rehearsal.github.routes.issues import READ, WRITE
from app.rehearsal.github.routing import Call, Table
from app.rehearsal.github.shapes.issues import reaction as shape
from app.rehearsal.github.state import Comment, Issue

BOTH: Final = {200: "Reaction", 201: "Reaction"}

table = Table()


@table.add(
    r"POST ~/issues/{number:\d+}/reactions",
    BOTH,
    needs=WRITE,
    body="ReposOwnerRepoIssuesIssueNumberReactionsPostBody",
)
def react_to_issue(call: Call) -> Answer:
    """React to an issue; 200 when this reaction was there already."""
    return _react(call, call.issue())


@table.add(
    r"POST ~/issues/comments/{comment_id:\d+}/reactions",
    BOTH,
    needs=WRITE,
    body="ReposOwnerRepoIssuesCommentsCommentIdReactionsPostBody",
)
def react_to_comment(call: Call) -> Answer:
    """React to a comment; 200 when this reaction was there already."""
    return _react(call, call.comment())


@table.add(r"GET ~/issues/{number:\d+}/reactions", {200: "list[Reaction]"}, needs=READ)
def list_issue_reactions(call: Call) -> Answer:
    """List the reactions to an issue."""
    return _list(call, call.issue())


@table.add(r"GET ~/issues/comments/{comment_id:\d+}/reactions", {200: "list[Reaction]"}, needs=READ)
def list_comment_reactions(call: Call) -> Answer:
    """List the reactions to a comment."""
    return _list(call, call.comment())


@table.add(r"DELETE ~/issues/{number:\d+}/reactions/{reaction_id:\d+}", {204: None}, needs=WRITE)
def remove_from_issue(call: Call) -> Answer:
    """Take a reaction to an issue away."""
    return _remove(call, call.issue())


@table.add(
    r"DELETE ~/issues/comments/{comment_id:\d+}/reactions/{reaction_id:\d+}",
    {204: None},
    needs=WRITE,
)
def remove_from_comment(call: Call) -> Answer:
    """Take a reaction to a comment away."""
    return _remove(call, call.comment())


def _react(call: Call, to: Issue | Comment) -> Answer:
    issue = to.issue if isinstance(to, Comment) else to
    if issue.is_locked:
        raise RefusalError(403, "Unable to create reaction because issue is locked.")
    reaction, is_new = reactions.add(call.site, to, call.body["content"], call.bot)
    return Answer(201 if is_new else 200, shape(call.state, reaction))


def _list(call: Call, of: Issue | Comment) -> Answer:
    wanted = call.query.get("content")
    found = [one for one in of.reactions if wanted in {None, one.content}]
    return call.page(found, lambda one: shape(call.state, one))


def _remove(call: Call, of: Issue | Comment) -> Answer:
    reaction_id = int(call.parameters["reaction_id"])
    owned = [one for one in of.reactions if one.account is call.bot and one.id == reaction_id]
    if not owned:
        raise not_found()
    reactions.remove(of, reaction_id)
    return Answer(204)
