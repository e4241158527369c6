"""Cut documents into chunks, and find those that fit a question best (BM25); no I/O."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from math import log
from typing import Final

DOCUMENTS_MAX: Final = 300
DOCUMENT_CHARACTERS_MAX: Final = 65_536
CHUNK_CHARACTERS_MAX: Final = 1_600
CHUNKS_MAX: Final = 1_000
TERMS_MAX: Final = 300
"""More different words of a question are not looked for."""

# BM25's usual constants: how soon a repeated word counts no more, how much a long chunk is damped.
_SATURATION: Final = 1.5
_DAMPING: Final = 0.75

_WORD: Final = re.compile(r"[^\W_]+")
_FENCE: Final = re.compile(r" {0,3}(?:```|~~~)")
_HEADING: Final = re.compile(r"#{1,6}\s+\S|[^\n]+\n(?:={3,}|-{3,}|~{3,}|\^{3,})\s*(?:\n|\Z)")


@dataclass(frozen=True, slots=True)
class Chunk:
    """A part of a document, small enough to stand in a prompt beside others."""

    path: str
    text: str


def chunk(documents: Iterable[tuple[str, str]]) -> list[Chunk]:
    """Cut documents (path, text) at their headings and paragraphs; code fences stay whole."""
    chunks = (
        Chunk(path, part)
        for path, text in islice(documents, DOCUMENTS_MAX)
        for part in _parts(text[:DOCUMENT_CHARACTERS_MAX])
    )
    return list(islice(chunks, CHUNKS_MAX))


def _parts(text: str) -> Iterator[str]:
    """Pack paragraphs together up to the bound; a heading begins a new part."""
    packed = ""
    for paragraph in _paragraphs(text):
        is_full = len(packed) + 2 + len(paragraph) > CHUNK_CHARACTERS_MAX
        if packed and (is_full or _HEADING.match(paragraph)):
            yield packed
            packed = ""
        packed = f"{packed}\n\n{paragraph}" if packed else paragraph
        while len(packed) > CHUNK_CHARACTERS_MAX:
            yield packed[:CHUNK_CHARACTERS_MAX]
            packed = packed[CHUNK_CHARACTERS_MAX:]
    if packed:
        yield packed


def _paragraphs(text: str) -> Iterator[str]:
    """Split at blank lines that do not stand in a code fence."""
    lines: list[str] = []
    is_fenced = False
    for line in text.splitlines():
        if _FENCE.match(line):
            is_fenced = not is_fenced
        if line.strip() or is_fenced:
            lines.append(line.rstrip())
        elif lines:
            yield "\n".join(lines)
            lines = []
    if lines:
        yield "\n".join(lines)


def rank(question: str, chunks: Sequence[Chunk], *, limit: int) -> list[Chunk]:
    """Give the chunks that fit the question best; the first of the README where none does."""
    bags = [Counter(_words(f"{each.path} {each.text}")) for each in chunks]
    average = sum(bag.total() for bag in bags) / len(bags) if bags else 0.0
    found_in = Counter(word for bag in bags for word in bag)
    terms = [term for term in dict.fromkeys(_words(question)) if term in found_in][:TERMS_MAX]
    weights = {
        term: log(1 + (len(bags) - found_in[term] + 0.5) / (found_in[term] + 0.5)) for term in terms
    }

    def score(bag: Counter[str]) -> float:
        damped = _SATURATION * (1 - _DAMPING + _DAMPING * bag.total() / average)
        return sum(
            weight * bag[term] * (_SATURATION + 1) / (bag[term] + damped)
            for term, weight in weights.items()
            if term in bag
        )

    scores = [score(bag) for bag in bags]
    best = sorted(range(len(chunks)), key=lambda place: (-scores[place], place))
    fitting = [chunks[place] for place in best if scores[place] > 0][:limit]
    return fitting or [each for each in chunks if _is_readme(each)][:2]


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _is_readme(each: Chunk) -> bool:
    return each.path.rsplit("/", 1)[-1].casefold().startswith("readme")
