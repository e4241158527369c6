"""Who is signed in: sessions that begin, are looked up and end.

A session is 256 random bits in a browser's cookie. The database has only their hash, so that nobody
who reads it can become somebody; and it can forget a session at once, which no signed cookie can.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from app.domain.ids import UserId
from app.domain.people import Identity, Person
from app.store import people
from app.store import sessions as rows

LIFETIME = timedelta(hours=12)
"""A session is over then, however busy: signing in again is one click."""

IDLE_MAX = timedelta(hours=2)
"""A session that nobody used for so long is over."""

NOTED_EVERY = timedelta(minutes=5)
"""Its use is written down at most so often."""

SESSIONS_PER_PERSON_MAX = 10
"""The oldest one ends when there would be more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """Somebody who proved which GitHub account is theirs; what it may do is asked afresh."""

    person: Person
    user: UserId
    is_to_be_noted: bool = False
    """That the session is in use was last written down some time ago."""


def begin(
    session: Session, identity: Identity, secret: str, *, replacing: str, now: datetime
) -> SignedIn:
    """Begin a session for whoever owns this account; ``secret`` is new, and the browser's alone.

    The session that the browser had before, if any, ends: what was known of it is worth nothing.
    """
    if replacing:
        end(session, replacing, now=now)
    person, user = people.resolve(session, identity), UserId(int(identity.external_id))
    rows.revoke_all(session, person.id, now=now, but_newest=SESSIONS_PER_PERSON_MAX - 1)
    rows.create(session, _hash(secret), person.id, user, now=now, expires_at=now + LIFETIME)
    return SignedIn(person=person, user=user)


def find(session: Session, secret: str, *, now: datetime) -> SignedIn | None:
    """Say who has this session; ``None`` where it is unknown, ended, expired or was left idle."""
    found = rows.find(session, _hash(secret), now=now, seen_after=now - IDLE_MAX)
    if found is None:
        return None
    is_to_be_noted = now - found.seen_at >= NOTED_EVERY
    return SignedIn(person=found.person, user=found.user, is_to_be_noted=is_to_be_noted)


def note(session: Session, secret: str, *, now: datetime) -> None:
    """Write down that a session is in use."""
    rows.touch(session, _hash(secret), now=now)


def end(session: Session, secret: str, *, now: datetime) -> None:
    """End one session."""
    rows.revoke(session, _hash(secret), now=now)


def end_everywhere(session: Session, person: Person, *, now: datetime) -> int:
    """End all sessions of a person; say how many there were."""
    return rows.revoke_all(session, person.id, now=now)


def _hash(secret: str) -> str:
    # Nobody can try 256 random bits one after another: they need neither salt nor a slow hash.
    return hashlib.sha256(secret.encode()).hexdigest()
