"""What a look at the server found: good, worth knowing, or wrong and how to mend it; no I/O."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """What a finding means for the operator."""

    OK = "ok"
    """All is well."""
    NOTE = "note"
    """Nothing is wrong, and it should be known."""
    FAULT = "fault"
    """Something is wrong, and the remedy says what to do."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence about one thing that was looked at, and for a fault what to do."""

    verdict: Verdict
    sentence: str
    remedy: str = ""


def ok(sentence: str) -> Finding:
    """Say that all is well."""
    return Finding(Verdict.OK, sentence)


def note(sentence: str) -> Finding:
    """Say what should be known."""
    return Finding(Verdict.NOTE, sentence)


def fault(sentence: str, remedy: str) -> Finding:
    """Say what is wrong, and what to do."""
    return Finding(Verdict.FAULT, sentence, remedy)
