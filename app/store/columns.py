"""What columns are made of, the same on SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import uuid_utils
from sqlalchemy import BigInteger, CheckConstraint, DateTime, Dialect, Table, Text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import DDLCompiler
from sqlalchemy.types import TypeDecorator
from sqlmodel import SQLModel

if TYPE_CHECKING:
    InstantType = TypeDecorator[datetime]
    WordsType = TypeDecorator[str]
else:
    InstantType = WordsType = TypeDecorator

METADATA = SQLModel.metadata
"""Every table, once its module was imported (``app.store.tables`` imports them all)."""

METADATA.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Big(BigInteger):
    """A 64-bit integer: a provider's id, minor units."""


@compiles(Big, "sqlite")
def _sqlite_integer(_type: Big, _compiler: DDLCompiler, **_: Any) -> str:
    """Say INTEGER, which has 64 bits on SQLite: it numbers rows by themselves in no other type."""
    return "INTEGER"


class Words(WordsType):
    """Text from outside, without the few characters that no database keeps."""

    impl = Text
    cache_ok = True

    def process_bind_param(
        self,
        value: str | None,
        dialect: Dialect,  # noqa: ARG002 - SQLAlchemy passes it
    ) -> str | None:
        """Put a mark in the place of NUL and of halves of characters."""
        if value is None:
            return None
        return value.replace("\0", "\ufffd").encode("utf-8", "replace").decode()


class Instant(InstantType):
    """A moment in time: aware in Python, UTC in the table, whatever the server's own zone is."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(
        self,
        value: datetime | None,
        dialect: Dialect,  # noqa: ARG002 - SQLAlchemy passes it
    ) -> datetime | None:
        """Refuse a naive moment; SQLite keeps the digits alone, so they are those of UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(
        self,
        value: datetime | None,
        dialect: Dialect,  # noqa: ARG002 - SQLAlchemy passes it
    ) -> datetime | None:
        """Give back an aware moment in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def table_of(row: type[SQLModel]) -> Table:
    """Give the table that a class declares.

    The classes say what a row is; statements are made from the tables. No row ever becomes an
    object of the ORM: what comes out of the store are the domain's own words.
    """
    table: Table = getattr(row, "__table__")  # noqa: B009 - SQLModel does not declare it
    return table


def new_id() -> str:
    """Make a random id that sorts by its time: a UUIDv7 as 32 hexadecimal digits."""
    return uuid_utils.uuid7().hex


def one_of(column: str, members: type[StrEnum] | Iterable[str]) -> CheckConstraint:
    """Allow only these words in a column."""
    words = ", ".join(f"'{member}'" for member in members)
    return CheckConstraint(f"{column} IN ({words})", name=f"{column}_is_known")
