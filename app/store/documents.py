"""Documents of repositories, kept by their git ids, and the drafts that were made of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from sqlalchemy import BigInteger, Index, func
from sqlmodel import Field, Session, SQLModel, col, select

from app.domain.drafting.answers import REPLY_CHARACTERS_MAX
from app.domain.events import DocFile
from app.domain.ids import RepositoryId, TicketId
from app.store.columns import Instant, Words, table_of
from app.store.engine import insert_once
from app.store.tickets import TicketRow

TEXT_CHARACTERS_MAX = 65536
"""More of a document is not kept."""


class DocumentRow(SQLModel, table=True):
    """One version of one document; its git id names its content, so it never changes."""

    __tablename__ = "document"
    repository_id: int = Field(primary_key=True, sa_type=BigInteger, foreign_key="repository.id")
    blob: str = Field(primary_key=True)
    text: str = Field(sa_type=Words)
    fetched_at: datetime = Field(sa_type=Instant)


class DraftRow(SQLModel, table=True):
    """The AI draft of a ticket: what it was made of, what came, what it cost."""

    __tablename__ = "draft"
    __table_args__ = (Index(None, "repository_id", "day"),)
    ticket_id: str = Field(primary_key=True, foreign_key="ticket.id")
    repository_id: int = Field(sa_type=BigInteger, foreign_key="repository.id")
    commit: str
    files: str = Field(sa_type=Words)
    """JSON: path, git id and size of each document."""
    answer: str = Field(sa_type=Words)
    """What the model said, unfiltered: nobody is shown this."""
    model: str
    input_tokens: int
    output_tokens: int
    reason: str
    """Why it was not shown; empty otherwise."""
    begun_at: datetime = Field(sa_type=Instant)
    day: str
    """The UTC day of which its tokens count, as ``2026-11-24``; empty: it was never asked for."""
    verdict: str
    """Whether its reader says that it helped: yes or no; empty: they did not say."""
    counted_tokens: int
    """What it counts: reserved before the model was asked, and settled from what it reported."""


DOCUMENT = table_of(DocumentRow)
DRAFT = table_of(DraftRow)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """The documents of a repository at one commit."""

    commit: str
    files: tuple[DocFile, ...]


def missing(session: Session, repository: RepositoryId, blobs: Sequence[str]) -> list[str]:
    """Give those of the documents that we do not have, in the order in which they were named."""
    have = set(texts(session, repository, blobs))
    return [blob for blob in dict.fromkeys(blobs) if blob not in have]


def add(
    session: Session,
    repository: RepositoryId,
    pairs: Iterable[tuple[str, str]],
    *,
    now: datetime,
) -> None:
    """Keep documents: pairs of git id and text."""
    rows = [
        {
            "repository_id": repository,
            "blob": blob,
            "text": text[:TEXT_CHARACTERS_MAX],
            "fetched_at": now,
        }
        for blob, text in pairs
    ]
    insert_once(session, DOCUMENT, rows, returning=DOCUMENT.c.blob)


def texts(session: Session, repository: RepositoryId, blobs: Sequence[str]) -> dict[str, str]:
    """Give the texts that we have, by their git ids."""
    rows = session.exec(
        select(DocumentRow).where(
            col(DocumentRow.repository_id) == repository, col(DocumentRow.blob).in_(blobs)
        )
    )
    return {row.blob: row.text for row in rows}


def save_listing(
    session: Session,
    ticket: TicketId,
    *,
    repository: RepositoryId,
    commit: str,
    files: Sequence[DocFile],
    now: datetime,
) -> None:
    """Begin a draft with the list of documents that it may be made of; once a ticket."""
    row = {
        "ticket_id": ticket,
        "repository_id": repository,
        "commit": commit,
        "files": json.dumps([asdict(each) for each in files]),
        "answer": "",
        "model": "",
        "input_tokens": 0,
        "output_tokens": 0,
        "reason": "",
        "begun_at": now,
        "day": "",
        "verdict": "",
        "counted_tokens": 0,
    }
    insert_once(session, DRAFT, [row], returning=DRAFT.c.ticket_id)


def listing(session: Session, ticket: TicketId) -> Listing | None:
    """Give the documents that a ticket's draft may be made of."""
    row = session.get(DraftRow, ticket)
    if row is None:
        return None
    files = tuple(DocFile(**each) for each in json.loads(row.files))
    return Listing(commit=row.commit, files=files)


