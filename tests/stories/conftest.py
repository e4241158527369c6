from __future__ import annotations

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest tests, so that no worker has one left when the others are done."""
    items.sort(key=lambda item: item.get_closest_marker("xdist_group") is None)
