"""Changes of check runs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.rehearsal.github.shapes.checks import webhook_check_run, webhook_check_suite
from app.rehearsal.github.site import Site
from app.rehearsal.github.state import Account, CheckRun, Repository


def create(site: Site, repository: Repository, given: Mapping[str, Any]) -> CheckRun:
    """Create a check run of the App from a request's body, which has been validated."""
    now = site.state.now()
    number, node_id = site.state.next_ids("check_run")
    head_sha = given["head_sha"]
    suites = [run.suite_id for run in repository.check_runs if run.head_sha == head_sha]
    run = CheckRun(
        id=number,
        node_id=node_id,
        suite_id=suites[0] if suites else site.state.next_id("check_suite"),
        repository=repository,
        head_sha=head_sha,
        name=given["name"],
        status="queued",
        conclusion=None,
        started_at=now,
        completed_at=None,
        details_url=None,
        external_id="",
        output={},
    )
    repository.check_runs.append(run)
    site.state.check_runs[run.id] = run
    _apply(site, run, given)
    tell(site, "created", run, site.state.app.bot)
    if run.status == "completed":
        tell(site, "completed", run, site.state.app.bot)
    return run


def update(site: Site, run: CheckRun, given: Mapping[str, Any]) -> None:
    """Change a check run; annotations are added to the ones that it has."""
    was_completed = run.status == "completed"
    _apply(site, run, given)
    if run.status == "completed" and not was_completed:
        tell(site, "completed", run, site.state.app.bot)


def _apply(site: Site, run: CheckRun, given: Mapping[str, Any]) -> None:
    run.name = given.get("name", run.name)
    run.details_url = given.get("details_url", run.details_url)
    run.external_id = given.get("external_id", run.external_id)
    run.actions = given.get("actions", run.actions)
    output = given.get("output")
    if output is not None:
        run.output = {key: output.get(key) for key in ("title", "summary", "text")}
        run.annotations += output.get("annotations", [])
    if "started_at" in given:
        run.started_at = datetime.fromisoformat(given["started_at"])
    run.conclusion = given.get("conclusion", run.conclusion)
    run.status = "completed" if "conclusion" in given else given.get("status", run.status)
    if run.status == "completed":
        at = given.get("completed_at")
        run.completed_at = site.state.now() if at is None else datetime.fromisoformat(at)
    else:
        run.conclusion = run.completed_at = None


def tell(site: Site, action: str, run: CheckRun, by: Account, **fields: Any) -> None:
    """Send `check_run`."""
    body = {"action": action, "check_run": webhook_check_run(site.state, run)} | fields
    site.hooks.emit("check_run", body, repository=run.repository, by=by)


def rerequest(site: Site, run: CheckRun, by: Account) -> None:
    """Press "Re-run" on a check run."""
    tell(site, "rerequested", run, by)


def rerequest_all(site: Site, run: CheckRun, by: Account) -> None:
    """Press "Re-run all checks" where this check run is shown."""
    body = {"action": "rerequested", "check_suite": webhook_check_suite(site.state, run)}
    site.hooks.emit("check_suite", body, repository=run.repository, by=by)


def press(site: Site, run: CheckRun, identifier: str, by: Account) -> None:
    """Press one of the buttons that the App put on its check run."""
    if identifier not in {action["identifier"] for action in run.actions}:
        raise LookupError(f"the check run has no button {identifier}")
    tell(site, "requested_action", run, by, requested_action={"identifier": identifier})
