"""What one sees of a ticket while a story is told about it."""

from __future__ import annotations

from collections import Counter
from typing import TypeVar

from app.domain.effects import Effect, Notify, React
from app.domain.ledger import Entry
from app.domain.tickets.clocks import Running
from app.domain.tickets.decision import Decision
from app.domain.tickets.ticket import Ticket

Made = TypeVar("Made", bound=Effect)


class Seen:
    """The outside of a ticket: what was ordered, what is in the books, and how far it is."""

    ticket: Ticket
    last: Decision
    effects: list[Effect]
    entries: dict[str, Entry]

    @property
    def sign(self) -> str:
        return " ".join(each.reaction for each in self.now_made(React))

    @property
    def session(self) -> str:
        """How far the checkout session is, for which plan, and which one comes after it."""
        checkout = self.ticket.checkout
        return f"{checkout.state} {checkout.plan} {checkout.next_plan}".strip() if checkout else ""

    @property
    def trouble(self) -> str:
        return self.ticket.trouble or ""

    @property
    def told(self) -> list[str]:
        return [str(kind) for kind in self.ticket.notices]

    @property
    def notice(self) -> str:
        return self.made(Notify)[-1].body

    def made(self, kind: type[Made]) -> list[Made]:
        """Every effect of a kind that was ordered so far."""
        return [each for each in self.effects if isinstance(each, kind)]

    def now_made(self, kind: type[Made]) -> list[Made]:
        """The effects of a kind that were ordered by the last event."""
        return [each for each in self.last.effects if isinstance(each, kind)]

    @property
    def running(self) -> list[Running]:
        """The clocks that do not stand still."""
        return [each for each in self.ticket.clocks if each.left is None]

    @property
    def books(self) -> dict[str, int]:
        """What stands on each account, without those of nothing."""
        total: Counter[str] = Counter()
        for entry in self.entries.values():
            for posting in entry.postings:
                total[posting.account] += posting.amount
        return {account: amount for account, amount in total.items() if amount}

    @property
    def held(self) -> int:
        return -self.books.get(f"held:{self.ticket.id}", 0)
