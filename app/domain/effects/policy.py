"""What we do about a repository's file: read it, read what is proposed, judge it aloud; no I/O."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.domain.checks import Check
from app.domain.deliveries import Provider
from app.domain.ids import InstallationId, Lane, RepositoryId, proposal_lane, repository_lane
from app.domain.people import Identity


@dataclass(frozen=True, slots=True, kw_only=True)
class Pushed:
    """Somebody pushed to the default branch."""

    by: Identity
    before: str
    """The commit on which the branch stood; only zeros where it is new."""
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Who owns the repository installed the App there."""

    at: datetime | None
    """``None``: only GitHub knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmed:
    """Somebody pressed the button on the check run of a commit."""

    by: Identity
    commit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rerun:
    """Somebody asked for the check run of a commit once more."""

    commit: str


Occasion = Pushed | Chosen | Confirmed | Rerun
"""Why the file is read, where that makes a difference to whether it is adopted."""


class _AtGitHub:
    """An effect that GitHub performs, and that nothing coalesces unless it says so."""

    __slots__ = ()
    installation: InstallationId

    @property
    def provider(self) -> Provider:
        """Say who performs it."""
        return Provider.GITHUB

    @property
    def tenant(self) -> InstallationId | None:
        """Give the installation whose limits it counts against."""
        return self.installation

    @property
    def slot(self) -> str | None:
        """Nothing coalesces unless an effect says so."""
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadPolicy(_AtGitHub):
    """Read ``support.yml`` from the default branch."""

    installation: InstallationId
    repository: RepositoryId
    cause: str
    """Why now: the key of the event, so that each cause reads once."""
    occasion: Occasion | None = None

    @property
    def key(self) -> str:
        """One for each cause."""
        return f"{self.lane}:policy:{self.cause}"

    @property
    def lane(self) -> Lane:
        """Give the repository's lane."""
        return repository_lane(self.repository)

    @property
    def slot(self) -> str | None:
        """Reading once serves everybody who waits, but an occasion is not to be lost."""
        return None if self.occasion else f"{self.lane}:policy"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadProposal(_AtGitHub):
    """Read the file as a commit has it that is not on the default branch yet."""

    installation: InstallationId
    repository: RepositoryId
    number: int | None
    """The pull request, which may not touch the file; ``None``: this commit's file was shown."""
    commit: str
    cause: str

    @property
    def key(self) -> str:
        """One for each cause."""
        return f"{self.lane}:read:{self.cause}"

    @property
    def lane(self) -> Lane:
        """Give the proposal's own lane: a busy repository has many side by side."""
        return proposal_lane(self.repository, self.number or self.commit)

    @property
    def slot(self) -> str | None:
        """Only the newest commit of a pull request matters."""
        return f"{self.lane}:read"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowCheck(_AtGitHub):
    """Show the check run of a commit, or change the one that stands there."""

    installation: InstallationId
    repository: RepositoryId
    commit: str
    check: Check
    cause: str
    page: str = ""
    """Where more is said to those who may decide on it; empty: nowhere."""

    @property
    def key(self) -> str:
        """One for each cause."""
        return f"{self.lane}:check:{self.commit}:{self.cause}"

    @property
    def lane(self) -> Lane:
        """Give the repository's lane: two would not see each other's check run."""
        return repository_lane(self.repository)

    @property
    def slot(self) -> str | None:
        """Only the newest word about a commit matters."""
        return f"{self.lane}:check:{self.commit}"
