"""The JSON Schemas that we publish, written where editors and people find them."""

from __future__ import annotations

import json
from pathlib import Path

from app.domain.policy import support_schema


def main(directory: Path) -> None:
    """Write every schema into `directory`, which is ``schemas`` in our own repository."""
    for name, schema in {"support": support_schema()}.items():
        text = json.dumps(schema, indent=2, ensure_ascii=False)
        (directory / f"{name}.schema.json").write_text(text + "\n", encoding="utf-8")
