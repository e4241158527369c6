"""What a webhook of GitHub's means, in the domain's words; no I/O.

Together with ``payloads.py`` the only place that knows their JSON. A message that is not meant for
an installation, that we do not listen to, or that is not as GitHub describes it, means nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Final

from pydantic import ValidationError

from app.domain.checks import CHECK_NAME, CONFIRM
from app.domain.conversations import Channel, Message, Thread
from app.domain.deliveries import Delivery, Provider
from app.domain.events import (
    AccountRenamed,
    AppInstalled,
    AppRemoved,
    Arrival,
    CheckRequested,
    ConfirmationGiven,
    Event,
    IssueSeen,
    MessageArrived,
    MessageDeleted,
    OfferRequested,
    OfferWithdrawn,
    PermissionsAccepted,
    PolicyTouched,
    ProposalMade,
    RepositoriesChosen,
    RepositoryChanged,
    RepositorySeen,
    SuspensionLifted,
    ThreadClosed,
    ThreadReopened,
)
from app.domain.ids import (
    InstallationId,
    Lane,
    RepositoryId,
    UserId,
    installation_lane,
    proposal_lane,
    repository_lane,
)
from app.domain.people import Identity
from app.providers.github import payloads
from app.providers.github.paths import POLICY_PATHS

REPOSITORIES_PER_EVENT: Final = 100
"""A longer list becomes several events, so that no transaction grows with an account."""

LABELS_MAX: Final = 100
"""GitHub puts no more of them on an issue."""

COMMITS_LISTED_MIN: Final = 20
"""From so many commits on, GitHub may have left some out of a push."""

GHOST: Final = payloads.Account(id=10_137, login="ghost")
"""Who stands for an author whose account is gone: GitHub's own user of that name."""

_Found = Iterator[tuple[str, Lane, Event]]
"""What distinguishes this event among those of its message, its lane, and the event."""


def translate(delivery: Delivery, *, app_id: int) -> list[Arrival]:
    """Give the events of a delivery; ``app_id`` is our own, to tell our comments from others'.

    A redelivery gives the same keys. A comment gives them under whatever delivery it comes.
    """
    read = READERS.get(delivery.kind)
    if read is None:
        return []
    try:
        found = list(read(delivery, app_id))
    except ValidationError:
        return []
    return [Arrival(key=f"github:{key}", event=event, lane=lane) for key, lane, event in found]


def _issue_comment(delivery: Delivery, app_id: int) -> _Found:
    about = payloads.IssueComment.model_validate_json(delivery.body)
    if about.issue.pull_request is not None:
        return  # support is asked for in issues; under a pull request it is review
    thread, comment = _thread(about), about.comment
    key = f"comment:{comment.id}:{about.action}"
    if about.action == "deleted":
        yield key, thread.lane, MessageDeleted(thread=thread, ref=str(comment.id))
    elif about.action == "created" and comment.user is not None:
        via = comment.performed_via_github_app
        message = Message(
            ref=str(comment.id),
            author=_identity(comment.user),
            text=comment.body or "",
            sent_at=comment.created_at,
            is_ours=via is not None and via.id == app_id,
        )
        event = MessageArrived(
            thread=thread,
            repository=_seen(about.repository),
            issue=_issue_seen(about.issue),
            message=message,
        )
        yield key, thread.lane, event


def _issues(delivery: Delivery, _app_id: int) -> _Found:
    about = payloads.Issues.model_validate_json(delivery.body)
    if about.issue.pull_request is not None:
        return
    # The same label may come and go many times, within one second too: the delivery is the key.
    key, thread, by = delivery.external_id, _thread(about), _identity(about.sender)
    if about.action == "reopened":
        yield key, thread.lane, ThreadReopened(thread=thread, by=by)
    elif about.action == "closed" and about.issue.node_id is not None:
        closed = ThreadClosed(
            thread=thread,
            by=by,
            issue=about.issue.node_id,
            is_completed=about.issue.state_reason == "completed",
            at=about.issue.closed_at or about.issue.updated_at,
            ref=key,
        )
        yield key, thread.lane, closed
    elif about.label is None:
        return
    elif about.action == "labeled":
        event = OfferRequested(
            thread=thread,
            repository=_seen(about.repository),
            issue=_issue_seen(about.issue),
            label=about.label.name,
            by=by,
            at=about.issue.updated_at,
        )
        yield key, thread.lane, event
    elif about.action == "unlabeled":
        author = _identity(about.issue.user or GHOST)
        withdrawn = OfferWithdrawn(thread=thread, author=author, label=about.label.name, by=by)
        yield key, thread.lane, withdrawn


