"""What happened, in the past tense: frozen facts, each recorded once in its lane; no I/O.

Events from a provider are made by its ``translate.py``; outcomes of effects by its ``perform.py``;
the rest by the services. ``Event`` is the union of them all, and ``services/handle.py`` says what
handles what.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.events.arrivals import (
    AccountRenamed,
    AppInstalled,
    AppRemoved,
    CheckoutEnded,
    CheckRequested,
    ConfirmationGiven,
    DisputeMoved,
    FraudSuspected,
    IssueSeen,
    MessageArrived,
    MessageDeleted,
    OfferRequested,
    OfferWithdrawn,
    PaymentMoved,
    PermissionsAccepted,
    PolicyTouched,
    ProposalMade,
    RefundMoved,
    RepositoriesChosen,
    RepositoryChanged,
    RepositorySeen,
    SuspensionLifted,
    ThreadClosed,
    ThreadReopened,
)
from app.domain.events.ours import (
    AccessChanged,
    AccessLost,
    AccessRegained,
    AnswerGiven,
    CardLost,
    CheckoutRequested,
    Chore,
    ChoreCame,
    CommandGiven,
    DraftAdopted,
    DraftJudged,
    FileChanged,
    HelpersChanged,
    HelperWentOff,
    InstallationLost,
    InstallationRegained,
    LimitReached,
    OfferOvertaken,
    PeopleWanted,
    ReviewDecided,
    TimeCame,
    Verdict,
    WarningsLifted,
)
from app.domain.events.outcomes import (
    BalanceMove,
    CardShown,
    CheckoutClosed,
    CheckoutOpened,
    ClosingRead,
    DisputeRead,
    DisputeStatus,
    DocFile,
    DocsFetched,
    DocsListed,
    DraftShown,
    EffectFailed,
    HelperAssigned,
    LabelPut,
    LostDeliveriesListed,
    LostDelivery,
    MaintainerFound,
    MergeState,
    Merging,
    PaymentRead,
    PaymentStatus,
    PersonRenamed,
    PolicyRead,
    ProposalRead,
    RefundRead,
    RefundStatus,
    ReplyDrafted,
    Version,
    WarningRead,
)
from app.domain.ids import Lane

Event = (
    MessageArrived
    | OfferRequested
    | OfferWithdrawn
    | MessageDeleted
    | ThreadClosed
    | ThreadReopened
    | AccountRenamed
    | AppInstalled
    | AppRemoved
    | SuspensionLifted
    | PermissionsAccepted
    | RepositoriesChosen
    | RepositoryChanged
    | PolicyTouched
    | ProposalMade
    | CheckRequested
    | ConfirmationGiven
    | PaymentMoved
    | CheckoutEnded
    | RefundMoved
    | DisputeMoved
    | FraudSuspected
    | PolicyRead
    | ProposalRead
    | CardShown
    | HelperAssigned
    | PersonRenamed
    | LabelPut
    | MaintainerFound
    | ClosingRead
    | CheckoutOpened
    | CheckoutClosed
    | PaymentRead
    | RefundRead
    | DisputeRead
    | WarningRead
    | DocsListed
    | DocsFetched
    | ReplyDrafted
    | DraftShown
    | LostDeliveriesListed
    | EffectFailed
    | CommandGiven
    | AnswerGiven
    | DraftAdopted
    | DraftJudged
    | HelperWentOff
    | LimitReached
    | CheckoutRequested
    | OfferOvertaken
    | ReviewDecided
    | WarningsLifted
    | PeopleWanted
    | CardLost
    | TimeCame
    | ChoreCame
    | AccessChanged
    | FileChanged
    | HelpersChanged
    | AccessLost
    | AccessRegained
    | InstallationLost
    | InstallationRegained
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """An event on its way into its lane.

    ``lane`` is ``None`` when the message names only a provider's object; then ``about`` names it,
    and the table of known objects tells whose it is.
    """

    key: str
    """Unique: the same happening never becomes two events."""
    event: Event
    lane: Lane | None
    about: tuple[str, ...] = ()
    """The provider's ids of the objects that the event is about, the surest first."""


__all__ = [
    "AccessChanged",
    "AccessLost",
    "AccessRegained",
    "AccountRenamed",
    "AnswerGiven",
    "AppInstalled",
    "AppRemoved",
    "Arrival",
    "BalanceMove",
    "CardLost",
    "CardShown",
    "CheckRequested",
    "CheckoutClosed",
    "CheckoutEnded",
    "CheckoutOpened",
    "CheckoutRequested",
    "Chore",
    "ChoreCame",
    "ClosingRead",
    "CommandGiven",
    "ConfirmationGiven",
    "DisputeMoved",
    "DisputeRead",
    "DisputeStatus",
    "DocFile",
    "DocsFetched",
    "DocsListed",
    "DraftAdopted",
    "DraftJudged",
    "DraftShown",
    "EffectFailed",
    "Event",
    "FileChanged",
    "FraudSuspected",
    "HelperAssigned",
    "HelperWentOff",
    "HelpersChanged",
    "InstallationLost",
    "InstallationRegained",
    "IssueSeen",
    "LabelPut",
    "LimitReached",
    "LostDeliveriesListed",
    "LostDelivery",
    "MaintainerFound",
    "MergeState",
    "Merging",
    "MessageArrived",
    "MessageDeleted",
    "OfferOvertaken",
    "OfferRequested",
    "OfferWithdrawn",
    "PaymentMoved",
    "PaymentRead",
    "PaymentStatus",
    "PeopleWanted",
    "PermissionsAccepted",
    "PersonRenamed",
    "PolicyRead",
    "PolicyTouched",
    "ProposalMade",
    "ProposalRead",
    "RefundMoved",
    "RefundRead",
    "RefundStatus",
    "ReplyDrafted",
    "RepositoriesChosen",
    "RepositoryChanged",
    "RepositorySeen",
    "ReviewDecided",
    "SuspensionLifted",
    "ThreadClosed",
    "ThreadReopened",
    "TimeCame",
    "Verdict",
    "Version",
    "WarningRead",
    "WarningsLifted",
]
