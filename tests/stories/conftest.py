from __future__ import annotations

from zlib import crc32

import pytest


@pytest.fixture
def either_url(request: pytest.FixtureRequest) -> str:
    """One of the two databases, for a variation of a story that is told on both.

    Which one, the test's name decides: half of the variations are told on each.
    """
    kinds = ("sqlite_url", "postgresql_url")
    url: str = request.getfixturevalue(kinds[crc32(request.node.name.encode()) % len(kinds)])
    return url


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest tests, so that no worker has one left when the others are done."""
    items.sort(key=lambda item: item.get_closest_marker("xdist_group") is None)
