"""Changes of labels, in a repository and on an issue."""

from __future__ import annotations

from typing import Final

from app.rehearsal.github.changes import timeline
from app.rehearsal.github.shapes import issues as shapes
from app.rehearsal.github.site import Site
from app.rehearsal.github.state import Account, Issue, Label, Repository

DEFAULT_COLOR: Final = "ededed"


def create(
    site: Site,
    repository: Repository,
    *,
    name: str,
    by: Account,
    color: str = DEFAULT_COLOR,
    description: str | None = None,
) -> Label:
    """Create a label in a repository; the caller has made sure that the name is free."""
    number, node_id = site.state.next_ids("label")
    label = Label(id=number, node_id=node_id, name=name, color=color, description=description)
    repository.labels[name.lower()] = label
    fields = {"action": "created", "label": shapes.full_label(site.state, repository, label)}
    site.hooks.emit("label", fields, repository=repository, by=by)
    return label


def find_or_create(site: Site, repository: Repository, name: str, by: Account) -> Label:
    """Give the label with this name, whatever its case; make it when there is none."""
    found = repository.labels.get(name.lower())
    return create(site, repository, name=name, by=by) if found is None else found


def add(site: Site, issue: Issue, name: str, by: Account) -> None:
    """Put a label on an issue, unless it has it."""
    label = find_or_create(site, issue.repository, name, by)
    if label in issue.labels:
        return
    issue.labels.append(label)
    timeline.note(site, issue, by, "labeled", label.name)
    tell(site, "labeled", issue, label, by)


def remove(site: Site, issue: Issue, name: str, by: Account) -> bool:
    """Take a label off an issue; False when it is not there."""
    label = issue.repository.labels.get(name.lower())
    if label is None or label not in issue.labels:
        return False
    issue.labels.remove(label)
    timeline.note(site, issue, by, "unlabeled", label.name)
    tell(site, "unlabeled", issue, label, by)
    return True


def tell(site: Site, action: str, issue: Issue, label: Label, by: Account) -> None:
    """Send what happened to one label of an issue."""
    written = shapes.full_label(site.state, issue.repository, label)
    timeline.tell(site, action, issue, by, label=written)
