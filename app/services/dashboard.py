"""What somebody who is signed in sees of their own: the tickets that are open."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session

from app.domain.operator import Operator
from app.domain.tickets.ticket import Ticket
from app.domain.wording import pages as words
from app.domain.wording.answers import answers
from app.services.sessions import SignedIn
from app.store import conversations, installations
from app.store import tickets as ticket_rows

TICKETS_MAX = 50
"""Tickets of each list; who has more sees the newest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenTicket:
    """One open ticket, as its customer and its helper see it in a list."""

    token: str
    place: str
    """``owner/name #number``; empty where the repository is private."""
    subject: str
    """The issue's title; empty where the repository is private."""
    title: str
    """The ticket's stage in words."""
    next: str
    """Who acts next."""
    by: str
    """By when."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dashboard:
    """The tickets of one person."""

    asked: tuple[OpenTicket, ...]
    """For which they are the customer."""
    helping: tuple[OpenTicket, ...]
    """Which they are asked for, or have taken."""
    is_cut: bool
    """There are more than are shown."""


def dashboard(session: Session, who: SignedIn, *, operator: Operator) -> Dashboard:
    """Show what is open, the newest first.

    Of a private repository no name is told here: whether this person may still read it, only GitHub
    knows.
    """
    asked = ticket_rows.open_of_customer(session, who.person.id, limit=TICKETS_MAX + 1)
    helping = ticket_rows.open_of_helper(session, who.user, limit=TICKETS_MAX + 1)
    return Dashboard(
        asked=tuple(_open(session, each, operator) for each in asked[:TICKETS_MAX]),
        helping=tuple(_open(session, each, operator) for each in helping[:TICKETS_MAX]),
        is_cut=max(len(asked), len(helping)) > TICKETS_MAX,
    )


def _open(session: Session, ticket: Ticket, operator: Operator) -> OpenTicket:
    repository = installations.repository(session, ticket.thread.repository)
    if repository is None or repository.is_private:
        ticket, place, subject = words.without_names(ticket), "", ""
    else:
        place = f"{repository.owner}/{repository.name} #{ticket.thread.number}"
        subject = conversations.get(session, ticket.conversation).title
    told = answers(ticket, operator)
    return OpenTicket(
        token=ticket.token,
        place=place,
        subject=subject,
        title=words.title(ticket),
        next=told.next,
        by=told.by,
    )
