"""Check runs as JSON."""

from __future__ import annotations

from typing import Any

from app.rehearsal.github.answers import instant, instant_or_none
from app.rehearsal.github.shapes.apps import integration
from app.rehearsal.github.shapes.repositories import api_url, html_url
from app.rehearsal.github.state import CheckRun, State


def check_run(state: State, run: CheckRun) -> dict[str, Any]:
    """Write a check run as its routes answer it."""
    url = f"{api_url(state, run.repository)}/check-runs/{run.id}"
    page = f"{html_url(state, run.repository)}/runs/{run.id}"
    return {
        "id": run.id,
        "name": run.name,
        "node_id": run.node_id,
        "head_sha": run.head_sha,
        "external_id": run.external_id,
        "url": url,
        "html_url": page,
        "details_url": run.details_url or page,
        "status": run.status,
        "conclusion": run.conclusion,
        "started_at": instant(run.started_at),
        "completed_at": instant_or_none(run.completed_at),
        "output": {
            "title": run.output.get("title"),
            "summary": run.output.get("summary"),
            "text": run.output.get("text"),
            "annotations_count": len(run.annotations),
            "annotations_url": f"{url}/annotations",
        },
        "check_suite": {"id": run.suite_id},
        "app": integration(state),
        "pull_requests": _pull_requests(state, run),
    }


def webhook_check_run(state: State, run: CheckRun) -> dict[str, Any]:
    """Write a check run as webhooks carry it, with more of its suite."""
    return check_run(state, run) | {"check_suite": _suite(state, run)}


def webhook_check_suite(state: State, run: CheckRun) -> dict[str, Any]:
    """Write the suite of a check run as its own webhooks carry it."""
    repository, suite = run.repository, _suite(state, run)
    commit = repository.objects.commits[run.head_sha]
    person = {"name": commit.author_name, "email": commit.author_email}
    own = [one for one in repository.check_runs if one.suite_id == run.suite_id]
    return suite | {
        "check_runs_url": f"{suite['url']}/check-runs",
        "latest_check_runs_count": len({one.name for one in own}),
        "head_commit": {
            "id": commit.sha,
            "tree_id": commit.tree_sha,
            "message": commit.message,
            "timestamp": instant(commit.at),
            "author": person,
            "committer": person,
        },
    }


def _suite(state: State, run: CheckRun) -> dict[str, Any]:
    suite = {
        "id": run.suite_id,
        "node_id": f"CS_kwDO{run.suite_id}",
        "head_sha": run.head_sha,
        "status": run.status,
        "conclusion": run.conclusion,
        "url": f"{api_url(state, run.repository)}/check-suites/{run.suite_id}",
        "before": None,
        "after": None,
        "pull_requests": _pull_requests(state, run),
        "app": integration(state),
        "created_at": instant(run.started_at),
        "updated_at": instant(run.completed_at or run.started_at),
    }
    branches = run.repository.branches.items()
    suite["head_branch"] = next((name for name, sha in branches if sha == run.head_sha), None)
    return suite


def _pull_requests(state: State, run: CheckRun) -> list[dict[str, Any]]:
    """List the open pull requests of this commit; those from forks are never listed."""
    repository = run.repository
    api = api_url(state, repository)
    place = {"id": repository.id, "url": api, "name": repository.name}
    return [
        {
            "id": pull.id,
            "number": issue.number,
            "url": f"{api}/pulls/{issue.number}",
            "head": {"ref": pull.head_ref, "sha": pull.head_sha, "repo": place},
            "base": {"ref": pull.base_ref, "sha": pull.base_sha, "repo": place},
        }
        for issue in repository.issues.values()
        if (pull := issue.pull_request) is not None
        and (issue.state, pull.head_sha, pull.from_fork_of) == ("open", run.head_sha, None)
    ]
