"""A paid ticket until somebody says that it is solved; no I/O."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from app.domain.effects import NoticeKind
from app.domain.ids import UserId
from app.domain.tickets import asking, offered, proposed, refunds, review
from app.domain.tickets.clocks import Clock
from app.domain.tickets.decision import Around, Decision, Nominee, nothing, notify
from app.domain.tickets.stages import Stage
from app.domain.tickets.ticket import AskState, End, Ticket
from app.domain.wording import lines, notices

OBJECT_WITHIN = timedelta(hours=48)
"""How long a helper has to object when the customer wants to stop; silence consents."""


def cancel(ticket: Ticket, around: Around, now: datetime) -> Decision:
    """Stop for the customer: free until the helper's first answer, then a request to the helper."""
    match ticket.stage:
        case Stage.OFFERED:
            return offered.finish(ticket, End.BY_CUSTOMER, Stage.CANCELLED, now)
        case Stage.QUEUED:
            return refunds.give_back(ticket, End.BY_CUSTOMER, Stage.CANCELLED, now)
        case Stage.WORKING | Stage.WAITING_ON_CUSTOMER:
            helper = ticket.helper
            assert helper is not None, "somebody has taken it"
            if around.nominee(helper.user) is None:
                # Not in the file any more: the helper can neither finish it nor object.
                return refunds.give_back(ticket, End.BY_CUSTOMER, Stage.CANCELLED, now)
            return _ask_to_stop(ticket, now)
        case _:
            return nothing(ticket, "it is too late to stop")


def _ask_to_stop(ticket: Ticket, now: datetime) -> Decision:
    """Ask the helper whether they agree to stop."""
    if ticket.is_cancel_asked:
        return nothing(ticket, "the helper was asked already")
    ticket = replace(ticket, is_cancel_asked=True).start(Clock.CANCEL, now + OBJECT_WITHIN)
    ticket, told = notify(ticket, NoticeKind.CANCEL_ASKED, notices.cancel_asked(ticket))
    ticket = replace(ticket, silence_counts=bool(told))
    return Decision(ticket=ticket, effects=told, reason="the helper is asked whether to stop")


def release(ticket: Ticket, around: Around, now: datetime) -> Decision:
    """Give the ticket back; where the customer wants to stop, that is consent."""
    if ticket.is_cancel_asked:
        return refunds.give_back(ticket, End.BY_HELPER, Stage.CANCELLED, now)
    return asking.release(ticket, around, now)


def objected(ticket: Ticket, by: UserId) -> Ticket:
    """Take no silence for a yes where the helper answers the customer's wish to stop in words."""
    is_theirs = ticket.helper is not None and ticket.helper.user == by
    if not is_theirs or not ticket.is_cancel_asked or not ticket.silence_counts:
        return ticket
    line = lines.to(ticket.helper.person, lines.STOP_OR_NOT) if ticket.helper else ""
    return replace(ticket, silence_counts=False, line=line)


def file_changed(ticket: Ticket, around: Around, now: datetime) -> Decision:
    """Ask the next helper where the one who has the ticket does not stand in the file any more.

    What they proposed is theirs. Without any file nobody could be asked; then the clocks decide.
    """
    asked, helper = ticket.asking, ticket.helper
    holder = asked.helper if asked is not None else helper
    is_in_hand = ticket.stage is Stage.QUEUED or ticket.stage.is_with_helper
    if holder is None or not is_in_hand or not around.nominees:
        return nothing(ticket, "nobody has it in hand")
    if around.nominee(holder.user) is not None:
        return nothing(ticket, "whoever has it stands in the file")
    if ticket.is_cancel_asked:
        return refunds.give_back(ticket, End.BY_CUSTOMER, Stage.CANCELLED, now)
    state = AskState.MOOT if asked is not None else AskState.RELEASED
    return asking.release(ticket, around, now, state)


def silence_consents(ticket: Ticket, now: datetime) -> Decision:
    """Stop, because the helper did not object in time.

    Where they could not be told, or have said something else than yes or no, the maintainers
    decide.
    """
    if not ticket.silence_counts:
        return review.begin(replace(ticket, is_cancel_asked=False), now)
    return refunds.give_back(ticket, End.BY_SILENCE, Stage.CANCELLED, now)


def nobody_came(ticket: Ticket, now: datetime) -> Decision:
    """Give the money back, because no helper took the ticket in time."""
    return refunds.give_back(ticket, End.NOBODY_CAME, Stage.REFUNDED, now)


def take_and_propose(ticket: Ticket, nominee: Nominee, note: str, now: datetime) -> Decision:
    """Take the ticket by saying that it is solved: acting accepts."""
    taken = asking.take(ticket, nominee, now)
    done = propose(taken.ticket, note, now)
    return replace(done, effects=(*taken.effects, *done.effects))


def propose(ticket: Ticket, note: str, now: datetime) -> Decision:
    """Say that it is solved: now the customer looks, within the promised time."""
    ticket = replace(proposed.begin(ticket, now), note=note)
    ticket, told = notify(ticket, NoticeKind.PROPOSED, notices.proposed(ticket))
    ticket = replace(ticket, silence_counts=bool(told))
    return Decision(ticket=ticket, effects=told, reason="the helper says that it is solved")
