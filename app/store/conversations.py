"""Conversations, each with one home, and what was said in them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, UniqueConstraint
from sqlmodel import Field, Session, SQLModel, col, select

from app.domain.conversations import Channel, Message, Thread, Visibility
from app.domain.ids import ConversationId, InstallationId, PersonId, RepositoryId
from app.domain.people import Person
from app.store.columns import Instant, Words, new_id, one_of, table_of
from app.store.engine import insert_once
from app.store.people import IdentityRow

TEXT_CHARACTERS_MAX = 65536
"""GitHub's own bound for a text."""

TITLE_CHARACTERS_MAX = 1024

WRITERS_MAX = 1000
"""In a thread where more people write nobody finds anything."""


class ConversationRow(SQLModel, table=True):
    """One conversation; later it may have several mouths."""

    __tablename__ = "conversation"
    __table_args__ = (
        UniqueConstraint("channel", "external_ref"),
        one_of("channel", Channel),
        one_of("visibility", Visibility),
    )
    id: str = Field(primary_key=True)
    repository_id: int = Field(sa_type=BigInteger, foreign_key="repository.id", index=True)
    channel: str
    external_ref: str
    """The channel's own name of it: repository id and issue id."""
    visibility: str
    installation_id: int = Field(sa_type=BigInteger)
    issue_id: int = Field(sa_type=BigInteger)
    number: int
    title: str = Field(sa_type=Words)
    question: str = Field(sa_type=Words)
    """The opening text, which a draft would answer."""
    labels: str = Field(sa_type=Words)
    """The names of the labels that it had when we last heard of them, as JSON."""
    opened_at: datetime = Field(sa_type=Instant)


class MessageRow(SQLModel, table=True):
    """One message, as it was when it arrived: an edit is not a message."""

    __tablename__ = "message"
    __table_args__ = (UniqueConstraint("conversation_id", "ref"),)
    id: str = Field(primary_key=True)
    conversation_id: str = Field(foreign_key="conversation.id")
    repository_id: int = Field(sa_type=BigInteger, foreign_key="repository.id", index=True)
    person_id: str = Field(foreign_key="person.id", index=True)
    ref: str
    text: str = Field(sa_type=Words)
    sent_at: datetime = Field(sa_type=Instant)


CONVERSATION = table_of(ConversationRow)
MESSAGE = table_of(MessageRow)


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """A conversation as the services see it."""

    id: ConversationId
    thread: Thread
    visibility: Visibility
    title: str
    question: str
    labels: tuple[str, ...]


def find_or_add(
    session: Session,
    thread: Thread,
    *,
    visibility: Visibility,
    title: str,
    question: str,
    now: datetime,
) -> Conversation:
    """Give the conversation of a thread; it begins here if it is new."""
    insert_once(
        session,
        CONVERSATION,
        [
            {
                "id": new_id(),
                "repository_id": thread.repository,
                "channel": thread.channel.value,
                "external_ref": _ref(thread),
                "visibility": visibility.value,
                "installation_id": thread.installation,
                "issue_id": thread.issue,
                "number": thread.number,
                "title": title[:TITLE_CHARACTERS_MAX],
                "question": question[:TEXT_CHARACTERS_MAX],
                "labels": "[]",
                "opened_at": now,
            }
        ],
        returning=CONVERSATION.c.id,
    )
    row = _row(session, thread)
    assert row is not None, "it was added or was there"
    if row.installation_id != thread.installation:  # the App was installed anew
        row.installation_id = thread.installation
        session.flush()
    return _conversation(row)


def by_thread(session: Session, thread: Thread) -> Conversation | None:
    """Give the conversation whose home is this thread."""
    row = _row(session, thread)
    return _conversation(row) if row is not None else None


def get(session: Session, conversation: ConversationId) -> Conversation:
    """Give a conversation that is surely there."""
    row = session.get(ConversationRow, conversation)
    assert row is not None, "a ticket's conversation is never deleted"
    return _conversation(row)


def save_labels(session: Session, conversation: Conversation, labels: Iterable[str]) -> None:
    """Remember which labels a conversation has now."""
    row = session.get_one(ConversationRow, conversation.id)
    row.labels = json.dumps(list(labels))
    session.flush()


def add_message(
    session: Session,
    conversation: Conversation,
    message: Message,
    person: PersonId,
) -> bool:
    """Keep a message, once; say whether it is new."""
    row = {
        "id": new_id(),
        "conversation_id": conversation.id,
        "repository_id": conversation.thread.repository,
        "person_id": person,
        "ref": message.ref,
        "text": message.text[:TEXT_CHARACTERS_MAX],
        "sent_at": message.sent_at,
    }
    return bool(insert_once(session, MESSAGE, [row], returning=MESSAGE.c.id))


def writers(session: Session, conversation: ConversationId) -> tuple[Person, ...]:
    """Give those who have written in a conversation, by their names of today."""
    rows = session.exec(
        select(IdentityRow.person_id, IdentityRow.login)
        .where(
            col(IdentityRow.person_id).in_(
                select(MessageRow.person_id).where(col(MessageRow.conversation_id) == conversation)
            )
        )
        .order_by(col(IdentityRow.id))
        .limit(WRITERS_MAX)
    )
    return tuple(Person(PersonId(person), login) for person, login in rows)


def _row(session: Session, thread: Thread) -> ConversationRow | None:
    return session.exec(
        select(ConversationRow).where(
            col(ConversationRow.channel) == thread.channel.value,
            col(ConversationRow.external_ref) == _ref(thread),
        )
    ).first()


def _ref(thread: Thread) -> str:
    return f"{thread.repository}/{thread.issue}"


def _conversation(row: ConversationRow) -> Conversation:
    thread = Thread(
        channel=Channel(row.channel),
        installation=InstallationId(row.installation_id),
        repository=RepositoryId(row.repository_id),
        issue=row.issue_id,
        number=row.number,
    )
    return Conversation(
        id=ConversationId(row.id),
        thread=thread,
        visibility=Visibility(row.visibility),
        title=row.title,
        question=row.question,
        labels=tuple(json.loads(row.labels)),
    )
