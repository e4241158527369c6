"""The objects of providers that we know: whose they are, and in which lane news of them belongs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Field, Session, SQLModel, col, select

from app.domain.deliveries import Provider
from app.domain.ids import Lane, TicketId
from app.store.columns import one_of, table_of
from app.store.engine import insert_once


class KnownRow(SQLModel, table=True):
    """One object at a provider."""

    __tablename__ = "known_object"
    __table_args__ = (one_of("provider", Provider),)
    provider: str = Field(primary_key=True)
    external_id: str = Field(primary_key=True)
    lane: str
    ticket_id: str | None = Field(default=None, foreign_key="ticket.id", index=True)


KNOWN_OBJECT = table_of(KnownRow)


@dataclass(frozen=True, slots=True)
class Known:
    """Whose an object is."""

    lane: Lane
    ticket: TicketId | None


def know(
    session: Session,
    provider: Provider,
    external_id: str,
    *,
    lane: Lane,
    ticket: TicketId | None,
) -> None:
    """Remember whose an object is; what is known once never changes hands."""
    row = {
        "provider": provider.value,
        "external_id": external_id,
        "lane": lane,
        "ticket_id": ticket,
    }
    insert_once(session, KNOWN_OBJECT, [row], returning=KNOWN_OBJECT.c.external_id)


def lookup(session: Session, provider: Provider, external_ids: Sequence[str]) -> Known | None:
    """Find whose one of these objects is; the first that is known decides."""
    rows = session.exec(
        select(KnownRow).where(
            col(KnownRow.provider) == provider.value,
            col(KnownRow.external_id).in_(list(external_ids)),
        )
    )
    found = {row.external_id: row for row in rows}
    for external_id in external_ids:
        row = found.get(external_id)
        if row is not None:
            ticket = TicketId(row.ticket_id) if row.ticket_id is not None else None
            return Known(Lane(row.lane), ticket)
    return None
