"""What the account holds: its objects as the JSON that Stripe shows, its events and its agenda.

Every change of an object ends in `emit`, which keeps a snapshot as an event and hands it on to be
sent. What happens by itself, when the clock comes to it, stands in the agenda.
"""

from __future__ import annotations

import copy
import heapq
import random
import string
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Final

import stripe

from app.rehearsal.stripe import shapes
from app.rehearsal.stripe.refusals import Json, no_such

_ALPHABET: Final = string.ascii_letters + string.digits


@dataclass(frozen=True, slots=True)
class Cause:
    """Which request a change came from; none if a person or the clock made it."""

    request_id: str | None = None
    idempotency_key: str | None = None


NOBODY: Final = Cause()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How long things take at this account, by the product's clock.

    Until `funds_delay` has passed a charge has no balance transaction, so that nobody knows its
    fee. Bank debits and refunds to bank accounts come to a good end by themselves.
    """

    funds_delay: timedelta = timedelta(0)
    debit_clears_after: timedelta = timedelta(days=4)
    refund_clears_after: timedelta = timedelta(days=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a Checkout Session was opened for, as far as the session itself does not show it."""

    lines: list[Json]
    intent_data: Json


class Book:
    """One Stripe account.

    `heard` is told of each event as it happens, `is_undelivered` tells whether one has not arrived
    yet, and `webhook_url` where they go. `defects` collects what is wrong with our own objects: it
    must stay empty.
    """

    def __init__(
        self,
        *,
        now: Callable[[], datetime],
        seed: int,
        currency: str,
        pace: Pace,
    ) -> None:
        self.currency = currency
        self.pace = pace
        self.url = ""
        self.orders: dict[str, Order] = {}
        self.cause = NOBODY
        self.defects: list[str] = []
        self.heard: Callable[[Json], None] = lambda _: None
        self.is_undelivered: Callable[[str], bool] = lambda _: False
        self.webhook_url: Callable[[], str] = str
        self.endpoint_secrets: dict[str, str] = {}
        self._now = now
        self._dice = random.Random(f"{seed}:stripe")
        self._kept: dict[str, dict[str, Json]] = {}
        self._agenda: list[tuple[datetime, int, Callable[[], None]]] = []
        self._order = count()

    def now(self) -> datetime:
        """Tell the time."""
        return self._now()

    def seconds(self) -> int:
        """Tell the time as Stripe writes it."""
        return int(self._now().timestamp())

    def new_id(self, prefix: str, chars: int = 24) -> str:
        """Make an id that nothing else has."""
        return f"{prefix}_{''.join(self._dice.choices(_ALPHABET, k=chars))}"

    def add(self, item: Json) -> Json:
        """Keep a new object."""
        self._kept.setdefault(item["object"], {})[item["id"]] = item
        return item

    def remove(self, kind: str, id_: str) -> None:
        """Forget an object."""
        del self._kept[kind][id_]

    def get(self, kind: str, id_: str, param: str = "id") -> Json:
        """Give the object of this kind and id, or refuse."""
        found = self._kept.get(kind, {}).get(id_)
        if found is None:
            raise no_such(kind, id_, param)
        return found

    def find(self, id_: str) -> Json | None:
        """Give the object with this id, whatever its kind."""
        return next((kept[id_] for kept in self._kept.values() if id_ in kept), None)

    def all(self, kind: str) -> list[Json]:
        """Give every object of this kind, the newest first."""
        return list(reversed(self._kept.get(kind, {}).values()))

    def emit(self, name: str, subject: Json, previous: Json | None = None) -> None:
        """Tell that something happened to an object: a snapshot of it, as an event."""
        data: Json = {"object": copy.deepcopy(subject)}
        if previous is not None:
            data["previous_attributes"] = previous
        event = {
            "id": self.new_id("evt"),
            "object": "event",
            "api_version": stripe.api_version,
            "created": self.seconds(),
            "data": data,
            "livemode": False,
            "pending_webhooks": 0,
            "request": {
                "id": self.cause.request_id,
                "idempotency_key": self.cause.idempotency_key,
            },
            "type": name,
        }
        self.defects += [f"{name}: {fault}" for fault in shapes.defects(subject)]
        self.add(event)
        self.heard(event)

    def later(self, due_at: datetime, action: Callable[[], None]) -> None:
        """Put an action on the agenda; it has to look for itself whether it is still wanted."""
        heapq.heappush(self._agenda, (due_at, next(self._order), action))

    def tick(self) -> None:
        """Do what has become due."""
        for action in self._due():
            action()

    def _due(self) -> Iterator[Callable[[], None]]:
        while self._agenda and self._agenda[0][0] <= self._now():
            yield heapq.heappop(self._agenda)[2]
