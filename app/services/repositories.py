"""The page of one repository, for whoever may decide on its file, and their word about a change.

Whether they may is asked of GitHub before anything here: see ``app/web/repositories.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import quote, urlencode

from sqlmodel import Session

from app.domain.adoption import PolicyState
from app.domain.deliveries import Provider
from app.domain.effects import ReadPolicy
from app.domain.events import ConfirmationGiven, RepositorySeen
from app.domain.ids import InstallationId, RepositoryId, repository_lane
from app.domain.operator import Operator
from app.domain.people import Identity
from app.domain.policy import Foreign, parse
from app.domain.wording import repositories as words
from app.domain.wording.preview import not_sold, preview
from app.services.around import policy_in_force
from app.services.sessions import SignedIn
from app.store import documents, effects, events, installations, policies
from app.store.installations import Repository
from app.store.policies import Found

REPOSITORIES_MAX: Final = 20
"""So many are listed; any other one is found by its name."""

COMMIT_CHARACTERS: Final = 7
"""So much of a commit's id is shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """A commit, as people read it."""

    id: str
    short: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InForce:
    """The file that is in force."""

    path: str
    url: str
    commit: Commit
    since: datetime
    by: str
    """Who pushed or confirmed it; empty where that is not known."""
    size: str
    preview: str
    """What it does, as Markdown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """A file to begin with, and where it can be written."""

    example: str
    url: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositoryPage:
    """How it is with a repository's file."""

    id: RepositoryId
    place: str
    """``owner/name``."""
    url: str
    told: words.Told
    notes: tuple[str, ...]
    summary: str
    """What the check run of the newest file says, as Markdown; empty where that adds nothing."""
    preview: str
    """What it would do, as Markdown; empty where nothing waits."""
    waiting: Commit | None
    """What can be confirmed; ``None``: nothing."""
    in_force: InForce | None
    drafts: str
    """What readers said of the AI drafts; empty where nobody said anything."""
    writing: Writing | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A repository in a list."""

    id: RepositoryId
    place: str
    title: str
    is_waiting: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What became of somebody's word; one that was refused says why."""

    refusal: str = ""


def is_reached(session: Session, repository: RepositoryId) -> bool:
    """Say whether the App is installed there, so that GitHub can be asked about anybody."""
    found = installations.repository(session, repository)
    return found is not None and found.installation is not None


def named(session: Session, said: str) -> RepositoryId | None:
    """Find a repository by ``owner/name``, or by its address at GitHub."""
    parts = said.strip().removesuffix("/").split("/")
    found = installations.by_name(session, *parts[-2:]) if len(parts) > 1 else None
    return found.id if found is not None else None


def of_person(session: Session, who: SignedIn) -> list[RepositoryId]:
    """Give repositories for which somebody may be asked; whether they may, GitHub says."""
    return policies.of_person(session, who.user, limit=REPOSITORIES_MAX)


def listed(
    session: Session, ids: Sequence[RepositoryId], *, operator: Operator
) -> tuple[Listed, ...]:
    """List repositories that somebody may decide on, those that wait for them first."""
    known = filter(None, (installations.repository(session, each) for each in ids))
    found = [_line(session, each, operator) for each in known]
    return tuple(sorted(found, key=lambda each: (not each.is_waiting, each.place.lower())))


def repository_page(
    session: Session, repository: RepositoryId, who: SignedIn, *, operator: Operator, now: datetime
) -> RepositoryPage | None:
    """Give the page; ``None`` for a repository that we have never heard of."""
    known = installations.repository(session, repository)
    if known is None:
        return None
    found = policies.newest(session, repository)
    told = _told(session, known, found, operator)
    is_waiting = found is not None and found.state is PolicyState.PENDING
    is_said = found is not None and found.state is not PolicyState.ADOPTED
    return RepositoryPage(
        id=repository,
        place=_place(known),
        url=_url(known, operator),
        told=told,
        notes=_notes(session, known, found, operator),
        summary=found.summary if found is not None and is_said else "",
        preview=found.preview if found is not None and is_waiting else "",
        waiting=_commit(known, found.commit, operator) if found and is_waiting else None,
        in_force=_in_force(session, known, operator, now),
        drafts=words.drafts(*documents.verdicts(session, repository)),
        writing=_writing(known, found, told, who, operator),
    )


def confirm(
    session: Session,
    repository: RepositoryId,
    who: SignedIn,
    commit: str,
    *,
    form: str,
    now: datetime,
) -> Given | None:
    """Put somebody's word into the repository's lane, as the check run's button does.

    It is about the commit that was shown to them; the same form sent twice is one word. ``None``
    for a repository that is not there any more.
    """
    known = installations.repository(session, repository)
    if known is None or known.installation is None:
        return None
    key = _key(repository, who, form)
    if events.is_known(session, key):
        return Given()
    found = policies.newest(session, repository)
    if found is None or found.state is not PolicyState.PENDING:
        return Given(refusal=words.NOTHING_WAITS)
    if found.commit != commit:
        return Given(refusal=words.OVERTAKEN)
    given = ConfirmationGiven(
        installation=known.installation,
        repository=RepositorySeen(
            id=repository, owner=known.owner, name=known.name, is_private=known.is_private
        ),
        commit=commit,
        by=Identity(provider=Provider.GITHUB, external_id=str(who.user), login=who.person.login),
        is_ours=True,
    )
    events.add_once(session, given, key=key, lane=repository_lane(repository), now=now)
    return Given()


