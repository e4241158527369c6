"""Whether the database can be worked with: what the doctor looks at; it changes and makes nothing.

A file is looked at before SQLite is asked: what SQLite says of a folder that is missing, or of a
picture that is no database, helps nobody.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from sqlalchemy import URL, make_url
from sqlalchemy.exc import DatabaseError

from app.domain.findings import Finding, fault, note, ok
from app.store.engine import Database, DatabaseAway
from app.store.engine.trouble import away
from app.store.migrations import NewerSchemaError, is_current

MAGIC: Final = b"SQLite format 3\x00"
"""How every file of SQLite's begins, unless it is empty (SQLite's "Database File Format")."""

POSTGRESQL_PORT: Final = 5432


def examine(database_url: str) -> Finding:
    """Say how it is with the database, and what to do."""
    url = make_url(database_url)
    is_file = url.get_backend_name() == "sqlite"
    if is_file and (found := _file(Path(url.database or ""))) is not None:
        return found
    with Database(database_url) as database:
        try:
            if is_current(database):
                return ok(f"The database {database.where} answers, and its schema is new.")
        except NewerSchemaError as error:
            return fault(str(error), "take that version up again, or name another database.")
        except (DatabaseAway, DatabaseError) as error:
            told = error if isinstance(error, DatabaseAway) else away(error, database.where)
            return fault(_ended(str(told)), _of_a_file() if is_file else _of_a_server(url))
        return fault(
            f"The database {database.where} has not this version's schema.",
            "run `python -m app migrate`; `serve` does so too, when it starts.",
        )


def _file(path: Path) -> Finding | None:
    """Say what keeps us from a file, or that there is none yet; ``None``: SQLite can be asked."""
    try:
        if not path.exists():
            return _none_yet(path)
        if not path.is_file():
            return fault(
                f"{path} is no file, and so no database.",
                f"name a file in DATABASE_URL, like sqlite:///{path / 'mainstay.db'}",
            )
        with path.open("rb") as file:
            begun = file.read(len(MAGIC))
    except OSError as error:
        return fault(f"{path} cannot be read ({error.strerror}).", _of_a_file())
    if begun and begun != MAGIC:
        return fault(
            f"{path} is no database: it is another kind of file.",
            "name another file in DATABASE_URL; where there is none, `serve` makes it.",
        )
    if not (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK | os.X_OK)):
        return fault(f"{path} can be read, and not written.", _of_a_file())
    return None


def _none_yet(path: Path) -> Finding:
    folder = path.absolute().parent
    if not folder.is_dir():
        return fault(
            f"There is no folder {folder}, and `serve` makes no folders: it will not start.",
            f"make it by `mkdir -p {folder}`, for who runs `serve`, or mend DATABASE_URL.",
        )
    if not os.access(folder, os.W_OK | os.X_OK):
        return fault(
            f"`serve` cannot make a database at {path}: we may not write in {folder}.",
            "let who runs `serve` write there, or name another place in DATABASE_URL.",
        )
    return note(f"There is no database at {path} yet: `serve` makes it when it starts.")


def _of_a_file() -> str:
    return (
        "let who runs `serve` read and write the file and its folder, and see whether the disk is "
        "full; a file that is damaged has to come back from a backup."
    )


def _of_a_server(url: URL) -> str:
    host = url.query.get("host", url.host) or "this machine's own socket"
    place = host if "/" in str(host) or not url.host else f"{host}:{url.port or POSTGRESQL_PORT}"
    return (
        f"see whether PostgreSQL runs at {place} and this machine reaches it (network, name "
        "server, firewall), and whether it takes user, password and database of DATABASE_URL."
    )


def _ended(sentence: str) -> str:
    return sentence if sentence.endswith((".", "?")) else f"{sentence}."
