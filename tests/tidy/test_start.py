"""What a start costs: the slow libraries are imported when they are used, and not before."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.tidy.sources import ROOT

SLOW = (
    *("stripe", "openai", "alembic", "gidgethub", "aiohttp", "sqlalchemy", "sqlmodel"),
    *("cryptography", "jinja2", "pydantic", "prometheus_client"),
)
HELP_CPU_SECONDS_MAX = 0.5


def imported_by(statement: str) -> set[str]:
    code = f"import sys; {statement}; print(*sys.modules)"
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return set(ran.stdout.split())


def help_cpu_seconds() -> float:
    with subprocess.Popen(
        [sys.executable, "-m", "app", "--help"], cwd=ROOT, stdout=subprocess.DEVNULL
    ) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return usage.ru_utime + usage.ru_stime


@pytest.mark.parametrize("module", SLOW)
def test_what_is_slow_is_there_to_be_imported(module: str) -> None:
    assert module in imported_by(f"import {module}")


def test_the_command_line_imports_nothing_that_is_slow() -> None:
    assert not imported_by("import app.__main__") & set(SLOW)


def test_help_takes_under_half_a_second_of_cpu_time() -> None:
    # The first run may compile what it imports; the best of the others is not the machine's mood.
    assert min(help_cpu_seconds() for _ in range(4)) < HELP_CPU_SECONDS_MAX
