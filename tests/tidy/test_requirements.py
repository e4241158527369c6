from __future__ import annotations

import re
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.tidy.sources import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
PRODUCT: list[str] = PROJECT["dependencies"]
DEV: list[str] = PROJECT["optional-dependencies"]["dev"]
SOAK: list[str] = PROJECT["optional-dependencies"]["soak"]
LOCKED = re.compile(r"(?P<name>[a-z0-9-]+)==(?P<version>[^\s;]+)(?: ; .+)? \\")
HASH = re.compile(r"    --hash=sha256:[0-9a-f]{64}(?: \\)?")


def locked(file: str) -> dict[str, str]:
    """Read a lock: every line is a version or one of its hashes, and no version is without one."""
    found: dict[str, str] = {}
    previous = "--hash"
    for line in (ROOT / file).read_text().splitlines():
        if match := LOCKED.fullmatch(line):
            assert "--hash" in previous, previous
            found[match["name"]] = match["version"]
        else:
            assert HASH.fullmatch(line), line
        previous = line
    assert "--hash" in previous
    return found


@pytest.mark.parametrize(
    ("file", "wanted"),
    [
        ("requirements.txt", PRODUCT),
        ("requirements-dev.txt", PRODUCT + DEV),
        ("requirements-soak.txt", PRODUCT + SOAK),
    ],
)
def test_every_dependency_is_locked_as_pyproject_wants_it(file: str, wanted: list[str]) -> None:
    versions = locked(file)
    requirements = [Requirement(text) for text in wanted]
    assert len(requirements) == len(wanted) > 20
    assert [
        str(requirement)
        for requirement in requirements
        if not requirement.specifier.contains(
            versions.get(canonicalize_name(requirement.name), "0")
        )
        or canonicalize_name(requirement.name) not in versions
    ] == []


def test_the_tests_run_with_what_the_product_runs_with() -> None:
    product, dev = locked("requirements.txt"), locked("requirements-dev.txt")
    assert product.items() <= dev.items()
    assert product.items() <= locked("requirements-soak.txt").items()
    assert not {"pytest", "githubkit", "playwright", "atheris"} & product.keys()


def test_no_dependency_is_asked_for_twice() -> None:
    names = [canonicalize_name(Requirement(text).name) for text in PRODUCT + DEV]
    assert sorted(set(names)) == sorted(names)
