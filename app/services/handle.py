"""THE TABLE: what handles what, on one screen. One event, one handler, one transaction."""

from __future__ import annotations

from typing import assert_never

from sqlmodel import Session

from app.domain.events import (
    AccessChanged,
    AccessLost,
    AccessRegained,
    AccountRenamed,
    AnswerGiven,
    AppInstalled,
    AppRemoved,
    CardLost,
    CardShown,
    CheckoutClosed,
    CheckoutEnded,
    CheckoutOpened,
    CheckoutRequested,
    CheckRequested,
    ChoreCame,
    ClosingRead,
    CommandGiven,
    ConfirmationGiven,
    DisputeMoved,
    DisputeRead,
    DocsFetched,
    DocsListed,
    DraftAdopted,
    DraftJudged,
    DraftShown,
    EffectFailed,
    Event,
    FileChanged,
    FraudSuspected,
    HelperAssigned,
    HelpersChanged,
    HelperWentOff,
    InstallationLost,
    InstallationRegained,
    LabelPut,
    LimitReached,
    LostDeliveriesListed,
    MaintainerFound,
    MessageArrived,
    MessageDeleted,
    OfferOvertaken,
    OfferRequested,
    OfferWithdrawn,
    PaymentMoved,
    PaymentRead,
    PeopleWanted,
    PermissionsAccepted,
    PersonRenamed,
    PolicyRead,
    PolicyTouched,
    ProposalMade,
    ProposalRead,
    RefundMoved,
    RefundRead,
    ReplyDrafted,
    RepositoriesChosen,
    RepositoryChanged,
    ReviewDecided,
    SuspensionLifted,
    ThreadClosed,
    ThreadReopened,
    TimeCame,
    WarningRead,
    WarningsLifted,
)
from app.services import (
    conversations,
    drafts,
    failures,
    installations,
    payments,
    policies,
    tickets,
    upkeep,
)
from app.services.context import Context, Handled


def handle(  # noqa: C901, PLR0912 - a table, with one line for each event
    session: Session, event: Event, context: Context
) -> Handled:
    """Deal with one event, in the transaction that also finishes its row."""
    match event:
        case MessageArrived():
            return conversations.message_arrived(session, event, context)
        case MessageDeleted():
            return conversations.message_deleted(session, event, context)
        case ThreadClosed() | ThreadReopened():
            return conversations.thread_turned(session, event, context)
        case OfferRequested():
            return conversations.offer_requested(session, event, context)
        case OfferWithdrawn():
            return conversations.offer_withdrawn(session, event, context)
        case AppInstalled() | AppRemoved() | SuspensionLifted() | PermissionsAccepted():
            return installations.heard(session, event, context)
        case RepositoriesChosen() | RepositoryChanged():
            return installations.heard(session, event, context)
        case InstallationLost() | InstallationRegained() | AccessChanged() | AccountRenamed():
            return installations.spread(session, event, context)
        case PolicyTouched() | ProposalMade() | CheckRequested() | ConfirmationGiven():
            return policies.wanted(session, event, context)
        case HelpersChanged():
            return policies.helpers_changed(session, event, context)
        case PolicyRead():
            return policies.read(session, event, context)
        case ProposalRead():
            return policies.proposal_read(session, event, context)
        case PaymentMoved() | RefundMoved() | DisputeMoved() | FraudSuspected():
            return payments.moved(session, event, context)
        case PaymentRead() | RefundRead() | DisputeRead() | WarningRead():
            return payments.read(session, event, context)
        case CheckoutEnded():
            return payments.checkout_ended(session, event, context)
        case (
            CommandGiven()
            | AnswerGiven()
            | DraftAdopted()
            | CheckoutRequested()
            | CheckoutOpened()
            | CheckoutClosed()
            | OfferOvertaken()
            | HelperWentOff()
            | LimitReached()
            | ReviewDecided()
            | WarningsLifted()
            | LabelPut()
            | MaintainerFound()
            | ClosingRead()
            | PeopleWanted()
            | AccessLost()
            | FileChanged()
            | AccessRegained()
            | CardShown()
            | CardLost()
            | TimeCame()
        ):
            return tickets.happened(session, event.ticket, event, context)
        case HelperAssigned() | PersonRenamed():
            return tickets.named(session, event, context)
        case DocsListed() | DocsFetched() | ReplyDrafted() | DraftShown() | DraftJudged():
            return drafts.heard(session, event, context)
        case LostDeliveriesListed() | ChoreCame():
            return upkeep.heard(session, event, context)
        case EffectFailed():
            return failures.effect_failed(session, event, context)
        case _:
            assert_never(event)
