from __future__ import annotations

from typing import Any

import pytest

from app.rehearsal.github.server import GitHubStandIn
from app.rehearsal.github.state import ASSIGNEES_MAX, Issue
from tests.rehearsal.github.product import Api


def _path(issue: Issue, rest: str = "") -> str:
    return f"/repositories/{issue.repository.id}/issues/{issue.number}{rest}"


async def test_labels_come_and_go(api: Api, issue: Issue) -> None:
    added = await api("POST", _path(issue, "/labels"), {"labels": ["paid-support", "bug"]})
    assert (added.status, [one["name"] for one in added.json]) == (200, ["paid-support", "bug"])
    again = await api("POST", _path(issue, "/labels"), ["BUG", "third"])
    assert [one["name"] for one in again.json] == ["paid-support", "bug", "third"]
    removed = await api("DELETE", _path(issue, "/labels/paid-support"))
    assert [one["name"] for one in removed.json] == ["bug", "third"]
    gone = await api("DELETE", _path(issue, "/labels/paid-support"))
    assert (gone.status, gone.json["message"]) == (404, "Label does not exist")
    assert [one["name"] for one in (await api("GET", _path(issue, "/labels"))).json] == [
        "bug",
        "third",
    ]


async def test_a_label_with_a_space_is_removed_by_its_name(api: Api, issue: Issue) -> None:
    await api("POST", _path(issue, "/labels"), {"labels": ["help wanted"]})
    assert (await api("DELETE", _path(issue, "/labels/help%20wanted"))).json == []


async def test_a_repository_s_labels(api: Api, issue: Issue) -> None:
    base = f"/repositories/{issue.repository.id}/labels"
    wanted = {"name": "paid-support", "color": "0e8a16", "description": "Someone pays"}
    created = await api("POST", base, wanted)
    assert created.status == 201
    assert created.json == created.json | wanted
    again = await api("POST", base, {"name": "Paid-Support"})
    assert (again.status, again.json["errors"][0]["code"]) == (422, "already_exists")
    assert (await api("GET", f"{base}/paid-support")).json["color"] == "0e8a16"
    changed = await api("PATCH", f"{base}/paid-support", {"new_name": "paid", "color": "FFFFFF"})
    assert (changed.json["name"], changed.json["description"]) == ("paid", "Someone pays")
    assert (await api("GET", f"{base}/paid-support")).status == 404
    assert [one["name"] for one in (await api("GET", base)).json] == ["paid"]


@pytest.mark.parametrize(
    "label",
    [
        {"name": ""},
        {"name": "x" * 51},
        {"name": "x", "color": "#0e8a16"},
        {"name": "x", "description": "y" * 101},
        {},
    ],
)
async def test_a_label_that_github_would_refuse(
    api: Api, issue: Issue, label: dict[str, Any]
) -> None:
    assert (await api("POST", f"/repositories/{issue.repository.id}/labels", label)).status == 422


@pytest.mark.parametrize(
    ("login", "status"),
    [
        ("octo", 204),
        ("admin", 204),
        ("writer", 204),
        ("triager", 404),
        ("reader", 404),
        ("stranger", 404),
        ("nobody", 404),
        ("mainstay[bot]", 404),
    ],
)
async def test_who_can_be_assigned_anywhere(
    api: Api, issue: Issue, login: str, status: int
) -> None:
    for path in (f"/repositories/{issue.repository.id}", _path(issue)):
        assert (await api("GET", f"{path}/assignees/{login}")).status == status


async def test_whoever_commented_can_be_assigned_there(
    api: Api, github: GitHubStandIn, issue: Issue
) -> None:
    comment = github.comment(issue, "I can help", by="reader")
    assert (await api("GET", _path(issue, "/assignees/reader"))).status == 204
    anywhere = await api("GET", f"/repositories/{issue.repository.id}/assignees/reader")
    assert anywhere.status == 404
    github.delete_comment(comment, by="reader")
    assert (await api("GET", _path(issue, "/assignees/reader"))).status == 404


async def test_members_of_the_organisation_can_be_assigned(
    api: Api, github: GitHubStandIn, issue: Issue
) -> None:
    organization = github.add_organization("acme", owner="admin")
    github.add_member(organization, "reader")
    shop = github.create_repository("acme", "shop", is_private=True)
    api.token = await api.mint(github.install_app("acme"))
    listed = (await api("GET", f"/repositories/{shop.id}/assignees")).json
    assert [one["login"] for one in listed] == ["admin", "reader"]


async def test_who_cannot_be_assigned_is_dropped_in_silence(api: Api, issue: Issue) -> None:
    wanted = {"assignees": ["writer", "stranger", "nobody", "WRITER", "maintainer"]}
    reply = await api("POST", _path(issue, "/assignees"), wanted)
    assert reply.status == 201
    assert [one["login"] for one in reply.json["assignees"]] == ["writer", "maintainer"]
    reply = await api("DELETE", _path(issue, "/assignees"), {"assignees": ["writer", "stranger"]})
    assert reply.status == 200
    assert [one["login"] for one in reply.json["assignees"]] == ["maintainer"]


async def test_the_eleventh_assignee_is_dropped_in_silence(
    api: Api, github: GitHubStandIn, issue: Issue
) -> None:
    logins = [f"person-{number}" for number in range(ASSIGNEES_MAX + 1)]
    for login in logins:
        github.add_user(login)
        github.comment(issue, "me", by=login)
    reply = await api("POST", _path(issue, "/assignees"), {"assignees": logins})
    assert [one["login"] for one in reply.json["assignees"]] == logins[:ASSIGNEES_MAX]


async def test_a_reaction_is_made_once(api: Api, github: GitHubStandIn, issue: Issue) -> None:
    comment = github.comment(issue, "/support", by="reader")
    paths = [
        _path(issue, "/reactions"),
        f"/repositories/{issue.repository.id}/issues/comments/{comment.id}/reactions",
    ]
    for path in paths:
        replies = [await api("POST", path, {"content": "eyes"}) for _ in range(2)]
        assert [one.status for one in replies] == [201, 200]
        assert replies[0].json == replies[1].json
        assert replies[0].json["user"]["login"] == "mainstay[bot]"
        assert (await api("POST", path, {"content": "confused"})).status == 201
        github.react(issue if path == paths[0] else comment, "eyes", by="octo")
        assert len((await api("GET", path)).json) == 3
        assert len((await api("GET", f"{path}?content=eyes")).json) == 2
        assert (await api("POST", path, {"content": "thumbsup"})).status == 422
        reaction_id = replies[0].json["id"]
        assert (await api("DELETE", f"{path}/{reaction_id}")).status == 204
        assert (await api("DELETE", f"{path}/{reaction_id}")).status == 404
    shown = (await api("GET", _path(issue))).json["reactions"]
    assert (shown["total_count"], shown["eyes"], shown["confused"]) == (2, 1, 1)
    assert [one.account.login for one in comment.reactions] == ["mainstay[bot]", "octo"]
