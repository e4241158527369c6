from __future__ import annotations

from collections.abc import Iterator

from tests.tidy.sources import Source, parse, python

FILE_LINES_MAX = 400
FUNCTION_LINES_MAX = 70
# A migration is written once, by a tool, and never changed.
UNCOUNTED = "app/store/migrations/versions/"


def too_long(source: Source) -> Iterator[str]:
    lines = len(source.text.splitlines())
    if lines > FILE_LINES_MAX:
        yield f"{source.path} has {lines} lines"
    for function in source.functions():
        lines = (function.end_lineno or 0) - function.lineno + 1
        if lines > FUNCTION_LINES_MAX:
            yield f"{source.path}:{function.lineno} {function.name} has {lines} lines"


def test_what_is_too_long_is_found() -> None:
    body = "    pass\n"
    assert list(too_long(parse("a.py", "def f():\n" + body * 69))) == []
    assert list(too_long(parse("a.py", "def f():\n" + body * 70))) == ["a.py:1 f has 71 lines"]
    assert list(too_long(parse("a.py", "class A:\n async def f(self):\n" + body * 70)))
    assert list(too_long(parse("a.py", "a = 1\n" * 400))) == []
    assert list(too_long(parse("a.py", "a = 1\n" * 401))) == ["a.py has 401 lines"]


def test_files_have_at_most_400_lines_and_functions_70() -> None:
    sources = python("app", "actions", "tests")
    assert len(sources) > 50
    assert [
        fault
        for source in sources
        if not source.path.startswith(UNCOUNTED)
        for fault in too_long(source)
    ] == []
