"""A desk at which events are handled one by one, in real transactions, without a worker."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, TypeVar

from sqlalchemy import func, select
from sqlmodel import Session

from app.domain.adoption import PolicyState
from app.domain.conversations import Channel, Message, Thread
from app.domain.deliveries import Provider
from app.domain.effects import Effect
from app.domain.events import (
    BalanceMove,
    CheckoutOpened,
    CheckoutRequested,
    Event,
    IssueSeen,
    MessageArrived,
    OfferRequested,
    PaymentRead,
    PaymentStatus,
    RepositorySeen,
)
from app.domain.ids import InstallationId, Lane, RepositoryId, TicketId, UserId
from app.domain.ledger import Account
from app.domain.money import Money
from app.domain.people import Identity
from app.domain.tickets.ticket import Ticket
from app.services.context import Context, Handled
from app.services.handle import handle
from app.store import claims, conversations, installations, ledger, policies, tickets
from app.store import events as event_rows
from app.store.columns import new_id
from app.store.effects import CODEC, EFFECTS
from app.store.engine import Database
from app.store.events import EVENTS
from app.store.policies import Reading
from tests.domain.policies import OPERATOR, TEXT

T = TypeVar("T")

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
USERS = {"ada": 1, "grace": 2, "carol": 3, "dave": 4, "mallory": 5, "octo": 6}
REPOSITORY = RepositorySeen(id=RepositoryId(70), owner="octo", name="widgets", is_private=False)
THREAD = Thread(
    channel=Channel.GITHUB,
    installation=InstallationId(7),
    repository=REPOSITORY.id,
    issue=700,
    number=1,
)
PRICES = {"question": Money(4900, "usd"), "session": Money(18000, "usd")}

_numbers = count(1)


def identity(login: str, *, is_bot: bool = False) -> Identity:
    number = USERS.get(login, 99)
    return Identity(provider=Provider.GITHUB, external_id=str(number), login=login, is_bot=is_bot)


def issue(by: str = "carol") -> IssueSeen:
    return IssueSeen(
        title="No proxy",
        body="How?",
        author=identity(by, is_bot=by.endswith("[bot]")),
        is_open=True,
        is_locked=False,
        created_at=NOW,
    )


def message(
    by: str,
    text: str,
    *,
    is_ours: bool = False,
    thread: Thread = THREAD,
    repository: RepositorySeen = REPOSITORY,
) -> MessageArrived:
    return MessageArrived(
        thread=thread,
        repository=repository,
        issue=issue(),
        message=Message(
            ref=str(next(_numbers)),
            author=identity(by, is_bot=by.endswith("[bot]")),
            text=text,
            sent_at=NOW,
            is_ours=is_ours,
        ),
    )


def labelled(label: str = "paid-support", *, author: str = "carol") -> OfferRequested:
    return OfferRequested(
        thread=THREAD,
        repository=REPOSITORY,
        issue=issue(author),
        label=label,
        by=identity("octo"),
        at=NOW,
    )


def payment(
    ticket: Ticket | None,
    plan: str = "question",
    *,
    intent: str = "pi_1",
    status: PaymentStatus = PaymentStatus.SUCCEEDED,
    amount: Money | None = None,
    has_move: bool = True,
) -> PaymentRead:
    price = amount or PRICES[plan]
    move = BalanceMove(id=f"txn_{intent}", amount=price, fee=Money(172, "usd"), at=NOW)
    return PaymentRead(
        intent=intent,
        status=status,
        amount=price,
        ticket=ticket.id if ticket else None,
        plan=plan if ticket else "",
        charge=f"ch_{intent}",
        succeeded_at=NOW if status is PaymentStatus.SUCCEEDED else None,
        move=move if has_move else None,
    )


class Desk:
    """One repository's events, handled in the order in which they are laid on the desk."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.operator = OPERATOR
        self.now = NOW
        self.grown: list[int] = []
        """So many rows each event put into the lanes and the outbox, in its one transaction."""

    async def adopts(
        self,
        text: str | None = TEXT,
        state: PolicyState | None = None,
        repository: RepositorySeen = REPOSITORY,
    ) -> None:
        """Have a file in force, or whatever else the newest reading found."""
        found = state or (PolicyState.ADOPTED if text else PolicyState.MISSING)
        reading = Reading(
            repository=repository.id,
            state=found,
            text=text.encode() if text else None,
            logins=(("Ada", UserId(1)), ("grace", UserId(2))),
            blob=str(next(_numbers)),
        )

        def run(session: Session) -> None:
            installations.save_repository(session, repository, THREAD.installation, now=self.now)
            policies.record(session, reading, now=self.now)

        await self.database.in_transaction(run)

    async def handles(self, event: Event, *, lane: Lane = THREAD.lane, key: str = "") -> Handled:
        """Handle one event in a transaction of its own."""
        context = self.context(key or f"event-{next(_numbers)}", lane)
        return await self.database.in_transaction(
            lambda session: self._handle(session, event, context)
        )

    def _handle(self, session: Session, event: Event, context: Context) -> Handled:
        before = _rows(session)
        handled = handle(session, event, context)
        self.grown.append(_rows(session) - before)
        return handled

    def context(self, key: str = "event", lane: Lane = THREAD.lane) -> Context:
        return Context(
            key=key,
            lane=lane,
            now=self.now,
            operator=self.operator,
            new_id=new_id,
            new_token=lambda: f"token-{next(_numbers)}",
        )

    async def follows(self) -> list[Event]:
        """Handle what is due in the lanes, until nothing is; give what that was."""
        handled: list[Event] = []
        while True:
            claimed = await self.database.in_transaction(
                lambda session: claims.claim(
                    session, EVENTS, owner="desk", now=self.now, lease_seconds=60, limit=1
                )
            )
            if not claimed:
                return handled
            (claim,) = claimed
            event = event_rows.event_of(claim)
            assert claim.lane is not None
            context = self.context(claim.key, claim.lane)

            def run(session: Session, claim: Any = claim, context: Context = context) -> None:
                event = event_rows.event_of(claim)
                assert self._handle(session, event, context) is Handled.DONE
                claims.finish(session, claim, now=self.now)

            await self.database.in_transaction(run)
            handled.append(event)

    async def waits(self, by: timedelta) -> list[Event]:
        """Let time pass, and handle what is due then."""
        self.now += by
        return await self.follows()

    async def orders(self, *kinds: type[Effect]) -> list[Any]:
        """Give the effects in the outbox, in their order; all, or those of some kinds."""
        own = EFFECTS.table.c
        rows = await self.database.reading(
            lambda session: (
                session.connection().execute(select(own.kind, own.payload).order_by(own.seq)).all()
            )
        )
        effects = [CODEC.load(kind, payload) for kind, payload in rows]
        return [each for each in effects if not kinds or isinstance(each, kinds)]

    async def tickets(self) -> list[Ticket]:
        """Give the tickets of the thread, the oldest first."""

        def run(session: Session) -> list[Ticket]:
            found = conversations.by_thread(session, THREAD)
            return tickets.in_conversation(session, found.id)[::-1] if found else []

        return await self.database.reading(run)

    async def ticket(self, number: int = -1) -> Ticket:
        return (await self.tickets())[number]

    async def reads(self, read: Callable[[Session], T]) -> T:
        return await self.database.reading(read)

    async def balance(self, account: str) -> int:
        return await self.reads(lambda session: ledger.balance(session, Account(account), "usd"))

    async def opens(self, *customers: str) -> list[Ticket]:
        """Adopt the file, and let each of these ask for support in the thread."""
        await self.adopts()
        for each in customers or ("carol",):
            await self.handles(message(each, "/support"))
        return await self.tickets()

    async def checkout(self, ticket: Ticket, plan: str = "question", n: int = 1) -> str:
        """Let somebody press the button, and Stripe open a session."""
        await self.handles(CheckoutRequested(ticket=ticket.id, plan=plan))
        session = f"cs_{ticket.id}_{n}"
        opened = CheckoutOpened(
            ticket=ticket.id,
            n=n,
            session=session,
            url=f"https://checkout.example/{session}",
            expires_at=self.now + timedelta(hours=2),
        )
        await self.handles(opened)
        return session

    async def sells(self, *customers: str) -> Ticket:
        """Open tickets, and let the first customer pay."""
        first, *_ = await self.opens(*customers)
        await self.handles(payment(first))
        return await self.saved(first.id)

    async def saved(self, ticket: TicketId) -> Ticket:
        found = await self.reads(lambda session: tickets.get(session, ticket))
        assert found is not None
        return found


def _rows(session: Session) -> int:
    """Count the rows of the lanes and of the outbox."""
    tables = (EVENTS.table, EFFECTS.table)
    return sum(
        session.connection().execute(select(func.count()).select_from(table)).scalar_one()
        for table in tables
    )


def without(ticket: Ticket, **changes: Any) -> Ticket:
    """Give a ticket with other fields, to compare with."""
    return replace(ticket, **changes)


def kinds(ordered: Sequence[object]) -> list[str]:
    return [type(each).__name__ for each in ordered]
