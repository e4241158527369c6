"""The colour rule: `def` lives inside the transaction, `async def` outside it (decision 0001)."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.tidy.sources import Source, parameters, parse, python

ENGINE = "app/store/engine/"
# The stand-ins belong to the other side: they know HTTP sessions and no database.
REHEARSAL = "app/rehearsal/"
MIGRATIONS = "app/store/migrations/"
ENDS = ("commit", "rollback")


def colour_faults(source: Source) -> Iterator[str]:
    if source.path.startswith((ENGINE, REHEARSAL, MIGRATIONS)):
        return
    is_inside = source.path.startswith(("app/services/", "app/store/"))
    is_provider = source.path.startswith("app/providers/")
    for function in source.functions():
        where = f"{source.path}:{function.lineno} {function.name}"
        is_async = isinstance(function, ast.AsyncFunctionDef)
        if is_inside and is_async:
            yield f"{where} is async inside the transaction"
        if (is_async or is_provider) and any(map(is_session, parameters(function))):
            yield f"{where} takes a session outside the transaction"
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call) and name_of(node.func) in ENDS:
            yield f"{source.path}:{node.lineno} ends a transaction that {ENGINE} owns"
        if isinstance(node, ast.Call) and name_of(node.func) == "Session":
            yield f"{source.path}:{node.lineno} opens a session beside {ENGINE}"


def is_session(parameter: ast.arg) -> bool:
    annotation = "" if parameter.annotation is None else ast.unparse(parameter.annotation)
    return parameter.arg == "session" or annotation.strip("'\"").split(".")[-1] == "Session"


def name_of(called: ast.expr) -> str:
    if isinstance(called, ast.Attribute):
        return called.attr
    return called.id if isinstance(called, ast.Name) else ""


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("app/services/tickets.py", "async def f(): ..."),
        ("app/store/tickets.py", "class A:\n    async def f(self): ..."),
        ("app/web/pay.py", "async def f(session): ..."),
        ("app/web/pay.py", "async def f(*, db: Session): ..."),
        ("app/worker/drain.py", "async def f(db: 'orm.Session'): ..."),
        ("app/providers/github/verify.py", "def f(session): ..."),
        ("app/services/tickets.py", "def f(session):\n    session.commit()"),
        ("app/store/tickets.py", "def f(session):\n    session.connection().rollback()"),
        ("app/web/pay.py", "def f():\n    return Session(engine)"),
    ],
)
def test_each_breach_is_found(path: str, text: str) -> None:
    assert len(list(colour_faults(parse(path, text)))) == 1


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (f"{ENGINE}database.py", "async def in_transaction(session):\n    session.commit()"),
        ("app/services/tickets.py", "def f(session: Session): ..."),
        ("app/web/pay.py", "async def f(request):\n    await in_transaction(lambda session: 1)"),
        ("app/rehearsal/webhooks.py", "async def f(session): ..."),
    ],
)
def test_what_keeps_the_rule_is_left_alone(path: str, text: str) -> None:
    assert list(colour_faults(parse(path, text))) == []


def test_the_code_keeps_the_colour_rule() -> None:
    sources = python("app")
    assert any(source.path.startswith(ENGINE) for source in sources)
    assert [fault for source in sources for fault in colour_faults(source)] == []