def save_answer(
    session: Session,
    ticket: TicketId,
    *,
    answer: str,
    model: str,
    input_tokens: int,
    output_tokens: int,
    reason: str,
) -> None:
    """Keep what the model said and what it cost, whether it is shown or not."""
    row = session.get(DraftRow, ticket)
    assert row is not None, "a draft begins with its documents"
    row.answer = answer[:REPLY_CHARACTERS_MAX]
    row.model = model
    row.input_tokens = input_tokens
    row.output_tokens = output_tokens
    row.reason = reason
    session.add(row)
    session.flush()


def answer(session: Session, ticket: TicketId) -> str:
    """Give what the model said, unfiltered; empty where it said nothing."""
    row = session.get(DraftRow, ticket)
    return row.answer if row is not None else ""


def judge(session: Session, ticket: TicketId, *, has_helped: bool) -> None:
    """Note whether a draft has helped its reader."""
    row = session.get(DraftRow, ticket)
    if row is not None:
        row.verdict = "yes" if has_helped else "no"
        session.add(row)
        session.flush()


def verdict(session: Session, ticket: TicketId) -> bool | None:
    """Say whether a draft has helped its reader; ``None``: they did not say."""
    row = session.get(DraftRow, ticket)
    return row.verdict == "yes" if row is not None and row.verdict else None


def verdicts(session: Session, repository: RepositoryId) -> tuple[int, int]:
    """Count the drafts of a repository that have helped, and those that have not."""
    found = session.exec(
        select(DraftRow.verdict, func.count())
        .where(col(DraftRow.repository_id) == repository, col(DraftRow.verdict) != "")
        .group_by(col(DraftRow.verdict))
    )
    counts = dict(found.all())
    return counts.get("yes", 0), counts.get("no", 0)


def count_tokens(
    session: Session, ticket: TicketId, tokens: int, *, now: datetime | None = None
) -> None:
    """Let a draft count so many tokens: those of today, or of the day that it counts for already.

    One that was never begun costs nothing.
    """
    row = session.get(DraftRow, ticket)
    if row is None or (now is None and not row.day):
        return
    row.counted_tokens = tokens
    row.day = row.day if now is None else _day(now)
    session.add(row)
    session.flush()


def reserved_tokens(session: Session, ticket: TicketId) -> int:
    """Say how many tokens a draft counts; 0 where it was never asked for."""
    row = session.get(DraftRow, ticket)
    return row.counted_tokens if row is not None else 0


def counted_tokens(session: Session, repository: RepositoryId, *, now: datetime) -> int:
    """Add up what the drafts of a repository count in this UTC day."""
    found = session.exec(
        select(func.coalesce(func.sum(col(DraftRow.counted_tokens)), 0)).where(
            col(DraftRow.repository_id) == repository, col(DraftRow.day) == _day(now)
        )
    )
    return int(found.one())


def _day(at: datetime) -> str:
    return at.astimezone(UTC).date().isoformat()


def drafts_since(session: Session, repository: RepositoryId, since: datetime) -> int:
    """Count the tickets opened since a moment that were promised a draft, begun or not."""
    found = session.exec(
        select(func.count())
        .select_from(TicketRow)
        .where(
            col(TicketRow.repository_id) == repository,
            col(TicketRow.opened_at) >= since,
            col(TicketRow.has_draft),
        )
    )
    return int(found.one())
