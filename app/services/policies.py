"""The file of a repository: read when it may have changed, adopted when it is good and wanted."""

from __future__ import annotations

from dataclasses import replace
from typing import Final, assert_never

from sqlmodel import Session

from app.domain import adoption
from app.domain.adoption import Compared, InForce, Judgement, PolicyState
from app.domain.checks import Check
from app.domain.deliveries import Provider
from app.domain.effects import (
    Confirmed,
    Occasion,
    Pushed,
    ReadPolicy,
    ReadProposal,
    Rerun,
    ShowCheck,
)
from app.domain.events import (
    CheckRequested,
    ConfirmationGiven,
    FileChanged,
    HelpersChanged,
    MergeState,
    PolicyRead,
    PolicyTouched,
    ProposalMade,
    ProposalRead,
)
from app.domain.ids import InstallationId, RepositoryId, repository_lane
from app.domain.people import Identity
from app.domain.policy import Faults, SupportPolicy
from app.domain.policy.changes import Change
from app.domain.wording import checks
from app.services import owners, record
from app.services.around import policy_in_force
from app.services.context import Context, Handled
from app.store import people, policies, proposals
from app.store import tickets as ticket_rows
from app.store.engine import lock_repository
from app.store.policies import Reading
from app.store.proposals import Proposal

BATCH: Final = 100
"""So many tickets are told of a new file in one transaction."""

PROPOSALS_MAX: Final = 10
"""So many open pull requests of a repository are read anew when its file is another one."""

Wanted = PolicyTouched | ProposalMade | CheckRequested | ConfirmationGiven


def wanted(session: Session, event: Wanted, context: Context) -> Handled:
    """Have the file read, afresh: it may be another one, or somebody asked for that."""
    if not (isinstance(event, ConfirmationGiven) and event.is_ours):
        owners.heed(session, event.repository, event.installation, context)
    record.effects(session, [_order(session, event, context)], context)
    return Handled.DONE


def _order(session: Session, event: Wanted, context: Context) -> ReadPolicy | ReadProposal:
    """Say which file is read, and what makes a difference to what becomes of it."""
    occasion: Occasion | None
    match event:
        case PolicyTouched(commit=after, before=before, by=by):
            occasion = Pushed(by=by, before=before, after=after) if by and before else None
        case ConfirmationGiven(by=by, commit=commit):
            occasion = Confirmed(by=by, commit=commit)
        case CheckRequested(commit=commit) if _is_latest(session, event):
            occasion = Rerun(commit=commit)
        case ProposalMade() | CheckRequested():
            return ReadProposal(
                installation=event.installation,
                repository=event.repository.id,
                number=_number(session, event),
                commit=event.commit,
                cause=context.key,
            )
        case _:
            assert_never(event)
    return ReadPolicy(
        installation=event.installation,
        repository=event.repository.id,
        cause=context.key,
        occasion=occasion,
    )


def _number(session: Session, event: ProposalMade | CheckRequested) -> int | None:
    """Give the pull request; GitHub does not name one from a fork to whoever asks once more."""
    if isinstance(event, ProposalMade):
        return event.number
    kept = proposals.newest(session, event.repository.id)
    return next((each.number for each in kept if each.commit == event.commit), None)


def _is_latest(session: Session, event: CheckRequested) -> bool:
    """Say whether it is the check run of the newest file on the default branch."""
    latest = policies.latest(session, event.repository.id)
    return latest is not None and latest.commit == event.commit


def read(session: Session, event: PolicyRead, context: Context) -> Handled:
    """Adopt the file, or let it wait; while it is broken the last good one stays in force."""
    owners.heed(session, event.repository, event.installation, context)
    for login, user in event.logins:
        if user is not None:
            people.rename(session, Provider.GITHUB, str(user), login)
    repository = event.repository.id
    lock_repository(session, repository)
    latest = policies.latest(session, repository)
    judged = adoption.judge(
        event,
        in_force=_in_force(session, repository, context),
        latest=latest,
        operator=context.operator,
        is_handed_over=policies.is_handed_over(session, repository),
    )
    reading = _reading(event, judged, adoption.home(event, latest))
    is_news = policies.record(session, reading, now=context.now)
    if judged.state is PolicyState.ADOPTED and is_news:
        helpers_changed(session, HelpersChanged(repository=repository), context)
    shown = adoption.shown(event, latest, judged.state, is_news=is_news)
    check = checks.outcome(event, judged, context.operator, context.now)
    if is_news:
        policies.tell(session, repository, check)
        _look_again(session, event, context)
    page = context.operator.policy_url(repository)
    for commit in shown.outcome:
        _show(session, event.installation, repository, commit, check, context, page)
    for commit in shown.overtaken:
        _show(session, event.installation, repository, commit, checks.OVERTAKEN, context, page)
    return Handled.DONE


