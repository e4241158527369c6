"""The targets of the soak hold for their seeds, and for a little that nobody would write."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.soak import targets
from tests.soak.targets import SEEDS, TARGETS, changed, try_out


@pytest.mark.parametrize("name", TARGETS)
def test_its_seeds_do_no_harm(name: str) -> None:
    assert SEEDS[name]
    for seed in SEEDS[name]:
        TARGETS[name](seed)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from([*TARGETS]), st.binary(max_size=200) | st.text(max_size=100).map(str.encode))
def test_nothing_is_too_strange(name: str, data: bytes) -> None:
    TARGETS[name](data)


def test_a_change_changes_what_it_says() -> None:
    assert changed({"a": 1, "b": {"c": 2}}, bytes((0, 0, 1))) == {"a": None, "b": {"c": 2}}
    assert changed({"a": 1, "b": {"c": 2}}, bytes((0, 2, 0))) == {"a": 1, "b": {}}
    assert changed({"a": 1}, b"\0\0\x0exy") == {"a": "xy"}


def test_what_takes_too_long_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(targets, "SECONDS_MAX", 0.0)
    with pytest.raises(AssertionError, match=r" s$"):
        try_out("command", b"/support")
