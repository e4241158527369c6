"""What a check run on a commit says; no I/O.

The bounds are GitHub's: https://docs.github.com/rest/checks/runs
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

CHECK_NAME: Final = "mainstay / support.yml"
CONFIRM: Final = "confirm"
"""The identifier of the button that adopts a change which waits."""

ANNOTATIONS_MAX: Final = 50
TEXT_CHARACTERS_MAX: Final = 65_535
LABEL_CHARACTERS_MAX: Final = 20
DESCRIPTION_CHARACTERS_MAX: Final = 40


class Conclusion(StrEnum):
    """How a check ended."""

    SUCCESS = "success"
    """The file is good, and counts or may be merged."""
    FAILURE = "failure"
    """The file has faults."""
    ACTION_REQUIRED = "action_required"
    """The change waits until somebody who may confirms it."""
    NEUTRAL = "neutral"
    """There is nothing to judge."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotation:
    """A fault, shown at its place."""

    path: str
    line: int
    """From 1."""
    message: str
    column: int | None = None
    """From 1, in characters; ``None``: the whole line is meant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """Something that can be pressed on a check run, by whoever may push."""

    identifier: str
    label: str
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One check run, whole; `summary` and `text` are Markdown."""

    conclusion: Conclusion
    title: str
    summary: str
    text: str = ""
    annotations: tuple[Annotation, ...] = ()
    buttons: tuple[Button, ...] = ()
