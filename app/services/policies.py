"""The file of a repository: read when it may have changed, adopted when it is good."""

from __future__ import annotations

from sqlmodel import Session

from app.domain.effects import ReadPolicy
from app.domain.events import PolicyRead, PolicyTouched
from app.domain.policy import Faults, Foreign, SupportPolicy, parse
from app.services import record
from app.services.context import Context, Handled
from app.store import installations, policies
from app.store.policies import PolicyState, Reading


def touched(session: Session, event: PolicyTouched, context: Context) -> Handled:
    """Have the file read again after a commit that may have changed it."""
    installations.save_repository(session, event.repository, event.installation, now=context.now)
    order = ReadPolicy(
        installation=event.installation, repository=event.repository.id, cause=event.commit
    )
    record.effects(session, [order], context)
    return Handled.DONE


def read(session: Session, event: PolicyRead, context: Context) -> Handled:
    """Adopt the file if it is valid; while it is broken the last good one stays in force."""
    installations.save_repository(session, event.repository, event.installation, now=context.now)
    digest, faults = "", ""
    match _parse(event, context):
        case None:
            state = PolicyState.MISSING
        case Foreign():
            state = PolicyState.FOREIGN
        case Faults() as found:
            state, faults = PolicyState.FAULTY, str(found)
        case SupportPolicy() as policy:
            unknown = [login for login, user in event.logins if user is None]
            digest = policy.digest
            state = PolicyState.FAULTY if unknown else PolicyState.ADOPTED
            faults = "\n".join(f"@{login} is nobody on GitHub" for login in unknown)
    reading = Reading(
        repository=event.repository.id,
        digest=digest,
        commit=event.commit,
        blob=event.blob,
        path=event.path,
        text=event.text,
        state=state,
        faults=faults,
        logins=tuple((login, user) for login, user in event.logins if user is not None),
    )
    policies.record(session, reading, now=context.now)
    return Handled.DONE


def unreadable(session: Session, effect: ReadPolicy, reason: str, context: Context) -> Handled:
    """Note that a file could not be read; what was in force stays so, else nothing is."""
    if not policies.was_read(session, effect.repository):
        reading = Reading(repository=effect.repository, state=PolicyState.MISSING, faults=reason)
        policies.record(session, reading, now=context.now)
    return Handled.DONE


def _parse(event: PolicyRead, context: Context) -> SupportPolicy | Faults | Foreign | None:
    """Read the text as a policy; ``None`` where there is no file."""
    if event.text is None:
        return None
    operator = context.operator
    return parse(
        event.text, currencies_settled=operator.currencies, platform_bp=operator.platform_bp
    )
