from __future__ import annotations

import pytest

from app.rehearsal import records


def test_records_are_kept_up_to_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "RECORDS_MAX", 10)
    kept: list[int] = []
    for number in range(11):
        records.remember(kept, number)
    assert kept == list(range(1, 11))
