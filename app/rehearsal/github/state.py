"""What GitHub remembers, and how to find it. Performs no I/O."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from app.rehearsal.github.conversions import Conversion
from app.rehearsal.github.git import Commit, Objects
from app.rehearsal.github.ids import Ids
from app.rehearsal.github.roles import Role

ASSIGNEES_MAX: Final = 10
BODY_CHARACTERS_MAX: Final = 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """What an account is in an organisation."""

    is_owner: bool = False
    is_public: bool = True


@dataclass(slots=True, kw_only=True, eq=False)
class Account:
    """A user, an organisation, or an App's bot."""

    id: int
    node_id: str
    login: str
    type: str
    created_at: datetime
    members: dict[int, Membership] = field(default_factory=dict)
    members_role: Role = Role.READ

    @property
    def is_bot(self) -> bool:
        """Whether an App acts under this account."""
        return self.type == "Bot"

    @property
    def is_organization(self) -> bool:
        """Whether people share this account."""
        return self.type == "Organization"


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """The registration of the GitHub App that is under test."""

    id: int
    slug: str
    name: str
    client_id: str
    owner: Account
    bot: Account
    public_key_pem: str
    permissions: Mapping[str, str]
    events: tuple[str, ...]
    created_at: datetime


@dataclass(slots=True, kw_only=True, eq=False)
class Installation:
    """The App on one account, with what it may do there."""

    id: int
    account: Account
    permissions: dict[str, str]
    events: list[str]
    repository_ids: set[int] | None
    """None: all repositories, also those to come."""
    created_at: datetime
    updated_at: datetime
    suspended_at: datetime | None = None
    suspended_by: Account | None = None


@dataclass(frozen=True, slots=True)
class Version:
    """A text as it was from this moment on; the first one is the original."""

    at: datetime
    by: Account
    body: str


@dataclass(slots=True, kw_only=True, eq=False)
class Label:
    """A label of a repository."""

    id: int
    node_id: str
    name: str
    color: str
    description: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reaction:
    """One account's reaction to an issue or a comment."""

    id: int
    node_id: str
    account: Account
    content: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """Something that happened to an issue: its event's name, and what it was about."""

    at: datetime
    by: Account
    kind: str
    detail: str = ""
    closer: Commit | Issue | None = None
    """The commit or the pull request that closed an issue; None: somebody did by hand."""


@dataclass(slots=True, kw_only=True, eq=False)
class Comment:
    """A comment on an issue; a deleted one keeps its text, marked."""

    id: int
    node_id: str
    issue: Issue
    author: Account
    is_via_app: bool
    created_at: datetime
    updated_at: datetime
    versions: list[Version]
    reactions: list[Reaction] = field(default_factory=list)
    is_deleted: bool = False

    @property
    def body(self) -> str:
        """The text as it is now."""
        return self.versions[-1].body


@dataclass(slots=True, kw_only=True, eq=False)
class PullRequest:
    """What an issue that is a pull request has more."""

    id: int
    node_id: str
    head_ref: str
    head_sha: str
    base_ref: str
    base_sha: str
    from_fork_of: Account | None
    commits_count: int = 1
    merged_at: datetime | None = None
    merged_by: Account | None = None
    tried: tuple[str, str] | None = None
    """The commits of base and head that were merged for trying last."""
    test_merge_sha: str | None = None
    """Where `refs/pull/N/merge` points: what came of the last try that did not conflict."""
    has_conflict: bool = False


@dataclass(slots=True, kw_only=True, eq=False)
class Issue:
    """An issue or a pull request with its whole conversation."""

    id: int
    node_id: str
    repository: Repository
    number: int
    title: str
    body: str | None
    author: Account
    is_via_app: bool
    created_at: datetime
    updated_at: datetime
    labels: list[Label] = field(default_factory=list)
    assignees: list[Account] = field(default_factory=list)
    all_comments: list[Comment] = field(default_factory=list)
    reactions: list[Reaction] = field(default_factory=list)
    timeline: list[TimelineEntry] = field(default_factory=list)
    state: str = "open"
    state_reason: str | None = None
    closed_at: datetime | None = None
    closed_by: Account | None = None
    is_locked: bool = False
    lock_reason: str | None = None
    pull_request: PullRequest | None = None

    @property
    def comments(self) -> list[Comment]:
        """The comments that have not been deleted, oldest first."""
        return [comment for comment in self.all_comments if not comment.is_deleted]

    def has_label(self, name: str) -> bool:
        """Whether the issue carries this label; GitHub ignores case."""
        return any(label.name.lower() == name.lower() for label in self.labels)


@dataclass(slots=True, kw_only=True, eq=False)
class CheckRun:
    """A check run of the App on one commit."""

    id: int
    node_id: str
    suite_id: int
    repository: Repository
    head_sha: str
    name: str
    status: str
    conclusion: str | None
    started_at: datetime
    completed_at: datetime | None
    details_url: str | None
    external_id: str
    output: dict[str, str | None]
    annotations: list[dict[str, object]] = field(default_factory=list)
    actions: list[dict[str, str]] = field(default_factory=list)


