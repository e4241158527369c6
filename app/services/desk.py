"""A ticket's own page for somebody who is signed in: what they may do, and their word on its way.

What a button sends is the event that a comment would be, in the ticket's lane; there it is decided.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from app.domain import commands
from app.domain.commands import Mistake, NotBuilt, Verb
from app.domain.events import CommandGiven
from app.domain.ids import RepositoryId, UserId
from app.domain.people import Denied, Obstacle, Permission, Role, may
from app.domain.tickets.acts import Act, acts, as_words, needs_look
from app.domain.tickets.obeying import needs_permission, roles_for
from app.domain.tickets.ticket import Ticket
from app.domain.wording import desk as words
from app.services.sessions import SignedIn
from app.store import events, installations, policies
from app.store import tickets as ticket_rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Whether GitHub has to be asked what somebody may do, before a page is shown to them."""

    repository: RepositoryId
    is_private: bool
    """Only who may read it sees its names."""
    needs_permission: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldShown:
    """A field of a form."""

    name: str
    label: str
    is_needed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """A form with its button."""

    verb: str
    label: str
    what: str
    fields: tuple[FieldShown, ...]
    is_onward: bool
    """It takes the ticket further on the way of one that goes well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What somebody who has a role in a ticket sees beside what everybody sees."""

    role: Role
    told: str
    """What they are for it, in words."""
    buttons: tuple[Button, ...]
    line: str
    """Why a command did nothing, as the card says it; empty where none was refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What became of a word that was given by a form."""

    key: str = ""
    """The event that it is now; empty where it was refused."""
    refusal: str = ""


def look(session: Session, token: str, who: SignedIn, verb: str = "") -> Look | None:
    """Say what must be asked of GitHub first; ``None`` for a token that nobody has.

    With a verb, only that one counts.
    """
    ticket = ticket_rows.by_token(session, token)
    if ticket is None:
        return None
    repository = installations.repository(session, ticket.thread.repository)
    is_asked = (
        needs_look(ticket, who.user)
        if not verb
        else verb in _VERBS and needs_permission(ticket, Verb(verb), who.user)
    )
    return Look(
        repository=ticket.thread.repository,
        is_private=repository is None or repository.is_private,
        needs_permission=is_asked,
    )


def desk(session: Session, token: str, who: SignedIn, permission: Permission | None) -> Desk | None:
    """Show what somebody may do now; ``None`` where they have no role in it."""
    ticket = ticket_rows.by_token(session, token)
    if ticket is None:
        return None
    roles = _roles(session, ticket, who.user, permission)
    if roles == (Role.ANYONE,):
        return None
    return Desk(
        role=roles[0],
        told=words.role(roles[0]),
        buttons=tuple(sorted(map(_button, acts(ticket, roles)), key=lambda b: not b.is_onward)),
        line=ticket.line.replace("**", ""),
    )


def give(
    session: Session,
    token: str,
    who: SignedIn,
    verb: str,
    fields: Mapping[str, str],
    permission: Permission | None,
    *,
    form: str,
    now: datetime,
) -> Given | None:
    """Put somebody's word into the ticket's lane; ``None`` for a token that nobody has.

    The same form sent twice is one word.
    """
    ticket = ticket_rows.by_token(session, token)
    if ticket is None:
        return None
    key = f"{ticket.id}:form:{who.user}:{form}"
    if events.is_known(session, key):
        return Given(key=key)
    roles = _roles(session, ticket, who.user, permission)
    act = next((each for each in acts(ticket, roles) if each.verb == verb), None)
    if act is None:
        return Given(refusal=_refusal(ticket, verb, roles))
    plans = ticket.terms.plans
    currency = plans[0].price.currency if plans else None
    command = commands.read(as_words(act, fields), plan_ids=(), currency=currency)
    assert command is not None, "it begins with the sign of a command"
    if isinstance(command, (Mistake, NotBuilt)):
        return Given(refusal=command.sentence)
    given = CommandGiven(
        ticket=ticket.id,
        ref="",
        by=who.person,
        user=who.user,
        command=command,
        permission=permission,
        form=form,
    )
    lane, tenant = ticket.thread.lane, ticket.thread.installation
    events.add_once(session, given, key=key, lane=lane, now=now, tenant=tenant)
    return Given(key=key)


def is_under_way(session: Session, token: str, who: SignedIn, form: str) -> bool:
    """Say whether what a form sent still waits in the ticket's lane."""
    ticket = ticket_rows.by_token(session, token)
    if ticket is None:
        return False
    return events.is_waiting(session, f"{ticket.id}:form:{who.user}:{form}")


_VERBS = frozenset(verb.value for verb in Verb)
_ONWARD = frozenset({Verb.CLAIM, Verb.PROPOSE, Verb.ACCEPT})


def _roles(
    session: Session, ticket: Ticket, user: UserId, permission: Permission | None
) -> tuple[Role, ...]:
    row = policies.in_force(session, ticket.thread.repository)
    is_in_file = row is not None and user in dict(row.logins).values()
    return roles_for(ticket, user, permission, is_in_file=is_in_file)


def _refusal(ticket: Ticket, verb: str, roles: tuple[Role, ...]) -> str:
    """Say why somebody may not do this; what is no verb at all is nobody's."""
    if verb not in _VERBS:
        return words.UNKNOWN
    denials = [may(role, Verb(verb), ticket.stage) for role in roles]
    told = [each for each in denials if isinstance(each, Denied)]
    told.sort(key=lambda each: each.obstacle is Obstacle.ROLE)
    return told[0].sentence if told else words.UNKNOWN


def _button(act: Act) -> Button:
    return Button(
        verb=act.verb.value,
        label=words.button(act.verb),
        what=act.what,
        is_onward=act.verb in _ONWARD,
        fields=tuple(
            FieldShown(name=each.name, label=words.field(each.name), is_needed=each.is_needed)
            for each in act.fields
        ),
    )
