"""The column beside the thread: clock, checkouts, ledger, faults, and what was said."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, islice
from typing import Any, Final

from sqlmodel import Session

from app.domain.money import Money, show
from app.rehearsal.faults import REQUEST_FAULTS, Fault
from app.rehearsal.said import GITHUB, OPENAI, STRIPE, Said, newest
from app.rehearsal.stage.books import DEADLINES_SHOWN_MAX, Books, Deadline, books, running
from app.rehearsal.world import World

SAID_BESIDE_MAX: Final = 8
SAID_SHOWN_MAX: Final = 200
BODY_CHARACTERS_MAX: Final = 20_000

SERVICES: Final[Mapping[str, str]] = {
    GITHUB: r"^/(?!v1/)",
    STRIPE: r"^/v1/(?!responses|chat/|models)",
    OPENAI: r"^/v1/(?:responses|chat/|models)",
}
"""How a path tells which service was asked."""

FAULT_WORDS: Final[Mapping[Fault, str]] = {
    Fault.BAD_GATEWAY: "502 Bad Gateway",
    Fault.SERVER_ERROR: "500, an error of its own",
    Fault.TIMEOUT: "no answer at all",
    Fault.RATE_LIMITED: "a secondary rate limit",
    Fault.TOO_MANY: "429, too many requests",
    Fault.ANSWER_LOST: "the work is done, the answer gets lost",
    Fault.DUPLICATE: "the next webhook comes twice",
    Fault.REORDER: "the next webhook comes late",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Till:
    """A checkout, as somebody beside it sees it."""

    session: str
    url: str
    amount: str
    state: str
    is_open: bool
    is_with_bank: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """One message to the product, with what became of it."""

    at: datetime
    by: str
    name: str
    outcome: str
    is_taken: bool
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Backstage:
    """Everything in the column."""

    now: datetime
    deadlines: tuple[Deadline, ...]
    """What happens by itself if nobody acts, the next one first."""
    tills: tuple[Till, ...]
    books: Books
    said: tuple[tuple[Said, int], ...]
    """The newest first; what was said several times in a row is one, with how often."""
    services: tuple[str, ...]
    request_faults: Mapping[str, str]
    webhook_faults: Mapping[str, str]
    waiting_faults: tuple[str, ...]
    injected: Mapping[str, int]


async def look(world: World) -> Backstage:
    """Look behind the scenes."""
    now = world.clock()

    def read(session: Session) -> tuple[list[Deadline], Books]:
        return list(islice(running(session, now), DEADLINES_SHOWN_MAX)), books(session)

    assert world.product is not None, "the product runs in this process"
    deadlines, ledger = await world.product.database.reading(read)
    words = {fault.value: FAULT_WORDS[fault] for fault in Fault}
    return Backstage(
        now=now,
        deadlines=tuple(deadlines),
        tills=tuple(_tills(world)),
        books=ledger,
        said=tuple(islice(_folded(newest(world, SAID_SHOWN_MAX)), SAID_BESIDE_MAX)),
        services=tuple(SERVICES),
        request_faults={name: words[name] for name in words if Fault(name) in REQUEST_FAULTS},
        webhook_faults={name: words[name] for name in words if Fault(name) not in REQUEST_FAULTS},
        waiting_faults=tuple(words[fault.value] for fault in world.faults.waiting),
        injected={
            words[fault.value]: count for fault, count in world.faults.injected.most_common()
        },
    )


def _folded(said: Iterable[Said]) -> Iterator[tuple[Said, int]]:
    """Make one of what was said several times in a row."""
    for _, same in groupby(said, key=lambda each: (each.to, each.what, each.status)):
        first, *rest = same
        yield first, 1 + len(rest)


def _tills(world: World) -> Iterator[Till]:
    for session in world.stripe.all("checkout.session"):
        is_with_bank = world.stripe.is_with_bank(session["id"])
        is_paid = session["payment_status"] == "paid"
        state = "with the bank" if is_with_bank else "paid" if is_paid else session["status"]
        yield Till(
            session=session["id"],
            url=f"{world.stripe.url}/c/pay/{session['id']}",
            amount=show(Money(session["amount_total"], session["currency"])),
            state="not paid" if state == "complete" else state,
            is_open=session["status"] == "open",
            is_with_bank=is_with_bank,
        )


def webhooks(world: World) -> list[Webhook]:
    """List what the product was told, the newest first."""
    sent = [
        (GITHUB, f"{each.event}{'.' + each.action if each.action else ''}", each.delivery)
        for each in world.github.deliveries[-SAID_SHOWN_MAX:]
    ]
    sent += [
        (STRIPE, delivery.event, delivery) for delivery in world.stripe.deliveries[-SAID_SHOWN_MAX:]
    ]
    found = [
        Webhook(
            at=delivery.sent_at,
            by=by,
            name=name,
            outcome=str(delivery.status or delivery.error or "on its way"),
            is_taken=delivery.is_success,
            body=pretty(json.loads(delivery.body)),
        )
        for by, name, delivery in sent
        if delivery.sent_at is not None
    ]
    return sorted(found, key=lambda each: each.at, reverse=True)[:SAID_SHOWN_MAX]


def pretty(body: Any) -> str:
    """Write a body so that it can be read."""
    text = body if isinstance(body, str) else json.dumps(body, indent=2, ensure_ascii=False)
    if len(text) > BODY_CHARACTERS_MAX:
        return f"{text[:BODY_CHARACTERS_MAX]}\n… and {len(text) - BODY_CHARACTERS_MAX} more"
    return text


def pulse(world: World) -> str:
    """Give a text that changes whenever there may be something new to see."""
    figures = (
        len(world.github.requests),
        len(world.stripe.requests),
        len(world.openai.requests),
        len(world.github.deliveries),
        len(world.stripe.deliveries),
        sum(world.faults.injected.values()),
        int(world.clock().timestamp()) // 60,
    )
    return "-".join(map(str, figures))