def _installation(delivery: Delivery, _app_id: int) -> _Found:
    about = payloads.Installed.model_validate_json(delivery.body)
    installation = InstallationId(about.installation.id)
    lane, key = installation_lane(installation), delivery.external_id
    account = about.installation.account
    name = account.login or account.slug or ""
    at = about.installation.created_at
    at = datetime.fromtimestamp(at, UTC) if isinstance(at, int) else at
    if about.action == "created":
        first, *rest = _batches(about.repositories or [], account) or [()]
        installed = AppInstalled(
            installation=installation,
            account=name,
            repositories=first,
            at=at,
            by=_identity(about.sender) if about.sender else None,
        )
        yield key, lane, installed
        for number, batch in enumerate(rest, start=2):
            event = RepositoriesChosen(installation=installation, added=batch, removed=(), at=at)
            yield f"{key}:{number}", lane, event
    elif about.action in ("deleted", "suspend"):
        is_suspension = about.action == "suspend"
        yield key, lane, AppRemoved(installation=installation, is_suspension=is_suspension)
    elif about.action == "unsuspend":
        yield key, lane, SuspensionLifted(installation=installation, account=name, at=at)
    elif about.action == "new_permissions_accepted":
        yield key, lane, PermissionsAccepted(installation=installation, at=at)


def _installation_repositories(delivery: Delivery, _app_id: int) -> _Found:
    about = payloads.Chosen.model_validate_json(delivery.body)
    installation = InstallationId(about.installation.id)
    lane, key = installation_lane(installation), delivery.external_id
    account = about.installation.account
    for number, batch in enumerate(_batches(about.repositories_added, account), start=1):
        at = delivery.received_at
        event = RepositoriesChosen(installation=installation, added=batch, removed=(), at=at)
        yield f"{key}:added:{number}", lane, event
    for number, batch in enumerate(_batches(about.repositories_removed, account), start=1):
        event = RepositoriesChosen(installation=installation, added=(), removed=batch)
        yield f"{key}:removed:{number}", lane, event


def _installation_target(delivery: Delivery, _app_id: int) -> _Found:
    about = payloads.Renamed.model_validate_json(delivery.body)
    if about.action == "renamed":
        installation = InstallationId(about.installation.id)
        event = AccountRenamed(
            installation=installation,
            account=_identity(about.account),
            after=RepositoryId(0),
        )
        yield delivery.external_id, installation_lane(installation), event


def _repository(delivery: Delivery, _app_id: int) -> _Found:
    about = payloads.Changed.model_validate_json(delivery.body)
    installation, repository = InstallationId(about.installation.id), _seen(about.repository)
    key = delivery.external_id
    match about.action:
        case "renamed" | "transferred" | "archived" | "unarchived" | "privatized" | "publicized":
            is_changed = True
        case "edited":
            is_changed = "default_branch" in about.changes
        case "deleted":
            is_changed = False
            gone = RepositoriesChosen(installation=installation, added=(), removed=(repository,))
            yield key, installation_lane(installation), gone
        case _:
            is_changed = False
    if is_changed:
        changed = RepositoryChanged(
            installation=installation,
            repository=repository,
            is_transferred=about.action == "transferred",
        )
        yield key, repository_lane(repository.id), changed


def _push(delivery: Delivery, _app_id: int) -> _Found:
    push = payloads.Push.model_validate_json(delivery.body)
    if push.deleted or push.ref != f"refs/heads/{push.repository.default_branch}":
        return
    if _may_touch_policy(push):
        repository = _seen(push.repository)
        event = PolicyTouched(
            installation=InstallationId(push.installation.id),
            repository=repository,
            commit=push.after,
            before=push.before or "",
            by=_identity(push.sender) if push.sender else None,
        )
        # Not the commit: a branch may be pushed back to one where it was before.
        yield delivery.external_id, repository_lane(repository.id), event


def _may_touch_policy(push: payloads.Push) -> bool:
    """Say whether the file may be another one now; reading it once in vain costs little.

    A forced push lists what came, never what went; so does one that only moves the branch.
    """
    if push.forced or not push.commits or len(push.commits) >= COMMITS_LISTED_MIN:
        return True
    return any(
        path in (*commit.added, *commit.modified, *commit.removed)
        for commit in push.commits
        for path in POLICY_PATHS
    )


