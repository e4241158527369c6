"""Every payload that GitHub's own examples have, fetched from npm once for a checkout."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import Any

import pytest

PACKAGE = "@octokit/webhooks-examples@7.6.1"
EXAMPLES = 329
ARCHIVE = Path(__file__).parents[3] / ".cache" / "webhooks-examples-7.6.1.tgz"


def read_examples() -> list[tuple[str, Any]]:
    """Give pairs of event and payload; skip the test where npm is missing, but never in CI."""
    if not ARCHIVE.exists():
        _fetch()
    with tarfile.open(ARCHIVE) as archive:
        member = archive.extractfile("package/api.github.com/index.json")
        assert member is not None
        events = json.load(member)
    examples = [(event["name"], payload) for event in events for payload in event["examples"]]
    assert len(examples) == EXAMPLES
    return examples


def _fetch() -> None:
    npm = shutil.which("npm")
    if npm is None:
        if os.environ.get("CI"):
            pytest.fail("npm is needed to fetch GitHub's examples")
        pytest.skip("npm is not installed: GitHub's examples cannot be fetched")
    ARCHIVE.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=ARCHIVE.parent) as folder:
        packed = subprocess.run(
            [npm, "pack", "--silent", PACKAGE],
            cwd=folder,
            check=True,
            capture_output=True,
            text=True,
            timeout=120,
        )
        # Whole or not at all: another worker of this run may be looking for it now.
        (Path(folder) / packed.stdout.split()[-1]).replace(ARCHIVE)
