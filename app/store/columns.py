"""What columns are made of, the same on SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

import uuid_utils
from sqlalchemy import BigInteger, CheckConstraint, DateTime, Dialect, Integer
from sqlalchemy.types import TypeDecorator
from sqlmodel import SQLModel

if TYPE_CHECKING:
    InstantType = TypeDecorator[datetime]
else:
    InstantType = TypeDecorator

METADATA = SQLModel.metadata
"""Every table, once its module was imported (``app.store.tables`` imports them all)."""

METADATA.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

BIG = BigInteger().with_variant(Integer, "sqlite")
"""A 64-bit integer: a provider's id, minor units. SQLite numbers rows only in plain INTEGER."""


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


def new_id() -> str:
    """Make a random id that sorts by its time: a UUIDv7 as 32 hexadecimal digits."""
    return uuid_utils.uuid7().hex


def one_of(column: str, members: type[StrEnum] | Iterable[str]) -> CheckConstraint:
    """Allow only these words in a column."""
    words = ", ".join(f"'{member}'" for member in members)
    return CheckConstraint(f"{column} IN ({words})", name=f"{column}_is_known")
