from __future__ import annotations

import pytest

from app.store.engine import Database
from tests.services.desk import Desk


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)
