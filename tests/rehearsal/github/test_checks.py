from __future__ import annotations

from typing import Any

import pytest

from app.rehearsal.github.server import GitHubStandIn
from app.rehearsal.github.state import Installation, Issue, Repository
from tests.rehearsal.github.product import Api, Receiver

NAME = "mainstay / support.yml"
OUTPUT = {"title": "Good", "summary": "Nothing to say."}
ANNOTATION = {
    "path": ".github/support.yml",
    "start_line": 1,
    "end_line": 1,
    "annotation_level": "failure",
    "message": "version is missing",
}


@pytest.fixture
def pull(github: GitHubStandIn, repository: Repository, installation: Installation) -> Issue:
    return github.open_pull_request(
        repository, "Configure", {".github/support.yml": "{}\n"}, by="stranger"
    )


def _head(pull: Issue) -> str:
    assert pull.pull_request is not None
    return pull.pull_request.head_sha


async def test_a_check_run_is_created_and_completed(
    api: Api, github: GitHubStandIn, receiver: Receiver, pull: Issue
) -> None:
    base = f"/repositories/{pull.repository.id}"
    created = await api("POST", f"{base}/check-runs", {"name": NAME, "head_sha": _head(pull)})
    assert (created.status, created.json["status"]) == (201, "queued")
    path = f"{base}/check-runs/{created.json['id']}"
    change = {
        "conclusion": "failure",
        "output": OUTPUT | {"annotations": [ANNOTATION] * 50},
        "actions": [{"label": "Confirm", "description": "Adopt it", "identifier": "confirm"}],
    }
    changed = await api("PATCH", path, change)
    assert (changed.json["status"], changed.json["conclusion"]) == ("completed", "failure")
    assert changed.json["completed_at"] == "2026-11-24T12:00:00Z"
    more = {"output": OUTPUT | {"annotations": [ANNOTATION]}}
    assert (await api("PATCH", path, more)).json["output"]["annotations_count"] == 51
    listed = (await api("GET", f"{base}/commits/{_head(pull)}/check-runs")).json
    assert (listed["total_count"], listed["check_runs"][0]["name"]) == (1, NAME)
    assert (await api("GET", path)).json["app"]["slug"] == "mainstay"
    [run] = github.state.check_runs.values()
    github.rerun_check(run, by="writer")
    github.rerun_all_checks(run, by="writer")
    github.press_check_button(run, "confirm", by="maintainer")
    with pytest.raises(LookupError):
        github.press_check_button(run, "nothing", by="maintainer")
    await github.settle()
    assert receiver.names[-5:] == [
        "check_run.created",
        "check_run.completed",
        "check_run.rerequested",
        "check_suite.rerequested",
        "check_run.requested_action",
    ]
    assert receiver.received[-1].payload["requested_action"] == {"identifier": "confirm"}


async def test_a_check_run_lists_the_pull_requests_of_its_branch_but_not_of_forks(
    api: Api, github: GitHubStandIn, pull: Issue
) -> None:
    here = github.open_pull_request(pull.repository, "Here", {"x": "y"}, by="writer", branch="b")
    listed = []
    for one in (here, pull):
        body = {"name": NAME, "head_sha": _head(one)}
        run = await api("POST", f"/repositories/{pull.repository.id}/check-runs", body)
        listed.append([each["number"] for each in run.json["pull_requests"]])
    assert listed == [[here.number], []]


async def test_a_check_run_can_name_its_times(api: Api, pull: Issue) -> None:
    body = {
        "name": NAME,
        "head_sha": _head(pull),
        "conclusion": "success",
        "started_at": "2026-11-24T11:00:00Z",
        "completed_at": "2026-11-24T11:30:00Z",
    }
    path = f"/repositories/{pull.repository.id}/check-runs"
    created = (await api("POST", path, body)).json
    assert (created["started_at"], created["completed_at"]) == (
        body["started_at"],
        body["completed_at"],
    )
    again = (await api("PATCH", f"{path}/{created['id']}", {"status": "in_progress"})).json
    assert (again["status"], again["conclusion"], again["completed_at"]) == (
        "in_progress",
        None,
        None,
    )
    nothing = f"/repositories/{pull.repository.id}/commits/{'0' * 40}/check-runs"
    assert (await api("GET", nothing)).status == 422