def _look_again(session: Session, event: PolicyRead, context: Context) -> None:
    """Have the newest open pull requests read anew: what they would do may be something else."""
    if event.repository.is_archived:
        return  # nobody can merge or write there any more
    orders = [
        ReadProposal(
            installation=event.installation,
            repository=event.repository.id,
            number=each.number,
            commit=each.commit,
            cause=context.key,
        )
        for each in proposals.newest(session, event.repository.id)
    ]
    record.effects(session, orders, context)


def helpers_changed(session: Session, event: HelpersChanged, context: Context) -> Handled:
    """Tell a batch of the open tickets, each in its lane; the next batch follows."""
    found = ticket_rows.open_in_repository(
        session, event.repository, after=event.after, limit=BATCH
    )
    for ticket in found:
        told = FileChanged(ticket=ticket.id)
        key = f"{context.key}:file:{ticket.id}"
        record.event(session, told, context, key=key, lane=ticket.thread.lane)
    if len(found) == BATCH:
        following = replace(event, after=found[-1].id)
        key = f"{context.key}:{following.after}"
        record.event(session, following, context, key=key, lane=repository_lane(event.repository))
    return Handled.DONE


def proposal_read(session: Session, event: ProposalRead, context: Context) -> Handled:
    """Show what a proposed file would do, or what is wrong with it."""
    if event.number is not None and event.merging is not None:
        if event.merging.state is MergeState.CLOSED:
            proposals.forget(session, event.repository, event.number)
            return Handled.DONE
        proposal = Proposal(event.number, event.commit)
        proposals.keep(
            session, event.repository, proposal, now=context.now, proposals_max=PROPOSALS_MAX
        )
    in_force = _in_force(session, event.repository, context)
    found = adoption.examine(event.text, event.logins, in_force, context.operator)
    compared = None
    if in_force is not None and isinstance(found, SupportPolicy):
        changes = adoption.differences(found, event.logins, in_force)
        compared = _compared(session, event, changes)
    check = checks.proposal(event, found, compared, context.operator, context.now)
    _show(session, event.installation, event.repository, event.commit, check, context)
    return Handled.DONE


def _compared(session: Session, event: ProposalRead, changes: tuple[Change, ...]) -> Compared:
    """Say what a proposal was held against, for those who read of it when that is another one."""
    row = policies.in_force(session, event.repository)
    latest = policies.latest(session, event.repository)
    is_waiting = latest is not None and latest.state is PolicyState.PENDING
    commit = row.first_commit if row is not None else ""
    return Compared(changes=changes, commit=commit, is_waiting=is_waiting)


def unreadable(session: Session, effect: ReadPolicy, reason: str, context: Context) -> Handled:
    """Note that a file could not be read; what was in force stays so, else nothing is."""
    if not policies.was_read(session, effect.repository):
        reading = Reading(repository=effect.repository, state=PolicyState.MISSING, faults=reason)
        policies.record(session, reading, now=context.now)
    return Handled.DONE


def _in_force(session: Session, repository: RepositoryId, context: Context) -> InForce | None:
    row = policies.in_force(session, repository)
    policy = policy_in_force(session, repository, context.operator)
    if row is None or policy is None:
        return None
    return InForce(policy=policy, accounts=row.logins)


def _reading(event: PolicyRead, judged: Judgement, first_commit: str) -> Reading:
    return Reading(
        repository=event.repository.id,
        state=judged.state,
        path=event.path,
        commit=event.commit,
        first_commit=first_commit,
        blob=event.blob,
        digest=judged.policy.digest if judged.policy else "",
        text=event.text,
        faults=str(judged.found) if isinstance(judged.found, Faults) else "",
        logins=tuple((login, user) for login, user in event.logins if user is not None),
        is_vouched=judged.is_vouched,
        by=_by(event.occasion),
    )


def _by(occasion: Occasion | None) -> Identity | None:
    return occasion.by if isinstance(occasion, Pushed | Confirmed) else None


def _show(
    session: Session,
    installation: InstallationId,
    repository: RepositoryId,
    commit: str,
    check: Check,
    context: Context,
    page: str = "",
) -> None:
    order = ShowCheck(
        installation=installation,
        repository=repository,
        commit=commit,
        check=check,
        cause=context.key,
        page=page,
    )
    record.effects(session, [order], context)
