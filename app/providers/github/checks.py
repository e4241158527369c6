"""Show a check run on a commit: one of our name, changed rather than made again.

GitHub adds annotations to those that a check run has and never takes one away. So the run that
stands there is changed while its annotations can stay; else a new one of the same name takes its
place. What was shown last, and with which annotations, is in the run's `external_id`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import astuple
from typing import Any, Final
from urllib.parse import quote

from app.domain.checks import (
    ANNOTATIONS_MAX,
    CHECK_NAME,
    DESCRIPTION_CHARACTERS_MAX,
    LABEL_CHARACTERS_MAX,
    Annotation,
    Check,
)
from app.domain.effects import ShowCheck
from app.providers.github.client import Client
from app.providers.github.grants import grant_to_check
from app.providers.github.paths import repository_path
from app.providers.github.verdicts import NotThere

HASH_CHARACTERS: Final = 32


async def show_check(client: Client, effect: ShowCheck) -> None:
    """Show it, unless it is shown already: an earlier try may have done that."""
    grant = grant_to_check(effect.installation, effect.repository)
    api = repository_path(effect.repository)
    shown, annotated = _hash(effect.key), _annotated(effect.check.annotations)
    try:
        run = await _find(client, effect)
    except NotThere:
        return  # the repository or the commit is gone: there is nobody to tell
    had_shown, _, had_annotated = (run["external_id"] or "" if run else "").partition(":")
    if had_shown == shown:
        return
    body = _body(effect.check) | {"external_id": f"{shown}:{annotated}"}
    if effect.page:
        body["details_url"] = effect.page
    if run is not None and had_annotated == annotated:
        body["output"].pop("annotations")  # they stand there
        await client.patch(grant, f"{api}/check-runs/{run['id']}", body)
    elif run is not None and not run["output"]["annotations_count"]:
        await client.patch(grant, f"{api}/check-runs/{run['id']}", body)
    else:
        body |= {"name": CHECK_NAME, "head_sha": effect.commit}
        await client.post(grant, f"{api}/check-runs", body)


async def _find(client: Client, effect: ShowCheck) -> Any | None:
    """Find our newest check run on the commit: by its name and by our own App's id."""
    grant = grant_to_check(effect.installation, effect.repository)
    path = f"{repository_path(effect.repository)}/commits/{effect.commit}/check-runs"
    query = f"check_name={quote(CHECK_NAME, safe='')}&filter=latest&per_page=100"
    found = await client.get(grant, f"{path}?{query}")
    ours = [
        run
        for run in found["check_runs"]
        if run["name"] == CHECK_NAME and run["app"] and run["app"]["id"] == client.app_id
    ]
    return max(ours, key=lambda run: run["id"], default=None)


def _body(check: Check) -> dict[str, Any]:
    output: dict[str, Any] = {
        "title": check.title,
        "summary": check.summary,
        "text": check.text,
        "annotations": [_annotation(each) for each in check.annotations[:ANNOTATIONS_MAX]],
    }
    actions = [
        {
            "identifier": each.identifier,
            "label": each.label[:LABEL_CHARACTERS_MAX],
            "description": each.description[:DESCRIPTION_CHARACTERS_MAX],
        }
        for each in check.buttons
    ]
    return {
        "status": "completed",
        "conclusion": check.conclusion.value,
        "output": output,
        "actions": actions,
    }


def _annotation(fault: Annotation) -> dict[str, Any]:
    """Write one; GitHub takes columns only where an annotation has a single line."""
    columns = {"start_column": fault.column, "end_column": fault.column} if fault.column else {}
    return {
        "path": fault.path,
        "start_line": fault.line,
        "end_line": fault.line,
        **columns,
        "annotation_level": "failure",
        "message": fault.message,
    }


def _annotated(annotations: Sequence[Annotation]) -> str:
    """Name the annotations; nothing for none."""
    if not annotations:
        return ""
    return _hash(json.dumps([list(astuple(each)) for each in annotations]))


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:HASH_CHARACTERS]
