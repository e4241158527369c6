"""The ids that GitHub gives: growing with time, with gaps, the same for one seed. No I/O."""

from __future__ import annotations

import base64
import random
from collections import defaultdict
from collections.abc import Mapping
from typing import Final

FIRST_IDS: Final[Mapping[str, int]] = {
    "app": 2_800_000,
    "account": 148_000_000,
    "repository": 871_000_000,
    "installation": 58_000_000,
    "issue": 3_104_000_000,
    "comment": 3_862_000_000,
    "label": 8_090_000_000,
    "reaction": 301_000_000,
    "check_run": 41_700_000_000,
    "check_suite": 36_900_000_000,
    "pull_request": 2_380_000_000,
    "delivery": 182_000_000_000_000_000,
}
"""Where the ids of each kind begin: as large as GitHub's are, so that 32 bits do not hold them."""

PREFIXES: Final[Mapping[str, str]] = {
    "account": "U",
    "repository": "R",
    "installation": "MDIzOkludGVncmF0aW9uSW5zdGFsbGF0aW9u",
    "issue": "I",
    "comment": "IC",
    "label": "LA",
    "reaction": "REA",
    "check_run": "CR",
    "check_suite": "CS",
    "pull_request": "PR",
}


class Ids:
    """The newest id of each kind."""

    def __init__(self, chance: random.Random) -> None:
        self._random = chance
        self._last_ids: defaultdict[str, int] = defaultdict(int, FIRST_IDS)

    def next_id(self, kind: str) -> int:
        """Allocate an id."""
        self._last_ids[kind] += self._random.randrange(1, 9_000)
        return self._last_ids[kind]

    def next_ids(self, kind: str) -> tuple[int, str]:
        """Allocate an id together with its node id."""
        number = self.next_id(kind)
        packed = base64.urlsafe_b64encode(number.to_bytes(8, "big")).decode().rstrip("=")
        return number, f"{PREFIXES[kind]}_kwDO{packed}"
