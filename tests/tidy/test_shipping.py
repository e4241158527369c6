"""What is shipped or run by others: the image, the workflows, the targets of make."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tidy.sources import ROOT, texts

TOOLS = Path(sys.executable).parent
DOCKERFILE = (ROOT / "Dockerfile").read_text()
WORKFLOWS = {
    p: t for p, t in texts().items() if re.match(r"\.github/workflows/|actions/.*/action\.yml", p)
}
UNSAFE = """\
on: issues
jobs:
  greet:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@v5
      - run: echo "${{ github.event.issue.title }}"
"""


def hadolint(text: str) -> subprocess.CompletedProcess[str]:
    return run(str(TOOLS / "hadolint"), "-", given=text)


def zizmor(*paths: Path) -> subprocess.CompletedProcess[str]:
    return run(str(TOOLS / "zizmor"), "--offline", "--no-progress", "--pedantic", *map(str, paths))


def run(*command: str, given: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=ROOT, input=given, capture_output=True, text=True, check=False
    )


def test_the_image_is_made_as_hadolint_advises() -> None:
    assert hadolint(DOCKERFILE).stdout == ""
    assert "DL3006" in hadolint("FROM python\n").stdout


def test_the_image_runs_without_root_and_says_whether_it_lives() -> None:
    last = DOCKERFILE.split("\nFROM ")[-1]
    assert re.search(r"^USER [1-9][0-9]*:[1-9][0-9]*$", last, re.MULTILINE)
    assert "/healthz" in last
    assert "--require-hashes" in DOCKERFILE


def test_the_health_check_is_python_that_can_be_run() -> None:
    check = re.search(r'CMD \["python", "-c", "(.*)"\]', DOCKERFILE)
    assert check
    code = check[1].replace('\\"', '"')
    compile(code, "HEALTHCHECK", "exec")
    ran = subprocess.run(
        [sys.executable, "-c", code], env={"PORT": "1"}, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 1
    assert "URLError" in ran.stderr


def test_the_workflows_are_as_zizmor_advises(tmp_path: Path) -> None:
    (tmp_path / "unsafe.yml").write_text(UNSAFE)
    assert "template-injection" in zizmor(tmp_path / "unsafe.yml").stdout
    ran = zizmor(*(ROOT / path for path in WORKFLOWS))
    assert ran.returncode == 0, ran.stdout


def test_every_action_is_pinned_to_a_commit_with_its_version_beside_it() -> None:
    used = [line for text in WORKFLOWS.values() for line in text.splitlines() if "uses:" in line]
    assert used
    pinned = re.compile(r"\s*(?:- )?uses: (?:\./.*|[\w./-]+@[0-9a-f]{40} # v[0-9.]+)")
    assert [line for line in used if not pinned.fullmatch(line)] == []


@pytest.mark.parametrize(
    "target", ["install", "rehearse", "test", "setup", "serve", "check", "soak", "chaos", "lock"]
)
def test_make_knows_its_targets_and_installs_first(target: str) -> None:
    ran = run("make", "--dry-run", "--always-make", target)
    assert ran.returncode == 0, ran.stderr
    if target != "lock":
        assert "--require-hashes" in ran.stdout


def test_make_says_what_each_target_is_for() -> None:
    makefile = (ROOT / "Makefile").read_text()
    targets = re.search(r"^\.PHONY: help (.*)$", makefile, re.MULTILINE)
    assert targets
    said = [line.split()[1] for line in run("make", "--no-print-directory").stdout.splitlines()]
    assert said == targets[1].split()


def test_make_refuses_a_python_that_is_too_old_or_has_no_venv(tmp_path: Path) -> None:
    old = tmp_path / "python"
    old.write_text('#!/bin/sh\ncase "$1" in -V) echo Python 3.9.2;; *) exit 1;; esac\n')
    old.chmod(0o755)
    makefile = ("--file", str(ROOT / "Makefile"), "--directory", str(tmp_path))
    (tmp_path / "requirements-dev.txt").touch()
    ran = run("make", *makefile, "install", f"PYTHON={old}")
    assert ran.returncode == 2
    assert "needs Python 3.11 or newer" in ran.stderr
    assert "Python 3.9.2" in ran.stderr
    old.write_text('#!/bin/sh\ncase "$2" in *ensurepip*) exit 1;; esac\n')
    ran = run("make", *makefile, "install", f"PYTHON={old}")
    assert "apt-get install python3-venv" in ran.stderr
    ran = run("make", *makefile, "install", "PYTHON=python-that-is-not-there")
    assert "there is no 'python-that-is-not-there' here" in ran.stderr


def test_ci_types_what_everybody_types() -> None:
    script = (ROOT / ".ci/run").read_text()
    assert script.rstrip().endswith("exec make test")
    assert (ROOT / ".ci/run").stat().st_mode & 0o111
    assert run("bash", "-n", ".ci/run").returncode == 0
