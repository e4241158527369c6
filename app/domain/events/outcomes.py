"""What came of the effects; no I/O."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.domain.effects import Effect, Occasion
from app.domain.events.arrivals import RepositorySeen
from app.domain.ids import InstallationId, RepositoryId, TicketId, UserId
from app.domain.money import Money
from app.domain.people import Permission


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """The file as a commit has it."""

    blob: str
    """The git id of the file's content; empty where there is no file."""
    text: bytes | None
    """``None`` where there is no file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyRead:
    """``support.yml`` on the default branch; ``text`` is ``None`` where there is none."""

    installation: InstallationId
    repository: RepositorySeen
    path: str
    blob: str
    """The git id of the file's content; empty where there is no file."""
    commit: str
    text: bytes | None
    logins: tuple[tuple[str, UserId | None], ...]
    """Each helper's login with the numeric id of the person that it belongs to today."""
    occasion: Occasion | None = None
    permission: Permission = Permission.NONE
    """What whoever pushed or confirmed may do here today."""
    before: Version | None = None
    """What a maintainer's push found there; ``None``: unknown."""
    after: Version | None = None
    """What stood at the commit that was pushed, confirmed or asked for; ``None``: unknown."""
    is_untouched: bool = False
    """Nothing was pushed to the repository since it was chosen."""
    rival: str = ""
    """The workflow that a file of others may be for; empty: there is none that we know of."""


class MergeState(StrEnum):
    """What GitHub says of merging a pull request."""

    TRIED = "tried"
    """It was merged for trying: the file is the one that a merge would bring about now."""
    CONFLICT = "conflict"
    """It conflicts with the branch that it goes into: the file is as its own branch has it."""
    UNKNOWN = "unknown"
    """GitHub has not tried it in time: the file is as its own branch has it."""
    CLOSED = "closed"
    """Nobody can merge it any more, unless it is reopened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Merging:
    """How a pull request merges with the branch that it goes into."""

    state: MergeState
    into: str
    """The branch's name."""
    is_default: bool
    """It is the default branch, whose file alone counts."""
    onto: str = ""
    """The commit of that branch with which it was tried; empty: with none."""
    is_as_proposed: bool = True
    """The file is just as the pull request shows it, line by line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalRead:
    """``support.yml`` as somebody proposes it."""

    installation: InstallationId
    repository: RepositoryId
    commit: str
    """Where its check run stands, whatever commit the file was read at."""
    path: str
    text: bytes | None
    """``None``: they propose to remove it."""
    logins: tuple[tuple[str, UserId | None], ...]
    """Each helper's login with the numeric id of the person that it belongs to today."""
    rival: str = ""
    """The workflow that a file of others may be for; empty: there is none that we know of."""
    number: int | None = None
    """The pull request; ``None``: a commit was read by itself."""
    merging: Merging | None = None
    """``None`` where there is no pull request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CardShown:
    """The card stands in the thread in this version."""

    ticket: TicketId
    v: int
    comment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HelperAssigned:
    """GitHub was asked to assign a helper; it may have ignored that in silence."""

    ticket: TicketId
    user: UserId
    is_assigned: bool
    login: str = ""
    """What their account is called today; empty where we could not learn it."""
    is_gone: bool = False
    """Their account is deleted: nobody would hear that they are asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRenamed:
    """Somebody whom a notice mentions has another login today than we knew."""

    ticket: TicketId
    user: UserId
    login: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelPut:
    """The label for volunteers is on the issue, or cannot be put there."""

    ticket: TicketId
    is_ours: bool
    """It is there because we put it there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckoutOpened:
    """A checkout session is open and has an address."""

    ticket: TicketId
    n: int
    session: str
    url: str
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckoutClosed:
    """A checkout session that we wanted closed is closed, or was completed before that."""

    ticket: TicketId
    session: str
    is_completed: bool


class PaymentStatus(StrEnum):
    """What a PaymentIntent says of itself."""

    PROCESSING = "processing"
    """A bank debit is on its way."""
    SUCCEEDED = "succeeded"
    """The money was taken."""
    UNPAID = "unpaid"
    """Nothing was taken, and the customer may try again."""
    CANCELLED = "cancelled"
    """Nothing was taken, and nothing will be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BalanceMove:
    """A balance transaction of Stripe's: the amount that moved in our balance, and its fee."""

    id: str
    amount: Money
    """Gross, signed as Stripe signs it: a payment is positive, a refund negative."""
    fee: Money
    at: datetime | None = None
    """When it was made, by Stripe's clock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentRead:
    """A PaymentIntent as Stripe holds it."""

    intent: str
    status: PaymentStatus
    amount: Money
    """What was taken, or will be."""
    ticket: TicketId | None
    """The ticket that our own metadata names; ``None`` for a payment that we did not ask for."""
    plan: str
    charge: str
    succeeded_at: datetime | None
    move: BalanceMove | None
    """``None`` until Stripe has made the balance transaction, also of a payment that succeeded; a
    bank debit may have it before it succeeds."""
    returned: BalanceMove | None = None
    """What took such a ``move`` back out of the balance, because the debit failed."""
    checkout: int = 0
    """Which of the ticket's sessions it was made in, as our metadata names it; 0: unknown."""


