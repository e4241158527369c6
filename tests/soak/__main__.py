"""Look long for what breaks the product: ``python -m tests.soak SECONDS``, or ``make soak``.

So long each target is fuzzed in its turn, all together; then, half as long again, random walks go
over the ticket.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from tests.soak.targets import TARGETS

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / ".cache" / "soak"
WALK = "tests/domain/tickets/test_machine.py"
WALKS = 200
"""Random walks between two looks at the clock."""


def main(seconds: int) -> int:
    """Give 1 if anything was found; each finding is shown, and its input is kept."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    share = max(seconds // len(TARGETS), 1)
    found = [name for name in TARGETS if not fuzz(name, share)]
    if not walk(time.monotonic() + seconds // 2):
        found.append("the random walk")
    say(f"Found something in: {', '.join(found)}." if found else "Nothing was found.")
    return 1 if found else 0


def fuzz(name: str, seconds: int) -> bool:
    """Fuzz one target; tell whether it held."""
    say(f"{name}: {seconds} s")
    command = [sys.executable, "-m", "tests.soak.fuzz", name, str(seconds), str(FOLDER)]
    log = FOLDER / f"{name}.log"
    with log.open("wb") as written:
        code = subprocess.run(command, cwd=ROOT, stderr=written, check=False).returncode
    lines = log.read_text(errors="replace").splitlines()
    shown = [each for each in lines if "number_of_executed" in each] if code == 0 else lines[-40:]
    say("\n".join(shown))
    return code == 0


def walk(until: float) -> bool:
    """Walk new ways over the ticket until the time is over; tell whether all laws held."""
    walked = 0
    while not walked or time.monotonic() < until:
        environment = {**os.environ, "EXPLORE": str(WALKS)}
        command = [sys.executable, "-m", "pytest", "-q", WALK]
        if subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode:
            return False
        walked += WALKS
    say(f"the ticket: {walked} random walks")
    return True


def say(text: str) -> None:
    sys.stderr.write(f"{text}\n")


if __name__ == "__main__":
    raise SystemExit(main(int(sys.argv[1])))
