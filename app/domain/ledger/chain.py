"""The hash chain of a book: whoever changes what was written breaks every later link; no I/O."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Final

from app.domain.ledger.entries import Entry

GENESIS: Final = "0" * 64
"""What the first entry of a book follows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """An entry as it stands in its book."""

    entry: Entry
    seq: int
    """Its place in the book, from 1, without gaps."""
    posted_at: datetime
    """When we wrote it; UTC."""
    hash: str


def chain_hash(previous: str, entry: Entry, *, seq: int, posted_at: datetime) -> str:
    """Give the link of an entry: SHA-256 over the link before it, ids, instants and amounts.

    An entry holds no personal text, so nobody's wish to be forgotten can break the chain. The form
    is canonical JSON (sorted keys, no spaces, ASCII), so that others can compute it.
    """
    content = {
        "previous": previous,
        "book": entry.book,
        "seq": seq,
        "key": entry.key,
        "fact": entry.fact.value,
        "occurred_at": _instant(entry.occurred_at),
        "posted_at": _instant(posted_at),
        "postings": [asdict(posting) for posting in entry.postings],
    }
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
