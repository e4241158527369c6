"""Labels of a repository and of its issues."""

from __future__ import annotations

import re
from typing import Any, Final

from app.rehearsal.github.answers import Answer, RefusalError, not_found, validation_failed
from app.rehearsal.github.changes import labels
from app.rehearsal.github.routes.issues import READ, WRITE, names_of
from app.rehearsal.github.routing import Call, Table
from app.rehearsal.github.shapes import issues as shapes
from app.rehearsal.github.state import Issue, Label

NAME_CHARACTERS_MAX: Final = 50
DESCRIPTION_CHARACTERS_MAX: Final = 100
ADD_BODY: Final = (
    "ReposOwnerRepoIssuesIssueNumberLabelsPostBodyOneof0 | list[str] | "
    "list[ReposOwnerRepoIssuesIssueNumberLabelsPostBodyOneof2Items]"
)

table = Table()


@table.add("GET ~/labels", {200: "list[Label]"}, needs=READ)
def list_labels(call: Call) -> Answer:
    """List the repository's labels."""
    return call.page(list(call.repository.labels.values()), lambda one: _full(call, one))


@table.add("POST ~/labels", {201: "Label"}, needs=WRITE, body="ReposOwnerRepoLabelsPostBody")
def create_label(call: Call) -> Answer:
    """Create a label; one with this name, whatever its case, must not exist."""
    _check(call.body)
    name = call.body["name"]
    if name.lower() in call.repository.labels:
        raise validation_failed("Label", "name", "already_exists")
    color = call.body.get("color", labels.DEFAULT_COLOR)
    label = labels.create(
        call.site,
        call.repository,
        name=name,
        by=call.bot,
        color=color,
        description=call.body.get("description"),
    )
    return Answer(201, _full(call, label))


@table.add("GET ~/labels/{name}", {200: "Label"}, needs=READ)
def show_label(call: Call) -> Answer:
    """Show one label."""
    return Answer(200, _full(call, _label(call)))


@table.add(
    "PATCH ~/labels/{name}", {200: "Label"}, needs=WRITE, body="ReposOwnerRepoLabelsNamePatchBody"
)
def update_label(call: Call) -> Answer:
    """Rename a label, or give it another colour or description."""
    label, given, known = _label(call), call.body, call.repository.labels
    new_name = given.get("new_name", label.name)
    _check({**given, "name": new_name})
    if known.get(new_name.lower(), label) is not label:
        raise validation_failed("Label", "name", "already_exists")
    del known[label.name.lower()]
    known[new_name.lower()] = label
    label.name = new_name
    label.color = given.get("color", label.color)
    label.description = given.get("description", label.description)
    return Answer(200, _full(call, label))


@table.add(r"GET ~/issues/{number:\d+}/labels", {200: "list[Label]"}, needs=READ)
def list_issue_labels(call: Call) -> Answer:
    """List an issue's labels."""
    return call.page(call.issue().labels, lambda one: _full(call, one))


@table.add(r"GET ~/issues/{number:\d+}/events", {200: "list[LabeledIssueEvent]"}, needs=READ)
def list_issue_events(call: Call) -> Answer:
    """List which label was put on the issue when, and by whom; other events are left out."""
    issue = call.issue()
    entries = [
        (number, each)
        for number, each in enumerate(issue.timeline, start=1)
        if each.kind == "labeled"
    ]
    return call.page(entries, lambda one: shapes.labeled_event(call.state, issue, *one))


@table.add(r"POST ~/issues/{number:\d+}/labels", {200: "list[Label]"}, needs=WRITE, body=ADD_BODY)
def add_labels(call: Call) -> Answer:
    """Put labels on an issue; the ones that do not exist yet are created."""
    issue, given = call.issue(), call.body
    names = names_of(given.get("labels", []) if isinstance(given, dict) else given, "name")
    for name in names:
        _check({"name": name})
    for name in names:
        labels.add(call.site, issue, name, call.bot)
    return _all(call, issue)


@table.add(r"DELETE ~/issues/{number:\d+}/labels/{name}", {200: "list[Label]"}, needs=WRITE)
def remove_label(call: Call) -> Answer:
    """Take one label off an issue."""
    issue = call.issue()
    if not labels.remove(call.site, issue, call.parameters["name"], call.bot):
        raise RefusalError(404, "Label does not exist")
    return _all(call, issue)


def _all(call: Call, issue: Issue) -> Answer:
    return Answer(200, [_full(call, one) for one in issue.labels])


def _full(call: Call, label: Label) -> dict[str, Any]:
    return shapes.full_label(call.state, call.repository, label)


def _label(call: Call) -> Label:
    found = call.repository.labels.get(call.parameters["name"].lower())
    if found is None:
        raise not_found()
    return found


def _check(given: dict[str, Any]) -> None:
    name, color, description = given["name"], given.get("color"), given.get("description")
    if not name.strip():
        raise validation_failed("Label", "name", "missing_field")
    if len(name) > NAME_CHARACTERS_MAX:
        raise validation_failed("Label", "name", "custom", "name is too long")
    if color is not None and re.fullmatch("[0-9a-fA-F]{6}", color) is None:
        raise validation_failed("Label", "color", "invalid")
    if description is not None and len(description) > DESCRIPTION_CHARACTERS_MAX:
        raise validation_failed("Label", "description", "custom", "description is too long")
