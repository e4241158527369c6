"""What GitHub and Stripe told us; no I/O."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.domain.conversations import Message, Thread
from app.domain.ids import InstallationId, RepositoryId, UserId
from app.domain.people import Identity


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositorySeen:
    """A repository as a message from GitHub shows it; ``None`` is what that message left out."""

    id: RepositoryId
    owner: str
    name: str
    is_private: bool
    default_branch: str | None = None
    is_archived: bool | None = None
    owner_id: UserId | None = None
    """The number of the account that owns it: a rename keeps it, a transfer does not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueSeen:
    """An issue as a message from GitHub shows it."""

    title: str
    body: str
    author: Identity
    is_open: bool
    is_locked: bool
    created_at: datetime
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageArrived:
    """Somebody wrote a new message in a thread."""

    thread: Thread
    repository: RepositorySeen
    issue: IssueSeen
    message: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferRequested:
    """A label was put on an issue; if it is the support label, it is an offer to the author."""

    thread: Thread
    repository: RepositorySeen
    issue: IssueSeen
    label: str
    by: Identity
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferWithdrawn:
    """A label was taken off an issue; if it was the support label, the author's offer ends."""

    thread: Thread
    author: Identity
    """Whose issue it is."""
    label: str
    by: Identity


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadClosed:
    """An issue was closed: by somebody, or by a commit or a pull request of theirs."""

    thread: Thread
    by: Identity
    issue: str
    """The issue as GitHub's GraphQL names it."""
    is_completed: bool
    """As done, and not as a duplicate or as something that nobody will do."""
    at: datetime
    ref: str
    """The message that told it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadReopened:
    """Somebody opened an issue again that was closed."""

    thread: Thread
    by: Identity


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageDeleted:
    """A message of a thread was deleted; it may have been our card."""

    thread: Thread
    ref: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AppInstalled:
    """An account installed the App for these repositories."""

    installation: InstallationId
    account: str
    repositories: tuple[RepositorySeen, ...]
    at: datetime | None = None
    """When it was made; ``None`` where the message did not say."""
    by: Identity | None = None
    """Who installed it, where that is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspensionLifted:
    """An account lets the App work again; for which repositories, GitHub does not say."""

    installation: InstallationId
    account: str
    at: datetime | None = None
    """When the installation was made; ``None`` where the message did not say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PermissionsAccepted:
    """An account granted the permissions that the App asks for by now."""

    installation: InstallationId
    at: datetime | None = None
    """When the installation was made; ``None`` where the message did not say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AppRemoved:
    """An account removed or suspended the App."""

    installation: InstallationId
    is_suspension: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountRenamed:
    """An account where the App is installed has another login; so have its repositories' addresses.

    They come a batch at a time.
    """

    installation: InstallationId
    account: Identity
    after: RepositoryId
    """The last repository that was dealt with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositoriesChosen:
    """An installation gained or lost repositories."""

    installation: InstallationId
    added: tuple[RepositorySeen, ...]
    removed: tuple[RepositorySeen, ...]
    at: datetime | None = None
    """When the message came."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositoryChanged:
    """A repository was renamed, transferred, archived, made private or public."""

    installation: InstallationId
    repository: RepositorySeen
    is_transferred: bool = False
    """It has another owner now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyTouched:
    """The default branch got a commit that may have changed ``support.yml``."""

    installation: InstallationId
    repository: RepositorySeen
    commit: str
    before: str = ""
    """The commit on which the branch stood; only zeros where it is new, empty: unknown."""
    by: Identity | None = None
    """Who pushed; ``None``: unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalMade:
    """A pull request got a new head, or goes into another branch: its file may be another one."""

    installation: InstallationId
    repository: RepositorySeen
    number: int
    commit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRequested:
    """Somebody asked for our check run of a commit once more."""

    installation: InstallationId
    repository: RepositorySeen
    commit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmationGiven:
    """Somebody pressed the button that adopts a change which waits; they may not be allowed to."""

    installation: InstallationId
    repository: RepositorySeen
    commit: str
    by: Identity
    is_ours: bool = False
    """They pressed it on our page: the repository is as we knew it, and not as GitHub tells it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentMoved:
    """Something happened to a payment; the PaymentIntent itself says what."""

    intent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckoutEnded:
    """A checkout session ran out of time or was closed, unpaid."""

    session: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundMoved:
    """Something happened to a refund; the refund itself says what."""

    refund: str
    intent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeMoved:
    """Something happened to a dispute about a payment; the dispute itself says what."""

    dispute: str
    intent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FraudSuspected:
    """A bank warns that a payment may not be its cardholder's; the warning itself says which."""

    warning: str
    intent: str
