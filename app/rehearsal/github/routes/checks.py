"""Check runs of the App."""

from __future__ import annotations

from typing import Any, Final

from app.rehearsal.github.answers import (
    Answer,
    RefusalError,
    not_found,
    page_of,
    validation_failed,
)
from app.rehearsal.github.changes import checks
from app.rehearsal.github.routes.contents import commit_sha
from app.rehearsal.github.routing import Call, Table
from app.rehearsal.github.shapes.checks import check_run as shape
from app.rehearsal.github.state import CheckRun

CREATE_BODY: Final = "ReposOwnerRepoCheckRunsPostBodyOneof0 | ReposOwnerRepoCheckRunsPostBodyOneof1"
UPDATE_BODY: Final = (
    "ReposOwnerRepoCheckRunsCheckRunIdPatchBodyAnyof0 | "
    "ReposOwnerRepoCheckRunsCheckRunIdPatchBodyAnyof1"
)

table = Table()


@table.add("POST ~/check-runs", {201: "CheckRun"}, needs="checks:write", body=CREATE_BODY)
def create_check_run(call: Call) -> Answer:
    """Create a check run on a commit of this repository or of a pull request to it."""
    _check(call.body)
    head_sha = call.body["head_sha"]
    if head_sha not in call.repository.objects.commits:
        raise RefusalError(422, f"No commit found for SHA: {head_sha}")
    run = checks.create(call.site, call.repository, call.body)
    return Answer(201, shape(call.state, run))


@table.add(r"GET ~/check-runs/{check_run_id:\d+}", {200: "CheckRun"}, needs="checks:read")
def show_check_run(call: Call) -> Answer:
    """Show a check run."""
    return Answer(200, shape(call.state, _run(call)))


@table.add(
    r"PATCH ~/check-runs/{check_run_id:\d+}",
    {200: "CheckRun"},
    needs="checks:write",
    body=UPDATE_BODY,
)
def update_check_run(call: Call) -> Answer:
    """Change a check run."""
    run = _run(call)
    _check(call.body)
    checks.update(call.site, run, call.body)
    return Answer(200, shape(call.state, run))


@table.add(
    "GET ~/commits/{ref:[^/]+}/check-runs",
    {200: "ReposOwnerRepoCommitsRefCheckRunsGetResponse200"},
    needs="checks:read",
)
def list_check_runs(call: Call) -> Answer:
    """List the newest check run of each name on a commit, or all of them with `filter=all`."""
    sha = commit_sha(call.repository, call.parameters["ref"])
    if sha is None:
        raise RefusalError(422, f"No commit found for SHA: {call.parameters['ref']}")
    name = call.query.get("check_name")
    runs = [one for one in call.repository.check_runs if one.head_sha == sha]
    runs = [one for one in runs if name in {None, one.name}]
    if call.query.get("filter", "latest") == "latest":
        runs = list({one.name: one for one in runs}.values())
    shown, link = page_of(runs, call.query, call.url)
    written = [shape(call.state, one) for one in shown]
    payload = {"total_count": len(runs), "check_runs": written}
    return Answer(200, payload, {"Link": link} if link else {})


def _run(call: Call) -> CheckRun:
    found = call.state.check_runs.get(int(call.parameters["check_run_id"]))
    if found is None or found.repository is not call.repository:
        raise not_found()
    return found


def _check(given: dict[str, Any]) -> None:
    """Refuse what the description only says in words: the order of lines, columns over lines."""
    for annotation in (given.get("output") or {}).get("annotations", []):
        if annotation["start_line"] < 1 or annotation["end_line"] < annotation["start_line"]:
            raise validation_failed("CheckRun", "annotations", "invalid", "lines are reversed")
        first, last = annotation.get("start_column"), annotation.get("end_column")
        if (first, last) == (None, None):
            continue
        if annotation["start_line"] != annotation["end_line"]:
            raise validation_failed("CheckRun", "annotations", "invalid", "columns over lines")
        if first is None or first < 1 or (last is not None and last < first):
            raise validation_failed("CheckRun", "annotations", "invalid", "columns are reversed")