def is_under_way(session: Session, repository: RepositoryId, who: SignedIn, form: str) -> bool:
    """Say whether what a form sent is not settled yet: heard, read at GitHub, and judged."""
    key = _key(repository, who, form)
    reading = _reading_key(repository, key)
    return (
        events.is_waiting(session, key)
        or effects.is_waiting(session, reading)
        or events.is_waiting(session, events.outcome_key(reading))
    )


def came_of(session: Session, repository: RepositoryId, who: SignedIn, form: str) -> str:
    """Say what came of a form that was sent; nothing for one that never was."""
    if not events.is_known(session, _key(repository, who, form)):
        return ""
    if is_under_way(session, repository, who, form):
        return words.UNDER_WAY
    found = policies.newest(session, repository)
    match found.state if found is not None else None:
        case PolicyState.ADOPTED:
            return words.CONFIRMED
        case PolicyState.PENDING:
            return words.NOT_COUNTED
        case _:
            return ""


def _key(repository: RepositoryId, who: SignedIn, form: str) -> str:
    return f"{repository_lane(repository)}:confirm:{who.user}:{form}"


def _reading_key(repository: RepositoryId, key: str) -> str:
    """Give the key of the effect with which the file is read because of an event."""
    order = ReadPolicy(installation=InstallationId(0), repository=repository, cause=key)
    return order.key


def _line(session: Session, known: Repository, operator: Operator) -> Listed:
    found = policies.newest(session, known.id)
    told = _told(session, known, found, operator)
    is_waiting = found is not None and found.state is PolicyState.PENDING
    return Listed(id=known.id, place=_place(known), title=told.title, is_waiting=is_waiting)


def _told(
    session: Session, known: Repository, found: Found | None, operator: Operator
) -> words.Told:
    if found is None:
        return words.told(None, None, "", is_read=False, is_in_force=False)
    what = None
    if found.state is PolicyState.FOREIGN and found.text is not None:
        what = parse(
            found.text, currencies_settled=operator.currencies, platform_bp=operator.platform_bp
        )
    return words.told(
        found.state,
        what if isinstance(what, Foreign) else None,
        found.path,
        is_read=found.is_read,
        is_in_force=policies.in_force(session, known.id) is not None,
        is_handed_over=policies.is_handed_over(session, known.id),
    )


def _notes(
    session: Session, known: Repository, found: Found | None, operator: Operator
) -> tuple[str, ...]:
    """Say what else makes a difference here."""
    is_away = installations.is_silenced(session, known.id) and not known.is_archived
    is_handed_over = policies.is_handed_over(session, known.id)
    is_faulty = found is not None and found.state is PolicyState.FAULTY
    policy = policy_in_force(session, known.id, operator)
    unsold = not_sold(policy, operator) if policy is not None else ""
    told = (
        (is_handed_over and is_faulty, words.HANDED_OVER),
        (bool(unsold) and not is_handed_over, unsold),
        (known.is_archived, words.ARCHIVED),
        (is_away, words.AWAY),
        (known.is_private, words.PRIVATE),
    )
    return tuple(note for is_so, note in told if is_so)


def _in_force(
    session: Session, known: Repository, operator: Operator, now: datetime
) -> InForce | None:
    row = policies.in_force(session, known.id)
    policy = policy_in_force(session, known.id, operator)
    if row is None or policy is None:
        return None
    return InForce(
        path=row.path,
        url=f"{_url(known, operator)}/blob/{quote(row.first_commit)}/{quote(row.path)}",
        commit=_commit(known, row.first_commit, operator),
        since=row.since,
        by=row.by,
        size=words.size(policy),
        preview=preview(policy, operator, now),
    )


def _writing(
    known: Repository,
    found: Found | None,
    told: words.Told,
    who: SignedIn,
    operator: Operator,
) -> Writing | None:
    """Offer a file to begin with, and GitHub's page on which it can be written."""
    if not told.has_example:
        return None
    branch = quote(known.default_branch or "HEAD")
    currency = "usd" if "usd" in operator.currencies else operator.currencies[0]
    example = words.example(who.person.login, currency)
    path = told.new_path or (found.path if found is not None else words.OWN_PATH)
    query = urlencode({"filename": path, "value": example})
    way = f"new/{branch}?{query}" if told.new_path else f"edit/{branch}/{quote(path)}"
    return Writing(example=example, url=f"{_url(known, operator)}/{way}", path=path)


def _place(known: Repository) -> str:
    return f"{known.owner}/{known.name}"


def _url(known: Repository, operator: Operator) -> str:
    return f"{operator.repository_url}/{quote(known.owner)}/{quote(known.name)}"


def _commit(known: Repository, commit: str, operator: Operator) -> Commit:
    return Commit(
        id=commit,
        short=commit[:COMMIT_CHARACTERS],
        url=f"{_url(known, operator)}/commit/{quote(commit)}",
    )
