"""The hidden first lines of the product's comments, as anybody on GitHub could read them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_MARK: Final = re.compile(
    r"<!-- mainstay:(?P<kind>card|draft|notice|help):(?P<ticket>\w+)"
    r"(?::(?P<detail>\w+))?(?: v=(?P<v>\d+) stage=(?P<stage>\w+) money=(?P<money>\w+))? -->\n"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What a first line says."""

    kind: str
    """``card``, ``draft``, ``notice`` or ``help``."""
    ticket: str
    """The ticket's id; of a help, the issue's."""
    detail: str
    """The kind of a notice; else empty."""
    v: int
    stage: str
    money: str
    """Version, stage and money of a card; else 0 and empty."""

    @property
    def name(self) -> str:
        """The comment in a few words."""
        match self.kind:
            case "card":
                return f"the card ({self.stage}, {self.money})"
            case "notice":
                return f"a notice ({self.detail})"
            case "draft":
                return "the AI draft"
            case _:
                return "the help"


def read_mark(body: str) -> Mark | None:
    """Read the first line of a comment; ``None`` when it holds no mark."""
    found = _MARK.match(body)
    if found is None:
        return None
    return Mark(
        kind=found["kind"],
        ticket=found["ticket"],
        detail=found["detail"] or "",
        v=int(found["v"] or 0),
        stage=found["stage"] or "",
        money=found["money"] or "",
    )
