"""A ticket's own page for somebody who is signed in: what they may do, and their word on its way.

What a button sends is the event that a comment would be, in the ticket's lane; there it is decided.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlmodel import Session

from app.domain.commands import Mistake, NotBuilt, Verb
from app.domain.events import CommandGiven, DraftAdopted, DraftJudged, Event
from app.domain.ids import RepositoryId, UserId
from app.domain.operator import Operator
from app.domain.people import Denied, Obstacle, Permission, Role, may
from app.domain.tickets import drafted
from app.domain.tickets.acts import Act, acts, has_use, needs_look, read
from app.domain.tickets.obeying import needs_permission, roles_for
from app.domain.tickets.stages import Stage
from app.domain.tickets.ticket import Ticket
from app.domain.wording import desk as words
from app.services import drafts
from app.services.drafts import Kept
from app.services.sessions import SignedIn
from app.store import documents, events, installations, policies
from app.store import tickets as ticket_rows

ADOPT: Final = "adopt"
JUDGE: Final = "judge"
"""What can be said of a draft on the page alone, and by no command."""


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
class Draft:
    """The AI draft of a ticket, for somebody who may do something with it."""

    kept: Kept | None
    """For its helper alone, who has not adopted it; ``None`` where it stands in the thread."""
    can_adopt: bool
    can_judge: bool
    """They may say whether it has helped them."""
    verdict: bool | None
    """What they said of it; ``None``: nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What somebody who has a role in a ticket sees beside what everybody sees."""

    role: Role
    told: str
    """What they are for it, in words."""
    buttons: tuple[Button, ...]
    draft: Draft | None
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
    is_private = repository is None or repository.is_private
    if not verb:
        is_asked = needs_look(ticket, who.user)
    elif verb == ADOPT:
        is_asked = is_private  # only who may still read there sees what was drafted for it
    else:
        is_asked = verb in _VERBS and needs_permission(ticket, Verb(verb), who.user)
    return Look(
        repository=ticket.thread.repository, is_private=is_private, needs_permission=is_asked
    )


def desk(
    session: Session,
    token: str,
    who: SignedIn,
    permission: Permission | None,
    *,
    operator: Operator,
) -> Desk | None:
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
        buttons=tuple(
            sorted(
                (_button(act, ticket) for act in acts(ticket, roles) if has_use(ticket, act)),
                key=lambda each: not each.is_onward,
            )
        ),
        draft=_draft(session, ticket, roles, permission, operator),
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
    if verb in (ADOPT, JUDGE):
        said = _about_draft(ticket, who, verb, fields, roles)
        if said is None or (verb == ADOPT and not _may_see(session, ticket, permission)):
            return Given(refusal=words.NO_DRAFT)
        return _put(session, ticket, said, key=key, now=now)
    act = next((each for each in acts(ticket, roles) if each.verb == verb), None)
    if act is None:
        return Given(refusal=_refusal(ticket, verb, roles))
    plans = ticket.terms.plans
    currency = plans[0].price.currency if plans else None
    command = read(act, fields, currency)
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
    return _put(session, ticket, given, key=key, now=now)


def is_under_way(session: Session, token: str, who: SignedIn, form: str) -> bool:
    """Say whether what a form sent still waits in the ticket's lane."""
    ticket = ticket_rows.by_token(session, token)
    if ticket is None:
        return False
    return events.is_waiting(session, f"{ticket.id}:form:{who.user}:{form}")


def _draft(
    session: Session,
    ticket: Ticket,
    roles: tuple[Role, ...],
    permission: Permission | None,
    operator: Operator,
) -> Draft | None:
    """Show the draft to its helper, or ask its reader of it."""
    can_read = drafted.can_read(ticket, roles) and _may_see(session, ticket, permission)
    can_judge = drafted.can_judge(ticket, roles)
    if not can_read and not can_judge:
        return None
    return Draft(
        kept=drafts.kept(session, ticket, operator) if can_read else None,
        can_adopt=drafted.can_adopt(ticket, roles),
        can_judge=can_judge,
        verdict=documents.verdict(session, ticket.id) if can_judge else None,
    )


def _may_see(session: Session, ticket: Ticket, permission: Permission | None) -> bool:
    """Say whether somebody may read what stands in the repository."""
    repository = installations.repository(session, ticket.thread.repository)
    is_public = repository is not None and not repository.is_private
    return is_public or permission not in (None, Permission.NONE)


def _about_draft(
    ticket: Ticket, who: SignedIn, verb: str, fields: Mapping[str, str], roles: tuple[Role, ...]
) -> DraftAdopted | DraftJudged | None:
    """Read what somebody says of a draft; ``None`` where it is not theirs to say."""
    if verb == ADOPT:
        adopted = DraftAdopted(ticket=ticket.id, by=who.person, user=who.user)
        return adopted if drafted.can_adopt(ticket, roles) else None
    has_helped = {"yes": True, "no": False}.get(fields.get("helped", ""))
    if has_helped is None or not drafted.can_judge(ticket, roles):
        return None
    return DraftJudged(ticket=ticket.id, has_helped=has_helped)


def _put(session: Session, ticket: Ticket, event: Event, *, key: str, now: datetime) -> Given:
    lane, tenant = ticket.thread.lane, ticket.thread.installation
    events.add_once(session, event, key=key, lane=lane, now=now, tenant=tenant)
    return Given(key=key)


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


def _button(act: Act, ticket: Ticket) -> Button:
    return Button(
        verb=act.verb.value,
        label=words.button(act.verb, ticket),
        what=words.what(act.verb, ticket),
        is_onward=act.verb in _ONWARD and ticket.stage is not Stage.OFFERED,
        fields=tuple(
            FieldShown(name=each.name, label=words.field(each.name), is_needed=each.is_needed)
            for each in act.fields
        ),
    )
