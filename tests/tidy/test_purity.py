"""The domain performs no I/O: what it imports and calls is known, and each module says so."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterator

import pytest

from tests.tidy.sources import Source, parse, python

PURE = (
    *(
        "__future__",
        "abc",
        "base64",
        "bisect",
        "calendar",
        "collections",
        "contextlib",
        "dataclasses",
    ),
    *("datetime", "decimal", "difflib", "enum", "fractions", "functools", "hashlib", "heapq"),
    *("hmac", "html", "itertools", "json", "math", "operator", "re", "string", "textwrap"),
    *("types", "typing", "unicodedata", "urllib.parse", "zoneinfo", "app.domain"),
)
# Parsers of text that people write; they read no files and keep nothing.
PARSERS = {
    "app/domain/policy": ("pydantic", "pydantic_core", "ruamel.yaml"),
    "app/domain/plain_text.py": ("markdown_it",),
    "app/domain/drafting": ("markdown_it",),
}
# Tables of data that come with a package, as the time zones do.
TABLES = {
    "app/domain/public_holidays.py": ("holidays",),
    "app/domain/clockwork.py": ("importlib.resources",),
}
IMPURE_CALLS = frozenset({"open", "print", "input", "exec", "eval", "__import__", "breakpoint"})
CLOCKS = frozenset({"now", "utcnow", "today"})


def purity_faults(source: Source) -> Iterator[str]:
    doc = (ast.get_docstring(source.tree) or "").split("\n\n")[0]
    if "no I/O" not in " ".join(doc.split()):
        yield f"{source.path}: its first sentence does not say that it performs no I/O"
    others = (PARSERS | TABLES).items()
    granted = [names for path, names in others if source.path.startswith(path)]
    allowed = (*PURE, *itertools.chain(*granted))
    for node in ast.walk(source.tree):
        for module in imported(node):
            if not is_within(module, allowed):
                yield f"{source.path}:{node.lineno} imports {module}"  # type: ignore[attr-defined]  # an import has a line
        if isinstance(node, ast.Call) and is_impure(node.func):
            yield f"{source.path}:{node.lineno} calls {ast.unparse(node.func)}"
        if isinstance(node, ast.AsyncFunctionDef | ast.Await):
            yield f"{source.path}:{node.lineno} waits for somebody"


def imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        inner = [f"{node.module}.{alias.name}" for alias in node.names]
        return inner if node.module == "urllib" else ["." * node.level + (node.module or "")]
    return []


def is_within(module: str, allowed: tuple[str, ...]) -> bool:
    return any(module == name or module.startswith(f"{name}.") for name in allowed)


def is_impure(called: ast.expr) -> bool:
    if isinstance(called, ast.Name):
        return called.id in IMPURE_CALLS
    if isinstance(called, ast.Attribute) and called.attr in CLOCKS:
        return ast.unparse(called.value).split(".")[-1] in {"datetime", "date"}
    return False


def undocumented_members(source: Source) -> Iterator[str]:
    for node in ast.walk(source.tree):
        if not (isinstance(node, ast.ClassDef) and any(map(is_enum, node.bases))):
            continue
        for statement, following in zip(node.body, [*node.body[1:], None], strict=True):
            if isinstance(statement, ast.Assign) and not is_sentence(following):
                yield f"{source.path}:{statement.lineno} {ast.unparse(statement.targets[0])}"


def is_enum(base: ast.expr) -> bool:
    return ast.unparse(base).split(".")[-1] in {"Enum", "StrEnum", "IntEnum", "Flag", "IntFlag"}


def is_sentence(node: ast.stmt | None) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
        and node.value.value.strip().endswith((".", "?", "!"))
    )


@pytest.mark.parametrize(
    "text",
    [
        "import os",
        "import os.path",
        "from pathlib import Path",
        "import random",
        "from urllib import request",
        "from time import time",
        "import logging",
        "import pydantic",
        "from app.store import tickets",
        "from . import money",
        "import sqlalchemy.orm",
        "def f():\n    import asyncio",
        "x = datetime.now(UTC)",
        "x = dt.date.today()",
        "x = open('y')",
        "async def f(): ...",
    ],
)
def test_each_impurity_is_found(text: str) -> None:
    source = parse("app/domain/money.py", f'"""Money; no I/O."""\n{text}\n')
    assert len(list(purity_faults(source))) == 1


def test_what_is_pure_is_left_alone() -> None:
    text = "import re\nfrom urllib.parse import quote\nfrom app.domain import ids\nx = clock.now()"
    assert list(purity_faults(parse("app/domain/money.py", f'"""Money; no I/O."""\n{text}'))) == []
    policy = parse("app/domain/policy.py", '"""A policy; no I/O."""\nimport pydantic')
    assert list(purity_faults(policy)) == []


def test_a_module_that_promises_nothing_is_found() -> None:
    assert list(purity_faults(parse("app/domain/money.py", '"""Money.\n\nno I/O"""')))


def test_an_undocumented_member_is_found() -> None:
    lines = [
        "class A(StrEnum):",
        "    B = 1",
        "    'It is.'",
        "    C = 2",
        "    D = 3",
        "    'No end'",
    ]
    found = list(undocumented_members(parse("a.py", "\n".join(lines))))
    assert found == ["a.py:4 C", "a.py:5 D"]


def test_the_domain_is_pure() -> None:
    sources = python("app/domain")
    assert len(sources) > 20
    assert [fault for source in sources for fault in purity_faults(source)] == []


def test_every_enum_member_has_its_sentence() -> None:
    assert [fault for source in python("app") for fault in undocumented_members(source)] == []
