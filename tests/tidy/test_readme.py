"""The README cannot lie: its commands run, its tables are the code's, its example is valid."""

from __future__ import annotations

import re

from app.domain.commands import help_table
from app.domain.money import Money, ProcessingFee, divide, show
from app.domain.people import permission_table
from app.domain.policy import SupportPolicy, parse
from app.environment import VARIABLES
from tests.tidy.sources import ROOT

README = (ROOT / "README.md").read_text()


def marked(name: str, text: str = README) -> str:
    """Give what stands between the two marks of that name."""
    match = re.search(rf"<!-- {name}:[^\n]*-->\n(.*?)<!-- /{name} -->", text, re.DOTALL)
    assert match
    return match[1].strip()


def test_its_first_two_commands_are_targets_of_make() -> None:
    commands = re.findall(r"```sh\n(.*?)\n```", README, re.DOTALL)
    assert commands[:2] == ["make rehearse", "make test"]
    makefile = (ROOT / "Makefile").read_text()
    for command in re.findall(r"(?:^|`)make ([a-z]+)", README, re.MULTILINE):
        assert re.search(rf"^{command}:.*##", makefile, re.MULTILINE), command


def test_two_commands_run_it_for_real_and_their_settings_exist() -> None:
    real = README.split("## Run it for real")[1]
    two = re.findall(r"```sh\n(.*?)\n```", real, re.DOTALL)[0].splitlines()
    assert [command.split()[:2] for command in two] == [["make", "setup"], ["make", "serve"]]
    for command in two:
        name, _, value = command.split()[2].partition("=")
        assert name in VARIABLES
        assert value
    assert f"reverse_proxy {VARIABLES['HOST']}:{VARIABLES['PORT']}" in real


def test_its_example_of_a_file_is_taken() -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)
    policy = parse(example, currencies_settled=("usd",))
    assert isinstance(policy, SupportPolicy)
    assert [plan.price_minor for plan in policy.plans] == [4900]


def test_its_commands_are_those_that_the_code_reads() -> None:
    assert marked("commands") == help_table()


def test_the_permissions_are_documented_as_they_are() -> None:
    page = (ROOT / "docs" / "permissions.md").read_text()
    assert marked("permissions", page) == permission_table()
    assert "docs/permissions.md" in README


def test_its_division_is_the_one_that_is_made() -> None:
    parts = divide(
        Money(4900, "usd"),
        fee=ProcessingFee(basis_points=290, fixed_minor=30),
        platform_bp=500,
        repository_bp=1000,
    )
    cells = [show(part) for part in (parts.fee, parts.platform, parts.repository, parts.helper)]
    assert marked("division").splitlines()[-1] == f"| {' | '.join(cells)} |"