class RefundStatus(StrEnum):
    """What a refund says of itself."""

    PENDING = "pending"
    """Stripe has it and has not said how it ended."""
    SUCCEEDED = "succeeded"
    """The money is on its way back to the customer."""
    FAILED = "failed"
    """It could not be given back, and the money is ours again; a person must look."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundRead:
    """A refund as Stripe holds it."""

    refund: str
    intent: str
    status: RefundStatus
    amount: Money
    occurred_at: datetime
    move: BalanceMove | None
    returned: BalanceMove | None = None
    """What brought the money back into the balance, because the refund failed after all."""


class DisputeStatus(StrEnum):
    """What a dispute says of itself."""

    INQUIRY = "inquiry"
    """The bank asks, and has taken nothing."""
    OPEN = "open"
    """The bank has taken the payment back, or will, until it decides."""
    CLOSED = "closed"
    """The bank asks no more, and has taken nothing."""
    WON = "won"
    """The bank decided for us."""
    LOST = "lost"
    """The bank decided for the customer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeRead:
    """A dispute as Stripe holds it."""

    dispute: str
    intent: str
    status: DisputeStatus
    ticket: TicketId | None
    """The ticket that our own metadata of the payment names."""
    amount: Money
    """What the customer disputes."""
    moves: tuple[BalanceMove, ...]
    """What it has moved in the balance so far: taken, and maybe given back."""
    answer_by: datetime | None = None
    """Until when the operator may answer the bank."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WarningRead:
    """A bank's warning of fraud as Stripe holds it."""

    warning: str
    intent: str
    ticket: TicketId | None
    """The ticket that our own metadata of the payment names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DocFile:
    """A documentation file of a repository at a commit."""

    path: str
    blob: str
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DocsListed:
    """The README and docs of a repository, as its git tree names them."""

    ticket: TicketId
    commit: str
    files: tuple[DocFile, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MaintainerFound:
    """Somebody may decide about money in the repository now: they are told what waits for them."""

    ticket: TicketId
    user: UserId | None
    """``None``: nobody of those whom we know of."""
    login: str = ""
    """What their account is called today."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosingRead:
    """How the issue was closed of which a helper seems to say that it is solved."""

    ticket: TicketId
    user: UserId
    """The helper."""
    is_by_hand: bool | None
    """They closed it themselves and it is still closed; ``None``: GitHub does not tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DocsFetched:
    """The texts of some of those files, by their git blob ids."""

    ticket: TicketId
    texts: tuple[tuple[str, str], ...]
    """Pairs of blob id and text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyDrafted:
    """The model answered; nothing of it has been checked yet."""

    ticket: TicketId
    answer: str
    """The JSON text that the model gave."""
    model: str
    input_tokens: int
    output_tokens: int
    tries: int = 1
    """Which try was answered: what the earlier ones cost, nobody told us."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftShown:
    """The draft stands in the thread."""

    ticket: TicketId
    comment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LostDelivery:
    """A delivery that GitHub could not hand over to us."""

    id: int
    guid: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LostDeliveriesListed:
    """The deliveries of which GitHub says that no attempt was answered well."""

    lost: tuple[LostDelivery, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectFailed:
    """An effect was given up; ``is_certain`` says whether it surely did not happen."""

    effect: Effect
    reason: str
    is_certain: bool
