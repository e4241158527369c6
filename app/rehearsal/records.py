"""Records that the stand-ins keep of what happened, without growing for ever."""

from __future__ import annotations

from typing import Final, TypeVar

Record = TypeVar("Record")

RECORDS_MAX: Final = 100_000


def remember(records: list[Record], record: Record) -> None:
    """Append a record; the oldest tenth is forgotten when there are too many."""
    records.append(record)
    if len(records) > RECORDS_MAX:
        del records[: RECORDS_MAX // 10]
