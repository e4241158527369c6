"""Comments on issues and pull requests."""

from __future__ import annotations

from datetime import UTC, datetime

from app.rehearsal.github.answers import Answer, RefusalError, forbidden, validation_failed
from app.rehearsal.github.changes import comments
from app.rehearsal.github.routes.issues import READ, WRITE, check_body
from app.rehearsal.github.routing import Call, Table
from app.rehearsal.github.shapes import issues as shapes
from app.rehearsal.github.state import Comment

table = Table()


def _since(call: Call, found: list[Comment]) -> list[Comment]:
    given = call.query.get("since")
    if given is None:
        return found
    try:
        since = datetime.fromisoformat(given)
    except ValueError:
        raise validation_failed("IssueComment", "since", "invalid") from None
    since = since if since.tzinfo is not None else since.replace(tzinfo=UTC)
    whole = {one: one.updated_at.replace(microsecond=0) for one in found}
    return [one for one in found if whole[one] >= since]


def _check(body: str) -> None:
    check_body("IssueComment", body)
    if not body.strip():
        raise validation_failed("IssueComment", "data", "unprocessable", "Body can't be blank")


@table.add(r"GET ~/issues/{number:\d+}/comments", {200: "list[IssueComment]"}, needs=READ)
def list_comments(call: Call) -> Answer:
    """List an issue's comments, oldest first; `since` goes by their last change."""
    found = _since(call, call.issue().comments)
    return call.page(found, lambda one: shapes.comment(call.state, one))


@table.add("GET ~/issues/comments", {200: "list[IssueComment]"}, needs=READ)
def list_repository_comments(call: Call) -> Answer:
    """List the comments of all issues, oldest first unless asked otherwise."""
    here = [one for one in call.state.comments.values() if one.issue.repository is call.repository]
    found = _since(call, here)
    if call.query.get("sort") == "updated":
        found.sort(key=lambda one: one.updated_at)
    if call.query.get("direction") == "desc":
        found.reverse()
    return call.page(found, lambda one: shapes.comment(call.state, one))


@table.add(
    r"POST ~/issues/{number:\d+}/comments",
    {201: "IssueComment"},
    needs=WRITE,
    body="ReposOwnerRepoIssuesIssueNumberCommentsPostBody",
)
def create_comment(call: Call) -> Answer:
    """Comment as the bot, whom a lock stops as it stops everybody without write access."""
    issue = call.issue()
    _check(call.body["body"])
    if issue.is_locked:
        raise RefusalError(403, "Unable to create comment because issue is locked.")
    comment = comments.create(call.site, issue, call.body["body"], call.bot, is_via_app=True)
    return Answer(201, shapes.comment(call.state, comment))


@table.add(r"GET ~/issues/comments/{comment_id:\d+}", {200: "IssueComment"}, needs=READ)
def show_comment(call: Call) -> Answer:
    """Show one comment."""
    return Answer(200, shapes.comment(call.state, call.comment()))


@table.add(
    r"PATCH ~/issues/comments/{comment_id:\d+}",
    {200: "IssueComment"},
    needs=WRITE,
    body="ReposOwnerRepoIssuesCommentsCommentIdPatchBody",
)
def update_comment(call: Call) -> Answer:
    """Change a comment's text; here an App may change its own comments only."""
    comment = call.comment()
    _check(call.body["body"])
    if comment.author is not call.bot:
        raise forbidden()
    comments.edit(call.site, comment, call.body["body"], call.bot)
    return Answer(200, shapes.comment(call.state, comment))


@table.add(r"DELETE ~/issues/comments/{comment_id:\d+}", {204: None}, needs=WRITE)
def delete_comment(call: Call) -> Answer:
    """Delete a comment."""
    comments.delete(call.site, call.comment(), call.bot)
    return Answer(204)