def _pull_request(delivery: Delivery, _app_id: int) -> _Found:
    about = payloads.PullRequests.model_validate_json(delivery.body)
    is_retargeted = about.action == "edited" and "base" in about.changes
    if about.action not in ("opened", "synchronize", "reopened") and not is_retargeted:
        return
    repository = _seen(about.repository)
    proposal = ProposalMade(
        installation=InstallationId(about.installation.id),
        repository=repository,
        number=about.pull_request.number,
        commit=about.pull_request.head.sha,
    )
    lane = proposal_lane(repository.id, proposal.number)
    yield delivery.external_id, lane, proposal


def _check_run(delivery: Delivery, app_id: int) -> _Found:
    about = payloads.CheckRuns.model_validate_json(delivery.body)
    run, installation = about.check_run, InstallationId(about.installation.id)
    if run.name != CHECK_NAME or run.app is None or run.app.id != app_id:
        return
    repository = _seen(about.repository)
    key, lane = delivery.external_id, repository_lane(repository.id)
    pressed = about.requested_action.identifier if about.requested_action else ""
    if about.action == "rerequested":
        commit = run.head_sha
        asked = CheckRequested(installation=installation, repository=repository, commit=commit)
        yield key, lane, asked
    elif about.action == "requested_action" and pressed == CONFIRM:
        confirmation = ConfirmationGiven(
            installation=installation,
            repository=repository,
            commit=run.head_sha,
            by=_identity(about.sender),
        )
        yield key, lane, confirmation


def _check_suite(delivery: Delivery, app_id: int) -> _Found:
    about = payloads.CheckSuites.model_validate_json(delivery.body)
    suite, repository = about.check_suite, _seen(about.repository)
    is_ours = suite.app is not None and suite.app.id == app_id
    if about.action == "rerequested" and is_ours and suite.latest_check_runs_count > 0:
        asked = CheckRequested(
            installation=InstallationId(about.installation.id),
            repository=repository,
            commit=suite.head_sha,
        )
        yield delivery.external_id, repository_lane(repository.id), asked


READERS: Final[Mapping[str, Callable[[Delivery, int], _Found]]] = MappingProxyType(
    {
        "check_run": _check_run,
        "check_suite": _check_suite,
        "installation": _installation,
        "installation_repositories": _installation_repositories,
        "installation_target": _installation_target,
        "issue_comment": _issue_comment,
        "issues": _issues,
        "pull_request": _pull_request,
        "push": _push,
        "repository": _repository,
    }
)
"""Every event of GitHub's that we listen to."""

UNASKED: Final = frozenset({"installation", "installation_repositories"})
"""What every App is sent, without a subscription in its manifest."""


def _thread(about: payloads.InIssue) -> Thread:
    return Thread(
        channel=Channel.GITHUB,
        installation=InstallationId(about.installation.id),
        repository=RepositoryId(about.repository.id),
        issue=about.issue.id,
        number=about.issue.number,
    )


def _identity(account: payloads.Account) -> Identity:
    return Identity(
        provider=Provider.GITHUB,
        external_id=str(account.id),
        login=account.login,
        is_bot=account.type == "Bot",
    )


def _issue_seen(issue: payloads.Issue) -> IssueSeen:
    return IssueSeen(
        title=issue.title,
        body=issue.body or "",
        author=_identity(issue.user or GHOST),
        is_open=issue.state == "open",
        is_locked=issue.locked,
        created_at=issue.created_at,
        labels=tuple(label.name for label in issue.labels[:LABELS_MAX]),
    )


def _seen(repository: payloads.Repository, account: payloads.Owner | None = None) -> RepositorySeen:
    """Read a repository; where it does not name its owner, the account of its installation may."""
    owner, _, name = repository.full_name.partition("/")
    account = repository.owner or account
    is_theirs = account is not None and (account.login or "").lower() == owner.lower()
    owner_id = account.id if account is not None and is_theirs else None
    return RepositorySeen(
        id=RepositoryId(repository.id),
        owner=owner,
        name=name,
        is_private=repository.private,
        default_branch=repository.default_branch,
        is_archived=repository.archived,
        owner_id=None if owner_id is None else UserId(owner_id),
    )


def _batches(
    repositories: list[payloads.Repository], account: payloads.Owner
) -> list[tuple[RepositorySeen, ...]]:
    seen = [_seen(repository, account) for repository in repositories]
    return [
        tuple(seen[start : start + REPOSITORIES_PER_EVENT])
        for start in range(0, len(seen), REPOSITORIES_PER_EVENT)
    ]
