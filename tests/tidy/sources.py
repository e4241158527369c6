"""The project's files as the tidy tests read them: what would be committed, parsed once."""

from __future__ import annotations

import ast
import fnmatch
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeAlias

ROOT = Path(__file__).resolve().parents[2]
Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Source:
    """One Python file with its syntax tree."""

    path: str
    """Relative to the project, with slashes."""
    text: str
    tree: ast.Module

    def functions(self) -> Iterator[Function]:
        """Give every function and method of the file, inner ones too."""
        for node in ast.walk(self.tree):
            if isinstance(node, Function):
                yield node


def parse(path: str, text: str) -> Source:
    """Make a source of a text, as if it stood at that path."""
    return Source(path, text, ast.parse(text))


@cache
def texts() -> dict[str, str]:
    """Give every text file that git does not ignore, by its path; a copy without git will do."""
    lines = (ROOT / ".gitignore").read_text().split()
    ignored = [line.strip("/") for line in lines] + [".git"]
    found = {}
    folders = [ROOT]
    while folders:
        for path in sorted(folders.pop().iterdir()):
            if any(fnmatch.fnmatch(path.name, pattern) for pattern in ignored):
                continue
            if path.is_dir():
                folders.append(path)
            elif (content := path.read_bytes()) and b"\0" not in content[:8192]:
                found[path.relative_to(ROOT).as_posix()] = content.decode()
    return found


@cache
def python(*folders: str) -> tuple[Source, ...]:
    """Give the Python files below these folders."""
    return tuple(
        parse(path, text)
        for path, text in texts().items()
        if path.endswith(".py") and path.startswith(tuple(f"{folder}/" for folder in folders))
    )


def parameters(function: Function) -> Iterable[ast.arg]:
    """Give every parameter of a function, however it is passed."""
    arguments = function.args
    named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    return [*named, *filter(None, (arguments.vararg, arguments.kwarg))]
