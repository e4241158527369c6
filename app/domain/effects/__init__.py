"""What we will do outside, in the imperative: frozen orders, each performed once; no I/O.

An effect makes one change outside; reads around it belong to it. ``key`` is its identity (the same
order is never recorded twice), ``lane`` its order, ``provider`` who performs it, ``tenant`` whose
limits it counts against. Of waiting effects with the same ``slot`` only the newest is performed.
"""

from __future__ import annotations

from app.domain.effects.drafts import (
    DraftReply,
)
from app.domain.effects.money import (
    CloseCheckout,
    OpenCheckout,
    ReadDispute,
    ReadPayment,
    ReadRefund,
    ReadWarning,
    Refund,
)
from app.domain.effects.policy import (
    Chosen,
    Confirmed,
    Occasion,
    Pushed,
    ReadPolicy,
    ReadProposal,
    Rerun,
    ShowCheck,
)
from app.domain.effects.thread import (
    HELP_WANTED,
    Assign,
    CheckPermission,
    ExplainHelp,
    FetchDocs,
    FindMaintainer,
    ListDocs,
    NoticeKind,
    Notify,
    PutLabel,
    React,
    Reaction,
    ReadClosing,
    ShowCard,
    ShowDraft,
    TakeLabel,
    Unassign,
)
from app.domain.effects.upkeep import (
    LANE_OF_THE_APP,
    ListLostDeliveries,
    Redeliver,
)

Effect = (
    ShowCard
    | Notify
    | ShowDraft
    | ExplainHelp
    | React
    | Assign
    | Unassign
    | PutLabel
    | TakeLabel
    | CheckPermission
    | FindMaintainer
    | ReadClosing
    | ListDocs
    | FetchDocs
    | ReadPolicy
    | ReadProposal
    | ShowCheck
    | ListLostDeliveries
    | Redeliver
    | OpenCheckout
    | CloseCheckout
    | ReadPayment
    | Refund
    | ReadRefund
    | ReadDispute
    | ReadWarning
    | DraftReply
)

__all__ = [
    "HELP_WANTED",
    "LANE_OF_THE_APP",
    "Assign",
    "CheckPermission",
    "Chosen",
    "CloseCheckout",
    "Confirmed",
    "DraftReply",
    "Effect",
    "ExplainHelp",
    "FetchDocs",
    "FindMaintainer",
    "ListDocs",
    "ListLostDeliveries",
    "NoticeKind",
    "Notify",
    "Occasion",
    "OpenCheckout",
    "Pushed",
    "PutLabel",
    "React",
    "Reaction",
    "ReadClosing",
    "ReadDispute",
    "ReadPayment",
    "ReadPolicy",
    "ReadProposal",
    "ReadRefund",
    "ReadWarning",
    "Redeliver",
    "Refund",
    "Rerun",
    "ShowCard",
    "ShowCheck",
    "ShowDraft",
    "TakeLabel",
    "Unassign",
]
