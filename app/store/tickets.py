"""Tickets: the whole truth as one document, and in columns what is looked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy
from sqlalchemy import BigInteger, Index, Text, and_, case, delete, func, or_, text
from sqlmodel import Field, Session, SQLModel, col, select

from app.domain.ids import ConversationId, PersonId, RepositoryId, TicketId, UserId
from app.domain.tickets.stages import MoneyState, Stage
from app.domain.tickets.ticket import AskState, Ticket
from app.store.codec import Codec
from app.store.columns import Instant, one_of

CODEC: Codec[Ticket] = Codec("ticket", Ticket)

_OVER = [stage.value for stage in Stage if stage.is_over]
_OPEN_WORDS = f"stage NOT IN ({', '.join(repr(stage) for stage in _OVER)})"


class TicketRow(SQLModel, table=True):
    """One ticket."""

    __tablename__ = "ticket"
    __table_args__ = (
        # One open ticket a customer and conversation; a new one may follow when it is over.
        Index(
            "uq_ticket_open",
            "conversation_id",
            "customer_id",
            unique=True,
            sqlite_where=text(_OPEN_WORDS),
            postgresql_where=text(_OPEN_WORDS),
        ),
        one_of("stage", Stage),
        one_of("money", MoneyState),
        Index(None, "repository_id", "opened_at"),
    )
    id: str = Field(primary_key=True)
    token: str = Field(unique=True)
    conversation_id: str = Field(foreign_key="conversation.id", index=True)
    repository_id: int = Field(sa_type=BigInteger, foreign_key="repository.id")
    customer_id: str = Field(foreign_key="person.id", index=True)
    helper_id: int | None = Field(default=None, sa_type=BigInteger)
    """The helper's numeric GitHub id, once somebody has taken it."""
    stage: str = Field(index=True)
    money: str
    opened_at: datetime = Field(sa_type=Instant)
    has_draft: bool
    """It was promised an AI draft."""
    document: str = Field(sa_type=Text)
    """The ticket itself, as JSON."""


class AskRow(SQLModel, table=True):
    """One asking of one helper; it follows from the ticket, and serves the rotation."""

    __tablename__ = "ask"
    __table_args__ = (
        Index(None, "repository_id", "user_id"),
        Index(
            "ix_ask_open",
            "user_id",
            sqlite_where=text("is_open"),
            postgresql_where=text("is_open"),
        ),
        one_of("state", AskState),
    )
    ticket_id: str = Field(primary_key=True, foreign_key="ticket.id")
    position: int = Field(primary_key=True)
    repository_id: int = Field(sa_type=BigInteger, foreign_key="repository.id")
    user_id: int = Field(sa_type=BigInteger)
    asked_at: datetime = Field(sa_type=Instant)
    state: str
    is_open: bool
    """It counts among the helper's open tickets."""


@dataclass(frozen=True, slots=True)
class HelperLoad:
    """How busy a helper is in a repository."""

    open_tickets: int = 0
    last_asked_at: datetime | None = None
    asked_without_acting: int = 0
    """How often they let their time go by, or are asked now; 0 as soon as they ever acted."""


def save(session: Session, ticket: Ticket) -> None:
    """Write a ticket down as it is now."""
    _, document = CODEC.dump(ticket)
    session.merge(
        TicketRow(
            id=ticket.id,
            token=ticket.token,
            conversation_id=ticket.conversation,
            repository_id=ticket.thread.repository,
            customer_id=ticket.customer.id,
            helper_id=ticket.helper.user if ticket.helper is not None else None,
            stage=ticket.stage.value,
            money=ticket.money.value,
            opened_at=ticket.opened_at,
            has_draft=ticket.terms.has_draft,
            document=document,
        )
    )
    session.flush()
    if ticket.asked:
        _save_asks(session, ticket)


def _save_asks(session: Session, ticket: Ticket) -> None:
    """Write down who was asked; a handful of rows a ticket at most."""
    session.exec(delete(AskRow).where(col(AskRow.ticket_id) == ticket.id))
    is_at_work = not ticket.stage.is_over and ticket.stage is not Stage.ACCEPTED
    for position, asked in enumerate(ticket.asked):
        is_newest = position == len(ticket.asked) - 1
        holds = asked.state in (AskState.WAITING, AskState.TOOK)
        session.add(
            AskRow(
                ticket_id=ticket.id,
                position=position,
                repository_id=ticket.thread.repository,
                user_id=asked.helper.user,
                asked_at=asked.at,
                state=asked.state.value,
                is_open=is_at_work and is_newest and holds,
            )
        )
    session.flush()


def get(session: Session, ticket: TicketId) -> Ticket | None:
    """Give a ticket by its id."""
    row = session.get(TicketRow, ticket)
    return _ticket(row) if row is not None else None


def by_token(session: Session, token: str) -> Ticket | None:
    """Give the ticket whose pages have this token."""
    row = session.exec(select(TicketRow).where(col(TicketRow.token) == token)).first()
    return _ticket(row) if row is not None else None


def in_conversation(session: Session, conversation: ConversationId) -> list[Ticket]:
    """Give all tickets of a conversation, also those that are over, the newest first."""
    rows = session.exec(
        select(TicketRow)
        .where(col(TicketRow.conversation_id) == conversation)
        .order_by(col(TicketRow.opened_at).desc(), col(TicketRow.id).desc())
    )
    return [_ticket(row) for row in rows]