@dataclass(slots=True, kw_only=True, eq=False)
class Repository:
    """A repository with its git objects, issues and people."""

    id: int
    node_id: str
    owner: Account
    name: str
    is_private: bool
    description: str | None
    created_at: datetime
    updated_at: datetime
    pushed_at: datetime
    default_branch: str = "main"
    has_issues: bool = True
    is_archived: bool = False
    is_deleted: bool = False
    collaborators: dict[int, Role] = field(default_factory=dict)
    contributor_ids: set[int] = field(default_factory=set)
    labels: dict[str, Label] = field(default_factory=dict)
    issues: dict[int, Issue] = field(default_factory=dict)
    objects: Objects = field(default_factory=Objects)
    branches: dict[str, str] = field(default_factory=dict)
    check_runs: list[CheckRun] = field(default_factory=list)
    last_number: int = 0

    @property
    def full_name(self) -> str:
        """Owner and name as they are shown now; both may change, the id does not."""
        return f"{self.owner.login}/{self.name}"


@dataclass(slots=True)
class Urls:
    """Where this GitHub is: its API, and the pages that people look at."""

    api: str = "http://127.0.0.1"
    html: str = "http://127.0.0.1"


class State:
    """Everything that this GitHub knows."""

    def __init__(self, *, now: Callable[[], datetime], seed: int) -> None:
        self.now = now
        self.random = random.Random(f"{seed}:github")
        self.urls = Urls()
        self.accounts: dict[int, Account] = {}
        self.repositories: dict[int, Repository] = {}
        self.installations: dict[int, Installation] = {}
        self.comments: dict[int, Comment] = {}
        self.check_runs: dict[int, CheckRun] = {}
        self.moved_issues: dict[tuple[int, int], Issue] = {}
        self.deleted_issues: set[tuple[int, int]] = set()
        self.former_names: dict[str, int] = {}
        self.conversions: dict[str, Conversion] = {}
        self._ids = Ids(self.random)
        self._accounts_by_login: dict[str, Account] = {}
        self._app: App | None = None

    @property
    def app(self) -> App:
        """The App that is registered here."""
        if self._app is None:
            raise LookupError("no App has been registered")
        return self._app

    def register(self, app: App) -> None:
        """Make this the App of which installations, tokens and webhooks are."""
        self._app = app

    def next_id(self, kind: str) -> int:
        """Allocate an id."""
        return self._ids.next_id(kind)

    def next_ids(self, kind: str) -> tuple[int, str]:
        """Allocate an id together with its node id."""
        return self._ids.next_ids(kind)

    def add_account(self, login: str, account_type: str) -> Account:
        """Create an account; logins are unique, whatever their case."""
        if login.lower() in self._accounts_by_login:
            raise ValueError(f"the login {login} is taken")
        number, node_id = self.next_ids("account")
        account = Account(
            id=number, node_id=node_id, login=login, type=account_type, created_at=self.now()
        )
        self.accounts[account.id] = account
        self._accounts_by_login[login.lower()] = account
        return account

    def rename_account(self, account: Account, login: str) -> None:
        """Give an account another login; the old one is free for anybody at once."""
        if login.lower() in self._accounts_by_login:
            raise ValueError(f"the login {login} is taken")
        for repository in self.repositories.values():
            if repository.owner is account:
                self.former_names[repository.full_name.lower()] = repository.id
        del self._accounts_by_login[account.login.lower()]
        account.login = login
        self._accounts_by_login[login.lower()] = account

    def find_account(self, login: str) -> Account | None:
        """Find an account by login, whatever its case."""
        return self._accounts_by_login.get(login.lower())

    def account(self, login: str) -> Account:
        """Give the account with this login, or raise LookupError."""
        account = self.find_account(login)
        if account is None:
            raise LookupError(f"nobody is called {login}")
        return account

    def find_repository(self, full_name: str) -> Repository | None:
        """Find a repository by its present name, whatever its case."""
        wanted = full_name.lower()
        for repository in self.repositories.values():
            if not repository.is_deleted and repository.full_name.lower() == wanted:
                return repository
        return None

    def repository(self, full_name: str) -> Repository:
        """Give the repository `owner/name`, or raise LookupError."""
        repository = self.find_repository(full_name)
        if repository is None:
            raise LookupError(f"there is no repository {full_name}")
        return repository

    def repositories_of(self, installation: Installation) -> Iterator[Repository]:
        """List the repositories that an installation covers, oldest first."""
        for repository in self.repositories.values():
            if self.covers(installation, repository):
                yield repository

    def covers(self, installation: Installation, repository: Repository) -> bool:
        """Whether an installation has access to a repository."""
        if repository.is_deleted or repository.owner is not installation.account:
            return False
        chosen = installation.repository_ids
        return chosen is None or repository.id in chosen

    def installation_of(self, repository: Repository) -> Installation | None:
        """Find the installation that covers a repository."""
        for installation in self.installations.values():
            if self.covers(installation, repository):
                return installation
        return None