async def test_a_newer_run_of_one_name_hides_the_older(api: Api, pull: Issue) -> None:
    base = f"/repositories/{pull.repository.id}"
    body = {"name": NAME, "head_sha": _head(pull), "status": "completed", "conclusion": "success"}
    runs = [(await api("POST", f"{base}/check-runs", body)).json for _ in range(2)]
    path = f"{base}/commits/{_head(pull)}/check-runs"
    latest = (await api("GET", path)).json
    assert [one["id"] for one in latest["check_runs"]] == [runs[1]["id"]]
    assert (await api("GET", f"{path}?filter=all")).json["total_count"] == 2
    assert (await api("GET", f"{path}?check_name=other")).json["total_count"] == 0
    assert runs[0]["check_suite"] == runs[1]["check_suite"]


@pytest.mark.parametrize(
    "change",
    [
        {"status": "completed"},
        {"conclusion": "great"},
        {"output": {"title": "only"}},
        {"output": OUTPUT | {"summary": "x" * 65_536}},
        {"output": OUTPUT | {"annotations": [ANNOTATION] * 51}},
        {"output": OUTPUT | {"annotations": [ANNOTATION | {"end_line": 0}]}},
        {"output": OUTPUT | {"annotations": [ANNOTATION | {"annotation_level": "error"}]}},
        {"output": OUTPUT | {"annotations": [ANNOTATION | {"end_line": 9, "start_column": 1}]}},
        {"output": OUTPUT | {"annotations": [ANNOTATION | {"start_column": 2, "end_column": 1}]}},
        {"actions": [{"label": "x" * 21, "description": "d", "identifier": "i"}]},
        {"actions": [{"label": "x", "description": "d", "identifier": "i"}] * 4},
        {"head_sha": "0" * 40},
        {"head_sha": None},
    ],
)
async def test_a_check_run_that_github_would_refuse(
    api: Api, pull: Issue, change: dict[str, Any]
) -> None:
    body = {"name": NAME, "head_sha": _head(pull)} | change
    reply = await api("POST", f"/repositories/{pull.repository.id}/check-runs", body)
    assert reply.status == 422
    assert pull.repository.check_runs == []


async def test_a_check_run_of_another_repository_is_not_found(
    api: Api, github: GitHubStandIn, pull: Issue
) -> None:
    other = github.create_repository("octo", "other")
    path = f"/repositories/{pull.repository.id}/check-runs"
    created = await api("POST", path, {"name": NAME, "head_sha": _head(pull)})
    there = f"/repositories/{other.id}/check-runs/{created.json['id']}"
    assert (await api("GET", there)).status == 404


async def test_a_pull_request_is_shown_with_its_files(
    api: Api, github: GitHubStandIn, pull: Issue
) -> None:
    base = f"/repositories/{pull.repository.id}"
    shown = (await api("GET", f"{base}/pulls/{pull.number}")).json
    assert shown["head"]["sha"] == _head(pull)
    assert shown["base"]["ref"] == "main"
    files = (await api("GET", f"{base}/pulls/{pull.number}/files")).json
    assert [(one["filename"], one["status"]) for one in files] == [(".github/support.yml", "added")]
    at_head = f"{base}/contents/.github/support.yml?ref={_head(pull)}"
    assert (await api("GET", at_head)).status == 200
    as_issue = (await api("GET", f"{base}/issues/{pull.number}")).json
    assert as_issue["pull_request"]["merged_at"] is None
    issue = github.open_issue(pull.repository, "No pull", by="stranger")
    assert (await api("GET", f"{base}/pulls/{issue.number}")).status == 404
    github.merge(pull, by="writer")
    merged = (await api("GET", f"{base}/pulls/{pull.number}")).json
    assert (merged["merged"], merged["merged_by"]["login"]) == (True, "writer")
    assert (await api("GET", f"{base}/contents/.github/support.yml")).status == 200
