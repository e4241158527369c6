"""Why a ticket is over, in one sentence; no I/O."""

from __future__ import annotations

from app.domain.tickets.stages import Stage
from app.domain.tickets.ticket import End, Ticket

_ENDS: dict[End, str] = {
    End.NOT_YET: "It is over.",
    End.BY_CUSTOMER: "The customer stopped it.",
    End.WITHDRAWN: "The label was taken off.",
    End.OVERTAKEN: "Somebody else in this thread paid first, so this offer ended.",
    End.UNPAID: "Nobody chose a plan in time.",
    End.NOBODY_CAME: "No helper took it in time. We are sorry.",
    End.BY_HELPER: "Customer and helper agreed to stop.",
    End.BY_OPERATOR: "The operator gave the money back.",
    End.BY_REVIEW: "The maintainers decided so.",
    End.ACCEPTED: "The customer accepted the help.",
    End.APP_REMOVED: "The App was taken from this repository, so nobody could go on here.",
    End.BY_BANK: "The customer's bank took the money back for good.",
    End.BY_VOLUNTEER: "A volunteer helped, and the customer said so.",
}
_SILENCES: dict[Stage, str] = {
    Stage.SETTLED: "Nobody declined in time, so it counted as accepted.",
    Stage.CANCELLED: "The helper did not object in time.",
    Stage.REFUNDED: "Nobody decided in time.",
}


def why_over(ticket: Ticket) -> str:
    """Say in one sentence why it is over."""
    if ticket.end is End.BY_SILENCE:
        return _SILENCES[ticket.stage]
    if ticket.end is End.UNPAID and not ticket.terms.plans:
        return "The time for it is over."
    return _ENDS[ticket.end]
