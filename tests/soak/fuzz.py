"""Give one target more and more input, led by the branches that it takes: NAME SECONDS FOLDER."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

INPUT_BYTES_MAX = 65_536


def main(name: str, seconds: str, folder: str) -> None:
    """Fuzz one target; what breaks it is kept in the folder, and ends the process with a fault."""
    # It is no part of the default installation, and has no types.
    atheris = importlib.import_module("atheris")
    with atheris.instrument_imports(include=["app", "markdown_it", "ruamel"]):
        targets = importlib.import_module("tests.soak.targets")
    corpus = Path(folder) / name
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(targets.SEEDS[name]):
        (corpus / f"seed-{number}").write_bytes(seed)
    options = {
        "max_total_time": seconds,
        "max_len": INPUT_BYTES_MAX,
        "rss_limit_mb": 2048,
        "timeout": 60,
        "print_final_stats": 1,
        "artifact_prefix": f"{folder}/{name}-",
    }
    flags = [f"-{option}={value}" for option, value in options.items()]
    atheris.Setup([sys.argv[0], *flags, str(corpus)], lambda data: targets.try_out(name, data))
    atheris.Fuzz()


if __name__ == "__main__":
    main(*sys.argv[1:])
