"""The open pull requests that touch a repository's file: the newest few, to look at them again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger
from sqlmodel import Field, Session, SQLModel, col, delete, select

from app.domain.ids import RepositoryId
from app.store.columns import Instant


class ProposalRow(SQLModel, table=True):
    """A pull request, as it was read last."""

    __tablename__ = "proposal"
    repository_id: int = Field(
        primary_key=True,
        sa_type=BigInteger,
        foreign_key="repository.id",
        sa_column_kwargs={"autoincrement": False},
    )
    number: int = Field(
        primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False}
    )
    commit: str
    """Its head: its check run is there."""
    read_at: datetime = Field(sa_type=Instant)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A pull request, and the head that was read."""

    number: int
    commit: str


def keep(
    session: Session,
    repository: RepositoryId,
    proposal: Proposal,
    *,
    now: datetime,
    proposals_max: int,
) -> None:
    """Remember a pull request; of all those of a repository only the newest stay."""
    row = session.get(ProposalRow, (repository, proposal.number))
    if row is None:
        row = ProposalRow(repository_id=repository, number=proposal.number, commit="", read_at=now)
    row.commit, row.read_at = proposal.commit, now
    session.add(row)
    session.flush()
    for old in newest(session, repository)[proposals_max:]:
        forget(session, repository, old.number)


def forget(session: Session, repository: RepositoryId, number: int) -> None:
    """Forget a pull request that nobody can merge any more."""
    session.exec(
        delete(ProposalRow).where(
            col(ProposalRow.repository_id) == repository, col(ProposalRow.number) == number
        )
    )


def newest(session: Session, repository: RepositoryId) -> list[Proposal]:
    """Give the pull requests that are remembered, those first that were read last."""
    rows = session.exec(
        select(ProposalRow)
        .where(col(ProposalRow.repository_id) == repository)
        .order_by(col(ProposalRow.read_at).desc(), col(ProposalRow.number).desc())
    )
    return [Proposal(row.number, row.commit) for row in rows]
