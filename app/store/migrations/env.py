"""Run by Alembic: on the connection that ``migrate`` gives, or on the one of ``-x database=``."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection
from sqlmodel.sql.sqltypes import AutoString

from app.store.columns import Big, Instant, Words
from app.store.engine import Database
from app.store.tables import METADATA


def _render(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:
    """Write our own types as what they are in SQL: a step must not change with the code."""
    if kind == "type" and isinstance(item, Instant):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, AutoString):
        return "sa.String()"
    if kind == "type" and isinstance(item, Words):
        return "sa.Text()"
    if kind == "type" and isinstance(item, Big):
        return "sa.BigInteger().with_variant(sa.Integer(), 'sqlite')"
    return False


def _run(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=METADATA, render_item=_render)
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    _run(given)
else:
    with Database(context.get_x_argument(as_dictionary=True)["database"]) as database:
        database.transact(lambda session: _run(session.connection()))
