"""What can be said about a file that is not a policy: its faults, or whose it is; no I/O."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Fault:
    """One thing that is wrong, where it is, and what to write instead."""

    line: int
    """From 1."""
    column: int
    """From 1, in characters."""
    reason: str
    """One sentence that says what is wrong."""
    remedy: str
    """One sentence that says what to do."""

    def __str__(self) -> str:
        return f"{self.line}:{self.column}: {self.reason} {self.remedy}"


MORE: Final = "There are more faults; these come first."


@dataclass(frozen=True, slots=True)
class Faults:
    """A file that is meant for us and cannot be followed; the last good one stays in force."""

    faults: tuple[Fault, ...]
    """In the order of the file, and never empty."""
    is_cut: bool = False
    """There are more than these."""

    def __str__(self) -> str:
        more = [MORE] if self.is_cut else []
        return "\n".join([*map(str, self.faults), *more])


class ForeignKind(StrEnum):
    """Why a file is not for us."""

    EMPTY = "empty"
    """It says nothing."""
    OTHER_APP = "other_app"
    """It is the file of dessant/support-requests, which has the same path."""
    NOT_OURS = "not_ours"
    """It has neither ``version`` nor ``helpers``."""


@dataclass(frozen=True, slots=True)
class Foreign:
    """A file that is not for us: in public, nothing happens."""

    kind: ForeignKind

    @property
    def reason(self) -> str:
        """Say it in one sentence, for who installed the App."""
        return _REASONS[self.kind]


_REASONS = {
    ForeignKind.EMPTY: "The file is empty, so nothing is offered here.",
    ForeignKind.OTHER_APP: (
        "The file belongs to another app, support-requests, which reads the same path; "
        "write ours to .github/paid-support.yml."
    ),
    ForeignKind.NOT_OURS: (
        "The file has neither version nor helpers, so it is not ours; "
        "a file for us begins with version: 1."
    ),
}
