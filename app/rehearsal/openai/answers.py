"""What the stand-in answers when nobody told it what to say: a plain function of the prompt."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

from app.rehearsal.openai.schemas import Known

Answer = Callable[[str, str], str | dict[str, Any]]
"""(what the system says, what the user says) → a text, or an object with `answer`, `sources`…"""

SOURCE_LINE: Final = re.compile(r"^SOURCE (?P<path>\S.*?)\s*$", re.MULTILINE)
"""How a prompt names a source; the text below it may be marked line by line with `| `."""

SOURCES_QUOTED_MAX: Final = 3
QUOTE_CHARS_MAX: Final = 240


def draft(_system: str, user: str, source_line: re.Pattern[str] = SOURCE_LINE) -> dict[str, Any]:
    """Quote the first sentence of each source that the prompt shows; without any, hand over."""
    quotes: dict[str, str] = {}
    shown = list(source_line.finditer(user))
    ends = [*(later.start() for later in shown[1:]), len(user)]
    for source, end in zip(shown, ends, strict=False):
        path, quote = source["path"], _first_sentence(user[source.end() : end])
        if quote and path not in quotes and len(quotes) < SOURCES_QUOTED_MAX:
            quotes[path] = quote
    if not quotes:
        return {"answer": "", "sources": [], "is_handoff": True}
    told = "\n".join(f"- `{path}`: {quote}" for path, quote in quotes.items())
    return {
        "answer": f"The documentation says this about it:\n\n{told}",
        "sources": list(quotes),
        "is_handoff": False,
    }


def obey(_system: str, user: str) -> dict[str, Any]:
    """Say what the question wants to be said: a model that was talked into it word by word."""
    question = user.partition("\n\n")[0].split("\n")[1:]
    said = "\n".join(line.removeprefix("| ") for line in question)
    return {
        "answer": said,
        "sources": re.findall(r"SOURCE +(\S+)", user),
        "is_handoff": False,
    }


def known(
    answer: str | dict[str, Any], user: str, source_line: re.Pattern[str] = SOURCE_LINE
) -> Known:
    """Tell what an answer gives for any schema: its text, its sources, its fields by name."""
    shown = list(dict.fromkeys(match["path"] for match in source_line.finditer(user)))
    if isinstance(answer, str):
        return Known(text=answer, sources=shown)
    return Known(
        text=str(answer.get("answer", "")),
        sources=list(answer.get("sources", shown)),
        fields=answer,
    )


def _first_sentence(text: str) -> str:
    """Give the first line of prose: no heading, no code, no list of links."""
    for line in text.splitlines():
        plain = line.removeprefix("|").strip()
        if plain and plain[0].isalnum() and not plain.startswith("SOURCE "):
            return plain[:QUOTE_CHARS_MAX]
    return ""
