"""What a ticket may know of its surroundings: the file in force, and how busy each helper is."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import lru_cache

from sqlmodel import Session

from app.domain.assignment import Candidate, Rule
from app.domain.deliveries import Provider
from app.domain.ids import PersonId, RepositoryId, UserId
from app.domain.operator import Operator
from app.domain.people import Identity, Person
from app.domain.policy import SupportPolicy, parse
from app.domain.tickets.decision import Around, Nominee
from app.domain.tickets.naming import people_of
from app.domain.tickets.stages import Stage
from app.domain.tickets.ticket import Helper, Ticket
from app.domain.topics import named
from app.services.context import Context
from app.store import availability, conversations, installations, people, policies
from app.store import tickets as ticket_rows

POLICIES_CACHED_MAX = 256


@lru_cache(maxsize=POLICIES_CACHED_MAX)
def _parsed(text: bytes, currencies: tuple[str, ...], platform_bp: int) -> SupportPolicy | None:
    """Parse a file that was adopted; the same text is the same policy."""
    policy = parse(text, currencies_settled=currencies, platform_bp=platform_bp)
    return policy if isinstance(policy, SupportPolicy) else None


def policy_in_force(
    session: Session, repository: RepositoryId, operator: Operator
) -> SupportPolicy | None:
    """Give the last good file of a repository; ``None`` where there is none, or none any more."""
    row = policies.in_force(session, repository)
    if row is None:
        return None
    return _parsed(row.text, operator.currencies, operator.platform_bp)


def may_read(session: Session, repository: RepositoryId, operator: Operator) -> bool:
    """Say whether the AI may read a repository now: a private one only if its file says so."""
    found = installations.repository(session, repository)
    if found is not None and not found.is_private:
        return True
    policy = policy_in_force(session, repository, operator)
    return policy is not None and policy.is_ai_private


def around(session: Session, ticket: Ticket, context: Context) -> Around:
    """Look around a ticket: who is in the file now, how busy they are, and what they know."""
    operator, repository = context.operator, ticket.thread.repository
    policy = policy_in_force(session, repository, operator)
    row = policies.in_force(session, repository)
    here = Around(
        operator=operator,
        nominees=(),
        people=people.called_today(session, Provider.GITHUB, _ids(people_of(ticket))),
        writers=_writers(session, ticket),
        handed_over_at=_handed_over_at(session, ticket),
        stewards=_stewards(session, ticket),
    )
    if policy is None or row is None:
        return here
    users = {login.lower(): user for login, user in row.logins}
    loads = ticket_rows.helper_loads(session, repository, list(users.values()))
    off = availability.who_is_off(session, repository, list(users.values()), now=context.now)
    nominees: list[Nominee] = []
    for each in policy.helpers:
        user = users.get(each.login.lower())
        if user is None:
            continue
        load = loads[user]
        # What GitHub says of an account is newer than what the file calls it.
        person = people.meet(
            session,
            Identity(provider=Provider.GITHUB, external_id=str(user), login=each.login),
        )
        candidate = Candidate(
            user=user,
            login=person.login,
            klass=each.klass,
            open_tickets=load.open_tickets,
            tickets_max=each.tickets_max,
            last_asked_at=load.last_asked_at,
            times_asked_without_acting=load.asked_without_acting,
            topics=each.topics,
            is_off=user in off,
        )
        helper = Helper(person=person, user=user, klass=each.klass)
        nominee = Nominee(
            helper=helper,
            candidate=candidate,
            calendar=policy.calendar_of(each),
            named=each.login,
        )
        nominees.append(nominee)
    topics = _topics(session, ticket, policy)
    return replace(here, nominees=tuple(nominees), topics=topics)


def _ids(named: tuple[Person, ...]) -> frozenset[PersonId]:
    return frozenset(person.id for person in named)


def _handed_over_at(session: Session, ticket: Ticket) -> datetime | None:
    """Say since when a new owner has to agree, where that makes a difference."""
    if ticket.stage is not Stage.OFFERED:
        return None
    return policies.handed_over_at(session, ticket.thread.repository)


def _stewards(session: Session, ticket: Ticket) -> tuple[UserId, ...]:
    """Say who may be maintainers, where something may come up that only they can decide."""
    if ticket.stage.is_over:
        return ()
    return policies.stewards(session, ticket.thread.repository)


def _writers(session: Session, ticket: Ticket) -> tuple[Person, ...]:
    """Say who has written in the thread, where one of them may be thanked for it."""
    if ticket.stage is not Stage.OFFERED or ticket.community_until is None:
        return ()
    return conversations.writers(session, ticket.conversation)


def _topics(session: Session, ticket: Ticket, policy: SupportPolicy) -> frozenset[str]:
    """Say which of the helpers' topics a ticket is about, where that matters."""
    if ticket.terms.assignment is not Rule.TOPICS:
        return frozenset()
    conversation = conversations.get(session, ticket.conversation)
    known = {topic for each in policy.helpers for topic in each.topics}
    return named(known, labels=conversation.labels, text=conversation.question)
