"""The App as `app.yml` describes it: what is asked for at GitHub, and what the doctor compares."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML

MANIFEST: Final = Path(__file__).parents[1] / "app.yml"


def read() -> Mapping[str, Any]:
    """Read it; it comes with the code, and a test holds it to what the code uses."""
    found: Mapping[str, Any] = YAML(typ="safe").load(MANIFEST)
    return found
