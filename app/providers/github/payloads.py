"""The parts of GitHub's webhook payloads that we read, and no more; no I/O.

Everything else is ignored, so that a new field at GitHub changes nothing here. Types are strict: a
number is not text. Texts are cut to GitHub's own limits and cleaned of what no database stores.
https://docs.github.com/webhooks/webhook-events-and-payloads
"""

from __future__ import annotations

from datetime import UTC
from typing import Annotated, Any, Final

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

TEXT_CHARACTERS_MAX: Final = 65_536
"""GitHub takes no longer comment or issue than this."""
TITLE_CHARACTERS_MAX: Final = 1024


def _clean(text: str) -> str:
    return text.replace("\0", "")


Id = Annotated[int, Field(strict=True, gt=0, lt=2**63)]
UnixSeconds = Annotated[int, Field(strict=True, gt=0, lt=2**33)]
Sha = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{40,64}$")]
Instant = Annotated[AwareDatetime, AfterValidator(lambda instant: instant.astimezone(UTC))]
Text = Annotated[str, AfterValidator(lambda text: _clean(text)[:TEXT_CHARACTERS_MAX])]
Title = Annotated[str, AfterValidator(lambda text: _clean(text)[:TITLE_CHARACTERS_MAX])]
Name = Annotated[str, StringConstraints(min_length=1, max_length=255), AfterValidator(_clean)]


class _Part(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True, extra="ignore")


class Account(_Part):
    """A user, an organisation or a bot."""

    id: Id
    login: Name
    type: str = "User"


class App(_Part):
    """The App through which something was written."""

    id: Id


class Installation(_Part):
    """The installation on whose behalf a message is sent."""

    id: Id


class Owner(_Part):
    """Whose a repository or an installation is: an enterprise has a slug and no login."""

    id: Id | None = None
    login: Name | None = None
    slug: Name | None = None


class AccountInstallation(Installation):
    """An installation as its own messages show it."""

    account: Owner
    created_at: Instant | UnixSeconds | None = None
    """GitHub writes it in one way or the other."""


class Repository(_Part):
    """A repository; the lists of an installation leave its owner, branch and archive out."""

    id: Id
    full_name: Annotated[str, StringConstraints(pattern=r"^[^/\x00]+/[^/\x00]+$", max_length=255)]
    private: bool
    owner: Owner | None = None
    default_branch: Name | None = None
    archived: bool | None = None


class Label(_Part):
    """A label of a repository."""

    name: Title


class Issue(_Part):
    """An issue; a pull request is one that says so."""

    id: Id
    node_id: Name | None = None
    """Its name in GraphQL."""
    number: Id
    title: Title
    body: Text | None = None
    user: Account | None = None
    state: str = "open"
    state_reason: str | None = None
    locked: bool = False
    created_at: Instant
    updated_at: Instant
    closed_at: Instant | None = None
    labels: list[Label] = []
    pull_request: Any = None


class Comment(_Part):
    """A comment on an issue."""

    id: Id
    body: Text | None = None
    user: Account | None = None
    created_at: Instant
    performed_via_github_app: App | None = None


class InIssue(_Part):
    """What every message about an issue has; without an installation it is not for the App."""

    action: str
    installation: Installation
    repository: Repository
    issue: Issue


class IssueComment(InIssue):
    """The payload of ``issue_comment``."""

    comment: Comment


class Issues(InIssue):
    """The payload of ``issues``, about a label or about the issue itself."""

    label: Label | None = None
    sender: Account


class Installed(_Part):
    """The payload of ``installation``."""

    action: str
    installation: AccountInstallation
    repositories: list[Repository] | None = None
    sender: Account | None = None


class Renamed(_Part):
    """The payload of ``installation_target``; an enterprise, which has no login, says nothing."""

    action: str
    installation: Installation
    account: Account


class Chosen(_Part):
    """The payload of ``installation_repositories``."""

    action: str
    installation: AccountInstallation
    repositories_added: list[Repository]
    repositories_removed: list[Repository]


class Changed(_Part):
    """The payload of ``repository``."""

    action: str
    installation: Installation
    repository: Repository
    changes: dict[str, Any] = {}


class Commit(_Part):
    """A commit of a push, with the files that it touched."""

    added: list[str] = []
    modified: list[str] = []
    removed: list[str] = []


class Push(_Part):
    """The payload of ``push``."""

    ref: str
    before: Sha | None = None
    """Only zeros where the branch is new."""
    after: Sha
    deleted: bool = False
    forced: bool = False
    installation: Installation
    repository: Repository
    commits: list[Commit]
    sender: Account | None = None


class Head(_Part):
    """Where a pull request's branch stands."""

    sha: Sha


class PullRequest(_Part):
    """A pull request."""

    number: Id
    head: Head


class PullRequests(_Part):
    """The payload of ``pull_request``."""

    action: str
    installation: Installation
    repository: Repository
    pull_request: PullRequest
    changes: dict[str, Any] = {}


class CheckRun(_Part):
    """A check run, of us or of another App."""

    name: str
    head_sha: Sha
    app: App | None = None


class Pressed(_Part):
    """The button that was pressed on a check run."""

    identifier: str


class CheckRuns(_Part):
    """The payload of ``check_run``."""

    action: str
    installation: Installation
    repository: Repository
    check_run: CheckRun
    requested_action: Pressed | None = None
    sender: Account


class CheckSuite(_Part):
    """All check runs of one App on a commit."""

    head_sha: Sha
    app: App | None = None
    latest_check_runs_count: int
    """GitHub makes a suite for every App that may write checks, also where it shows none."""


class CheckSuites(_Part):
    """The payload of ``check_suite``."""

    action: str
    installation: Installation
    repository: Repository
    check_suite: CheckSuite
