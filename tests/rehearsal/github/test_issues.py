from __future__ import annotations

from datetime import timedelta

import pytest

from app.rehearsal.github.server import GitHubStandIn
from app.rehearsal.github.state import Issue, Repository
from tests.rehearsal.github.product import Api, Clock


def _path(issue: Issue, rest: str = "") -> str:
    return f"/repositories/{issue.repository.id}/issues/{issue.number}{rest}"


async def test_an_issue_is_shown_by_id_and_by_name(api: Api, issue: Issue) -> None:
    by_id = await api("GET", _path(issue))
    by_name = await api("GET", f"/repos/octo/tools/issues/{issue.number}")
    assert (by_id.status, by_id.json) == (200, by_name.json)
    assert by_id.json["title"] == "It breaks"
    assert by_id.json["user"]["login"] == "stranger"
    assert by_id.json["author_association"] == "NONE"
    assert by_id.json["html_url"].endswith(f"/octo/tools/issues/{issue.number}")


async def test_a_comment_is_created_edited_and_deleted(
    api: Api, issue: Issue, clock: Clock
) -> None:
    created = await api("POST", _path(issue, "/comments"), {"body": "first"})
    assert created.status == 201
    assert created.json["user"] == created.json["user"] | {"login": "mainstay[bot]", "type": "Bot"}
    assert created.json["performed_via_github_app"]["slug"] == "mainstay"
    path = f"/repositories/{issue.repository.id}/issues/comments/{created.json['id']}"
    clock.forward(seconds=5)
    edited = await api("PATCH", path, {"body": "second"})
    assert edited.status == 200
    assert edited.json["updated_at"] > edited.json["created_at"]
    assert (await api("GET", path)).json["body"] == "second"
    [comment] = issue.comments
    assert [version.body for version in comment.versions] == ["first", "second"]
    assert comment.versions[1].at - comment.versions[0].at == timedelta(seconds=5)
    assert (await api("DELETE", path)).status == 204
    assert (await api("GET", path)).status == 404
    assert issue.comments == []
    assert issue.all_comments[0].is_deleted


async def test_comments_come_in_pages_that_the_link_header_joins(
    api: Api, github: GitHubStandIn, issue: Issue
) -> None:
    for number in range(7):
        github.comment(issue, f"no. {number}", by="reader")
    seen: list[str] = []
    pages: list[str] = []
    url = f"/repos/octo/tools/issues/{issue.number}/comments?per_page=3"
    while url:
        reply = await api("GET", url)
        seen += [one["body"] for one in reply.json]
        pages.append(" ".join(reply.links))
        url = reply.links.get("next", "")
    assert seen == [f"no. {number}" for number in range(7)]
    assert pages == ["next last", "prev next last first", "prev first"]


async def test_a_page_has_thirty_and_at_most_a_hundred(
    api: Api, github: GitHubStandIn, issue: Issue
) -> None:
    for number in range(101):
        github.comment(issue, str(number), by="reader")
    sizes = [
        len((await api("GET", _path(issue, f"/comments{query}"))).json)
        for query in ("", "?per_page=1000", "?per_page=100&page=2", "?page=9", "?per_page=nonsense")
    ]
    assert sizes == [30, 100, 1, 0, 30]
    link = (await api("GET", _path(issue, "/comments?per_page=1000"))).headers["Link"]
    assert f"/repositories/{issue.repository.id}/issues/{issue.number}/comments?" in link


async def test_since_goes_by_the_last_change(
    api: Api, github: GitHubStandIn, issue: Issue, clock: Clock
) -> None:
    early = github.comment(issue, "early", by="reader")
    github.comment(issue, "never changed", by="reader")
    clock.forward(minutes=1)
    since = clock().isoformat().replace("+", "%2B")
    github.comment(issue, "late", by="reader")
    github.edit_comment(early, "early, changed", by="reader")
    reply = await api("GET", _path(issue, f"/comments?since={since}"))
    assert [one["body"] for one in reply.json] == ["early, changed", "late"]
    everywhere = await api("GET", f"/repos/octo/tools/issues/comments?since={since}&sort=updated")
    assert len(everywhere.json) == 2
    assert (await api("GET", _path(issue, "/comments?since=yesterday"))).status == 422


