"""Who is asked next, and why: a choice among the helpers of the file; no I/O."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from app.domain.ids import UserId

ASKS_UNANSWERED_MAX: Final = 3
"""Who did not act on this many requests in a repository, and never acted, is not asked again."""

_NEVER: Final = datetime.min.replace(tzinfo=UTC)


class Rule(StrEnum):
    """How the next helper is found."""

    ROTATE = "rotate"
    """Whoever was asked longest ago."""
    LEAST_BUSY = "least_busy"
    """Whoever has the fewest open tickets."""
    TOPICS = "topics"
    """Whoever knows most of what the ticket is about."""
    CLAIM = "claim"
    """Nobody is asked: the first helper who claims a ticket has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A helper of the file, with what the choice depends on."""

    user: UserId
    login: str
    klass: str
    open_tickets: int
    """Tickets that are asked of them or that they have taken, in this repository."""
    tickets_max: int | None = None
    """As many as they take at once; ``None``: as many as come."""
    last_asked_at: datetime | None = None
    times_asked_without_acting: int = 0
    """In this repository, since they last acted on a ticket."""
    topics: tuple[str, ...] = ()
    is_off: bool = False
    """They take no new tickets at the moment, as they said themselves."""
    is_excluded: bool = False
    """They were asked for this ticket already."""

    @property
    def is_full(self) -> bool:
        """Say whether another ticket would be too many."""
        return self.tickets_max is not None and self.open_tickets >= self.tickets_max

    @property
    def is_silent(self) -> bool:
        """Say whether they were asked too often in vain."""
        return self.times_asked_without_acting >= ASKS_UNANSWERED_MAX

    @property
    def can_be_asked(self) -> bool:
        """Say whether nothing speaks against asking them now."""
        return not (self.is_excluded or self.is_off or self.is_silent or self.is_full)


@dataclass(frozen=True, slots=True)
class Choice:
    """This helper is asked."""

    helper: Candidate
    reason: str
    """What the customer can read after the helper's name, which may be another one tomorrow."""


@dataclass(frozen=True, slots=True)
class Anyone:
    """Nobody is asked; whoever claims the ticket has it."""

    reason: str


@dataclass(frozen=True, slots=True)
class NoOne:
    """There is nobody who can be asked."""

    reason: str


def choose(
    candidates: Sequence[Candidate], *, rule: Rule, topics: Collection[str] = ()
) -> Choice | Anyone | NoOne:
    """Choose among the helpers, in the order of the file, who is asked for a ticket on `topics`."""
    free = [each for each in candidates if each.can_be_asked]
    if not free:
        return NoOne(_nobody(candidates))
    if rule is Rule.CLAIM:
        return Anyone("Here nobody is asked: the first helper who claims the ticket has it.")
    wanted = {topic.casefold() for topic in topics}
    # min() takes the first of equals, so that ties go by the order of the file.
    chosen = min(free, key=_order(rule, wanted))
    return Choice(chosen, _why(chosen, free, rule, wanted) + _who_is_off(candidates))


def _order(rule: Rule, wanted: set[str]) -> Callable[[Candidate], tuple[int, datetime]]:
    def order(each: Candidate) -> tuple[int, datetime]:
        first = 0
        if rule is Rule.LEAST_BUSY:
            first = each.open_tickets
        if rule is Rule.TOPICS:
            first = -len(_shared(each, wanted))
        return first, each.last_asked_at or _NEVER

    return order


def _shared(each: Candidate, wanted: set[str]) -> list[str]:
    return [topic for topic in each.topics if topic.casefold() in wanted]


def _why(chosen: Candidate, free: list[Candidate], rule: Rule, wanted: set[str]) -> str:
    if len(free) == 1:
        return "They are the only helper who can be asked now."
    if rule is Rule.TOPICS and (shared := _shared(chosen, wanted)):
        return f"They know about {_listed(shared)}."
    if rule is Rule.LEAST_BUSY and any(each.open_tickets > chosen.open_tickets for each in free):
        return f"They have the fewest open tickets: {chosen.open_tickets}."
    if chosen.last_asked_at is None:
        return "It is their turn: they have not been asked before."
    return "It is their turn: they were asked longest ago."


def _nobody(candidates: Sequence[Candidate]) -> str:
    if not candidates:
        return "There is no helper who could be asked."
    causes = Counter(_obstacle(each) for each in candidates)
    if set(causes) == {_ASKED}:
        return "Every helper was asked already."
    told = [f"{causes[each]} {each[causes[each] > 1]}" for each in _OBSTACLES if causes[each]]
    return f"No helper can be asked now: {_listed(told)}."


# What one does, and what several do.
_ASKED: Final = ("was asked already", "were asked already")
_OFF: Final = ("takes a break", "take a break")
_SILENT: Final = tuple(f"{have} not answered when asked before" for have in ("has", "have"))
_FULL: Final = ("has no room for another ticket", "have no room for another ticket")
_OBSTACLES: Final = (_ASKED, _OFF, _SILENT, _FULL)


def _obstacle(each: Candidate) -> tuple[str, ...]:
    """Say why somebody cannot be asked; of several causes the first one counts."""
    if each.is_excluded:
        return _ASKED
    if each.is_off:
        return _OFF
    return _SILENT if each.is_silent else _FULL


def _who_is_off(candidates: Sequence[Candidate]) -> str:
    """Say in a sentence who was passed over because they take a break."""
    off = [each.login for each in candidates if each.is_off and not each.is_excluded]
    if not off:
        return ""
    return f" {_listed(off)} {'takes' if len(off) == 1 else 'take'} no new tickets at the moment."


def _listed(words: Sequence[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last
