"""What each audit of the books found."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, Session, SQLModel, col, select

from app.store.columns import Instant, new_id


class AuditRow(SQLModel, table=True):
    """One audit."""

    __tablename__ = "audit"
    id: str = Field(primary_key=True)
    """A UUIDv7: it sorts by its time."""
    breaches: int
    audited_at: datetime = Field(sa_type=Instant)


def note(session: Session, *, breaches: int, now: datetime) -> None:
    """Write down what an audit found."""
    session.add(AuditRow(id=new_id(), breaches=breaches, audited_at=now))
    session.flush()


def newest(session: Session) -> int:
    """Give the number of breaches that the newest audit found; 0 before the first one."""
    row = session.exec(select(AuditRow).order_by(col(AuditRow.id).desc()).limit(1)).first()
    return row.breaches if row is not None else 0
