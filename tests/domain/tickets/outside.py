"""What happens around a ticket that nobody said to it."""

from __future__ import annotations

from typing import Final

from app.domain.deliveries import Provider
from app.domain.events import OfferOvertaken, OfferWithdrawn, ThreadClosed, ThreadReopened
from app.domain.people import Identity
from tests.domain.tickets.builders import CAROL, MAX, START, THREAD, TICKET, user


def identity(login: str) -> Identity:
    return Identity(provider=Provider.GITHUB, external_id=str(user(login)), login=login)


def closed(login: str, *, is_completed: bool = True) -> ThreadClosed:
    return ThreadClosed(
        thread=THREAD,
        by=identity(login),
        issue="I_12",
        is_completed=is_completed,
        at=START,
        ref=f"closed:{login}",
    )


OVERTAKEN: Final = OfferOvertaken(ticket=TICKET)
LABEL_OFF: Final = OfferWithdrawn(
    thread=THREAD, author=identity(CAROL), label="paid-support", by=identity(MAX)
)
REOPENED: Final = ThreadReopened(thread=THREAD, by=identity(CAROL))
REOPENED_BY_OTHERS: Final = ThreadReopened(thread=THREAD, by=identity(MAX))
