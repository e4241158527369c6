"""What happens around a ticket that nobody said to it."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from app.domain.commands import Command
from app.domain.deliveries import Provider
from app.domain.events import (
    CommandGiven,
    DisputeRead,
    DisputeStatus,
    OfferOvertaken,
    OfferWithdrawn,
    ThreadClosed,
    ThreadReopened,
    WarningRead,
    WarningsLifted,
)
from app.domain.people import Identity
from tests.domain.tickets.builders import (
    CAROL,
    MAX,
    START,
    THREAD,
    TICKET,
    Story,
    move,
    person,
    usd,
    user,
)


def identity(login: str) -> Identity:
    return Identity(provider=Provider.GITHUB, external_id=str(user(login)), login=login)


def by_button(command: Command) -> CommandGiven:
    """Let the customer give a command by a button of the ticket's own page."""
    return CommandGiven(
        ticket=TICKET, ref="f1", by=person(CAROL), user=user(CAROL), command=command, form="f1"
    )


def closed(login: str, *, is_completed: bool = True) -> ThreadClosed:
    return ThreadClosed(
        thread=THREAD,
        by=identity(login),
        issue="I_12",
        is_completed=is_completed,
        at=START,
        ref=f"closed:{login}",
    )


def disputes(
    story: Story,
    status: DisputeStatus = DisputeStatus.OPEN,
    *,
    amount: int = 4900,
    intent: str = "pi_1",
    dispute: str = "du_1",
    is_moved: bool = True,
) -> Story:
    """Let a bank doubt a payment, or decide; what it takes and gives back is moved at once."""
    is_asked = status in (DisputeStatus.INQUIRY, DisputeStatus.CLOSED)
    moves = [move(f"txn_{dispute}", -amount, 1500)] if is_moved and not is_asked else []
    if moves and status is DisputeStatus.WON:
        moves.append(move(f"txn_{dispute}_back", amount))
    story.does(
        DisputeRead(
            dispute=dispute,
            intent=intent,
            status=status,
            ticket=TICKET,
            amount=usd(amount),
            moves=tuple(moves),
            answer_by=START + timedelta(days=9),
        )
    )
    return story


def warns(story: Story, intent: str = "pi_1", warning: str = "issfr_1") -> Story:
    """Let a bank warn of fraud."""
    story.does(WarningRead(warning=warning, intent=intent, ticket=TICKET))
    return story


LIFTED: Final = WarningsLifted(ticket=TICKET)
OVERTAKEN: Final = OfferOvertaken(ticket=TICKET)
LABEL_OFF: Final = OfferWithdrawn(
    thread=THREAD, author=identity(CAROL), label="paid-support", by=identity(MAX)
)
REOPENED: Final = ThreadReopened(thread=THREAD, by=identity(CAROL))
REOPENED_BY_OTHERS: Final = ThreadReopened(thread=THREAD, by=identity(MAX))
