"""What of the model's answer may be shown, and the comment that shows it; no I/O."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from app.domain.drafting.characters import clean, is_plain_path
from app.domain.drafting.defusing import code_span
from app.domain.drafting.links import Repository
from app.domain.drafting.writing import write
from app.domain.ids import TicketId
from app.domain.people import Person

REPLY_CHARACTERS_MAX: Final = 65_536
"""A longer reply is not even read, and no more is kept: what is kept can be read once more."""
ANSWER_CHARACTERS_MAX: Final = 6_000
"""An answer is cut after this many characters."""
WRITTEN_CHARACTERS_MAX: Final = 20_000
"""What becomes longer than this when it is written is no answer."""
SOURCES_MAX: Final = 5

OPENING: Final = "🤖 **AI draft, not checked by anybody.** It may be wrong."
JUDGE: Final = "Did it help? Please say so on the ticket's page, to which the card links."
ADOPTED: Final = "The AI drafted this answer, and the helper has adopted it."


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """An answer that may be shown."""

    markdown: str
    """Safe on GitHub: it can only be read."""
    sources: tuple[str, ...]
    """Paths that exist; empty where the model named none that does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Withheld:
    """An answer that nobody shall see."""

    reason: str
    is_handoff: bool = False
    """The model itself said that a person must answer."""


def filter_answer(
    text: str, *, repository_url: str, known_paths: Collection[str]
) -> Shown | Withheld:
    """Read the model's reply, a JSON object as ``ANSWER_SCHEMA`` says, and keep what is safe."""
    reply = _read(text)
    if reply is None:
        return Withheld(reason="the reply is not in the form that was asked for")
    if reply["is_handoff"]:
        return Withheld(reason="the model left it to a person", is_handoff=True)
    paths = frozenset(path for path in known_paths if is_plain_path(path))
    answer = clean(reply["answer"]).strip()
    if len(answer) > ANSWER_CHARACTERS_MAX:
        answer = answer[:ANSWER_CHARACTERS_MAX] + " …"
    markdown = write(answer, Repository(repository_url, paths))
    if not any(character.isalnum() for character in markdown):
        return Withheld(reason="nothing of the answer can be shown")
    if len(markdown) > WRITTEN_CHARACTERS_MAX:
        return Withheld(reason="the answer is too long")
    named = (source.strip().removeprefix("./").lstrip("/") for source in reply["sources"])
    sources = [source for source in dict.fromkeys(named) if source in paths]
    return Shown(markdown=markdown, sources=tuple(sources[:SOURCES_MAX]))


def _read(text: str) -> dict[str, Any] | None:
    """Read the reply; ``None`` where it is not as asked. Some servers put it in a code fence."""
    text = text[:REPLY_CHARACTERS_MAX].strip()
    if text.startswith("```"):
        text = text.strip("`").removeprefix("json")
    try:
        reply = json.loads(text)
    except (ValueError, RecursionError):
        return None
    match reply:
        case {"answer": str(), "sources": [*sources], "is_handoff": bool()}:
            is_good = all(isinstance(source, str) for source in sources)
            return dict(reply) if is_good else None
        case _:
            return None


def render_draft(
    shown: Shown,
    *,
    ticket: TicketId,
    repository_url: str,
    commit: str,
    checked_by: Person | None = None,
    can_be_judged: bool = False,
) -> str:
    """Give the comment that shows a draft, and how its reader can say whether it helped."""
    links = [
        f"[{code_span(path)}]({repository_url}/blob/{quote(commit)}/{quote(path)})"
        for path in shown.sources
    ]
    named = f"Sources: {' · '.join(links)}" if links else "It names no source in this repository."
    opening = (
        OPENING
        if checked_by is None
        else f"**Checked by {code_span(checked_by.login)}.** {ADOPTED}"
    )
    judge = f"\n\n{JUDGE}" if can_be_judged else ""
    return f"<!-- mainstay:draft:{ticket} -->\n{opening}\n\n{shown.markdown}\n\n{named}{judge}"
