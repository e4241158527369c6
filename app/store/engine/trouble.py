"""What can go wrong between us and the database, and how it is said in one sentence."""

from __future__ import annotations

from sqlalchemy.exc import DatabaseError, DBAPIError, InterfaceError, OperationalError

from app.domain.errors import Ambiguous, MainstayError, Transient

# ruff: noqa: N818 - the names say what is the matter, as in domain/errors.py

REASON_LENGTH_MAX = 300
"""Characters of the driver's own words that are passed on."""


class DatabaseAway(Transient):
    """The database cannot be reached, or cannot do its work now; nothing was recorded."""


class CommitUnknown(DatabaseAway, Ambiguous):
    """The connection broke while committing: it may have been recorded, or not."""


class WrongDatabaseUrl(MainstayError):
    """``DATABASE_URL`` is of no kind that we know."""


def translated(error: BaseException, where: str) -> BaseException:
    """Give our own word for a driver's trouble; everything else stays as it is.

    ``where`` is the database's address without its password. A driver's operational errors carry no
    values of rows; its integrity errors do, and are not passed on in words anywhere.
    """
    # SQLite says by this very class that a file is damaged, or is none of its own.
    if isinstance(error, OperationalError | InterfaceError) or type(error) is DatabaseError:
        return away(error, where)
    return error


def away(error: BaseException, where: str, kind: type[DatabaseAway] = DatabaseAway) -> DatabaseAway:
    """Say that the database failed us, in the driver's own words, shortened to one line."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    words = " ".join(str(cause).split())[:REASON_LENGTH_MAX]
    trouble = kind(f"The database {where} cannot be used now: {words}")
    trouble.__cause__ = error
    return trouble
