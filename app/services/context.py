"""What every use case is told: when it is, whose lane it is in, and where new ids come from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.domain.ids import Lane, TicketId, Token
from app.domain.operator import Operator


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """The circumstances of one event."""

    key: str
    """The event's own key, from which the keys of what follows are made."""
    lane: Lane
    now: datetime
    operator: Operator
    new_id: Callable[[], str]
    """Gives a random id: 32 hexadecimal digits."""
    new_token: Callable[[], str]
    """Gives a random token of at least 128 bits, URL-safe."""

    def ticket_id(self) -> TicketId:
        """Make the id of a new ticket."""
        return TicketId(self.new_id())

    def token(self) -> Token:
        """Make the token of a new ticket's pages."""
        return Token(self.new_token())


class Handled(StrEnum):
    """What came of an event."""

    DONE = "done"
    """It is dealt with; there may have been nothing to do."""
    NOT_YET = "not_yet"
    """Something must be read first; the event waits in its place and comes again."""
