"""What the doctor is told of a database: each trouble by its name, with what to do."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from app.domain.findings import Verdict
from app.store.engine import Database
from app.store.examine import MAGIC, examine


def test_a_database_of_ours_is_good(database_url: str) -> None:
    found = examine(database_url)
    assert found.verdict is Verdict.OK
    assert "its schema is new" in found.sentence


def change(database: Database, words: str) -> None:
    database.transact(lambda session: session.connection().execute(text(words)))


def test_an_old_schema_and_one_of_tomorrow_are_told(sqlite_url: str) -> None:
    with Database(sqlite_url) as database:
        for words, remedy in (
            ("UPDATE alembic_version SET version_num = 'of tomorrow'", "take that version up"),
            ("DELETE FROM alembic_version", "python -m app migrate"),
        ):
            change(database, words)
            found = examine(sqlite_url)
            assert (found.verdict, remedy in found.remedy) == (Verdict.FAULT, True)


def test_where_there_is_none_yet_serve_makes_it_and_looking_does_not(tmp_path: Path) -> None:
    found = examine(f"sqlite:///{tmp_path}/none.db")
    assert found.verdict is Verdict.NOTE
    assert "`serve` makes it" in found.sentence
    assert list(tmp_path.iterdir()) == []


def missing_folder(folder: Path) -> Path:
    return folder / "not-there" / "x.db"


def file_for_a_folder(folder: Path) -> Path:
    (folder / "file").touch()
    return folder / "file" / "x.db"


def folder_for_a_file(folder: Path) -> Path:
    return folder


def another_kind(folder: Path) -> Path:
    (folder / "x.db").write_bytes(b"\x89PNG and so on")
    return folder / "x.db"


def damaged(folder: Path) -> Path:
    (folder / "x.db").write_bytes(MAGIC + b"\xff" * 8192)
    return folder / "x.db"


TROUBLES: list[tuple[Callable[[Path], Path], str, str]] = [
    (missing_folder, "There is no folder", "mkdir -p"),
    (file_for_a_folder, "There is no folder", "mkdir -p"),
    (folder_for_a_file, "is no file", "mainstay.db"),
    (another_kind, "is no database", "another file in DATABASE_URL"),
    (damaged, "file is not a database", "from a backup"),
]


@pytest.mark.parametrize(("make", "sentence", "remedy"), TROUBLES)
def test_what_cannot_be_worked_with_is_told_by_its_name(
    tmp_path: Path, make: Callable[[Path], Path], sentence: str, remedy: str
) -> None:
    path = make(tmp_path)
    before = path.read_bytes() if path.is_file() else b""
    found = examine(f"sqlite:///{path}")
    assert found.verdict is Verdict.FAULT
    assert sentence in found.sentence
    assert remedy in found.remedy
    assert found.sentence.endswith(".")
    assert (path.read_bytes() if path.is_file() else b"") == before


@pytest.mark.parametrize("is_there", [False, True])
def test_where_we_may_not_write_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_there: bool
) -> None:
    path = tmp_path / "x.db"
    if is_there:
        path.touch()
    # Whoever runs these tests may be root, who may write everywhere.
    monkeypatch.setattr(os, "access", lambda *_: False)
    found = examine(f"sqlite:///{path}")
    assert found.verdict is Verdict.FAULT
    assert str(path) in found.sentence
    assert "let who runs `serve`" in found.remedy


def test_a_file_that_we_may_not_see_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: Path) -> bool:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "exists", refuse)
    found = examine(f"sqlite:///{tmp_path}/x.db")
    assert found.verdict is Verdict.FAULT
    assert "cannot be read (Permission denied)" in found.sentence


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("postgresql://ada:hunter2@127.0.0.1:1/x", "127.0.0.1:1"),
        ("postgresql://ada:hunter2@nowhere.invalid/x", "nowhere.invalid:5432"),
        ("postgresql://ada@/x?host=/nowhere/at/all", "/nowhere/at/all"),
    ],
)
def test_a_server_that_is_away_is_named(url: str, place: str) -> None:
    found = examine(url)
    assert found.verdict is Verdict.FAULT
    assert f"PostgreSQL runs at {place} and" in found.remedy
    assert "firewall" in found.remedy
    assert "hunter2" not in f"{found}"