def open_of_customer(session: Session, customer: PersonId, *, limit: int) -> list[Ticket]:
    """Give a customer's tickets that are not over, the newest first."""
    rows = session.exec(
        select(TicketRow)
        .where(col(TicketRow.customer_id) == customer, col(TicketRow.stage).not_in(_OVER))
        .order_by(col(TicketRow.opened_at).desc(), col(TicketRow.id).desc())
        .limit(limit)
    )
    return [_ticket(row) for row in rows]


def asking_of_customer(
    session: Session, repository: RepositoryId, customer: PersonId, *, limit: int
) -> list[Ticket]:
    """Give a customer's tickets in a repository that are not accepted yet, the newest first."""
    rows = session.exec(
        select(TicketRow)
        .where(
            col(TicketRow.repository_id) == repository,
            col(TicketRow.customer_id) == customer,
            col(TicketRow.stage).not_in([*_OVER, Stage.ACCEPTED.value]),
        )
        .order_by(col(TicketRow.opened_at).desc(), col(TicketRow.id).desc())
        .limit(limit)
    )
    return [_ticket(row) for row in rows]


def offers_of_customer(
    session: Session, repository: RepositoryId, customer: PersonId, *, since: datetime, limit: int
) -> list[Ticket]:
    """Give a customer's tickets of late that ended before anybody paid, the newest first."""
    rows = session.exec(
        select(TicketRow)
        .where(
            col(TicketRow.repository_id) == repository,
            col(TicketRow.customer_id) == customer,
            col(TicketRow.opened_at) > since,
            col(TicketRow.stage).in_(_OVER),
            col(TicketRow.money) == MoneyState.UNPAID.value,
        )
        .order_by(col(TicketRow.opened_at).desc(), col(TicketRow.id).desc())
        .limit(limit)
    )
    return [_ticket(row) for row in rows]


def open_of_helper(session: Session, user: UserId, *, limit: int) -> list[Ticket]:
    """Give the tickets that a helper is asked for or has taken, the newest first."""
    rows = session.exec(
        select(TicketRow)
        .join(AskRow, col(AskRow.ticket_id) == col(TicketRow.id))
        .where(col(AskRow.user_id) == user, col(AskRow.is_open))
        .order_by(col(TicketRow.opened_at).desc(), col(TicketRow.id).desc())
        .limit(limit)
    )
    return [_ticket(row) for row in rows]


def open_in_repository(
    session: Session, repository: RepositoryId, *, after: str, limit: int
) -> list[Ticket]:
    """Give tickets of a repository that are not over, by their ids and from one of them on."""
    rows = session.exec(
        select(TicketRow)
        .where(
            col(TicketRow.repository_id) == repository,
            col(TicketRow.stage).not_in(_OVER),
            col(TicketRow.id) > after,
        )
        .order_by(col(TicketRow.id))
        .limit(limit)
    )
    return [_ticket(row) for row in rows]


def helper_loads(
    session: Session, repository: RepositoryId, users: Sequence[UserId]
) -> dict[UserId, HelperLoad]:
    """Say how busy each of these helpers is in a repository."""
    acted = col(AskRow.state).in_([AskState.TOOK, AskState.RELEASED])
    # Who is asked now may be silent; of what ended before their time was over nobody knows.
    is_asked_now = and_(col(AskRow.state) == AskState.WAITING, col(AskRow.is_open))
    silent = or_(col(AskRow.state) == AskState.PASSED, is_asked_now)
    statement = (
        sqlalchemy.select(
            col(AskRow.user_id),
            func.sum(case((silent, 1), else_=0)),
            func.max(col(AskRow.asked_at)),
            func.sum(case((col(AskRow.is_open), 1), else_=0)),
            func.sum(case((acted, 1), else_=0)),
        )
        .where(col(AskRow.repository_id) == repository, col(AskRow.user_id).in_(list(users)))
        .group_by(col(AskRow.user_id))
    )
    rows = session.connection().execute(statement)
    loads = {user: HelperLoad() for user in users}
    for user, asked, last_asked_at, open_tickets, acts in rows:
        loads[UserId(user)] = HelperLoad(
            open_tickets=int(open_tickets),
            last_asked_at=last_asked_at,
            asked_without_acting=0 if acts else int(asked),
        )
    return loads


def over_and_paid(session: Session) -> list[Ticket]:
    """Give the tickets that are over and for which money was ever taken, for the audit."""
    rows = session.exec(
        select(TicketRow).where(
            col(TicketRow.stage).in_(_OVER),
            col(TicketRow.money).not_in([MoneyState.UNPAID, MoneyState.FAILED]),
        )
    )
    return [_ticket(row) for row in rows]


def in_review(session: Session, *, limit: int) -> list[Ticket]:
    """Give the tickets that somebody has to decide about, the oldest first."""
    rows = session.exec(
        select(TicketRow)
        .where(col(TicketRow.stage) == Stage.REVIEW.value)
        .order_by(col(TicketRow.opened_at), col(TicketRow.id))
        .limit(limit)
    )
    return [_ticket(row) for row in rows]


def counts_by_stage(session: Session) -> dict[str, int]:
    """Count the tickets of each stage."""
    rows = session.exec(select(col(TicketRow.stage), func.count()).group_by(col(TicketRow.stage)))
    return {stage: int(count) for stage, count in rows}


def _ticket(row: TicketRow) -> Ticket:
    return CODEC.load("Ticket", row.document)