@pytest.mark.parametrize(
    ("body", "status", "sentence"),
    [
        ({"body": "x" * 65_537}, 422, "maximum is 65536 characters"),
        ({"body": "  "}, 422, "can't be blank"),
        ({"body": 5}, 422, "properties/body"),
        ({"body": None}, 422, "nil"),
        ({}, 422, '\\"body\\" wasn\'t supplied'),
        ({"body": "x", "text": "y"}, 422, "not a permitted key"),
    ],
)
async def test_a_comment_that_github_would_refuse_is_refused(
    api: Api, issue: Issue, body: dict[str, object], status: int, sentence: str
) -> None:
    reply = await api("POST", _path(issue, "/comments"), body)
    assert reply.status == status
    assert sentence in reply.text
    assert reply.json["status"] == str(status)
    assert issue.comments == []


async def test_the_longest_body_is_taken(api: Api, issue: Issue) -> None:
    reply = await api("POST", _path(issue, "/comments"), {"body": "é" * 65_536})
    assert reply.status == 201


@pytest.mark.parametrize("raw", [b"{", b"\xff", b'"text"'])
async def test_what_is_no_json_object_is_a_bad_request(api: Api, issue: Issue, raw: bytes) -> None:
    reply = await api("POST", _path(issue, "/comments"), raw=raw)
    assert reply.status == 400


async def test_a_locked_issue_takes_no_comment_and_no_reaction_of_the_app(
    api: Api, github: GitHubStandIn, issue: Issue
) -> None:
    comment = github.comment(issue, "before", by="reader")
    github.lock_issue(issue, by="writer", reason="resolved")
    reply = await api("POST", _path(issue, "/comments"), {"body": "x"})
    assert (reply.status, reply.json["message"]) == (
        403,
        "Unable to create comment because issue is locked.",
    )
    assert (await api("POST", _path(issue, "/reactions"), {"content": "eyes"})).status == 403
    reaction = f"/repositories/{issue.repository.id}/issues/comments/{comment.id}/reactions"
    assert (await api("POST", reaction, {"content": "eyes"})).status == 403
    shown = (await api("GET", _path(issue))).json
    assert (shown["locked"], shown["active_lock_reason"]) == (True, "resolved")
    assert (await api("DELETE", _path(issue, "/lock"))).status == 204
    assert (await api("POST", _path(issue, "/comments"), {"body": "x"})).status == 201
    assert (await api("PUT", _path(issue, "/lock"), {"lock_reason": "spam"})).status == 204
    assert issue.lock_reason == "spam"


async def test_an_archived_repository_is_read_only(
    api: Api, github: GitHubStandIn, issue: Issue
) -> None:
    github.set_archived(issue.repository, is_archived=True, by="octo")
    reply = await api("POST", _path(issue, "/comments"), {"body": "x"})
    assert (reply.status, "read-only" in reply.text) == (403, True)
    assert (await api("GET", _path(issue))).status == 200


async def test_issues_that_are_off_deleted_or_unknown(
    api: Api, github: GitHubStandIn, issue: Issue, repository: Repository
) -> None:
    other = github.open_issue(repository, "Another", by="stranger")
    github.delete_issue(other, by="octo")
    assert (await api("GET", _path(other))).status == 410
    assert (await api("POST", _path(other, "/comments"), {"body": "x"})).status == 410
    assert (await api("GET", f"/repositories/{repository.id}/issues/99")).status == 404
    repository.has_issues = False
    assert (await api("GET", _path(issue))).status == 410
    assert (await api("POST", _path(issue, "/comments"), {"body": "x"})).status == 410


async def test_a_moved_issue_leads_to_where_it_is(
    api: Api, github: GitHubStandIn, issue: Issue
) -> None:
    other = github.create_repository("octo", "elsewhere", collaborators=None)
    comment = github.comment(issue, "kept", by="reader")
    moved = github.transfer_issue(issue, other, by="octo")
    reply = await api("GET", _path(issue, "/comments"))
    assert reply.status == 301
    followed = await api("GET", reply.headers["Location"])
    assert [one["id"] for one in followed.json] == [comment.id]
    written = await api("POST", _path(issue, "/comments"), {"body": "x"})
    assert written.status == 307
    assert written.headers["Location"].endswith(f"{_path(moved)}/comments")


