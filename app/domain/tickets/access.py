"""A ticket whose thread the App cannot reach any more, and whose thread it reaches again; no I/O.

Offers end when the App is removed. What is solved or being judged goes on at the ticket's own page;
for the rest the customer gets the money back, unless the App is back in time.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from app.domain.effects import Effect
from app.domain.events import AccessLost, AccessRegained
from app.domain.ids import InstallationId
from app.domain.tickets import checkout, offered, refunds
from app.domain.tickets.clocks import Clock
from app.domain.tickets.decision import Around, Decision, nothing
from app.domain.tickets.stages import Stage
from app.domain.tickets.ticket import NEEDS_THREAD, End, Ticket

BACK_WITHIN: Final = timedelta(hours=72)
"""So long the App may be away before the money of work that was not finished goes back."""


def changed(ticket: Ticket, event: AccessLost | AccessRegained, now: datetime) -> Decision:
    """Take in whether the App reaches the thread."""
    if isinstance(event, AccessRegained):
        return regained(ticket, event.installation)
    return lost(ticket, now, is_for_good=event.is_for_good)


def lost(ticket: Ticket, now: datetime, *, is_for_good: bool) -> Decision:
    """Go on without the thread: an offer ends where the App was removed, work waits for its return.

    Where it is only suspended, or the repository archived, an offer simply cannot be paid.
    """
    if ticket.stage.is_over or (ticket.is_away and not is_for_good):
        return nothing(ticket, "that was known, or it is over")
    if ticket.stage is Stage.OFFERED and is_for_good:
        return offered.finish(replace(ticket, is_away=True), End.APP_REMOVED, Stage.CANCELLED, now)
    if ticket.is_away:
        return nothing(ticket, "the App was away before")
    ticket = replace(ticket, is_away=True)
    if ticket.stage in NEEDS_THREAD:
        ticket = ticket.start(Clock.AWAY, now + BACK_WITHIN)
    return Decision(ticket=ticket, reason="the App cannot reach the thread")


def regained(ticket: Ticket, installation: InstallationId) -> Decision:
    """Go on in the thread, maybe under another installation than before."""
    thread = replace(ticket.thread, installation=installation)
    if not ticket.is_away and thread == ticket.thread:
        return nothing(ticket, "it was never away")
    back = replace(ticket.stop(Clock.AWAY), thread=thread, is_away=False)
    return Decision(ticket=back, reason="the App reaches the thread again")


def heed_owner(ticket: Ticket, around: Around) -> tuple[Ticket, tuple[Effect, ...]]:
    """Let an offer wait as long as a new owner has not agreed: it cannot be paid meanwhile."""
    since = around.handed_over_at
    if ticket.stage is not Stage.OFFERED or ticket.handed_over_at == since:
        return ticket, ()
    ticket = replace(ticket, handed_over_at=since)
    return checkout.drop(ticket) if since is not None else (ticket, ())


def stayed_away(ticket: Ticket, now: datetime) -> Decision:
    """Give the money back, because nobody could work in the thread for so long."""
    return refunds.give_back(ticket, End.APP_REMOVED, Stage.REFUNDED, now)
