from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

from tests.tidy.sources import ROOT, python

LINT = "from importlinter.cli import lint_imports_command; lint_imports_command()"
# These belong to no folder of the product: promises, the project's own order.
OWN_FOLDERS = {"tests/soak", "tests/stories", "tests/tidy"}

WRONG_WAY = [
    ("domain", "app.store"),
    ("domain", "aiohttp"),
    ("store", "app.services"),
    ("store", "openai"),
    ("services", "app.providers.github"),
    ("services", "app.web"),
    ("services", "app.rehearsal"),
    ("services", "stripe"),
    ("providers.github", "app.services"),
    ("providers.github", "app.store"),
    ("providers.github", "app.providers.stripe"),
    ("providers.stripe", "sqlalchemy"),
    ("web", "app.worker"),
    ("web", "app.settings"),
    ("worker", "app.web"),
    ("worker", "app.main"),
    ("main", "app.rehearsal"),
    ("settings", "app.main"),
    ("logs", "app.settings"),
]


def lint(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", LINT, "--no-cache", *options]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_the_layers_and_all_other_contracts_are_kept() -> None:
    ran = lint(ROOT)
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"][
        "contracts"
    ]
    assert ran.returncode == 0, ran.stdout
    assert f"Contracts: {len(contracts)} kept, 0 broken." in ran.stdout


def test_an_arrow_the_other_way_is_refused(tmp_path: Path) -> None:
    packages = ["domain", "store", "services", "web", "worker", "rehearsal", "providers"]
    packages += ["providers.github", "providers.stripe", "providers.openai"]
    modules = ["__main__", "main", "operate", "settings", "environment", "logs"]
    files = {name: tmp_path / f"app/{name.replace('.', '/')}/__init__.py" for name in packages}
    files |= {name: tmp_path / f"app/{name}.py" for name in modules}
    for file in files.values():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    (tmp_path / "app/__init__.py").touch()
    (tmp_path / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text())
    assert lint(tmp_path).returncode == 0
    for module, imports in WRONG_WAY:
        with files[module].open("a") as lines:
            lines.write(f"import {imports}\n")
    broken = lint(tmp_path)
    assert broken.returncode == 1
    assert [
        f"{module} -> {imports}"
        for module, imports in WRONG_WAY
        if not re.search(rf"app\.{module} -> {imports}\b", broken.stdout)
    ] == []


def test_the_tests_lie_as_the_code_lies() -> None:
    folders = {
        path.rsplit("/", 1)[0]
        for path in (source.path for source in python("tests"))
        if path.count("/") > 1
    }
    assert len(folders) > 3
    strays = [
        folder
        for folder in folders
        if not any(f"{folder}/".startswith(f"{own}/") for own in OWN_FOLDERS)
        and not (ROOT / folder.replace("tests/", "app/", 1)).is_dir()
        and not (ROOT / folder.replace("tests/", "", 1)).is_dir()
    ]
    assert strays == []