async def test_an_issue_is_changed_closed_and_reopened(api: Api, issue: Issue) -> None:
    change = {
        "title": "Better",
        "labels": ["bug"],
        "state": "closed",
        "state_reason": "not_planned",
    }
    reply = await api("PATCH", _path(issue), change)
    assert reply.status == 200
    shown = reply.json
    assert (shown["state"], shown["state_reason"]) == ("closed", "not_planned")
    assert shown["closed_by"]["login"] == "mainstay[bot]"
    assert ([one["name"] for one in shown["labels"]], shown["title"]) == (["bug"], "Better")
    assert shown["body"] == "Please help."
    reply = await api("PATCH", _path(issue), {"state": "open"})
    assert (reply.json["state"], reply.json["closed_at"]) == ("open", None)
    assert [entry.kind for entry in issue.timeline] == [
        "opened", "renamed", "labeled", "closed", "reopened",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "change",
    [{"state": "shut"}, {"labels": "bug"}, {"assignees": ["nobody-here"]}, {"milestone": 1}],
)
async def test_a_change_that_cannot_be_is_refused(
    api: Api, issue: Issue, change: dict[str, object]
) -> None:
    assert (await api("PATCH", _path(issue), change)).status == 422


async def test_issues_are_listed_and_opened_by_the_app(api: Api, issue: Issue) -> None:
    path = f"/repositories/{issue.repository.id}/issues"
    body = {"title": "From the App", "body": "Hello", "labels": ["bot"], "assignees": ["writer"]}
    created = await api("POST", path, body)
    assert created.status == 201
    assert [one["login"] for one in created.json["assignees"]] == ["writer"]
    listed = await api("GET", path)
    assert [one["number"] for one in listed.json] == [created.json["number"], issue.number]
    assert len((await api("GET", f"{path}?labels=bot")).json) == 1
    assert (await api("GET", f"{path}?state=closed")).json == []


async def test_nobody_else_s_comment_is_edited_by_the_app(
    api: Api, github: GitHubStandIn, issue: Issue
) -> None:
    comment = github.comment(issue, "mine", by="reader")
    path = f"/repositories/{issue.repository.id}/issues/comments/{comment.id}"
    assert (await api("PATCH", path, {"body": "yours"})).status == 403
    assert comment.body == "mine"


async def test_labels_and_assignees_are_replaced_as_a_whole(
    api: Api, github: GitHubStandIn, issue: Issue
) -> None:
    github.label(issue, "old", by="octo")
    github.label(issue, "kept", by="octo")
    github.assign(issue, "admin", "writer", by="octo")
    change = {"labels": [{"name": "kept"}, "new"], "assignees": ["writer", "maintainer"]}
    shown = (await api("PATCH", _path(issue), change)).json
    assert [one["name"] for one in shown["labels"]] == ["kept", "new"]
    assert [one["login"] for one in shown["assignees"]] == ["writer", "maintainer"]
    assert (await api("PATCH", _path(issue), {"body": None})).json["body"] == ""


async def test_what_is_so_already_changes_nothing(github: GitHubStandIn, issue: Issue) -> None:
    github.reopen_issue(issue, by="octo")
    github.unlock_issue(issue, by="octo")
    github.edit_issue(issue, title=issue.title, body=issue.body, by="octo")
    assert [entry.kind for entry in issue.timeline] == ["opened"]
    github.lock_issue(issue, by="octo")
    github.lock_issue(issue, by="octo")
    github.close_issue(issue, by="octo")
    github.close_issue(issue, by="octo", reason="duplicate")
    assert [entry.kind for entry in issue.timeline] == ["opened", "locked", "closed"]
    assert issue.state_reason == "duplicate"


async def test_comments_of_a_whole_repository_newest_first(
    api: Api, github: GitHubStandIn, issue: Issue
) -> None:
    other = github.open_issue(issue.repository, "Another", by="stranger")
    for where, text in ((issue, "one"), (other, "two")):
        github.comment(where, text, by="reader")
    path = f"/repositories/{issue.repository.id}/issues/comments?direction=desc"
    assert [one["body"] for one in (await api("GET", path)).json] == ["two", "one"]


async def test_issues_that_are_off_are_neither_listed_nor_opened(api: Api, issue: Issue) -> None:
    issue.repository.has_issues = False
    path = f"/repositories/{issue.repository.id}/issues"
    assert (await api("GET", path)).status == 410
    assert (await api("POST", path, {"title": "x"})).status == 410


async def test_half_a_surrogate_pair_is_no_text(api: Api, issue: Issue) -> None:
    reply = await api("POST", _path(issue, "/comments"), raw=b'{"body": "\\ud800"}')
    assert (reply.status, reply.json["message"]) == (400, "Problems parsing JSON")
