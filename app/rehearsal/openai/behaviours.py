"""What a model can be told to do with the next request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from app.rehearsal.openai.refusals import RefusedError


@dataclass(frozen=True, slots=True)
class Say:
    """Answer this.

    Where a schema is asked for, a text is put into its places, and an object is sent as it is and
    must follow it. What is raw is sent as it is, even if it follows nothing.
    """

    answer: str | dict[str, Any]
    is_raw: bool = False


@dataclass(frozen=True, slots=True)
class Refuse:
    """Answer with a refusal, which follows no schema."""

    reason: str


@dataclass(frozen=True, slots=True)
class StopShort:
    """Let a content filter stop the answer halfway."""


@dataclass(frozen=True, slots=True)
class CutOff:
    """Close the connection in the middle of the body."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Think for so long, then answer as usual."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Fail:
    """Answer with an error."""

    error: RefusedError


Behaviour = Say | Refuse | StopShort | CutOff | Wait | Fail
